// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/processes.h"

#include "core/base/processtable.h"

#include <QFile>
#include <QTest>

#include <cstdio>

#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

namespace {

/// Gives this process mounts of its own.
bool separateMounts()
{
    if (unshare(CLONE_NEWNS) != 0 && unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0)
        return false;
    return mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0;
}

} // namespace

bool isAlive(qint64 pid)
{
    const std::optional<lifeguard::ProcessEntry> entry = lifeguard::processEntry(pid);
    return entry && entry->state != 'Z' && entry->state != 'X';
}

qint64 pidIn(const QString &path, int timeoutMs)
{
    qint64 pid = 0;
    (void)QTest::qWaitFor(
        [&] {
            QFile file(path);
            const QByteArray text = file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
            pid = text.endsWith('\n') ? text.trimmed().toLongLong() : 0;
            return pid > 0;
        },
        timeoutMs);
    return pid;
}

pid_t forkChild(const std::function<void()> &body)
{
    const pid_t pid = fork();
    if (pid == 0) {
        body();
        _exit(0);
    }
    return pid;
}

bool hideProcesses()
{
    return separateMounts() && mount("none", "/proc", "tmpfs", 0, nullptr) == 0;
}

bool hideProcess(qint64 pid)
{
    char entry[40];
    std::snprintf(entry, sizeof entry, "/proc/%lld", static_cast<long long>(pid));
    return separateMounts() && mount("none", entry, "tmpfs", 0, nullptr) == 0;
}

QString writeScript(const QString &path, const QByteArray &text)
{
    QFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(text) != text.size())
        qFatal("cannot write %s", qPrintable(path));
    file.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    return path;
}

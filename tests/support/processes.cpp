// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/processes.h"

#include "core/base/processtable.h"


#include <QFile>
#include <QTest>

bool isAlive(qint64 pid)
{
    const lifeguard::ProcessTable table = lifeguard::ProcessTable::read();
    const auto entry = table.entries().constFind(pid);
    return entry != table.entries().cend() && entry->state != 'Z' && entry->state != 'X';
}

qint64 pidIn(const QString &path, int timeoutMs)
{
    qint64 pid = 0;
    (void)QTest::qWaitFor([&] {
        QFile file(path);
        const QByteArray text = file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
        pid = text.endsWith('\n') ? text.trimmed().toLongLong() : 0;
        return pid > 0;
    }, timeoutMs);
    return pid;
}

QString writeScript(const QString &path, const QByteArray &text)
{
    QFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(text) != text.size())
        qFatal("cannot write %s", qPrintable(path));
    file.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    return path;
}

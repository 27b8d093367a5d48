// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/processidentity.h"

#include <QFile>
#include <QFileInfo>
#include <QStringList>

#include <cerrno>

#include <fcntl.h>
#include <unistd.h>

namespace lifeguard {
namespace {

QString bootId()
{
    static const QString id = [] {
        QFile file(QStringLiteral("/proc/sys/kernel/random/boot_id"));
        return file.open(QIODevice::ReadOnly) ? QString::fromLatin1(file.readAll().trimmed()) : QString();
    }();
    return id;
}

QString pidNamespace()
{
    static const QString ns = [] {
        char buffer[64];
        const ssize_t n = readlink("/proc/self/ns/pid", buffer, sizeof buffer);
        return n > 0 ? QString::fromLatin1(buffer, n) : QString();
    }();
    return ns;
}

/// What /proc/PID/stat tells.
struct StatLook
{
    std::optional<quint64> startTime; ///< nothing: there is no such process (a zombie counts as none), or nobody knows
    bool isUnknown = false; ///< it could not be read, for another reason than that it is not there
};

StatLook lookAt(qint64 pid)
{
    const int fd = open(QByteArray("/proc/" + QByteArray::number(pid) + "/stat").constData(), O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return {{}, errno != ENOENT && errno != ESRCH};
    char buffer[1024]; // one line of at most some 400 bytes
    const ssize_t length = read(fd, buffer, sizeof buffer);
    const int error = errno;
    close(fd);
    if (length <= 0)
        return {{}, length < 0 && error != ESRCH};
    // The command name may hold blanks and brackets: what follows the last one is meant.
    const QByteArray stat(buffer, length);
    const qsizetype end = stat.lastIndexOf(')');
    const QList<QByteArray> fields = end < 0 ? QList<QByteArray>() : stat.mid(end + 2).split(' ');
    if (fields.size() < 20 || fields.at(0) == "Z" || fields.at(0) == "X")
        return {};
    return {fields.at(19).toULongLong(), false};
}

} // namespace

QString ProcessIdentity::toString() const
{
    return QString::number(pid) + u':' + QString::number(startTime) + u':' + bootId + u':' + pidNamespace;
}

std::optional<ProcessIdentity> ProcessIdentity::fromString(const QString &text)
{
    // The namespace itself holds a colon: "pid:[4026531836]".
    ProcessIdentity identity;
    bool pidOk = false;
    bool startOk = false;
    identity.pid = text.section(u':', 0, 0).toLongLong(&pidOk);
    identity.startTime = text.section(u':', 1, 1).toULongLong(&startOk);
    identity.bootId = text.section(u':', 2, 2);
    identity.pidNamespace = text.section(u':', 3);
    if (!pidOk || !startOk || identity.pid <= 0)
        return {};
    return identity;
}

ProcessIdentity ProcessIdentity::self()
{
    return *of(getpid());
}

std::optional<ProcessIdentity> ProcessIdentity::of(qint64 pid)
{
    const std::optional<quint64> start = lookAt(pid).startTime;
    if (!start)
        return {};
    return ProcessIdentity{pid, *start, ::lifeguard::bootId(), ::lifeguard::pidNamespace()};
}

ProcessPresence presenceOf(const ProcessIdentity &identity)
{
    if (identity.isNull())
        return ProcessPresence::Gone;
    if (identity.bootId != bootId())
        return ProcessPresence::Unknown; // an earlier boot, or another host that shares the file: its heartbeat tells
    if (identity.pidNamespace != pidNamespace())
        return ProcessPresence::Unknown;
    const StatLook look = lookAt(identity.pid);
    if (look.isUnknown)
        return ProcessPresence::Unknown; // too many files are open: what cannot be looked at is not gone
    return look.startTime == identity.startTime ? ProcessPresence::Alive : ProcessPresence::Gone;
}

} // namespace lifeguard

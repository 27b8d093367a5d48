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

/// The start time of a process from /proc/PID/stat.
struct ProcessStat
{
    std::optional<quint64> startTime; ///< nothing: there is no such process, it is a zombie, or the start time is
                                      ///< unknown
    bool isUnknown = false; ///< the file exists but could not be read
};

ProcessStat readStat(qint64 pid)
{
    const int fd = open(QByteArray("/proc/" + QByteArray::number(pid) + "/stat").constData(), O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return {{}, errno != ENOENT && errno != ESRCH};
    char buffer[1024]; // the file is one line of at most about 400 bytes
    const ssize_t length = read(fd, buffer, sizeof buffer);
    const int error = errno;
    close(fd);
    if (length <= 0)
        return {{}, length < 0 && error != ESRCH};
    // The command name may contain spaces and parentheses; the other fields follow the last parenthesis.
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
    // The namespace itself contains a colon: "pid:[4026531836]".
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
    const std::optional<ProcessIdentity> identity = of(getpid());
    Q_ASSERT(identity); // this process exists
    return identity.value_or(ProcessIdentity());
}

std::optional<ProcessIdentity> ProcessIdentity::of(qint64 pid)
{
    const std::optional<quint64> start = readStat(pid).startTime;
    if (!start)
        return {};
    return ProcessIdentity{pid, *start, ::lifeguard::bootId(), ::lifeguard::pidNamespace()};
}

ProcessPresence presenceOf(const ProcessIdentity &identity)
{
    if (identity.isNull())
        return ProcessPresence::Gone;
    if (identity.bootId != bootId())
        return ProcessPresence::Unknown; // an earlier boot, or another host with the same database
    if (identity.pidNamespace != pidNamespace())
        return ProcessPresence::Unknown;
    const ProcessStat stat = readStat(identity.pid);
    if (stat.isUnknown)
        return ProcessPresence::Unknown; // for example, too many files are open; this does not mean that the process
                                         // has ended
    return stat.startTime == identity.startTime ? ProcessPresence::Alive : ProcessPresence::Gone;
}

} // namespace lifeguard

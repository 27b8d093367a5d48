// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/processidentity.h"

#include <QFile>
#include <QFileInfo>
#include <QStringList>

#include <cerrno>
#include <csignal>

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
    bool isUnknown = false; ///< there may be such a process, but its file could not be read
};

/// Returns whether a process has this pid, even if /proc does not show it.
bool isPidInUse(qint64 pid)
{
    return kill(static_cast<pid_t>(pid), 0) == 0 || errno != ESRCH;
}

ProcessStat readStat(qint64 pid)
{
    const int fd = open(QByteArray("/proc/" + QByteArray::number(pid) + "/stat").constData(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        // A missing file does not mean that the process has ended: with hidepid, or in a service with
        // ProtectProc=invisible, the processes of other users have none.
        const bool isMissing = errno == ENOENT || errno == ESRCH;
        return {{}, !isMissing || isPidInUse(pid)};
    }
    char buffer[1024]; // the file is one line of at most about 400 bytes
    const ssize_t length = read(fd, buffer, sizeof buffer);
    const int error = errno;
    close(fd);
    if (length <= 0)
        return {{}, length < 0 && (error != ESRCH || isPidInUse(pid))};
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
    // Without /proc, the start time is missing as well as the boot id, so that other programs know nothing about it.
    return of(getpid()).value_or(ProcessIdentity{getpid(), 0, ::lifeguard::bootId(), ::lifeguard::pidNamespace()});
}

std::optional<ProcessIdentity> ProcessIdentity::of(qint64 pid)
{
    const std::optional<quint64> start = readStat(pid).startTime;
    if (!start)
        return {};
    return ProcessIdentity{pid, *start, ::lifeguard::bootId(), ::lifeguard::pidNamespace()};
}

bool isOfThisNamespace(const ProcessIdentity &identity)
{
    // Without /proc, the ids are empty, and nothing is known.
    return !bootId().isEmpty() && !pidNamespace().isEmpty() && identity.bootId == bootId()
        && identity.pidNamespace == pidNamespace();
}

ProcessPresence presenceOf(const ProcessIdentity &identity)
{
    if (identity.isNull())
        return ProcessPresence::Gone;
    if (!isOfThisNamespace(identity))
        return ProcessPresence::Unknown; // an earlier boot, another host with the same database, or a container
    const ProcessStat stat = readStat(identity.pid);
    if (stat.isUnknown)
        return ProcessPresence::Unknown; // for example, /proc hides it, or too many files are open; this does not mean
                                         // that the process has ended
    return stat.startTime == identity.startTime ? ProcessPresence::Alive : ProcessPresence::Gone;
}

} // namespace lifeguard

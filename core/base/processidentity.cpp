// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/processidentity.h"

#include <QFile>
#include <QFileInfo>
#include <QStringList>

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

/// Start time and state from /proc/PID/stat; the command name may hold blanks and brackets, so read after the last one.
std::optional<quint64> startTimeOf(qint64 pid)
{
    QFile file(QStringLiteral("/proc/%1/stat").arg(pid));
    if (!file.open(QIODevice::ReadOnly))
        return {};
    const QByteArray stat = file.readAll();
    const qsizetype end = stat.lastIndexOf(')');
    if (end < 0)
        return {};
    const QList<QByteArray> fields = stat.mid(end + 2).split(' ');
    if (fields.size() < 20 || fields.at(0) == "Z" || fields.at(0) == "X")
        return {};
    return fields.at(19).toULongLong();
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
    const std::optional<quint64> start = startTimeOf(pid);
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
    const std::optional<quint64> start = startTimeOf(identity.pid);
    return start && *start == identity.startTime ? ProcessPresence::Alive : ProcessPresence::Gone;
}

} // namespace lifeguard

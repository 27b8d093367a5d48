// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/executor/inheritedchildren.h"

#include "core/base/processenvironment.h"
#include "core/base/processidentity.h"
#include "core/base/processtable.h"

#include <QByteArray>
#include <QList>

#include <optional>

#include <time.h>
#include <unistd.h>

namespace lifeguard {
namespace {

/// Returns whether a worker or one of its descendants had this environment. Its own variables identify a worker; a
/// program that this process starts for another purpose inherits all of ours.
bool isOfWorker(const QList<QByteArray> &environment)
{
    QSet<QByteArray> variables(environment.cbegin(), environment.cend());
    for (const QByteArray &variable : environment) {
        if (variable.startsWith("LIFEGUARD_EXECUTOR_ID="))
            return false; // a living worker, a process that is found by this variable, or a tool of ours (empty value)
    }
    if (variables.contains("LIFEGUARD_MANAGER=" + ProcessIdentity::self().toString().toLocal8Bit()))
        return true;
    for (char **own = environ; own && *own; ++own) {
        if (!variables.contains(*own))
            return true;
    }
    return false;
}

QHash<qint64, quint64> presentChildren(const QSet<qint64> &except = {})
{
    QHash<qint64, quint64> children;
    for (const qint64 pid : childrenOf(getpid())) {
        if (except.contains(pid))
            continue;
        const std::optional<ProcessEntry> entry = processEntry(pid);
        if (entry && entry->state != 'Z' && entry->state != 'X')
            children.insert(pid, entry->startTime);
    }
    return children;
}

} // namespace

InheritedChildren::InheritedChildren() : m_bystanders(presentChildren()) {}

void InheritedChildren::observe(const QSet<qint64> &known)
{
    QHash<qint64, quint64> bystanders;
    QHash<qint64, quint64> seenOnce;
    const QHash<qint64, quint64> present = presentChildren(known);
    for (auto child = present.cbegin(); child != present.cend(); ++child) {
        // Remembered only now: its worker may have ended a moment ago, and its end may not be handled yet.
        const bool isRemembered = m_bystanders.value(child.key()) == child.value()
                               || m_seenOnce.value(child.key()) == child.value();
        (isRemembered ? bystanders : seenOnce).insert(child.key(), child.value());
    }
    m_bystanders = bystanders;
    m_seenOnce = seenOnce;
}

QHash<qint64, quint64> InheritedChildren::leftBehind(quint64 since) const
{
    const QHash<qint64, quint64> first = findLeftBehind(since);
    if (first.isEmpty())
        return first;
    // During exec(), the environment of a process is empty for a moment.
    const timespec pause{0, 5'000'000};
    nanosleep(&pause, nullptr);
    QHash<qint64, quint64> confirmed = findLeftBehind(since);
    confirmed.removeIf([&first](const auto &child) { return first.value(child.key()) != child.value(); });
    return confirmed;
}

QHash<qint64, quint64> InheritedChildren::findLeftBehind(quint64 since) const
{
    QHash<qint64, quint64> left;
    const QHash<qint64, quint64> present = presentChildren();
    for (auto child = present.cbegin(); child != present.cend(); ++child) {
        if (child.value() < since || m_bystanders.value(child.key()) == child.value())
            continue;
        const std::optional<QList<QByteArray>> environment = processEnvironment(child.key());
        if (environment && isOfWorker(*environment))
            left.insert(child.key(), child.value());
    }
    return left;
}

} // namespace lifeguard

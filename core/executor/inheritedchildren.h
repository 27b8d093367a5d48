// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHash>
#include <QSet>

namespace lifeguard {

/// Finds the processes that this process, a child subreaper, has inherited from dead workers. A daemon that cleared its
/// environment and whose guard was killed has no other connection to its worker. A value type; not thread-safe.
class InheritedChildren
{
public:
    /// Remembers the present children: no worker has started them.
    InheritedChildren();

    /// Remembers children that are not among known and were already seen by the previous call: they belong to this
    /// program, or to the program that executed it. Called once a second.
    void observe(const QSet<qint64> &known);

    /// Returns the children that a dead worker left behind, with their start times: those that are neither remembered
    /// nor workers, started at since (clock ticks after boot) or later, and did not inherit the environment of this
    /// process unchanged, as the other programs that it starts do. Blocks for some milliseconds if there are any.
    [[nodiscard]] QHash<qint64, quint64> leftBehind(quint64 since) const;

private:
    [[nodiscard]] QHash<qint64, quint64> findLeftBehind(quint64 since) const;

    QHash<qint64, quint64> m_bystanders; ///< start times by pid
    QHash<qint64, quint64> m_seenOnce;
};

} // namespace lifeguard

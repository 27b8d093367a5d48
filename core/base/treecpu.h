// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/processtable.h"

#include <QHash>
#include <QList>

namespace lifeguard {

/// Sums up the CPU time that a process tree has used, including processes that started and ended between two snapshots.
/// A value type; not thread-safe.
///
/// A process that ends and is waited for adds its ticks to its parent's childTicks; ticks counted while it was alive
/// must not be counted again. If nothing waits for it, or an orphan leaves the tree, its ticks disappear; the sum must
/// not decrease. Each process is therefore counted by its growth between two snapshots, and the ticks of processes that
/// vanished are subtracted from the childTicks that their nearest remaining ancestor gains.
class TreeCpu
{
public:
    /// Adds a snapshot of all living processes of the tree. Returns the CPU time since the start of the tree in clock
    /// ticks, which never decreases.
    quint64 add(const QList<ProcessEntry> &tree);

private:
    struct Seen
    {
        quint64 startTime = 0;
        qint64 parent = 0;
        quint64 own = 0;
        quint64 children = 0;
    };

    QHash<qint64, Seen> m_seen;
    /// By ancestor: ticks of vanished processes that were already counted, but that the ancestor's childTicks did not
    /// include in the last snapshot. The table is not read atomically, so they may appear one snapshot later; after
    /// that they are considered lost.
    QHash<qint64, quint64> m_owed;
    quint64 m_total = 0;
};

} // namespace lifeguard

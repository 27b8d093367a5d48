// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace lifeguard {

/// Which kills by the kernel's out-of-memory killer may explain a death: those counted since the look before the last, and
/// each only one death. The counts are totals that only grow, of a cgroup or of the machine. A value; one thread.
class OomKillCounter
{
public:
    explicit OomKillCounter(quint64 count = 0) : m_explained(count), m_last(count) {}

    /// The count at a look, about once a second. What the look before saw may belong to a death that is told only now, so it
    /// is dropped a look later.
    void observed(quint64 count)
    {
        m_explained = qMax(m_explained, m_last);
        m_last = qMax(m_last, count);
    }
    /// Kills that explain nothing yet, with this count now.
    [[nodiscard]] quint64 fresh(quint64 now) const { return now > m_explained ? now - m_explained : 0; }
    /// These are explained now.
    void explain(quint64 kills) { m_explained += kills; }

private:
    quint64 m_explained; ///< kills up to here explain nothing any more
    quint64 m_last;
};

/// Kills on this whole machine since boot: oom_kill in /proc/vmstat (since Linux 4.13), those within cgroups included. For
/// workers without a memory cgroup. Some 50 µs; any thread.
[[nodiscard]] quint64 machineOomKills(const QString &vmstat = QStringLiteral("/proc/vmstat"));

} // namespace lifeguard

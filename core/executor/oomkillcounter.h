// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace lifeguard {

/// Counts the kills by the kernel's out-of-memory killer that can explain the death of a worker: those since the sample
/// before the last one, where each kill explains one death only. The counts are increasing totals of a cgroup or of the
/// machine. A value type; not thread-safe.
class OomKillCounter
{
public:
    explicit OomKillCounter(quint64 count = 0) : m_explained(count), m_last(count) {}

    /// Adds a sample of the total. Call this about once a second. A kill may belong to a death that is reported after
    /// the sample, so it counts as unexplained until the next sample.
    void addSample(quint64 count)
    {
        m_explained = qMax(m_explained, m_last);
        m_last = qMax(m_last, count);
    }
    /// Returns the number of unexplained kills. now: the current total.
    [[nodiscard]] quint64 unexplained(quint64 now) const { return now > m_explained ? now - m_explained : 0; }
    /// Marks this number of kills as explained.
    void markExplained(quint64 kills) { m_explained += kills; }

private:
    quint64 m_explained; ///< the total up to which kills cannot explain another death
    quint64 m_last; ///< the total in the last sample
};

/// Returns the number of kills on the whole machine since boot, including those in cgroups: oom_kill in /proc/vmstat
/// (Linux 4.13 and newer). Used for workers without a memory cgroup. Takes about 50 µs; thread-safe.
[[nodiscard]] quint64 machineOomKills(const QString &vmstat = QStringLiteral("/proc/vmstat"));

} // namespace lifeguard

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QHash>
#include <QString>

namespace lifeguard {

/// The position of this process in the cgroup hierarchies of the machine. v1 has one hierarchy for each controller (or
/// for several controllers together), v2 has a single one; many machines mount both.
struct CgroupLayout
{
    QHash<QString, QString> v1; ///< the folder of the cgroup of this process, by controller: "memory", "cpu"
    QString unified; ///< the folder in the v2 hierarchy; empty if it is not mounted or not visible

    bool operator==(const CgroupLayout &) const = default;

    /// Parses the contents of /proc/self/cgroup and /proc/self/mountinfo (see proc(5) and cgroups(7)). Leaves out a
    /// cgroup that is not visible in the mounted part of its hierarchy, as in a container.
    [[nodiscard]] static CgroupLayout parse(const QByteArray &selfCgroup, const QByteArray &mountinfo);
};

/// How often the kernel's out-of-memory killer has killed a process of a cgroup.
struct CgroupKills
{
    quint64 kills = 0;
    bool overOwnLimit = false; ///< the cgroup had reached its limit; otherwise the machine, or a parent cgroup, was out
                               ///< of memory

    bool operator==(const CgroupKills &) const = default;
};

/// Parses memory.events of v2.
[[nodiscard]] CgroupKills killsFromEvents(const QByteArray &memoryEvents);
/// Parses memory.oom_control of v1, which counts kills since Linux 4.13. maxUsage: the larger one of
/// memory.max_usage_in_bytes and memory.memsw.max_usage_in_bytes. limit: in bytes. memory.failcnt would be a simpler
/// sign of a reached limit, but stays 0 on new kernels (seen on 6.18).
[[nodiscard]] CgroupKills killsFromOomControl(const QByteArray &oomControl, qint64 maxUsage, qint64 limit);
/// Returns the value from the line "name value", as in /proc/vmstat; 0 if there is no such line.
[[nodiscard]] quint64 valueOf(const QByteArray &text, const QByteArray &name);

} // namespace lifeguard

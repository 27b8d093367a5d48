// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QHash>
#include <QString>

namespace lifeguard {

/// Where this process stands in the machine's cgroup hierarchies: v1 has one for each controller (or for a few together),
/// v2 a single one; many machines mount both.
struct CgroupLayout
{
    QHash<QString, QString> v1; ///< this process's own cgroup as a folder, by controller: "memory", "cpu"
    QString unified; ///< and in the v2 hierarchy; empty: not mounted, or out of sight

    bool operator==(const CgroupLayout &) const = default;

    /// From the texts of /proc/self/cgroup and /proc/self/mountinfo (proc(5), cgroups(7)). A cgroup that lies outside of
    /// what is mounted here (a container that shares its host's view) is left out.
    [[nodiscard]] static CgroupLayout parse(const QByteArray &selfCgroup, const QByteArray &mountinfo);
};

/// How often the kernel's out-of-memory killer took a process of a cgroup.
struct CgroupKills
{
    quint64 kills = 0;
    bool overOwnLimit = false; ///< the cgroup had reached its limit; otherwise the machine, or one above, had run out

    bool operator==(const CgroupKills &) const = default;
};

/// From memory.events of v2.
[[nodiscard]] CgroupKills killsFromEvents(const QByteArray &memoryEvents);
/// From memory.oom_control of v1 (the kernel counts kills there since 4.13), the largest usage so far (of
/// memory.max_usage_in_bytes and memory.memsw.max_usage_in_bytes) and the limit. memory.failcnt would say more plainly that
/// the limit was met, but stays 0 on new kernels (seen on 6.18).
[[nodiscard]] CgroupKills killsFromOomControl(const QByteArray &oomControl, qint64 maxUsage, qint64 limit);
/// The value of "name value" among a file's lines; 0 if it is not there. Also for /proc/vmstat.
[[nodiscard]] quint64 valueOf(const QByteArray &text, const QByteArray &name);

} // namespace lifeguard

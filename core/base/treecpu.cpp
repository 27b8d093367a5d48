// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/treecpu.h"

namespace lifeguard {
namespace {

quint64 growth(quint64 before, quint64 now)
{
    return now > before ? now - before : 0;
}

} // namespace

quint64 TreeCpu::add(const QList<ProcessEntry> &tree)
{
    QHash<qint64, quint64> startTimes;
    for (const ProcessEntry &process : tree)
        startTimes.insert(process.pid, process.startTime);
    const auto survives = [&](qint64 pid) {
        const auto before = m_seen.constFind(pid);
        return before != m_seen.cend() && startTimes.contains(pid) && startTimes.value(pid) == before->startTime;
    };
    QHash<qint64, quint64> vanished; // ticks already counted, by the nearest remaining ancestor
    for (auto process = m_seen.cbegin(); process != m_seen.cend(); ++process) {
        if (survives(process.key()))
            continue;
        qint64 ancestor = process->parent;
        for (qsizetype steps = m_seen.size(); steps > 0 && !survives(ancestor) && m_seen.contains(ancestor); --steps)
            ancestor = m_seen.value(ancestor).parent;
        if (survives(ancestor))
            vanished[ancestor] += process->own + process->children + m_owed.value(process.key());
    }
    QHash<qint64, Seen> seen;
    QHash<qint64, quint64> owed;
    for (const ProcessEntry &process : tree) {
        if (survives(process.pid)) {
            const Seen &before = m_seen[process.pid];
            m_total += growth(before.own, process.cpuTicks);
            const quint64 gained = growth(before.children, process.childTicks);
            const quint64 late = qMin(gained, m_owed.value(process.pid));
            const quint64 known = qMin(gained - late, vanished.value(process.pid));
            m_total += gained - late - known;
            if (const quint64 rest = vanished.value(process.pid) - known; rest > 0)
                owed.insert(process.pid, rest);
        } else {
            m_total += process.cpuTicks + process.childTicks;
        }
        seen.insert(process.pid, {process.startTime, process.parent, process.cpuTicks, process.childTicks});
    }
    m_seen = seen;
    m_owed = owed;
    return m_total;
}

} // namespace lifeguard

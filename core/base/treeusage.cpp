// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/treeusage.h"

#include <cerrno>
#include <cstdio>
#include <cstring>

#include <fcntl.h>
#include <unistd.h>

namespace lifeguard {
namespace {

/// The start of a file below /proc, with its end marked; less than nothing: -errno.
ssize_t readStart(qint64 pid, const char *file, char *buffer, size_t size)
{
    char path[64];
    std::snprintf(path, sizeof path, "/proc/%lld/%s", static_cast<long long>(pid), file);
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    const ssize_t n = read(fd, buffer, size - 1);
    const int error = errno;
    close(fd);
    if (n < 0)
        return -error;
    buffer[n] = '\0';
    return n;
}

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
    QHash<qint64, quint64> vanished; // counted already, by the nearest ancestor that is left
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
            const quint64 told = growth(before.children, process.childTicks);
            const quint64 late = qMin(told, m_owed.value(process.pid));
            const quint64 known = qMin(told - late, vanished.value(process.pid));
            m_total += told - late - known;
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

TreeMemory sumOf(const QList<ProcessMemory> &processes)
{
    TreeMemory sum;
    QHash<QByteArray, qint64> largest;
    for (const ProcessMemory &process : processes) {
        sum.atMost += process.resident;
        sum.bytes += process.resident - process.shared;
        qint64 &most = largest[process.name];
        most = qMax(most, process.shared);
    }
    for (const qint64 shared : std::as_const(largest))
        sum.bytes += shared;
    return sum;
}

TreeMemory treeMemory(const QList<ProcessEntry> &tree)
{
    static const qint64 pageSize = sysconf(_SC_PAGESIZE);
    QList<ProcessMemory> processes;
    for (const ProcessEntry &process : tree) {
        char text[128];
        long long size = 0;
        long long resident = 0;
        long long shared = 0;
        if (readStart(process.pid, "statm", text, sizeof text) > 0 && std::sscanf(text, "%lld %lld %lld", &size, &resident, &shared) == 3)
            processes.append({process.name, resident * pageSize, qMin(shared, resident) * pageSize});
    }
    return sumOf(processes);
}

std::optional<qint64> exactTreeMemory(const QList<ProcessEntry> &tree)
{
    qint64 bytes = 0;
    for (const ProcessEntry &process : tree) {
        char text[1024];
        const ssize_t n = readStart(process.pid, "smaps_rollup", text, sizeof text);
        if (n == -ENOENT || n == -ESRCH)
            continue; // it ended meanwhile, or is a zombie
        if (n < 0)
            return {};
        const char *line = std::strstr(text, "\nPss:");
        long long kilobytes = 0;
        if (line && std::sscanf(line + 5, "%lld", &kilobytes) == 1)
            bytes += kilobytes * 1024;
    }
    return bytes;
}

} // namespace lifeguard

// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/processtable.h"

#include "core/base/procfile.h"

#include <cstdio>

#include <unistd.h>

namespace lifeguard {
namespace {

std::optional<ProcessEntry> readEntry(qint64 pid)
{
    char path[64];
    std::snprintf(path, sizeof path, "/proc/%lld/stat", static_cast<long long>(pid));
    const QByteArray stat = readProcFile(path);
    const qsizetype end = stat.lastIndexOf(')'); // the command name may contain spaces and parentheses
    if (end < 0)
        return {};
    const QList<QByteArray> fields = stat.mid(end + 2).split(' ');
    if (fields.size() < 22)
        return {};
    static const qint64 pageSize = sysconf(_SC_PAGESIZE);
    ProcessEntry entry;
    entry.pid = pid;
    entry.state = fields.at(0).isEmpty() ? '?' : fields.at(0).at(0);
    entry.parent = fields.at(1).toLongLong();
    entry.cpuTicks = fields.at(11).toULongLong() + fields.at(12).toULongLong();
    entry.childTicks = fields.at(13).toULongLong() + fields.at(14).toULongLong();
    entry.startTime = fields.at(19).toULongLong();
    entry.residentBytes = fields.at(21).toLongLong() * pageSize;
    const qsizetype begin = stat.indexOf('(') + 1;
    entry.name = stat.mid(begin, end - begin);
    return entry;
}

} // namespace

std::optional<ProcessEntry> processEntry(qint64 pid)
{
    return pid > 0 ? readEntry(pid) : std::nullopt;
}

QList<qint64> childrenOf(qint64 pid)
{
    if (const std::optional<QList<qint64>> children = listedChildren(pid))
        return *children;
    return processEntry(pid) ? ProcessTable::read().childrenOf(pid) : QList<qint64>();
}

ProcessTable ProcessTable::read(const QSet<qint64> &without)
{
    ProcessTable table;
    for (const qint64 pid : allPids()) {
        if (without.contains(pid))
            continue;
        if (const std::optional<ProcessEntry> entry = readEntry(pid)) {
            table.m_entries.insert(pid, *entry);
            table.m_children[entry->parent].append(pid);
        }
    }
    return table;
}

QList<ProcessEntry> ProcessTable::treeOf(qint64 root) const
{
    QList<ProcessEntry> tree;
    QList<qint64> open{root};
    while (!open.isEmpty()) {
        const qint64 pid = open.takeLast();
        const auto found = m_entries.constFind(pid);
        if (found == m_entries.cend())
            continue;
        tree.append(*found);
        open.append(m_children.value(pid));
    }
    return tree;
}

} // namespace lifeguard

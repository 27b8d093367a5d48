// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/executor/workersampler.h"

#include "core/base/processtable.h"
#include "core/base/systemclock.h"
#include "core/base/treememory.h"

#include <QFileInfo>

#include <algorithm>
#include <unistd.h>

namespace lifeguard {
namespace {

/// Returns the state of the worker. Under a guard, this is stopped (T) if the guard or its child is stopped.
char stateOf(const QList<ProcessEntry> &tree, bool isGuarded)
{
    const ProcessEntry &root = tree.first();
    if (!isGuarded || root.state == 'T')
        return root.state;
    const auto isStopped = [&root](const ProcessEntry &entry) {
        return entry.parent == root.pid && entry.state == 'T';
    };
    return std::any_of(tree.cbegin(), tree.cend(), isStopped) ? 'T' : root.state;
}

/// Returns the processes of the tree, and those of earlier members that are still alive.
QHash<qint64, quint64> livingMembers(const QHash<qint64, quint64> &earlier, const QList<ProcessEntry> &tree,
                                     const ProcessTable &table)
{
    QHash<qint64, quint64> members;
    for (auto member = earlier.cbegin(); member != earlier.cend(); ++member) {
        const auto entry = table.entries().constFind(member.key());
        if (entry != table.entries().cend() && entry->startTime == member.value())
            members.insert(member.key(), member.value());
    }
    for (const ProcessEntry &process : tree)
        members.insert(process.pid, process.startTime);
    return members;
}

} // namespace

/// Reads the process table, without the processes that are known to belong to no worker.
ProcessTable WorkerSampler::readTable(const QHash<QString, SampleTarget> &targets)
{
    constexpr int longestPartial = 9; // a pid that is used again is noticed then
    bool hasNew = false;
    for (auto target = targets.cbegin(); target != targets.cend(); ++target)
        hasNew = hasNew || m_accounts.value(target.key()).pid != target->pid;
    if (hasNew || m_partialSamples >= longestPartial) {
        m_outsiders.clear();
        m_partialSamples = 0;
    } else {
        ++m_partialSamples;
    }
    return ProcessTable::read(m_outsiders);
}

void WorkerSampler::findOutsiders(const ProcessTable &table)
{
    QSet<qint64> insiders;
    for (const QHash<qint64, quint64> &members : std::as_const(m_members)) {
        for (auto member = members.keyBegin(); member != members.keyEnd(); ++member)
            insiders.insert(*member);
    }
    for (auto pid = table.entries().keyBegin(); pid != table.entries().keyEnd(); ++pid) {
        if (!insiders.contains(*pid))
            m_outsiders.insert(*pid);
    }
}

QHash<QString, WorkerStats> WorkerSampler::sample(const QHash<QString, SampleTarget> &targets)
{
    struct NearTree
    {
        QString id;
        double fraction = 0; ///< of its mark, by the inexact measurement
        QList<ProcessEntry> tree;
    };
    static const double ticksPerSecond = double(sysconf(_SC_CLK_TCK));
    const SystemClock clock;
    const ProcessTable table = readTable(targets);
    const milliseconds now = clock.steadyNow();
    QHash<QString, WorkerStats> all;
    QHash<QString, Account> accounts;
    QHash<QString, QHash<qint64, quint64>> members;
    QList<NearTree> nearTrees;
    for (auto target = targets.cbegin(); target != targets.cend(); ++target) {
        const QList<ProcessEntry> tree = table.treeOf(target->pid);
        members.insert(target.key(), livingMembers(m_members.value(target.key()), tree, table));
        if (tree.isEmpty())
            continue; // the worker has just ended
        WorkerStats stats;
        stats.processes = int(tree.size());
        stats.state = stateOf(tree, target->isGuarded);
        const TreeMemory memory = treeMemory(tree);
        stats.memoryBytes = memory.bytes;
        if (target->memoryMark > 0 && double(memory.atMost) >= nearMark * double(target->memoryMark))
            nearTrees.append({target.key(), double(memory.bytes) / double(target->memoryMark), tree});

        Account account = m_accounts.value(target.key());
        if (account.pid != target->pid)
            account = {target->pid, {}, 0, milliseconds(0)};
        const quint64 ticks = account.cpu.add(tree);
        if (account.at > milliseconds(0) && now > account.at)
            stats.cpuPercent = double(ticks - account.ticks) / ticksPerSecond * 100000.0
                             / double((now - account.at).count());
        stats.cpuSeconds = double(ticks) / ticksPerSecond;
        account.ticks = ticks;
        account.at = now;
        accounts.insert(target.key(), account);

        const QFileInfo log(target->logPath);
        stats.outputBytes = log.exists() ? log.size() : -1;
        all.insert(target.key(), stats);
    }
    std::sort(nearTrees.begin(), nearTrees.end(),
              [](const NearTree &a, const NearTree &b) { return a.fraction > b.fraction; });
    for (const NearTree &near : nearTrees.mid(0, maxExactTrees))
        all[near.id].memoryBytes = exactTreeMemory(near.tree).value_or(all.value(near.id).memoryBytes);
    m_accounts = accounts;
    m_members = members;
    findOutsiders(table);
    return all;
}

} // namespace lifeguard

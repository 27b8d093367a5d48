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

/// Of the worker itself: under a guard that is the program which the guard has started.
char stateOf(const QList<ProcessEntry> &tree, bool isGuarded)
{
    const ProcessEntry &root = tree.first();
    if (!isGuarded || root.state == 'T')
        return root.state;
    const auto isStopped = [&root](const ProcessEntry &one) { return one.parent == root.pid && one.state == 'T'; };
    return std::any_of(tree.cbegin(), tree.cend(), isStopped) ? 'T' : root.state;
}

} // namespace

QHash<QString, WorkerStats> WorkerSampler::sample(const QHash<QString, SampleTarget> &targets)
{
    struct Near
    {
        QString id;
        double part = 0; ///< of its mark, by the cheap count
        QList<ProcessEntry> tree;
    };
    static const double ticksPerSecond = double(sysconf(_SC_CLK_TCK));
    const SystemClock clock;
    const ProcessTable table = ProcessTable::read();
    const milliseconds now = clock.steadyNow();
    QHash<QString, WorkerStats> all;
    QHash<QString, Account> accounts;
    QList<Near> nears;
    for (auto target = targets.cbegin(); target != targets.cend(); ++target) {
        const QList<ProcessEntry> tree = table.treeOf(target->pid);
        if (tree.isEmpty())
            continue; // it has just ended
        WorkerStats stats;
        stats.processes = int(tree.size());
        stats.state = stateOf(tree, target->isGuarded);
        const TreeMemory memory = treeMemory(tree);
        stats.memoryBytes = memory.bytes;
        if (target->memoryMark > 0 && double(memory.atMost) >= nearMark * double(target->memoryMark))
            nears.append({target.key(), double(memory.bytes) / double(target->memoryMark), tree});

        Account account = m_accounts.value(target.key());
        if (account.pid != target->pid)
            account = {target->pid, {}, 0, milliseconds(0)};
        const quint64 ticks = account.cpu.add(tree);
        if (account.at > milliseconds(0) && now > account.at)
            stats.cpuPercent = double(ticks - account.ticks) / ticksPerSecond * 100000.0 / double((now - account.at).count());
        stats.cpuSeconds = double(ticks) / ticksPerSecond;
        account.ticks = ticks;
        account.at = now;
        accounts.insert(target.key(), account);

        const QFileInfo log(target->logPath);
        stats.outputBytes = log.exists() ? log.size() : -1;
        all.insert(target.key(), stats);
    }
    std::sort(nears.begin(), nears.end(), [](const Near &a, const Near &b) { return a.part > b.part; });
    for (const Near &near : nears.mid(0, mostExact))
        all[near.id].memoryBytes = exactTreeMemory(near.tree).value_or(all.value(near.id).memoryBytes);
    m_accounts = accounts;
    return all;
}

} // namespace lifeguard

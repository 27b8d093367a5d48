// SPDX-License-Identifier: GPL-3.0-or-later
#include "idleuse.h"

#include "core/base/processtable.h"

#include <QThread>

namespace lifeguard::bench {
namespace {

using Uses = QHash<qint64, ProcessUse>; // by pid

Uses usesOf(const QList<ProcessEntry> &tree)
{
    Uses uses;
    for (const ProcessEntry &process : tree)
        uses.insert(process.pid, ProcessUse::of(process.pid));
    return uses;
}

UsePerSecond difference(const ProcessUse &before, const ProcessUse &after, double seconds)
{
    constexpr double percent = 100;
    return {(after.cpuSeconds - before.cpuSeconds) * percent / seconds,
            double(after.bytesWritten - before.bytesWritten) / seconds,
            double(after.bytesPassedToWrite - before.bytesPassedToWrite) / seconds,
            double(after.bytesReadFromDisk - before.bytesReadFromDisk) / seconds,
            double(after.bytesRead - before.bytesRead) / seconds};
}

} // namespace

UsePerSecond &UsePerSecond::operator+=(const UsePerSecond &other)
{
    cpuPercent += other.cpuPercent;
    bytesWritten += other.bytesWritten;
    bytesPassedToWrite += other.bytesPassedToWrite;
    bytesReadFromDisk += other.bytesReadFromDisk;
    bytesRead += other.bytesRead;
    return *this;
}

UsePerSecond PoolUse::sum() const
{
    UsePerSecond sum = manager;
    sum += workers;
    sum += tools;
    return sum;
}

PoolUse PoolUse::of(qint64 manager, double seconds)
{
    const Uses before = usesOf(ProcessTable::read().treeOf(manager));
    const Stopwatch watch;
    QThread::msleep(ulong(seconds * 1000));
    const double elapsed = watch.seconds();
    const QList<ProcessEntry> tree = ProcessTable::read().treeOf(manager);
    const Uses after = usesOf(tree);
    PoolUse use;
    for (const ProcessEntry &process : tree) {
        const UsePerSecond used = difference(before.value(process.pid), after.value(process.pid), elapsed);
        if (process.pid == manager) {
            use.manager += used;
        } else if (process.parent == manager) {
            use.workers += used;
        } else {
            use.tools += used;
            ++use.toolProcesses;
        }
    }
    return use;
}

} // namespace lifeguard::bench

// SPDX-License-Identifier: GPL-3.0-or-later
#include "startbenchmark.h"

#include "measuring.h"
#include "openfiles.h"
#include "queuefile.h"
#include "requirement.h"
#include "workerprocesses.h"

#include "tests/support/pooltest.h"

#include <QMap>

namespace lifeguard::bench {
namespace {

using test::PoolTest;
using test::waitUntil;

constexpr int patienceMs = 300000; ///< 1,000 workers need minutes on a busy machine
constexpr int referenceCount = 16; ///< the largest number is compared with this one
constexpr double startTarget = 2.0; ///< as a multiple of the time without a manager
constexpr double linearTarget = 1.5; ///< time per worker, as a multiple of that of referenceCount workers

struct Times
{
    double start = 0; ///< ms from the call to the last registration
    double stop = 0; ///< ms from the call to the end of the last process
};

Times withManager(int count)
{
    PoolTest pool;
    require(pool.begin(), QStringLiteral("The manager did not start."));
    BareConnection connection(pool.store->path());
    BareStatement idle(connection.handle(), QStringLiteral("SELECT count(*) FROM workers WHERE status = 'idle'"));
    Times times;
    Stopwatch watch;
    (void)valueOf(pool.manager->startPool(PoolTest::noop(count)));
    require(waitUntil([&] { return idle.run() == count; }, patienceMs),
            QStringLiteral("Only %1 of %2 workers have registered.").arg(idle.run()).arg(count));
    times.start = watch.milliseconds();
    require(waitUntil([&] { return pool.manager->pools().constFirst().alive == count; }, patienceMs),
            QStringLiteral("The manager does not see all workers."));
    bool isStopped = false;
    QObject::connect(pool.manager.get(), &WorkerPoolManager::allStopped, pool.manager.get(), [&] { isStopped = true; });
    watch.restart();
    pool.manager->stopAll();
    require(waitUntil([&] { return isStopped; }, patienceMs), QStringLiteral("The workers did not stop."));
    times.stop = watch.milliseconds();
    return times;
}

Times bare(int count)
{
    const QueueFile queue;
    Times times;
    Stopwatch watch;
    WorkerProcesses processes(queue, count);
    processes.waitUntilIdle();
    times.start = watch.milliseconds();
    watch.restart();
    processes.terminate();
    times.stop = watch.milliseconds();
    return times;
}

/// Compares the time per worker of the largest number with that of the reference.
Row linearity(const QString &what, int count, double ms, int reference, double referenceMs)
{
    return {QStringLiteral("%1, per worker of %2").arg(what).arg(count),
            ms / count,
            QStringLiteral("ms"),
            Limit{QStringLiteral("per worker of %1").arg(reference), referenceMs / reference},
            Target::ratioAtMost(linearTarget),
            {}};
}

} // namespace

void measureStart(Report &report, const Sizes &sizes)
{
    const QList<int> counts = sizes.choose<QList<int>>({1, 16, 64, 300, 1000}, {1, 4});
    raiseOpenFiles();
    report.setting(QStringLiteral("limit"), QStringLiteral("as many lifeguard-worker processes without a manager"));
    const QString ms = QStringLiteral("ms");
    QMap<int, Times> measured;
    for (const int count : counts) {
        const Times limit = bare(count);
        const Times times = withManager(count);
        measured.insert(count, times);
        report.add({QStringLiteral("start %1").arg(count),
                    times.start,
                    ms,
                    Limit{QStringLiteral("bare"), limit.start},
                    Target::ratioAtMost(startTarget),
                    {}});
        report.add(
            {QStringLiteral("stop %1").arg(count), times.stop, ms, Limit{QStringLiteral("bare"), limit.stop}, {}, {}});
    }
    const int largest = counts.constLast();
    const int reference = measured.contains(referenceCount) ? referenceCount : counts.constFirst();
    const Times few = measured.value(reference);
    const Times many = measured.value(largest);
    report.add(linearity(QStringLiteral("start"), largest, many.start, reference, few.start));
    report.add(linearity(QStringLiteral("stop"), largest, many.stop, reference, few.stop));
}

} // namespace lifeguard::bench

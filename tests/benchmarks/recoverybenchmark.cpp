// SPDX-License-Identifier: GPL-3.0-or-later
#include "recoverybenchmark.h"

#include "measuring.h"
#include "requirement.h"

#include "core/model/workerinfo.h"
#include "core/model/workerstate.h"
#include "tests/support/pooltest.h"

#include <QProcess>

#include <signal.h>

namespace lifeguard::bench {
namespace {

using test::PoolTest;
using test::waitUntil;

constexpr int workers = 4;
constexpr int jobMs = 1000; ///< longer than the recovery takes

/// Returns how long this process takes to see the end of a killed child, in ms.
double endOfChild()
{
    QProcess child;
    child.start(QStringLiteral("sleep"), {QStringLiteral("60")});
    require(child.waitForStarted(), QStringLiteral("The program sleep cannot be started."));
    const Stopwatch watch;
    child.kill();
    require(waitUntil([&] { return child.state() == QProcess::NotRunning; }), QStringLiteral("The child runs on."));
    return watch.milliseconds();
}

} // namespace

void measureRecovery(Report &report, const Sizes &sizes)
{
    const int rounds = sizes.choose(20, 2);
    PoolTest pool;
    require(pool.begin(), QStringLiteral("The manager did not start."));
    (void)valueOf(pool.manager->startPool(PoolTest::noop(workers)));
    const auto isComplete = [&pool] { return pool.manager->pools().constFirst().alive == workers; };
    require(waitUntil(isComplete), QStringLiteral("The workers did not register."));
    QList<double> ends;
    QList<double> detected;
    QList<double> replaced;
    for (int i = 0; i < rounds; ++i) {
        ends.append(endOfChild());
        pool.addNoop(1, jobMs);
        require(waitUntil([&] { return pool.workersIn(WorkerState::Busy).size() == 1; }),
                QStringLiteral("No worker claimed the job."));
        const WorkerInfo victim = pool.workersIn(WorkerState::Busy).constFirst();
        const qsizetype deadBefore = pool.workersIn(WorkerState::Dead).size();
        const Stopwatch watch;
        kill(pid_t(victim.pid), SIGKILL);
        require(waitUntil([&] { return pool.workersIn(WorkerState::Dead).size() > deadBefore; }),
                QStringLiteral("The killed worker was not detected."));
        detected.append(watch.milliseconds());
        require(waitUntil([&] {
                    const QList<WorkerInfo> busy = pool.workersIn(WorkerState::Busy);
                    return busy.size() == 1 && busy.constFirst().executorId != victim.executorId;
                }),
                QStringLiteral("The job of the killed worker does not run again."));
        replaced.append(watch.milliseconds());
        // The finished job ends the row of deaths, after which the manager would start workers later.
        require(waitUntil([&] { return pool.workersIn(WorkerState::Busy).isEmpty() && isComplete(); }),
                QStringLiteral("The job did not finish, or the killed worker was not replaced."));
    }
    report.setting(QStringLiteral("rounds"), QString::number(rounds));
    const QString ms = QStringLiteral("ms");
    const Limit bare{QStringLiteral("end of a killed child"), median(ends)};
    report.add({QStringLiteral("killed worker detected"), median(detected), ms, bare, Target::valueAtMost(200), {}});
    report.add({QStringLiteral("its job runs again"), median(replaced), ms, bare, Target::valueAtMost(200), {}});
    require(pool.stopAll(), QStringLiteral("The workers did not stop."));
}

} // namespace lifeguard::bench

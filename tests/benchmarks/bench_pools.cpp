// SPDX-License-Identifier: GPL-3.0-or-later
// Prints how long pools of direct workers take to be registered and stopped, how soon a killed worker is seen dead, and the
// jobs a second, each with a figure of this machine from the same run to compare it with.
#include "tests/support/pooltest.h"

#include "core/model/workerinfo.h"
#include "core/model/workerstate.h"
#include "core/store/workerregistry.h"

#include <QElapsedTimer>
#include <QProcess>
#include <QSignalSpy>

#include <cstdio>
#include <signal.h>

using namespace lifeguard;
using namespace lifeguard::test;

class BenchPools : public QObject
{
    Q_OBJECT

private:
    static double ms(const QElapsedTimer &timer) { return double(timer.nsecsElapsed()) / 1e6; }

private Q_SLOTS:
    void startAndStop()
    {
        constexpr int workers = 16;
        // The yardstick: as many processes of the same program that only say their usage.
        QElapsedTimer timer;
        timer.start();
        for (int i = 0; i < workers; ++i)
            QProcess::execute(QStringLiteral("/bin/true"), {});
        const double bare = ms(timer);

        PoolTest t;
        QVERIFY(t.begin());
        timer.start();
        QVERIFY(t.manager->startPool(PoolTest::noop(workers)));
        QVERIFY(QTest::qWaitFor([&] { return t.manager->pools().first().alive == workers; }, patience));
        const double registered = ms(timer);

        t.addNoop(1, 60000);
        QVERIFY(QTest::qWaitFor([&] { return t.workersIn(WorkerState::Busy).size() == 1; }, patience));
        const WorkerInfo victim = t.workersIn(WorkerState::Busy).first();
        QSignalSpy events(t.manager.get(), &WorkerPoolManager::eventHappened);
        timer.start();
        kill(pid_t(victim.pid), SIGKILL);
        QVERIFY(QTest::qWaitFor([&] { return t.workersIn(WorkerState::Dead).size() == 1; }, patience));
        const double dead = ms(timer);
        QVERIFY(QTest::qWaitFor([&] { return t.workersIn(WorkerState::Busy).size() == 1; }, patience));
        const double again = ms(timer);
        t.manager->killWorker(t.workersIn(WorkerState::Busy).first().executorId);
        QVERIFY(QTest::qWaitFor([&] { return t.workersIn(WorkerState::Dead).size() == 2; }, patience));
        (void)answerOf(t.store->cancelJobs({1}, QStringLiteral("benchmark")));
        QVERIFY(QTest::qWaitFor([&] { return t.manager->pools().first().alive == workers && t.workersIn(WorkerState::Idle).size() == workers; }, patience));

        timer.start();
        QVERIFY(t.stopAll());
        const double stopped = ms(timer);
        std::printf("%d noop workers registered in %.0f ms (limit 500), stopped in %.0f ms (limit 300); %d times /bin/true: %.0f ms\n",
                    workers, registered, stopped, workers, bare);
        std::printf("a SIGKILLed worker seen dead after %.1f ms (limit 200), its job running again after %.1f ms\n", dead, again);
    }

    void throughput()
    {
        PoolTest t;
        QVERIFY(t.begin());
        constexpr int jobs = 20000;
        t.addNoop(jobs, 0);
        QElapsedTimer timer;
        timer.start();
        QVERIFY(t.manager->startPool(PoolTest::noop(2)));
        QVERIFY(QTest::qWaitFor([&] {
            const auto snapshot = answerOf(t.store->snapshot());
            return snapshot && snapshot->total().completed == jobs;
        }, 120000));
        std::printf("2 noop workers: %.0f jobs/s\n", jobs / (ms(timer) / 1000));
        QVERIFY(t.stopAll());
    }
};

QTEST_GUILESS_MAIN(BenchPools)
#include "bench_pools.moc"

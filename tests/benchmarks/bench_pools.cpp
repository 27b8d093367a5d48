// SPDX-License-Identifier: GPL-3.0-or-later
// Measures how long pools of direct workers take to register and to stop, how soon a killed worker is detected, and the
// jobs per second. See README.md in this folder.
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
        // For comparison: the time that this machine takes to start as many trivial processes, one after another.
        QElapsedTimer timer;
        timer.start();
        for (int i = 0; i < workers; ++i)
            QProcess::execute(QStringLiteral("/bin/true"), {});
        const double processes = ms(timer);

        PoolTest t;
        QVERIFY(t.begin());
        timer.start();
        QVERIFY(t.manager->startPool(PoolTest::noop(workers)));
        QVERIFY(QTest::qWaitFor([&] { return t.manager->pools().first().alive == workers; }, patience));
        const double registered = ms(timer);

        t.addNoop(1, 60000);
        QVERIFY(QTest::qWaitFor([&] { return t.workersIn(WorkerState::Busy).size() == 1; }, patience));
        const WorkerInfo victim = t.workersIn(WorkerState::Busy).constFirst();
        QSignalSpy events(t.manager.get(), &WorkerPoolManager::eventHappened);
        timer.start();
        kill(pid_t(victim.pid), SIGKILL);
        QVERIFY(QTest::qWaitFor([&] { return t.workersIn(WorkerState::Dead).size() == 1; }, patience));
        const double dead = ms(timer);
        QVERIFY(QTest::qWaitFor([&] { return t.workersIn(WorkerState::Busy).size() == 1; }, patience));
        const double replaced = ms(timer);
        t.manager->killWorker(t.workersIn(WorkerState::Busy).constFirst().executorId);
        QVERIFY(QTest::qWaitFor([&] { return t.workersIn(WorkerState::Dead).size() == 2; }, patience));
        (void)answerOf(t.store->cancelJobs({1}, QStringLiteral("benchmark")));
        QVERIFY(QTest::qWaitFor(
            [&] {
                return t.manager->pools().first().alive == workers && t.workersIn(WorkerState::Idle).size() == workers;
            },
            patience));

        timer.start();
        QVERIFY(t.stopAll());
        const double stopped = ms(timer);
        std::printf("%d noop workers: registered in %.0f ms (limit 500), stopped in %.0f ms (limit 300); running "
                    "/bin/true %d times: %.0f ms\n",
                    workers, registered, stopped, workers, processes);
        std::printf(
            "worker killed with SIGKILL: detected after %.1f ms (limit 200), its job running again after %.1f ms\n",
            dead, replaced);
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
        QVERIFY(QTest::qWaitFor(
            [&] {
                const auto snapshot = answerOf(t.store->snapshot());
                return snapshot && snapshot->total().completed == jobs;
            },
            120000));
        std::printf("2 noop workers: %.0f jobs/s\n", jobs / (ms(timer) / 1000));
        QVERIFY(t.stopAll());
    }
};

QTEST_GUILESS_MAIN(BenchPools)
#include "bench_pools.moc"

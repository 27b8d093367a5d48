// SPDX-License-Identifier: GPL-3.0-or-later
// Simulates days of bursty load with a virtual clock, and checks what autoscaling promises: the number of workers does
// not oscillate, no job waits too long, and no busy worker is lost.
#include "core/pool/autoscaler.h"
#include "tests/support/testhelpers.h"

#include <QElapsedTimer>
#include <QTest>

#include <algorithm>
#include <deque>
#include <numeric>
#include <optional>
#include <random>
#include <vector>

using namespace lifeguard;
using namespace lifeguard::test;
using namespace std::chrono_literals;

namespace {

constexpr int day = 24 * 3600; ///< seconds; all times in this file are seconds since the start of the simulation
constexpr int startupTime = 3; ///< between the start of a worker and its registration
constexpr int longestJob = 30;

/// Random numbers that are equal on all platforms, unlike those of the distributions of the standard library.
class Random
{
public:
    explicit Random(quint32 seed) : m_engine(seed) {}
    /// Returns a number between lowest and highest, both included.
    int between(int lowest, int highest) { return lowest + int(m_engine() % quint32(highest - lowest + 1)); }

private:
    std::mt19937 m_engine;
};

struct Job
{
    int submittedAt = 0;
    int duration = 1;
    int startedAt = -1;
    int starts = 0;
    int ends = 0;
};

struct Worker
{
    int index = 0;
    int readyAt = 0;
    std::optional<size_t> job;
    int jobEndsAt = 0;
    bool isDraining = false;
};

/// A manager with one pool, and what happened to its number of workers.
struct Manager
{
    int rank = 0;
    int count = 0;
    ScalingHistory history;
    std::vector<Worker> workers;
    int mostWorkers = 0;
    std::vector<int> counts; ///< of each second
    std::vector<int> increases; ///< the times at which workers were added
    std::vector<int> decreases; ///< the times at which workers had to leave
    int turns = 0; ///< changes of direction: an increase after a decrease, or a decrease after an increase
    int shortestTimeToDecrease = day; ///< between an increase and the decrease that follows it

    void setCount(int next, int now)
    {
        const bool isIncrease = next > count;
        const int lastIncrease = increases.empty() ? -1 : increases.back();
        const int lastDecrease = decreases.empty() ? -1 : decreases.back();
        if (isIncrease ? lastDecrease > lastIncrease : lastIncrease > lastDecrease)
            ++turns;
        if (!isIncrease && lastIncrease >= 0)
            shortestTimeToDecrease = std::min(shortestTimeToDecrease, now - lastIncrease);
        (isIncrease ? increases : decreases).push_back(now);
        count = next;
        mostWorkers = std::max(mostWorkers, count);
    }
    [[nodiscard]] int kept() const
    {
        return int(std::count_if(workers.cbegin(), workers.cend(), [](const Worker &w) { return !w.isDraining; }));
    }
};

/// A queue with workers. Each second jobs arrive and end, idle workers claim jobs, and each manager makes a decision.
class Simulation
{
public:
    Simulation(ScalingRequest request, std::vector<int> ranks) : m_request(std::move(request))
    {
        for (const int rank : ranks) {
            managers.emplace_back();
            managers.back().rank = rank;
        }
    }

    void submit(int at, int duration)
    {
        Job job;
        job.submittedAt = at;
        job.duration = duration;
        jobs.push_back(job);
    }

    void run(int until)
    {
        std::stable_sort(jobs.begin(), jobs.end(),
                         [](const Job &a, const Job &b) { return a.submittedAt < b.submittedAt; });
        for (; m_now < until; ++m_now) {
            for (; m_submitted < jobs.size() && jobs[m_submitted].submittedAt <= m_now; ++m_submitted)
                m_pending.push_back(m_submitted);
            for (Manager &manager : managers)
                endJobs(manager);
            for (Manager &manager : managers)
                claimJobs(manager);
            // All managers see the state at the begin of the second.
            std::vector<int> present;
            for (const Manager &manager : managers)
                present.push_back(manager.count);
            for (size_t i = 0; i < managers.size(); ++i)
                scale(managers[i], std::accumulate(present.cbegin(), present.cend(), 0) - present[i]);
        }
    }

    [[nodiscard]] int longestWait() const
    {
        int longest = 0;
        for (const Job &job : jobs)
            longest = std::max(longest, job.startedAt - job.submittedAt);
        return longest;
    }
    /// Returns the jobs that did not run exactly once from begin to end.
    [[nodiscard]] int lostJobs() const
    {
        return int(
            std::count_if(jobs.cbegin(), jobs.cend(), [](const Job &job) { return job.starts != 1 || job.ends != 1; }));
    }
    [[nodiscard]] int workersLeft() const
    {
        int left = 0;
        for (const Manager &manager : managers)
            left += int(manager.workers.size());
        return left;
    }

    std::vector<Manager> managers;
    std::vector<Job> jobs;
    int busyBeforeIdle = 0; ///< busy workers that had to leave although an idle one stayed
    int drainedBusy = 0; ///< busy workers that had to leave

private:
    void endJobs(Manager &manager)
    {
        for (Worker &worker : manager.workers) {
            if (worker.job && worker.jobEndsAt <= m_now) {
                ++jobs[*worker.job].ends;
                worker.job.reset();
                --m_running;
            }
        }
        std::erase_if(manager.workers, [](const Worker &worker) { return worker.isDraining && !worker.job; });
    }

    void claimJobs(Manager &manager)
    {
        for (Worker &worker : manager.workers) {
            if (m_pending.empty())
                return;
            if (worker.job || worker.isDraining || worker.readyAt > m_now)
                continue;
            worker.job = m_pending.front();
            m_pending.pop_front();
            Job &job = jobs[*worker.job];
            job.startedAt = m_now;
            ++job.starts;
            worker.jobEndsAt = m_now + job.duration;
            ++m_running;
        }
    }

    void scale(Manager &manager, int otherWorkers)
    {
        ScalingRequest request = m_request;
        request.load = {qint64(m_pending.size()), m_running, otherWorkers, manager.count};
        request.rank = manager.rank;
        const ScalingDecision decision = Autoscaler::decide(request, manager.history, seconds(m_now));
        manager.history = decision.history;
        manager.counts.push_back(decision.to);
        if (!decision.isChange())
            return;
        manager.setCount(decision.to, m_now);
        for (int kept = manager.kept(); kept < manager.count; ++kept)
            start(manager);
        if (const int surplus = manager.kept() - manager.count; surplus > 0)
            dismiss(manager, surplus);
    }

    void start(Manager &manager)
    {
        int index = 0;
        const auto isUsed = [&manager](int candidate) {
            return std::any_of(manager.workers.cbegin(), manager.workers.cend(),
                               [candidate](const Worker &worker) { return worker.index == candidate; });
        };
        while (isUsed(index))
            ++index;
        Worker worker;
        worker.index = index;
        worker.readyAt = m_now + startupTime;
        manager.workers.push_back(worker);
    }

    void dismiss(Manager &manager, int surplus)
    {
        QList<ScalingWorker> candidates;
        for (const Worker &worker : manager.workers)
            candidates.append({QString::number(worker.index), worker.index, worker.job.has_value(), worker.isDraining});
        int busy = 0;
        for (const QString &leaving : Autoscaler::leaving(candidates, surplus)) {
            const auto worker = std::find_if(manager.workers.begin(), manager.workers.end(),
                                             [&](const Worker &w) { return w.index == leaving.toInt(); });
            worker->isDraining = true;
            busy += worker->job ? 1 : 0;
        }
        drainedBusy += busy;
        const bool isIdleOneLeft = std::any_of(manager.workers.cbegin(), manager.workers.cend(),
                                               [](const Worker &w) { return !w.isDraining && !w.job; });
        busyBeforeIdle += isIdleOneLeft ? busy : 0;
        std::erase_if(manager.workers, [](const Worker &worker) { return worker.isDraining && !worker.job; });
    }

    ScalingRequest m_request;
    std::deque<size_t> m_pending;
    size_t m_submitted = 0;
    qint64 m_running = 0;
    int m_now = 0;
};

/// Submits a day of jobs: a burst every half hour on average, with 5 to 120 jobs within a minute, and single jobs
/// during working hours. Returns the number of bursts. The last hour is quiet.
int submitBurstyDay(Simulation &simulation, quint32 seed)
{
    Random random(seed);
    constexpr int bursts = 46;
    for (int burst = 0; burst < bursts; ++burst) {
        const int begin = random.between(0, day - 2 * 3600);
        for (int jobs = random.between(5, 120); jobs > 0; --jobs)
            simulation.submit(begin + random.between(0, 60), random.between(1, longestJob));
    }
    for (int at = 8 * 3600; at < 18 * 3600; at += random.between(20, 200))
        simulation.submit(at, random.between(1, longestJob));
    return bursts;
}

ScalingRequest requestWithMax(int max)
{
    ScalingRequest request;
    request.bounds = {0, max, false};
    return request;
}

} // namespace

class TestScalingSimulation : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void burstyDay_data();
    void burstyDay();
    void frequentBurstsChangeNothing();
    void steadyLoadNeedsASteadyNumber();
    void fadingLoadIsFollowedDown();
    void busyWorkersFinishTheirJobs();
    void twoManagersShareADay();
    void noopJobsScaleToEightAndBack();
};

void TestScalingSimulation::burstyDay_data()
{
    QTest::addColumn<quint32>("seed");
    QTest::addColumn<int>("max");
    QTest::addColumn<int>("longestWait");
    // Without a limit, at most four jobs per worker wait, so the last of them waits for four jobs at most, and for the
    // start of its worker.
    constexpr int unlimited = 4 * longestJob + startupTime + 2;
    for (const quint32 seed : {1U, 2U, 3U, 4U})
        QTest::addRow("no limit, seed %u", seed) << seed << 1000 << unlimited;
    // Twelve workers need 155 s for 120 jobs of 15.5 s each, and bursts may overlap.
    for (const quint32 seed : {1U, 2U, 3U, 4U})
        QTest::addRow("at most 12 workers, seed %u", seed) << seed << 12 << 200;
}

void TestScalingSimulation::burstyDay()
{
    QFETCH(quint32, seed);
    QFETCH(int, max);
    QFETCH(int, longestWait);
    Simulation simulation(requestWithMax(max), {0});
    const int bursts = submitBurstyDay(simulation, seed);
    QElapsedTimer timer;
    timer.start();
    simulation.run(day);
    const Manager &manager = simulation.managers.front();
    qInfo("%lld jobs in %lld ms: at most %d workers, %d changes of direction, longest wait %d s",
          qlonglong(simulation.jobs.size()), qlonglong(timer.elapsed()), manager.mostWorkers, manager.turns,
          simulation.longestWait());

    QCOMPARE(simulation.lostJobs(), 0);
    QCOMPARE(simulation.busyBeforeIdle, 0);
    QVERIFY(simulation.longestWait() <= longestWait);
    QVERIFY(manager.mostWorkers <= max);
    QVERIFY(manager.mostWorkers >= 8);
    // Each burst causes one way up and one way down, and the single jobs cause one of each.
    QVERIFY(manager.turns <= 2 * bursts + 2);
    QVERIFY(manager.shortestTimeToDecrease >= 300);
    QCOMPARE(manager.count, 0);
    QCOMPARE(simulation.workersLeft(), 0);
}

/// Between bursts that come faster than the window is long, no worker leaves, and none is started again.
void TestScalingSimulation::frequentBurstsChangeNothing()
{
    Simulation simulation(requestWithMax(100), {0});
    for (int burst = 0; burst < 100; ++burst) {
        for (int i = 0; i < 40; ++i)
            simulation.submit(burst * 200, 10);
    }
    simulation.run(100 * 200);
    const Manager &manager = simulation.managers.front();
    QCOMPARE(simulation.lostJobs(), 0);
    QCOMPARE(manager.count, 10);
    QCOMPARE(manager.increases.size(), size_t(1));
    QVERIFY(manager.decreases.empty());
}

/// Jobs that arrive at random, at a steady rate, cause a load that fluctuates. The number of workers follows its peaks:
/// it stays in a narrow range.
void TestScalingSimulation::steadyLoadNeedsASteadyNumber()
{
    Simulation simulation(requestWithMax(100), {0});
    Random random(7);
    for (int at = 0; at < 6 * 3600; at += random.between(1, 3))
        simulation.submit(at, random.between(1, 15));
    simulation.run(6 * 3600);
    const Manager &manager = simulation.managers.front();
    const auto [lowest, highest] = std::minmax_element(manager.counts.cbegin() + 1800, manager.counts.cend());
    qInfo("%d to %d workers, %d changes of direction", *lowest, *highest, manager.turns);
    QVERIFY(*lowest >= 2);
    QVERIFY(*highest <= 6);
    QVERIFY(manager.shortestTimeToDecrease >= 300);
    QVERIFY(manager.turns <= 90); // not more than one in 240 s
}

/// The last workers leave one window after the load has ended, not earlier and not much later.
void TestScalingSimulation::fadingLoadIsFollowedDown()
{
    Simulation simulation(requestWithMax(100), {0});
    for (int i = 0; i < 40; ++i)
        simulation.submit(0, 10);
    simulation.run(3600);
    const Manager &manager = simulation.managers.front();
    QCOMPARE(simulation.lostJobs(), 0);
    QCOMPARE(manager.mostWorkers, 10);
    QCOMPARE(manager.increases.size(), size_t(1));
    QCOMPARE(manager.turns, 1);
    QVERIFY(manager.decreases.size() > 1); // step by step, as the load faded
    QVERIFY(manager.shortestTimeToDecrease >= 300);
    QCOMPARE(simulation.workersLeft(), 0);
}

/// Workers with long jobs are asked to leave while they are busy.
void TestScalingSimulation::busyWorkersFinishTheirJobs()
{
    Simulation simulation(requestWithMax(100), {0});
    for (int i = 0; i < 80; ++i)
        simulation.submit(0, 900);
    simulation.run(4 * 3600);
    QCOMPARE(simulation.lostJobs(), 0);
    QCOMPARE(simulation.busyBeforeIdle, 0);
    QVERIFY(simulation.drainedBusy > 0);
    QCOMPARE(simulation.workersLeft(), 0);
}

/// Two managers, of which each may have at most eight workers, work like one with sixteen.
void TestScalingSimulation::twoManagersShareADay()
{
    Simulation simulation(requestWithMax(8), {0, 1});
    const int bursts = submitBurstyDay(simulation, 1);
    Simulation single(requestWithMax(16), {0});
    submitBurstyDay(single, 1);
    simulation.run(day);
    single.run(day);
    qInfo("longest wait %d s, with one manager %d s", simulation.longestWait(), single.longestWait());
    QCOMPARE(simulation.lostJobs(), 0);
    QCOMPARE(simulation.busyBeforeIdle, 0);
    QVERIFY(simulation.longestWait() <= single.longestWait() + 10);
    for (const Manager &manager : simulation.managers) {
        QVERIFY2(manager.turns <= 2 * bursts + 2, qPrintable(QString::number(manager.turns)));
        QVERIFY(manager.shortestTimeToDecrease >= 300);
    }
    QCOMPARE(simulation.workersLeft(), 0);
}

/// 500 short jobs and max: 8, with a window of 2 s.
void TestScalingSimulation::noopJobsScaleToEightAndBack()
{
    ScalingRequest request = requestWithMax(8);
    request.config.scaleDownAfter = 2s;
    Simulation simulation(request, {0});
    for (int i = 0; i < 500; ++i)
        simulation.submit(0, 1);
    simulation.run(120);
    const Manager &manager = simulation.managers.front();
    QCOMPARE(simulation.lostJobs(), 0);
    QCOMPARE(manager.mostWorkers, 8);
    QCOMPARE(manager.increases.size(), size_t(1));
    QCOMPARE(manager.turns, 1);
    QCOMPARE(simulation.workersLeft(), 0);
}

QTEST_GUILESS_MAIN(TestScalingSimulation)
#include "tst_scalingsimulation.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
// The decisions about the number of workers of a type, one at a time and in sequences.
#include "core/pool/autoscaler.h"
#include "tests/support/testhelpers.h"

#include <QTest>

#include <functional>

using namespace lifeguard;
using namespace lifeguard::test;
using namespace std::chrono_literals;

namespace {

constexpr qint64 mb = 1024 * 1024;

/// One step of a sequence: the load from this time on, and the number of workers that is decided at this time.
struct Step
{
    seconds at;
    qint64 jobs;
    int workers;
};

} // namespace

Q_DECLARE_METATYPE(ScalingRequest)
Q_DECLARE_METATYPE(QList<Step>)
Q_DECLARE_METATYPE(QList<ScalingWorker>)

class TestAutoscaler : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void decides_data();
    void decides();
    void followsTheLoad_data();
    void followsTheLoad();
    void boundsApplyAtTheirTime();
    void descriptionsNamePeaksAndDelays();
    void managersDoNotLeaveAtTheSameTime();
    void managersDoNotStartWorkersForTheSameJobs();
    void historyStaysSmall();
    void idleWorkersLeaveFirst_data();
    void idleWorkersLeaveFirst();
};

/// Single decisions. Workers leave at once, so that no history matters.
void TestAutoscaler::decides_data()
{
    QTest::addColumn<ScalingRequest>("request");
    QTest::addColumn<int>("to");
    QTest::addColumn<int>("limit");
    QTest::addColumn<QString>("text");
    const auto row = [](const char *name, const std::function<void(ScalingRequest &)> &change, int to,
                        ScalingLimit limit, const char *text) {
        ScalingRequest request;
        request.config.scaleDownAfter = 0s;
        request.bounds = {0, 100, false};
        change(request);
        QTest::newRow(name) << request << to << int(limit) << s(text);
    };
    using enum ScalingLimit;
    row(
        "the example",
        [](auto &r) {
            r.config.targetPerWorker = 8, r.load = {41, 0, 0, 4};
        },
        6, None, "4 → 6: 41 pending, 8 per worker");
    row(
        "no jobs, no workers", [](auto &) {}, 0, None, "0 workers: 0 pending, 4 per worker");
    row(
        "one job starts one worker", [](auto &r) { r.load.pending = 1; }, 1, None, "0 → 1: 1 pending, 4 per worker");
    row(
        "a full worker", [](auto &r) { r.load.pending = 4; }, 1, None, "0 → 1: 4 pending, 4 per worker");
    row(
        "one job more", [](auto &r) { r.load.pending = 5; }, 2, None, "0 → 2: 5 pending, 4 per worker");
    row(
        "running jobs count",
        [](auto &r) {
            r.load = {3, 2, 0, 2};
        },
        2, None, "2 workers: 3 pending, 2 running, 4 per worker");
    row(
        "one worker per job",
        [](auto &r) {
            r.config.targetPerWorker = 1, r.load = {3, 2, 0, 2};
        },
        5, None, "2 → 5: 3 pending, 2 running, 1 per worker");
    row(
        "the last worker leaves", [](auto &r) { r.load.present = 1; }, 0, None, "1 → 0: 0 pending, 4 per worker");
    row(
        "a running job keeps the last worker",
        [](auto &r) {
            r.load = {0, 1, 0, 1};
        },
        1, None, "1 worker: 0 pending, 1 running, 4 per worker");
    row(
        "present workers are not started again",
        [](auto &r) {
            r.load = {40, 0, 0, 10};
        },
        10, None, "10 workers: 40 pending, 4 per worker");

    row(
        "another manager has workers",
        [](auto &r) {
            r.load = {40, 0, 3, 0};
        },
        7, None, "0 → 7: 40 pending, 4 per worker, 3 workers of other pools");
    row(
        "another manager has all workers",
        [](auto &r) {
            r.load = {3, 1, 1, 2};
        },
        0, None, "2 → 0: 3 pending, 1 running, 4 per worker, 1 worker of another pool");
    row(
        "another manager has more workers than needed",
        [](auto &r) {
            r.load = {3, 1, 9, 0};
        },
        0, None, "0 workers: 3 pending, 1 running, 4 per worker, 9 workers of other pools");

    row(
        "min", [](auto &r) { r.bounds.min = 2; }, 2, Minimum, "0 → 2: 0 pending, 4 per worker, min is 2");
    row(
        "min in spite of other managers",
        [](auto &r) {
            r.bounds.min = 2, r.load = {8, 0, 9, 2};
        },
        2, Minimum, "2 workers: 8 pending, 4 per worker, 9 workers of other pools, min is 2");
    row(
        "as many as min are needed", [](auto &r) { r.bounds.min = 2, r.load.pending = 8; }, 2, None,
        "0 → 2: 8 pending, 4 per worker");
    row(
        "max",
        [](auto &r) {
            r.bounds.max = 5, r.load = {41, 0, 0, 4};
        },
        5, Maximum, "4 → 5: 41 pending, 4 per worker, max is 5");
    row(
        "as many as max are needed", [](auto &r) { r.bounds.max = 5, r.load.pending = 20; }, 5, None,
        "0 → 5: 20 pending, 4 per worker");
    row(
        "max is lower than the present number",
        [](auto &r) {
            r.bounds.max = 2, r.load = {41, 0, 0, 4};
        },
        2, Maximum, "4 → 2: 41 pending, 4 per worker, max is 2");
    row(
        "max is 0",
        [](auto &r) {
            r.bounds.max = 0, r.load = {41, 0, 0, 4};
        },
        0, Maximum, "4 → 0: 41 pending, 4 per worker, max is 0");
    row(
        "CPUs",
        [](auto &r) {
            r.bounds = {0, 2, true}, r.load.pending = 41;
        },
        2, CpuCount, "0 → 2: 41 pending, 4 per worker, limited by the 2 CPUs of this machine");
    row(
        "one CPU",
        [](auto &r) {
            r.bounds = {0, 1, true}, r.load.pending = 41;
        },
        1, CpuCount, "0 → 1: 41 pending, 4 per worker, limited by the 1 CPU of this machine");

    // 100 MB of 1000 MB are kept free.
    const auto memory = [](ScalingRequest &request, qint64 available, qint64 used = 0) {
        request.limits.machineMemory = 1000 * mb;
        request.limits.availableMemory = available * mb;
        request.limits.usedMemory = used * mb;
        request.limits.workerMemory = 50 * mb;
    };
    row(
        "memory for all", [&](auto &r) { r.load.pending = 16, memory(r, 300); }, 4, None,
        "0 → 4: 16 pending, 4 per worker");
    row(
        "memory for three", [&](auto &r) { r.load.pending = 16, memory(r, 299); }, 3, Memory,
        "0 → 3: 16 pending, 4 per worker, limited by free memory: 299 MB, and a worker needs 50 MB");
    row(
        "present workers may still need memory",
        [&](auto &r) {
            r.load = {16, 0, 0, 2}, memory(r, 200, 10);
        },
        2, Memory, "2 workers: 16 pending, 4 per worker, limited by free memory: 200 MB, and a worker needs 50 MB");
    row(
        "present workers already use their memory",
        [&](auto &r) {
            r.load = {16, 0, 0, 2}, memory(r, 200, 100);
        },
        4, None, "2 → 4: 16 pending, 4 per worker");
    row(
        "without memory, no worker leaves",
        [&](auto &r) {
            r.load = {16, 0, 0, 3}, memory(r, 0);
        },
        3, Memory, "3 workers: 16 pending, 4 per worker, limited by free memory: 0 MB, and a worker needs 50 MB");
    row(
        "without memory, one worker starts", [&](auto &r) { r.load.pending = 16, memory(r, 0); }, 1, Memory,
        "0 → 1: 16 pending, 4 per worker, limited by free memory: 0 MB, and a worker needs 50 MB");
    row(
        "without memory, min holds", [&](auto &r) { r.load.pending = 16, r.bounds.min = 2, memory(r, 0); }, 2, Memory,
        "0 → 2: 16 pending, 4 per worker, limited by free memory: 0 MB, and a worker needs 50 MB");
    row(
        "without memory, workers leave as usual",
        [&](auto &r) {
            r.load = {4, 0, 0, 3}, memory(r, 0);
        },
        1, None, "3 → 1: 4 pending, 4 per worker");
    row(
        "the memory of a worker is unknown",
        [&](auto &r) { r.load.pending = 16, memory(r, 0), r.limits.workerMemory = 0; }, 4, None,
        "0 → 4: 16 pending, 4 per worker");
    row(
        "the memory of the machine is unknown",
        [&](auto &r) { r.load.pending = 16, memory(r, 0), r.limits.machineMemory = 0; }, 4, None,
        "0 → 4: 16 pending, 4 per worker");

    row(
        "room for all",
        [](auto &r) {
            r.load = {16, 0, 0, 1}, r.limits.totalRoom = 3;
        },
        4, None, "1 → 4: 16 pending, 4 per worker");
    row(
        "room for two",
        [](auto &r) {
            r.load = {16, 0, 0, 1}, r.limits.totalRoom = 2;
        },
        3, TotalWorkers, "1 → 3: 16 pending, 4 per worker, limited by max_total_workers");
    row(
        "no room, no worker leaves",
        [](auto &r) {
            r.load = {16, 0, 0, 2}, r.limits.totalRoom = -5;
        },
        2, TotalWorkers, "2 workers: 16 pending, 4 per worker, limited by max_total_workers");
    row(
        "no room, none starts", [](auto &r) { r.bounds.min = 1, r.limits.totalRoom = 0; }, 0, TotalWorkers,
        "0 workers: 0 pending, 4 per worker, limited by max_total_workers");
    row(
        "other types need their share",
        [](auto &r) {
            r.load = {40, 0, 0, 8}, r.limits.totalShare = 5;
        },
        5, TotalWorkers, "8 → 5: 40 pending, 4 per worker, limited by max_total_workers");

    row(
        "very many jobs",
        [](auto &r) {
            r.config.targetPerWorker = 1;
            r.load.pending = std::numeric_limits<qint64>::max() / 2;
            r.bounds.max = 1000;
        },
        1000, None, "0 → 1000: 4611686018427387903 pending, 1 per worker");
}

void TestAutoscaler::decides()
{
    QFETCH(ScalingRequest, request);
    const ScalingDecision decision = Autoscaler::decide(request, {}, 0s);
    QTEST(decision.to, "to");
    QTEST(int(decision.limit), "limit");
    QTEST(Autoscaler::describe(request, decision).englishText(), "text");
    QCOMPARE(decision.from, request.load.present);
    QCOMPARE(decision.isChange(), decision.from != decision.to);
    QVERIFY(decision == Autoscaler::decide(request, {}, 0s));
}

void TestAutoscaler::followsTheLoad_data()
{
    QTest::addColumn<ScalingRequest>("request");
    QTest::addColumn<QList<Step>>("steps");
    // Workers for one job each, so that the numbers of jobs are those of the workers needed.
    ScalingRequest request;
    request.config.targetPerWorker = 1;
    request.bounds = {0, 100, false};
    QTest::newRow("up at once") << request << QList<Step>{{0s, 0, 0}, {1s, 1, 1}, {2s, 50, 50}, {3s, 51, 51}};
    QTest::newRow("down one window after the peak")
        << request << QList<Step>{{0s, 6, 6}, {100s, 2, 6}, {399s, 2, 6}, {400s, 2, 2}};
    QTest::newRow("from 1 to 0 by the same rule")
        << request << QList<Step>{{0s, 1, 1}, {100s, 0, 1}, {399s, 0, 1}, {400s, 0, 0}};
    QTest::newRow("from 2 to 1 by the same rule")
        << request << QList<Step>{{0s, 2, 2}, {100s, 1, 2}, {399s, 1, 2}, {400s, 1, 1}};
    QTest::newRow("down step by step") << request
                                       << QList<Step>{{0s, 6, 6},   {10s, 4, 6},  {20s, 2, 6},  {30s, 0, 6},
                                                      {309s, 0, 6}, {310s, 0, 4}, {320s, 0, 2}, {330s, 0, 0}};
    QTest::newRow("a lower peak keeps as many as it needs")
        << request
        << QList<Step>{{0s, 6, 6}, {10s, 0, 6}, {200s, 4, 6}, {210s, 0, 6}, {310s, 0, 4}, {509s, 0, 4}, {510s, 0, 0}};
    QTest::newRow("a new peak begins a new window")
        << request << QList<Step>{{0s, 6, 6}, {10s, 0, 6}, {300s, 6, 6}, {310s, 0, 6}, {609s, 0, 6}, {610s, 0, 0}};
    QTest::newRow("a value holds until the next one, even if that comes late")
        << request << QList<Step>{{0s, 6, 6}, {10000s, 0, 6}, {10299s, 0, 6}, {10300s, 0, 0}};
    request.config.scaleDownAfter = 0s;
    QTest::newRow("no window") << request << QList<Step>{{0s, 6, 6}, {1s, 0, 0}, {2s, 3, 3}, {3s, 2, 2}};
    request.config.scaleDownAfter = 300s;
    request.config.scaleUpAfter = 60s;
    QTest::newRow("up after a time") << request << QList<Step>{{0s, 0, 0},  {10s, 5, 0}, {69s, 5, 0},
                                                               {70s, 5, 5}, {80s, 9, 5}, {140s, 9, 9}};
    QTest::newRow("up as far as was needed all the time")
        << request << QList<Step>{{0s, 0, 0}, {10s, 5, 0}, {20s, 3, 0}, {30s, 8, 0}, {70s, 8, 3}, {90s, 8, 8}};
    QTest::newRow("a short burst starts no worker")
        << request << QList<Step>{{0s, 0, 0}, {10s, 50, 0}, {60s, 0, 0}, {80s, 0, 0}, {600s, 0, 0}};
    request.config.scaleUpAfter = 0s;
    request.load.present = 3;
    QTest::newRow("workers that are present at the start stay for one window")
        << request << QList<Step>{{0s, 0, 3}, {299s, 0, 3}, {300s, 0, 0}};
}

void TestAutoscaler::followsTheLoad()
{
    QFETCH(ScalingRequest, request);
    QFETCH(QList<Step>, steps);
    ScalingHistory history;
    for (const Step &step : std::as_const(steps)) {
        request.load.pending = step.jobs;
        const ScalingDecision decision = Autoscaler::decide(request, history, step.at);
        QVERIFY2(decision.to == step.workers,
                 qPrintable(
                     s("%1 s: %2").arg(step.at.count()).arg(Autoscaler::describe(request, decision).englishText())));
        history = decision.history;
        request.load.present = decision.to;
    }
}

/// A schedule changes the bounds: raised limits apply at once, and so does a lower max. A lower min applies one window
/// later, as if fewer workers were needed.
void TestAutoscaler::boundsApplyAtTheirTime()
{
    ScalingRequest request;
    request.config.targetPerWorker = 1;
    request.config.scaleUpAfter = 60s;
    ScalingHistory history;
    const auto decide = [&](seconds now, const ScalingBounds &bounds, int jobs) {
        request.bounds = bounds;
        request.load.pending = jobs;
        const ScalingDecision decision = Autoscaler::decide(request, history, now);
        history = decision.history;
        return request.load.present = decision.to;
    };
    QCOMPARE(decide(0s, {0, 10, false}, 0), 0);
    QCOMPARE(decide(1s, {4, 10, false}, 0), 4);
    QCOMPARE(decide(100s, {0, 10, false}, 0), 4);
    QCOMPARE(decide(399s, {0, 10, false}, 0), 4);
    QCOMPARE(decide(400s, {0, 10, false}, 0), 0);
    QCOMPARE(decide(500s, {0, 10, false}, 20), 0);
    QCOMPARE(decide(560s, {0, 10, false}, 20), 10);
    QCOMPARE(decide(570s, {0, 2, false}, 20), 2);
    QCOMPARE(decide(580s, {0, 15, false}, 20), 15); // it is still known that more are needed
}

void TestAutoscaler::descriptionsNamePeaksAndDelays()
{
    ScalingRequest request;
    request.bounds = {0, 100, false};
    request.load = {24, 0, 0, 6};
    ScalingDecision decision = Autoscaler::decide(request, {}, 0s);
    request.load = {5, 1, 0, 6};
    decision = Autoscaler::decide(request, decision.history, 10s);
    QCOMPARE(Autoscaler::describe(request, decision).englishText(),
             s("6 workers: 5 pending, 1 running, 4 per worker, 6 workers were needed within the last 5 min"));
    decision = Autoscaler::decide(request, decision.history, 310s);
    QCOMPARE(Autoscaler::describe(request, decision).englishText(), s("6 → 2: 5 pending, 1 running, 4 per worker"));

    request.config.scaleUpAfter = 30s;
    request.load = {24, 0, 0, 2};
    decision = Autoscaler::decide(request, {}, 400s);
    QCOMPARE(decision.needed, 6);
    QCOMPARE(Autoscaler::describe(request, decision).englishText(),
             s("2 workers: 24 pending, 4 per worker, more workers are started after 30 s"));
}

namespace {

/// Two managers that see each other's workers one second later, and their decisions.
struct TwoManagers
{
    ScalingRequest requests[2];
    ScalingHistory histories[2];

    TwoManagers(qint64 pending, int present)
    {
        for (int i = 0; i < 2; ++i) {
            requests[i].bounds = {0, 100, false};
            requests[i].load = {pending, 0, present, present};
            requests[i].rank = i;
        }
    }
    void decide(seconds now)
    {
        const int before[2] = {requests[0].load.present, requests[1].load.present};
        for (int i = 0; i < 2; ++i) {
            requests[i].load.otherWorkers = before[1 - i];
            const ScalingDecision decision = Autoscaler::decide(requests[i], histories[i], now);
            histories[i] = decision.history;
            requests[i].load.present = decision.to;
        }
    }
    [[nodiscard]] int workers() const { return requests[0].load.present + requests[1].load.present; }
};

} // namespace

/// Each of two managers has as many workers as are needed, so one of them has to remove its own.
void TestAutoscaler::managersDoNotLeaveAtTheSameTime()
{
    TwoManagers managers(80, 20);
    for (seconds now = 0s; now < 3600s; now += 1s) {
        managers.decide(now);
        QVERIFY(managers.workers() >= 20);
    }
    QCOMPARE(managers.requests[0].load.present, 0);
    QCOMPARE(managers.requests[1].load.present, 20);
}

void TestAutoscaler::managersDoNotStartWorkersForTheSameJobs()
{
    TwoManagers managers(80, 0);
    managers.requests[0].bounds.max = 15;
    managers.decide(0s);
    QCOMPARE(managers.workers(), 15); // at once
    for (seconds now = 1s; now < 3600s; now += 1s) {
        managers.decide(now);
        QVERIFY(managers.workers() <= 20);
    }
    QCOMPARE(managers.requests[0].load.present, 15);
    QCOMPARE(managers.requests[1].load.present, 5);
}

/// The history is bounded by the numbers of workers, however long the window is.
void TestAutoscaler::historyStaysSmall()
{
    ScalingRequest request;
    request.config.targetPerWorker = 1;
    request.config.scaleUpAfter = 24h;
    request.config.scaleDownAfter = 24h;
    request.bounds = {0, 1000, false};
    ScalingHistory history;
    for (int i = 0; i < 20'000; ++i) {
        request.load.pending = i * 7919LL % 1500;
        const ScalingDecision decision = Autoscaler::decide(request, history, seconds(i));
        history = decision.history;
        request.load.present = decision.to;
    }
    QVERIFY2(history.size() <= 2 * (ScalingConfig::maxWorkers + 1), qPrintable(QString::number(history.size())));
}

void TestAutoscaler::idleWorkersLeaveFirst_data()
{
    QTest::addColumn<QList<ScalingWorker>>("workers");
    QTest::addColumn<int>("surplus");
    QTest::addColumn<QStringList>("leaving");
    const auto row = [](const char *name, const char *workers, int surplus, const char *leaving) {
        QList<ScalingWorker> list;
        for (const QChar kind : s(workers))
            list.append({QString::number(list.size()), int(list.size()), kind == u'b', kind == u'e'});
        QTest::newRow(name) << list << surplus << s(leaving).split(u' ', Qt::SkipEmptyParts);
    };
    // i: idle, b: busy, e: being ended; the executor id is the index.
    row("none", "ibi", 0, "");
    row("less than none", "ibi", -1, "");
    row("no workers", "", 2, "");
    row("the idle one", "bib", 1, "1");
    row("the idle one with the highest index", "iibib", 1, "3");
    row("all idle ones", "iibib", 3, "3 1 0");
    row("then busy ones with the highest index", "iibib", 4, "3 1 0 4");
    row("only busy ones", "bbb", 2, "2 1");
    row("all", "bi", 5, "1 0");
    row("those that are being ended are left out", "ibee", 2, "0 1");
}

void TestAutoscaler::idleWorkersLeaveFirst()
{
    QFETCH(QList<ScalingWorker>, workers);
    QFETCH(int, surplus);
    QTEST(Autoscaler::leaving(workers, surplus), "leaving");
}

QTEST_GUILESS_MAIN(TestAutoscaler)
#include "tst_autoscaler.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
// Metrics: what the database counts, the text, its names by promtool, and the verdict on the health.
#include "core/config/jobtypes.h"
#include "core/metrics/healthreport.h"
#include "core/metrics/metricstext.h"
#include "core/store/jobtotalsreader.h"
#include "tests/support/queuetest.h"
#include "tests/support/testhelpers.h"

#include <QProcess>
#include <QStandardPaths>
#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;
using namespace std::chrono_literals;

class TestMetrics : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void totalsOfLifeguardsWorkers();
    void totalsOfOtherPrograms();
    void totalsOfOneSecond();
    void totalsSurviveDeletedJobs();
    void countersAreMonotonic();
    void restarts();
    void textHasAllFamilies();
    void typesAreBounded();
    void labelsAreEscaped();
    void namesFollowTheConventions();
    void health_data();
    void health();
};

namespace {

JobTotals totalsOf(QueueTest &t, const QString &type = s("noop"))
{
    const Result<JobTotalsByType> totals = JobTotalsReader(*t.db).read();
    return totals ? totals->value(type) : JobTotals();
}

qint64 sum(const DurationHistogram &histogram)
{
    qint64 jobs = 0;
    for (const qint64 bucket : histogram.jobs)
        jobs += bucket;
    return jobs;
}

MetricsFacts someFacts()
{
    MetricsFacts facts;
    facts.now = QDateTime(QDate(2026, 1, 2), QTime(3, 4, 5), Qt::UTC);
    facts.startedAt = facts.now.addSecs(-100);
    facts.snapshot.readAt = facts.now.addSecs(-1);
    JobCounts counts;
    counts.pending = 3;
    counts.failed = 1;
    counts.oldestPending = facts.now.addMSecs(-90'500);
    facts.snapshot.counts.insert(s("plantuml"), counts);
    JobTotals totals;
    totals.completed = 5;
    totals.failed = 1;
    totals.returned = 2;
    totals.duration.jobs[1] = 4;
    totals.duration.jobs[11] = 2;
    totals.duration.seconds = 20000.5;
    facts.totals.insert(s("plantuml"), totals);
    PoolInfo pool;
    pool.name = s("plantuml-2");
    pool.config.type = s("plantuml");
    pool.config.count = 4;
    pool.state = PoolState::Running;
    facts.pools << pool;
    WorkerInfo worker;
    worker.type = s("plantuml");
    worker.state = WorkerState::Busy;
    worker.own = true;
    facts.workers << worker;
    worker.own = false;
    facts.workers << worker;
    facts.restarts.insert(s("plantuml"), {3, 2});
    facts.databaseBytes = 4096;
    return facts;
}

} // namespace

void TestMetrics::totalsOfLifeguardsWorkers()
{
    QueueTest t;
    const qint64 worker = t.worker();
    t.add();
    t.clock.advance(3s);
    const Job job = t.claimOne(worker);
    t.clock.advance(7s);
    QVERIFY(t.queue->acknowledge(job.lease(), 7));
    JobTotals totals = totalsOf(t);
    QCOMPARE(totals.completed, 1);
    QCOMPARE(sum(totals.duration), 1);
    QCOMPARE(totals.duration.jobs[5], 1); // at most 10 s
    QCOMPARE(totals.duration.seconds, 7.0);
    QCOMPARE(totals.waited.jobs[4], 1); // at most 5 s
    QCOMPARE(totals.waited.seconds, 3.0);
    const qint64 second = t.add();
    t.claimOne(worker);
    QVERIFY(t.queue->cancel({second}, s("me")));
    totals = totalsOf(t);
    QCOMPARE(totals.cancelled, 1);
    QCOMPARE(sum(totals.duration), 1); // not that of a cancelled job
}

/// CLX's workers write times with whole seconds, and none for a job that has failed.
void TestMetrics::totalsOfOtherPrograms()
{
    QueueTest t;
    RawSql raw(t.path());
    const qint64 id = t.add();
    const auto set = [&](const char *columns) {
        QVERIFY2(raw.exec(s("UPDATE jobs SET %1 WHERE id = %2").arg(s(columns)).arg(id)), qPrintable(raw.error()));
    };
    set("created_at = '2026-01-01 00:00:00'");
    set("status = 'processing', attempts = 1, started_at = '2026-01-01 00:00:02'");
    set("status = 'pending', started_at = NULL");
    set("status = 'processing', attempts = 2, started_at = '2026-01-01 00:00:30'");
    set("status = 'failed', error = 'x'");
    JobTotals totals = totalsOf(t);
    QCOMPARE(totals.returned, 1);
    QCOMPARE(totals.failed, 1);
    QCOMPARE(sum(totals.duration), 1);
    QVERIFY(totals.duration.seconds > 0); // until now
    QCOMPARE(sum(totals.waited), 0); // the time before a later attempt is no waiting time
    set("status = 'pending', attempts = 0");
    set("status = 'failed'"); // given up without a start
    totals = totalsOf(t);
    QCOMPARE(totals.failed, 2);
    QCOMPARE(sum(totals.duration), 1);
    set("status = 'pending', started_at = 'rubbish'");
    set("status = 'processing'");
    set("status = 'completed', completed_at = 'rubbish'");
    totals = totalsOf(t);
    QCOMPARE(totals.completed, 1);
    QCOMPARE(sum(totals.duration), 1); // rubbish has no duration
    set("status = 'processing', started_at = '2026-01-01 00:01:00'");
    set("status = 'completed', completed_at = '2026-01-01 00:00:00'"); // the clock was set back
    QCOMPARE(totalsOf(t).duration.jobs[0], 1);
}

/// All jobs are counted if they end at the same time, between two readings.
void TestMetrics::totalsOfOneSecond()
{
    QueueTest t;
    RawSql raw(t.path());
    for (int i = 0; i < 500; ++i)
        t.add();
    QVERIFY(raw.exec(s("UPDATE jobs SET status = 'processing', attempts = 1, started_at = created_at")));
    QVERIFY(raw.exec(s("UPDATE jobs SET status = CASE WHEN id % 5 THEN 'completed' ELSE 'failed' END, "
                       "completed_at = started_at")));
    const JobTotals totals = totalsOf(t);
    QCOMPARE(totals.completed, 400);
    QCOMPARE(totals.failed, 100);
    QCOMPARE(totals.duration.jobs[0], 500);
    QCOMPARE(totals.waited.jobs[0], 500);
}

void TestMetrics::totalsSurviveDeletedJobs()
{
    QueueTest t;
    const qint64 worker = t.worker();
    t.add();
    QVERIFY(t.queue->acknowledge(t.claimOne(worker).lease(), 0));
    RawSql raw(t.path());
    const JobTotals before = totalsOf(t);
    QVERIFY(raw.exec(s("DELETE FROM jobs")));
    QCOMPARE(totalsOf(t), before);
}

void TestMetrics::countersAreMonotonic()
{
    QueueTest t;
    const qint64 worker = t.worker();
    qint64 finished = 0;
    for (int i = 0; i < 20; ++i) {
        const qint64 id = t.add();
        QVERIFY(t.queue->acknowledge(t.claimOne(worker).lease(), 0));
        RawSql raw(t.path());
        if (i % 2 == 0)
            QVERIFY(raw.exec(s("UPDATE jobs SET status = 'pending' WHERE id = %1").arg(id))); // run again
        if (i % 3 == 0)
            QVERIFY(raw.exec(s("DELETE FROM jobs WHERE id = %1").arg(id)));
        else if (i % 2 == 0)
            QVERIFY(raw.exec(s("UPDATE jobs SET status = 'cancelled' WHERE id = %1").arg(id)));
        QCOMPARE(totalsOf(t).completed, ++finished);
    }
}

void TestMetrics::restarts()
{
    RestartCounter counter;
    const auto add = [&counter](EventKind kind) {
        Event event;
        event.kind = kind;
        event.pool = s("p");
        event.workerType = s("noop");
        counter.add(event);
    };
    add(EventKind::WorkerStarting);
    QCOMPARE(counter.countsByType().value(s("noop")), RestartCounter::Counts());
    add(EventKind::WorkerFailed);
    add(EventKind::WorkerFailed);
    add(EventKind::WorkerStarting);
    QCOMPARE(counter.countsByType().value(s("noop")), (RestartCounter::Counts{2, 1}));
    add(EventKind::PoolStopped);
    add(EventKind::WorkerStarting);
    QCOMPARE(counter.countsByType().value(s("noop")), (RestartCounter::Counts{2, 1}));
}

void TestMetrics::textHasAllFamilies()
{
    const QByteArray text = metricsText(someFacts());
    for (const char *line : {"lifeguard_jobs{state=\"pending\",type=\"plantuml\"} 3\n",
                             "lifeguard_jobs{state=\"pending\",type=\"drawio\"} 0\n",
                             "lifeguard_oldest_pending_job_age_seconds{type=\"plantuml\"} 90.5\n",
                             "# TYPE lifeguard_jobs_completed_total counter\n",
                             "lifeguard_jobs_completed_total{type=\"plantuml\"} 5\n",
                             "lifeguard_jobs_failed_total{type=\"plantuml\"} 1\n",
                             "lifeguard_jobs_returned_total{type=\"plantuml\"} 2\n",
                             "lifeguard_jobs_cancelled_total{type=\"plantuml\"} 0\n",
                             "lifeguard_job_duration_seconds_bucket{type=\"plantuml\",le=\"0.1\"} 0\n",
                             "lifeguard_job_duration_seconds_bucket{type=\"plantuml\",le=\"7200\"} 4\n",
                             "lifeguard_job_duration_seconds_bucket{type=\"plantuml\",le=\"+Inf\"} 6\n",
                             "lifeguard_job_duration_seconds_count{type=\"plantuml\"} 6\n",
                             "lifeguard_job_duration_seconds_sum{type=\"plantuml\"} 20000.5\n",
                             "lifeguard_job_waiting_seconds_count{type=\"plantuml\"} 0\n",
                             "lifeguard_workers{state=\"busy\",type=\"plantuml\"} 1\n",
                             "lifeguard_worker_failures_total{type=\"plantuml\"} 3\n",
                             "lifeguard_worker_restarts_total{type=\"plantuml\"} 2\n",
                             "lifeguard_pool_target_workers{pool=\"plantuml-2\",type=\"plantuml\"} 4\n",
                             "lifeguard_pool_state{pool=\"plantuml-2\",state=\"running\",type=\"plantuml\"} 1\n",
                             "lifeguard_database_size_bytes 4096\n",
                             "lifeguard_database_locked 0\n",
                             "version=\"" LIFEGUARD_VERSION "\"} 1\n"})
        QVERIFY2(text.contains(line), text.constData());
}

void TestMetrics::typesAreBounded()
{
    MetricsFacts facts = someFacts();
    for (int i = 0; i < 1000; ++i) {
        JobCounts counts;
        counts.pending = 1;
        facts.snapshot.counts.insert(s("invented-%1").arg(i), counts);
        JobTotals totals;
        totals.completed = 2;
        facts.totals.insert(s("invented-%1").arg(i), totals);
    }
    const QByteArray text = metricsText(facts);
    QCOMPARE(text.count("lifeguard_jobs{state=\"pending\""), maxTypesInMetrics + 1);
    const qsizetype others = 1000 - (maxTypesInMetrics - jobTypes().size());
    QVERIFY2(text.contains(
                 QByteArray("lifeguard_jobs{state=\"pending\",type=\"other\"} " + QByteArray::number(others) + "\n")),
             text.constData());
    QVERIFY(text.contains(
        QByteArray("lifeguard_jobs_completed_total{type=\"other\"} " + QByteArray::number(2 * others) + "\n")));
}

void TestMetrics::labelsAreEscaped()
{
    MetricsFacts facts = someFacts();
    facts.snapshot.counts.insert(s("a\"\\\nlifeguard_build_info 7"), {});
    const QByteArray text = metricsText(facts);
    QVERIFY(text.contains("type=\"a\\\"\\\\\\nlifeguard_build_info 7\"} 0\n"));
    QVERIFY(!text.contains("\nlifeguard_build_info 7"));
}

void TestMetrics::namesFollowTheConventions()
{
    const QString promtool = QStandardPaths::findExecutable(s("promtool"));
    if (promtool.isEmpty())
        QSKIP("promtool is not installed (Debian: prometheus)");
    QProcess check;
    check.start(promtool, {s("check"), s("metrics")});
    check.write(metricsText(someFacts()));
    check.closeWriteChannel();
    QVERIFY(check.waitForFinished(patience));
    const QByteArray output = check.readAllStandardOutput() + check.readAllStandardError();
    QVERIFY2(check.exitCode() == 0 && output.isEmpty(), output.constData());
}

void TestMetrics::health_data()
{
    QTest::addColumn<HealthFacts>("facts");
    QTest::addColumn<bool>("isLive");
    QTest::addColumn<bool>("isReady");
    QTest::addColumn<QString>("reason");

    HealthFacts good;
    good.isReady = true;
    PoolInfo pool;
    pool.name = s("noop");
    pool.state = PoolState::Running;
    good.pools << pool;
    const auto with = [&good](auto change) {
        HealthFacts facts = good;
        change(facts);
        return facts;
    };
    QTest::newRow("good") << good << true << true << QString();
    QTest::newRow("starting") << with([](HealthFacts &f) { f.isReady = false; }) << true << false << s("starting");
    QTest::newRow("stopping") << with([](HealthFacts &f) { f.isStopping = true; }) << true << false << s("stopping");
    QTest::newRow("failed") << with([](HealthFacts &f) { f.hasFailed = true; }) << false << false
                            << s("cannot be used");
    QTest::newRow("replaced") << with([](HealthFacts &f) { f.isDatabaseReplaced = true; }) << false << false
                              << s("replaced");
    QTest::newRow("locked for a moment") << with([](HealthFacts &f) { f.lockedFor = 9s; }) << true << true << QString();
    QTest::newRow("locked") << with([](HealthFacts &f) { f.lockedFor = 10s; }) << true << false << s("locked for 10 s");
    QTest::newRow("unreadable") << with([](HealthFacts &f) { f.cannotRead = true; }) << true << false << s("be read");
    QTest::newRow("full disk") << with([](HealthFacts &f) { f.cannotWrite = true; }) << true << false
                               << s("be written");
    QTest::newRow("crash-looping") << with([](HealthFacts &f) { f.pools[0].state = PoolState::CrashLooping; }) << true
                                   << false << s("pool noop");
    QTest::newRow("paused") << with([](HealthFacts &f) { f.pools[0].state = PoolState::Paused; }) << true << true
                            << QString();
}

void TestMetrics::health()
{
    QFETCH(HealthFacts, facts);
    QFETCH(QString, reason);
    const HealthReport report = HealthReport::assess(facts);
    QTEST(report.isLive, "isLive");
    QTEST(report.isReady, "isReady");
    QCOMPARE(report.reasons.isEmpty(), reason.isEmpty());
    QVERIFY2(report.reasons.join(u' ').contains(reason), qPrintable(report.reasons.join(u' ')));
    QCOMPARE(report.toJson().value(s("status")).toString(), report.isReady  ? s("ok")
                                                            : report.isLive ? s("unavailable")
                                                                            : s("failed"));
}

QTEST_GUILESS_MAIN(TestMetrics)
#include "tst_metrics.moc"

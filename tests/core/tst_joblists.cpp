// SPDX-License-Identifier: GPL-3.0-or-later
// Adding, listing, counting and clearing jobs; the results cache; the event log.
#include "core/base/timestamp.h"
#include "core/model/event.h"
#include "core/model/job.h"
#include "core/model/jobcounts.h"
#include "core/model/jobfilter.h"
#include "core/model/jobstatus.h"
#include "core/model/runningjob.h"
#include "core/store/eventlog.h"
#include "core/store/resultscache.h"
#include "tests/support/queuetestcase.h"

#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;
using namespace std::chrono_literals;

class TestJobLists : public QueueTestCase
{
    Q_OBJECT

private Q_SLOTS:
    void addManyAllOrNone();
    void whatWasAddedIsStored();
    void counts();
    void list_data();
    void list();
    void running();
    void unknownJob();
    void resultsCache();
    void events();
};

void TestJobLists::addManyAllOrNone()
{
    NewJob good;
    good.type = noop;
    NewJob bad; // NULL as type is refused by the table
    const auto refused = t->queue->addMany({good, good, bad, good});
    QVERIFY(!refused);
    RawSql raw(t->path());
    QCOMPARE(raw.value(QStringLiteral("SELECT count(*) FROM jobs")).toInt(), 0);
    const auto ids = t->queue->addMany({good, good, good});
    QCOMPARE(ids->size(), 3);
    QCOMPARE(raw.column(QStringLiteral("SELECT id FROM jobs ORDER BY id")),
             (QStringList{QString::number(ids->at(0)), QString::number(ids->at(1)), QString::number(ids->at(2))}));
    QVERIFY(t->queue->addMany({})->isEmpty());
}

void TestJobLists::whatWasAddedIsStored()
{
    NewJob job{QStringLiteral("plantuml"), QStringLiteral("/w/a b'\";.puml"), QStringLiteral("/w/ä.svg"), QStringLiteral("hash"),
               QByteArray("{\"data\": \"\xc3\xa4 \\n ☃\"}"), 7, 5, QStringLiteral("corr")};
    const Job stored = t->job(*t->queue->add(job));
    QCOMPARE(stored.type, job.type);
    QCOMPARE(stored.inputFile, job.inputFile);
    QCOMPARE(stored.outputFile, job.outputFile);
    QCOMPARE(stored.contentHash, job.contentHash);
    QCOMPARE(stored.payload, job.payload);
    QCOMPARE(stored.priority, 7);
    QCOMPARE(stored.maxAttempts, 5);
    QCOMPARE(stored.correlationId, job.correlationId);
    QCOMPARE(stored.createdAt, t->clock.utcNow());
    QCOMPARE(toString(stored.status), QStringLiteral("pending"));
    QCOMPARE(t->queue->list({}).value().first().payload, QByteArray());
}

void TestJobLists::counts()
{
    const qint64 worker = t->worker();
    const QDateTime oldest = t->clock.utcNow();
    t->add(noop, -1); // is claimed last of all
    t->clock.advance(10s);
    for (int i = 0; i < 6; ++i)
        t->add();
    QVERIFY(t->queue->acknowledge(t->claimOne(worker).lease(), 1));
    QVERIFY(t->queue->fail(t->claimOne(worker).lease(), QStringLiteral("bad"), {}, 1));
    QCOMPARE(*t->queue->cancel({t->claimOne(worker).id}, QStringLiteral("anna")), 1);
    t->claimOne(worker);
    t->add(QStringLiteral("plantuml"));
    RawSql raw(t->path());
    QVERIFY(raw.exec(QStringLiteral("INSERT INTO jobs (job_type, status, input_file, output_file, content_hash, payload, error) "
                                    "VALUES ('noop', 'failed', '', '', '', '{}', 'of CLX: no completed_at')")));
    const auto counts = *t->queue->counts();
    QCOMPARE(counts.size(), 2);
    JobCounts expected;
    expected.pending = 3;
    expected.processing = 1;
    expected.completed = 1;
    expected.failed = 2;
    expected.cancelled = 1;
    expected.oldestPending = oldest;
    QCOMPARE(counts.value(noop), expected);
    QCOMPARE(counts.value(noop).total(), 8);
    QCOMPARE(counts.value(QStringLiteral("plantuml")).pending, 1);
    JobCounts sum = counts.value(noop);
    sum += counts.value(QStringLiteral("plantuml"));
    QCOMPARE(sum.pending, 4);
    QCOMPARE(sum.oldestPending, oldest);
}

void TestJobLists::list_data()
{
    QTest::addColumn<JobFilter>("filter");
    QTest::addColumn<QList<qint64>>("ids"); // newest first
    const auto filter = [](std::optional<JobStatus> status, const char *type, const char *text, int limit = 1000) {
        return JobFilter{status, QString::fromUtf8(type), QString::fromUtf8(text), limit};
    };
    QTest::newRow("all") << filter({}, "", "") << QList<qint64>{4, 3, 2, 1};
    QTest::newRow("by status") << filter(JobStatus::Failed, "", "") << QList<qint64>{2};
    QTest::newRow("by type") << filter({}, "plantuml", "") << QList<qint64>{3, 2};
    QTest::newRow("by part of the input, case aside") << filter({}, "", "TWO") << QList<qint64>{2};
    QTest::newRow("by part of the output") << filter({}, "", "three.svg") << QList<qint64>{3};
    QTest::newRow("by part of the error") << filter({}, "", "arrow") << QList<qint64>{2};
    QTest::newRow("percent is no pattern") << filter({}, "", "%") << QList<qint64>{};
    QTest::newRow("limit") << filter({}, "", "", 2) << QList<qint64>{4, 3};
}

void TestJobLists::list()
{
    QFETCH(JobFilter, filter);
    QFETCH(QList<qint64>, ids);
    const auto add = [this](const char *type, const char *name) {
        NewJob job;
        job.type = QString::fromUtf8(type);
        job.inputFile = QStringLiteral("/w/%1.puml").arg(QString::fromUtf8(name));
        job.outputFile = QStringLiteral("/w/output/%1.svg").arg(QString::fromUtf8(name));
        QVERIFY(t->queue->add(job));
    };
    add("noop", "one");
    add("plantuml", "two");
    add("plantuml", "three");
    add("noop", "four");
    const qint64 worker = t->worker();
    t->claimOne(worker); // one
    QVERIFY(t->queue->fail(t->claimOne(worker, QStringLiteral("plantuml")).lease(), QStringLiteral("no such Arrow"), {}, 1)); // two
    const auto jobs = t->queue->list(filter);
    QVERIFY(jobs);
    QList<qint64> found;
    for (const Job &job : *jobs)
        found.append(job.id);
    QCOMPARE(found, ids);
}

void TestJobLists::running()
{
    t->add();
    t->add();
    const qint64 worker = t->worker();
    const Job job = t->claimOne(worker);
    const auto running = *t->queue->running();
    QCOMPARE(running.size(), 1);
    QCOMPARE(running.first(), (RunningJob{job.id, worker, 1, noop, QString(), job.startedAt}));
}

void TestJobLists::unknownJob()
{
    const auto job = t->queue->job(4711);
    QCOMPARE(job.error().code, ErrorCode::NotFound);
    QVERIFY(job.error().message.contains(QStringLiteral("4711")));
}

void TestJobLists::resultsCache()
{
    ResultsCache cache(*t->db, t->clock);
    const QString output = QStringLiteral("/w/output/a.svg");
    const QString hash = QStringLiteral("abc");
    const QJsonObject first{{QStringLiteral("size"), 12}};
    const QJsonObject second{{QStringLiteral("size"), 13}};
    QVERIFY(!cache.find(output, hash).value());
    QVERIFY(cache.store(output, hash, first));
    t->clock.advance(60s);
    QCOMPARE(cache.find(output, hash)->value(), first);
    QVERIFY(!cache.find(output, QStringLiteral("abd")).value());
    QVERIFY(!cache.find(QStringLiteral("/w/output/b.svg"), hash).value());
    RawSql raw(t->path());
    QCOMPARE(raw.value(QStringLiteral("SELECT access_count FROM results_cache")).toInt(), 1);
    QCOMPARE(raw.value(QStringLiteral("SELECT last_accessed FROM results_cache")).toString(), toSqlTime(t->clock.utcNow()));
    QVERIFY(cache.store(output, hash, second));
    QCOMPARE(cache.find(output, hash)->value(), second);
    QCOMPARE(raw.value(QStringLiteral("SELECT count(*) FROM results_cache")).toInt(), 1);
    QVERIFY2(cache.store(output, QString(), first) && !cache.find(output, QString()).value(), "without a hash nothing is known");
}

void TestJobLists::events()
{
    EventLog log(*t->db, t->clock);
    Event known;
    known.kind = EventKind::WorkerFailed;
    known.pool = known.workerType = noop;
    known.executorId = QStringLiteral("direct-noop-0-aaaaaaaa");
    known.workerId = 3;
    known.message = Message::literal(QStringLiteral("SIGKILL"));
    Event own = known;
    own.kind = EventKind::WorkerHung;
    own.jobId = 9;
    Event bare;
    bare.kind = EventKind::PoolStarted;
    QVERIFY(log.add(known));
    t->clock.advance(1s);
    QVERIFY(log.add(own));
    QVERIFY(log.add(bare));
    const auto all = *log.list(10);
    QCOMPARE(all.size(), 3);
    QCOMPARE(all.at(0).kind, bare.kind); // newest first
    known.id = all.at(2).id;
    known.at = QDateTime(QDate(2026, 1, 1), QTime(0, 0), Qt::UTC);
    QCOMPARE(all.at(2), known);
    QCOMPARE(log.list(1)->size(), 1);
    QCOMPARE(log.list(10, known.executorId)->size(), 2);
    QCOMPARE(log.ofJob(9)->size(), 1);
    // CLM's table gets what it has a type for, in its words.
    RawSql raw(t->path());
    QCOMPARE(raw.column(QStringLiteral("SELECT event_type || ' ' || coalesce(worker_id, '-') || ' ' || worker_type FROM worker_events ORDER BY id")),
             (QStringList{QStringLiteral("worker_failed 3 noop"), QStringLiteral("pool_started - ")}));
}

QTEST_GUILESS_MAIN(TestJobLists)
#include "tst_joblists.moc"

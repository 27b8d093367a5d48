// SPDX-License-Identifier: GPL-3.0-or-later
// Tests adding, listing and counting jobs.
#include "core/base/timestamp.h"
#include "core/model/job.h"
#include "core/model/jobcounts.h"
#include "core/model/jobfilter.h"
#include "core/model/jobstatus.h"
#include "core/model/runningjob.h"
#include "tests/support/queuetestcase.h"

#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;
using namespace std::chrono_literals;

class TestJobReader : public QueueTestCase
{
    Q_OBJECT

private Q_SLOTS:
    void addsAllJobsOrNone();
    void storesAllValuesOfANewJob();
    void countsByTypeAndStatus();
    void listsMatchingJobs_data();
    void listsMatchingJobs();
    void listsRunningJobs();
    void unknownJobIsNotFound();
};

void TestJobReader::addsAllJobsOrNone()
{
    NewJob good;
    good.type = noop;
    NewJob bad; // the table rejects NULL as the type
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

void TestJobReader::storesAllValuesOfANewJob()
{
    NewJob job{QStringLiteral("plantuml"),
               QStringLiteral("/w/a b'\";.puml"),
               QStringLiteral("/w/ä.svg"),
               QStringLiteral("hash"),
               QByteArray("{\"data\": \"\xc3\xa4 \\n ☃\"}"),
               7,
               5,
               QStringLiteral("corr")};
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
    QCOMPARE(t->reader->list({}).value().first().payload, QByteArray());
}

void TestJobReader::countsByTypeAndStatus()
{
    const qint64 worker = t->worker();
    const QDateTime oldest = t->clock.utcNow();
    t->add(noop, -1); // claimed last
    t->clock.advance(10s);
    for (int i = 0; i < 6; ++i)
        t->add();
    QVERIFY(t->queue->acknowledge(t->claimOne(worker).lease(), 1));
    QVERIFY(t->queue->fail(t->claimOne(worker).lease(), QStringLiteral("bad"), {}));
    QCOMPARE(*t->queue->cancel({t->claimOne(worker).id}, QStringLiteral("anna")), 1);
    t->claimOne(worker);
    t->add(QStringLiteral("plantuml"));
    RawSql raw(t->path());
    QVERIFY(raw.exec(
        QStringLiteral("INSERT INTO jobs (job_type, status, input_file, output_file, content_hash, payload, error) "
                       "VALUES ('noop', 'failed', '', '', '', '{}', 'of CLX, without completed_at')")));
    const auto counts = *t->reader->counts();
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

void TestJobReader::listsMatchingJobs_data()
{
    QTest::addColumn<JobFilter>("filter");
    QTest::addColumn<QList<qint64>>("ids"); // newest first
    const auto filter = [](std::optional<JobStatus> status, const char *type, const char *text, int limit = 1000) {
        return JobFilter{status, QString::fromUtf8(type), QString::fromUtf8(text), limit};
    };
    QTest::newRow("all jobs") << filter({}, "", "") << QList<qint64>{4, 3, 2, 1};
    QTest::newRow("by status") << filter(JobStatus::Failed, "", "") << QList<qint64>{2};
    QTest::newRow("by type") << filter({}, "plantuml", "") << QList<qint64>{3, 2};
    QTest::newRow("by part of the input, in any case") << filter({}, "", "TWO") << QList<qint64>{2};
    QTest::newRow("by part of the output") << filter({}, "", "three.svg") << QList<qint64>{3};
    QTest::newRow("by part of the error") << filter({}, "", "arrow") << QList<qint64>{2};
    QTest::newRow("a percent sign is not a wildcard") << filter({}, "", "%") << QList<qint64>{};
    QTest::newRow("at most two jobs") << filter({}, "", "", 2) << QList<qint64>{4, 3};
}

void TestJobReader::listsMatchingJobs()
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
    QVERIFY(t->queue->fail(t->claimOne(worker, QStringLiteral("plantuml")).lease(), QStringLiteral("no such Arrow"),
                           {})); // two
    const auto jobs = t->reader->list(filter);
    QVERIFY(jobs);
    QList<qint64> found;
    for (const Job &job : *jobs)
        found.append(job.id);
    QCOMPARE(found, ids);
}

void TestJobReader::listsRunningJobs()
{
    t->add();
    t->add();
    const qint64 worker = t->worker();
    const Job job = t->claimOne(worker);
    const auto running = *t->reader->running();
    QCOMPARE(running.size(), 1);
    QCOMPARE(running.first(), (RunningJob{job.id, worker, 1, noop, QString(), job.startedAt}));
}

void TestJobReader::unknownJobIsNotFound()
{
    const auto job = t->reader->job(4711);
    QCOMPARE(job.error().code, ErrorCode::NotFound);
    QVERIFY(job.error().message.contains(QStringLiteral("4711")));
}

QTEST_GUILESS_MAIN(TestJobReader)
#include "tst_jobreader.moc"

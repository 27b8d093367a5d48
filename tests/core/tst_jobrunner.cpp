// SPDX-License-Identifier: GPL-3.0-or-later
// Tests running one job in a worker, with a converter controlled by the test, and settling its outcome in the queue.
#include "tests/support/jobrunnertest.h"

#include <QDir>
#include <QFile>

using namespace lifeguard;
using namespace lifeguard::test;

class TestJobRunner : public JobRunnerTest
{
    Q_OBJECT

private Q_SLOTS:
    void init() { setUp(); }
    void cleanup() { tearDown(); }
    void convertsAndSettles();
    void pathsOfTheHostAreTranslated();
    void unchangedOutputIsNotConverted();
    void failsBeforeTheConverterStarts_data();
    void failsBeforeTheConverterStarts();
    void failureOfTheConverterFailsTheJob();
    void emptyOutputFailsTheJob();
    void timeLimitStopsTheConverter_data();
    void timeLimitStopsTheConverter();
    void longerLimitOfTheJobReplacesThatOfThePool();
    void abandonedJobIsCancelled();
    void outputOfALostLeaseIsNotCommitted();
    void failedRenameFailsTheJob();
    void vanishedOutputFailsTheJob();
    void settlementIsRepeatedAfterALock();
    void cacheDescribesTheFileThatWasWritten();
    void forcedJobIsConvertedAgain();
};

void TestJobRunner::convertsAndSettles()
{
    const Job job = claim();
    begin(job);
    QVERIFY(m_runner->isRunning());
    QCOMPARE(m_converter->context.data, QByteArray("@startuml"));
    QCOMPARE(m_converter->context.format, s("png"));
    QCOMPARE(m_converter->context.workspace, m_options.workspace);
    complete("picture");
    QVERIFY(!m_runner->isRunning());
    QCOMPARE(m_finished->size(), 1);
    QCOMPARE(outcome().kind, JobOutcome::Kind::Converted);
    QVERIFY(outcome().wasConverted);
    QVERIFY2(!QFile::exists(path(s("out.png"))), "the output must not be renamed before the job is settled");
    m_settlement->begin(job, outcome());
    QVERIFY(m_settlement->settle(1.5));
    QCOMPARE(contentOf(path(s("out.png"))), QByteArray("picture"));
    QVERIFY(!QFile::exists(outcome().output.temporary));
    QVERIFY(m_t->job(job.id).status == JobStatus::Completed);
    QVERIFY(m_cache->find(job.outputFile, s("hash")).value().has_value());
}

void TestJobRunner::pathsOfTheHostAreTranslated()
{
    createRunner(s("/host/ws"));
    const Job job = claim(R"({"data": "@startuml"})", s("/host/ws/out.png"));
    begin(job);
    QVERIFY(m_converter->context.outputFile.startsWith(m_options.workspace));
    Q_EMIT m_converter->finished(failure(ErrorCode::ToolFailed, path(s("a.puml")) + s(" is wrong")));
    EVENTUALLY(!m_finished->isEmpty());
    m_settlement->begin(job, outcome());
    QVERIFY(m_settlement->settle(1));
    QCOMPARE(m_t->job(job.id).error, s("/host/ws/a.puml is wrong"));
}

void TestJobRunner::unchangedOutputIsNotConverted()
{
    const Job first = claim();
    begin(first);
    complete("picture");
    m_settlement->begin(first, outcome());
    QVERIFY(m_settlement->settle(1));
    const Job second = claim();
    begin(second);
    QCOMPARE(outcome().kind, JobOutcome::Kind::Unchanged);
    QVERIFY2(!outcome().wasConverted, "the duration of this job must not count in the size of batches");
    QCOMPARE(m_converter->conversions, 1);
    m_settlement->begin(second, outcome());
    QVERIFY(m_settlement->settle(0));
    QVERIFY(m_t->job(second.id).status == JobStatus::Completed);
    QCOMPARE(contentOf(path(s("out.png"))), QByteArray("picture"));
}

void TestJobRunner::failsBeforeTheConverterStarts_data()
{
    QTest::addColumn<QByteArray>("payload");
    QTest::addColumn<QString>("output");
    QTest::addColumn<QString>("message");
    QTest::newRow("invalid payload") << QByteArray("{") << s("out.png") << s("not valid JSON");
    QTest::newRow("two values") << QByteArray("null, 1") << s("out.png") << s("not valid JSON");
    QTest::newRow("null") << QByteArray("null") << s("out.png") << s("no input");
    QTest::newRow("another value") << QByteArray(" true ") << s("out.png") << s("no input");
    QTest::newRow("no input") << QByteArray("{}") << s("out.png") << s("no input");
    QTest::newRow("no output") << QByteArray("{}") << QString() << s("no output");
    QTest::newRow("output outside the workspace")
        << QByteArray("{}") << s("/tmp/out.png") << s("outside the workspace");
}

void TestJobRunner::failsBeforeTheConverterStarts()
{
    QFETCH(QByteArray, payload);
    QFETCH(QString, output);
    QFETCH(QString, message);
    const Job job = claim(payload, output);
    begin(job);
    QCOMPARE(m_finished->size(), 1);
    QCOMPARE(m_converter->conversions, 0);
    QCOMPARE(outcome().kind, JobOutcome::Kind::Failed);
    QVERIFY2(outcome().error.message.contains(message), qPrintable(outcome().error.message));
    m_settlement->begin(job, outcome());
    QVERIFY(m_settlement->settle(0));
    QVERIFY(m_t->job(job.id).status == JobStatus::Failed);
    QCOMPARE(m_t->job(job.id).error, outcome().error.message);
}

void TestJobRunner::failureOfTheConverterFailsTheJob()
{
    begin(claim());
    Q_EMIT m_converter->finished(failure(ErrorCode::ToolFailed, s("line 3: wrong"), s("detail")));
    EVENTUALLY(!m_finished->isEmpty());
    QCOMPARE(outcome().kind, JobOutcome::Kind::Failed);
    QCOMPARE(outcome().error, (Error{ErrorCode::ToolFailed, s("line 3: wrong"), s("detail")}));
}

void TestJobRunner::emptyOutputFailsTheJob()
{
    begin(claim());
    complete({});
    QCOMPARE(outcome().kind, JobOutcome::Kind::Failed);
    QCOMPARE(outcome().error.message, s("The output is empty."));
}

void TestJobRunner::timeLimitStopsTheConverter_data()
{
    QTest::addColumn<int>("poolLimit");
    QTest::addColumn<int>("jobLimit"); // -1: none
    QTest::addColumn<QString>("place");
    QTest::addColumn<QString>("message");
    QTest::newRow("unknown step") << 0 << -1 << QString()
                                  << s("The job took longer than max_job_time (0 s), and its tool was stopped.");
    QTest::newRow("known step")
        << 0 << -1 << s("cell 4: `f()`")
        << s("The job took longer than max_job_time (0 s), and its tool was stopped. Last step: cell 4: `f()`");
    QTest::newRow("shorter limit of the job")
        << 600 << 0 << s("cell 4: `%2 %1`")
        << s("The job took longer than its own max_job_time (0 s), and its tool was stopped. Last step: cell 4: `%2 "
             "%1`");
}

void TestJobRunner::timeLimitStopsTheConverter()
{
    QFETCH(int, poolLimit);
    QFETCH(int, jobLimit);
    QFETCH(QString, place);
    m_options.maxJobTime = seconds(poolLimit);
    m_converter->place = place;
    Job job = claim();
    if (jobLimit >= 0)
        job.maxJobTime = seconds(jobLimit);
    begin(job);
    EVENTUALLY(!m_finished->isEmpty());
    QCOMPARE(m_converter->cancellations, 1);
    QCOMPARE(outcome().kind, JobOutcome::Kind::Failed);
    QCOMPARE(outcome().error.code, ErrorCode::TimedOut);
    QCOMPARE(outcome().error.detail, s("detail"));
    QTEST(outcome().error.message, "message");
}

void TestJobRunner::longerLimitOfTheJobReplacesThatOfThePool()
{
    m_options.maxJobTime = seconds(0);
    Job job = claim();
    job.maxJobTime = seconds(600);
    begin(job);
    bool isOver = false; // later than the limit of the pool
    QTimer::singleShot(20, this, [&isOver] { isOver = true; });
    EVENTUALLY(isOver);
    QCOMPARE(m_converter->cancellations, 0);
    complete("picture");
    QCOMPARE(outcome().kind, JobOutcome::Kind::Converted);
}

void TestJobRunner::abandonedJobIsCancelled()
{
    m_runner->abandon(); // does nothing
    begin(claim());
    m_runner->abandon();
    QCOMPARE(m_converter->cancellations, 1);
    QCOMPARE(m_finished->size(), 1);
    QCOMPARE(outcome().kind, JobOutcome::Kind::LeaseLost);
}

void TestJobRunner::outputOfALostLeaseIsNotCommitted()
{
    write(path(s("out.png")), "of another worker");
    const Job job = claim();
    begin(job);
    complete("late");
    QVERIFY(m_t->queue->cancel({job.id}, s("test")));
    m_settlement->begin(job, outcome());
    const Status settled = m_settlement->settle(1);
    QVERIFY(!settled);
    QCOMPARE(settled.error().code, ErrorCode::LeaseLost);
    QCOMPARE(contentOf(path(s("out.png"))), QByteArray("of another worker"));
    QVERIFY(m_t->job(job.id).status == JobStatus::Cancelled);
}

void TestJobRunner::vanishedOutputFailsTheJob()
{
    const Job job = claim();
    begin(job);
    complete("picture");
    QVERIFY(QFile::remove(outcome().output.temporary));
    m_settlement->begin(job, outcome());
    QVERIFY(m_settlement->settle(1));
    QVERIFY(m_t->job(job.id).status == JobStatus::Failed);
    QVERIFY(!QFile::exists(path(s("out.png"))));
}

void TestJobRunner::failedRenameFailsTheJob()
{
    const Job job = claim();
    begin(job);
    complete("picture");
    QVERIFY(QDir().mkpath(path(s("out.png/folder")))); // a file cannot replace a folder
    m_settlement->begin(job, outcome());
    QVERIFY(m_settlement->settle(1));
    QCOMPARE(m_settlement->outcome().kind, JobOutcome::Kind::Failed);
    QVERIFY(m_t->job(job.id).status == JobStatus::Failed);
    QVERIFY(!m_cache->find(job.outputFile, s("hash")).value().has_value());
}

void TestJobRunner::settlementIsRepeatedAfterALock()
{
    const Job job = claim();
    begin(job);
    complete("picture");
    auto impatient = Database::open(m_t->path(), OpenMode::ReadWrite, milliseconds(1));
    QVERIFY(impatient);
    JobQueue queue(**impatient, m_t->clock);
    ResultsCache cache(**impatient, m_t->clock);
    Fingerprints fingerprints(**impatient);
    JobSettlement settlement(**impatient, queue, cache, fingerprints, *m_paths);
    settlement.begin(job, outcome());
    RawSql other(m_t->path());
    QVERIFY(other.exec(s("BEGIN IMMEDIATE")));
    const Status locked = settlement.settle(1);
    QVERIFY(!locked && isTransient(locked.error()));
    QVERIFY(!QFile::exists(path(s("out.png"))));
    QVERIFY(other.exec(s("COMMIT")));
    QVERIFY(settlement.settle(2));
    QCOMPARE(contentOf(path(s("out.png"))), QByteArray("picture"));
    QVERIFY(m_t->job(job.id).status == JobStatus::Completed);
}

void TestJobRunner::cacheDescribesTheFileThatWasWritten()
{
    const Job job = claim();
    begin(job);
    complete("picture");
    const JobOutcome mine = outcome();
    QCOMPARE(mine.metadata.value(s("size")).toInt(), 7);
    m_settlement->begin(job, mine);
    QVERIFY(m_settlement->settle(1));
    QCOMPARE(m_cache->find(job.outputFile, s("hash")).value().value(), mine.metadata);
    QVERIFY(matchesMetadata(path(s("out.png")), mine.metadata));
    // Another worker replaces the output between the rename and the entry.
    const Job second = claim(R"({"data": "@startuml"})", s("second.png"));
    begin(second);
    complete("other");
    JobOutcome replaced = outcome();
    replaced.output.isLocal = false;
    m_settlement->begin(second, replaced);
    bool isCommitted = false;
    m_settlement->commit(m_files, seconds(10), [&isCommitted](const Status &) { isCommitted = true; });
    EVENTUALLY(isCommitted);
    write(path(s("second.png")), "by another worker");
    QVERIFY(m_settlement->settle(1));
    QCOMPARE(m_cache->find(second.outputFile, s("hash")).value().value().value(s("size")).toInt(), 5);
    QVERIFY2(!matchesMetadata(path(s("second.png")), m_cache->find(second.outputFile, s("hash")).value().value()),
             "the output of another worker must not count as the unchanged output of this job");
}

void TestJobRunner::forcedJobIsConvertedAgain()
{
    Job job = claim();
    begin(job);
    complete("picture");
    m_settlement->begin(job, outcome());
    QVERIFY(m_settlement->settle(1));
    job = claim(); // the same input and output
    begin(job);
    QCOMPARE(outcome().kind, JobOutcome::Kind::Unchanged);
    QCOMPARE(m_converter->conversions, 1);
    job.isForced = true;
    begin(job);
    QCOMPARE(m_converter->conversions, 2);
    complete("picture");
    QCOMPARE(outcome().kind, JobOutcome::Kind::Converted);
}

QTEST_GUILESS_MAIN(TestJobRunner)
#include "tst_jobrunner.moc"

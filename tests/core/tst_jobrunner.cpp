// SPDX-License-Identifier: GPL-3.0-or-later
// Tests running one job in a worker, with a converter controlled by the test, and settling its outcome in the queue.
#include "core/worker/jobrunner.h"
#include "core/worker/jobsettlement.h"
#include "tests/support/queuetest.h"
#include "tests/support/testhelpers.h"

#include <QDir>
#include <QFile>
#include <QSignalSpy>
#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;

namespace {

/// Records the arguments of convert(). The test decides on the result.
class FakeConverter : public Converter
{
public:
    void convert(const Job &job, const ConversionContext &given) override
    {
        inputFile = job.inputFile;
        context = given;
        ++conversions;
    }
    void cancel() override
    {
        ++cancellations;
        Q_EMIT finished(failure(ErrorCode::Cancelled, s("cancelled"), s("detail")));
    }
    [[nodiscard]] QString progress() const override { return place; }

    /// Writes the temporary output and finishes the job.
    void complete(const QByteArray &output)
    {
        write(context.outputFile, output);
        Q_EMIT finished(Conversion{true});
    }

    QString inputFile;
    ConversionContext context;
    QString place;
    int conversions = 0;
    int cancellations = 0;
};

} // namespace

class TestJobRunner : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void convertsAndSettles();
    void pathsOfTheHostAreTranslated();
    void unchangedOutputIsNotConverted();
    void failsBeforeTheConverterStarts_data();
    void failsBeforeTheConverterStarts();
    void failureOfTheConverterFailsTheJob();
    void emptyOutputFailsTheJob();
    void timeLimitStopsTheConverter_data();
    void timeLimitStopsTheConverter();
    void abandonedJobIsCancelled();
    void outputOfALostLeaseIsNotCommitted();
    void failedRenameFailsTheJob();
    void settlementIsRepeatedAfterALock();

private:
    /// Adds a job and claims it.
    Job claim(const QByteArray &payload = R"({"data": "@startuml"})", const QString &output = s("out.png"));
    /// Creates the runner; hostWorkspace as in WorkerOptions.
    void createRunner(const QString &hostWorkspace = {});
    [[nodiscard]] JobOutcome outcome() const
    {
        return m_finished->isEmpty() ? JobOutcome() : m_finished->last().first().value<JobOutcome>();
    }
    [[nodiscard]] QString path(const QString &name) const { return m_t->folder.filePath(name); }

    std::unique_ptr<QueueTest> m_t;
    std::unique_ptr<ResultsCache> m_cache;
    std::unique_ptr<HostPaths> m_paths;
    std::unique_ptr<FakeConverter> m_converter;
    std::unique_ptr<JobSettlement> m_settlement;
    std::unique_ptr<JobRunner> m_runner;
    std::unique_ptr<QSignalSpy> m_finished;
    WorkerOptions m_options;
};

void TestJobRunner::init()
{
    m_t = std::make_unique<QueueTest>();
    m_cache = std::make_unique<ResultsCache>(*m_t->db, m_t->clock);
    m_converter = std::make_unique<FakeConverter>();
    m_options = {};
    m_options.workspace = m_t->folder.path();
    createRunner();
}

void TestJobRunner::cleanup()
{
    m_finished.reset();
    m_runner.reset();
    m_settlement.reset();
    m_converter.reset();
    m_cache.reset();
    m_t.reset();
}

void TestJobRunner::createRunner(const QString &hostWorkspace)
{
    m_finished.reset();
    m_runner.reset();
    m_paths = std::make_unique<HostPaths>(hostWorkspace, m_options.workspace);
    m_settlement = std::make_unique<JobSettlement>(*m_t->db, *m_t->queue, *m_cache, *m_paths);
    m_runner = std::make_unique<JobRunner>(m_options, *m_paths, *m_cache, *m_converter);
    m_finished = std::make_unique<QSignalSpy>(m_runner.get(), &JobRunner::finished);
}

Job TestJobRunner::claim(const QByteArray &payload, const QString &output)
{
    NewJob job;
    job.type = s("plantuml");
    job.outputFile = output.isEmpty() || output.startsWith(u'/') ? output : path(output);
    job.contentHash = s("hash");
    job.payload = payload;
    const qint64 id = m_t->queue->add(job).value_or(0);
    const auto claimed = m_t->queue->claim(m_t->worker(s("w%1").arg(id), s("plantuml")), s("plantuml"));
    return claimed && claimed->size() == 1 ? claimed->first() : Job();
}

void TestJobRunner::convertsAndSettles()
{
    const Job job = claim();
    m_runner->start(job);
    QVERIFY(m_runner->isConverting());
    QCOMPARE(m_converter->context.data, QByteArray("@startuml"));
    QCOMPARE(m_converter->context.format, s("png"));
    QCOMPARE(m_converter->context.workspace, m_options.workspace);
    m_converter->complete("picture");
    QVERIFY(!m_runner->isConverting());
    QCOMPARE(m_finished->size(), 1);
    QCOMPARE(outcome().kind, JobOutcome::Kind::Converted);
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
    m_runner->start(job);
    QVERIFY(m_converter->context.outputFile.startsWith(m_options.workspace));
    Q_EMIT m_converter->finished(failure(ErrorCode::ToolFailed, path(s("a.puml")) + s(" is wrong")));
    m_settlement->begin(job, outcome());
    QVERIFY(m_settlement->settle(1));
    QCOMPARE(m_t->job(job.id).error, s("/host/ws/a.puml is wrong"));
}

void TestJobRunner::unchangedOutputIsNotConverted()
{
    const Job first = claim();
    m_runner->start(first);
    m_converter->complete("picture");
    m_settlement->begin(first, outcome());
    QVERIFY(m_settlement->settle(1));
    const Job second = claim();
    m_runner->start(second);
    QCOMPARE(outcome().kind, JobOutcome::Kind::Unchanged);
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
    m_runner->start(job);
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
    m_runner->start(claim());
    Q_EMIT m_converter->finished(failure(ErrorCode::ToolFailed, s("line 3: wrong"), s("detail")));
    QCOMPARE(outcome().kind, JobOutcome::Kind::Failed);
    QCOMPARE(outcome().error, (Error{ErrorCode::ToolFailed, s("line 3: wrong"), s("detail")}));
}

void TestJobRunner::emptyOutputFailsTheJob()
{
    m_runner->start(claim());
    m_converter->complete({});
    QCOMPARE(outcome().kind, JobOutcome::Kind::Failed);
    QCOMPARE(outcome().error.message, s("The output is empty."));
}

void TestJobRunner::timeLimitStopsTheConverter_data()
{
    QTest::addColumn<QString>("place");
    QTest::addColumn<QString>("message");
    QTest::newRow("unknown step") << QString()
                                  << s("The job took longer than max_job_time (0 s), and its tool was stopped.");
    QTest::newRow("known step")
        << s("cell 4: `f()`")
        << s("The job took longer than max_job_time (0 s), and its tool was stopped. Last step: cell 4: `f()`");
}

void TestJobRunner::timeLimitStopsTheConverter()
{
    QFETCH(QString, place);
    m_options.maxJobTime = seconds(0);
    m_converter->place = place;
    m_runner->start(claim());
    EVENTUALLY(!m_finished->isEmpty());
    QCOMPARE(m_converter->cancellations, 1);
    QCOMPARE(outcome().kind, JobOutcome::Kind::Failed);
    QCOMPARE(outcome().error.code, ErrorCode::TimedOut);
    QCOMPARE(outcome().error.detail, s("detail"));
    QTEST(outcome().error.message, "message");
}

void TestJobRunner::abandonedJobIsCancelled()
{
    m_runner->abandon(); // does nothing
    m_runner->start(claim());
    m_runner->abandon();
    QCOMPARE(m_converter->cancellations, 1);
    QCOMPARE(m_finished->size(), 1);
    QCOMPARE(outcome().kind, JobOutcome::Kind::LeaseLost);
}

void TestJobRunner::outputOfALostLeaseIsNotCommitted()
{
    write(path(s("out.png")), "of another worker");
    const Job job = claim();
    m_runner->start(job);
    m_converter->complete("late");
    QVERIFY(m_t->queue->cancel({job.id}, s("test")));
    m_settlement->begin(job, outcome());
    const Status settled = m_settlement->settle(1);
    QVERIFY(!settled);
    QCOMPARE(settled.error().code, ErrorCode::LeaseLost);
    QCOMPARE(contentOf(path(s("out.png"))), QByteArray("of another worker"));
    QVERIFY(m_t->job(job.id).status == JobStatus::Cancelled);
}

void TestJobRunner::failedRenameFailsTheJob()
{
    const Job job = claim();
    m_runner->start(job);
    m_converter->complete("picture");
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
    m_runner->start(job);
    m_converter->complete("picture");
    auto impatient = Database::open(m_t->path(), OpenMode::ReadWrite, milliseconds(1));
    QVERIFY(impatient);
    JobQueue queue(**impatient, m_t->clock);
    ResultsCache cache(**impatient, m_t->clock);
    JobSettlement settlement(**impatient, queue, cache, *m_paths);
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

QTEST_GUILESS_MAIN(TestJobRunner)
#include "tst_jobrunner.moc"

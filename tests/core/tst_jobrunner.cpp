// SPDX-License-Identifier: GPL-3.0-or-later
// Tests running one job in a worker, with a converter controlled by the test, and settling its outcome in the queue.
#include "core/worker/jobrunner.h"
#include "core/worker/jobsettlement.h"
#include "tests/interposed/blockedfiles.h"
#include "tests/support/queuetest.h"
#include "tests/support/smalldisk.h"
#include "tests/support/testhelpers.h"

#include <QDir>
#include <QFile>
#include <QSignalSpy>
#include <QTest>

#include <sys/resource.h>

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
        Q_EMIT finished(Conversion{true, {}});
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
    void blockedJobIsReturnedUncounted_data();
    void blockedJobIsReturnedUncounted();
    void jobOfAKilledToolIsReturnedCounted();
    void vanishedWorkspaceBlocksTheJob();
    void tooManyOpenFilesBlockTheJob();
    void fullDiskExplainsAFailure();
    void inputThatCannotBeReadInTimeFails();
    void outputThatDoesNotRespondBlocksTheJob();
    void outputOnAShareIsRenamedOutsideTheTransaction();
    void cacheDescribesTheFileThatWasWritten();
    void abandonedJobLeavesNoTemporaryFile();

private:
    /// Adds a job and claims it.
    Job claim(const QByteArray &payload = R"({"data": "@startuml"})", const QString &output = s("out.png"));
    /// Starts a job, and waits until it is being converted or has finished.
    void begin(const Job &job)
    {
        const int conversions = m_converter->conversions;
        const qsizetype finished = m_finished->size();
        m_runner->start(job);
        (void)QTest::qWaitFor([&] { return m_converter->conversions > conversions || m_finished->size() > finished; },
                              patience);
    }
    /// Finishes the conversion with this output, and waits until the job has finished.
    void complete(const QByteArray &output)
    {
        const qsizetype finished = m_finished->size();
        m_converter->complete(output);
        (void)QTest::qWaitFor([&] { return m_finished->size() > finished; }, patience);
    }
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
    FileThread m_files;
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
    m_runner = std::make_unique<JobRunner>(m_options, *m_paths, *m_cache, *m_converter, m_files);
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
    begin(claim());
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

void TestJobRunner::blockedJobIsReturnedUncounted_data()
{
    QTest::addColumn<ErrorCode>("code");
    QTest::newRow("full disk") << ErrorCode::DiskFull;
    QTest::newRow("read-only file system") << ErrorCode::ReadOnly;
    QTest::newRow("unreachable share") << ErrorCode::Unreachable;
    QTest::newRow("too many open files") << ErrorCode::OutOfResources;
    QTest::newRow("missing tool") << ErrorCode::ToolMissing;
}

void TestJobRunner::blockedJobIsReturnedUncounted()
{
    QFETCH(ErrorCode, code);
    const Job job = claim();
    begin(job);
    Q_EMIT m_converter->finished(failure(code, s("The reason.")));
    EVENTUALLY(!m_finished->isEmpty());
    QCOMPARE(outcome().kind, JobOutcome::Kind::Blocked);
    m_settlement->begin(job, outcome());
    QVERIFY(m_settlement->settle(1));
    const Job returned = m_t->job(job.id);
    QVERIFY(returned.status == JobStatus::Pending);
    QCOMPARE(returned.maxAttempts - returned.attempts, 3);
    QVERIFY(m_t->eventsOf(job.id).constLast().message.englishText().contains(s("The reason.")));
}

void TestJobRunner::jobOfAKilledToolIsReturnedCounted()
{
    Job job = claim();
    for (int attempt = 1; attempt <= 3; ++attempt) {
        m_settlement->begin(job,
                            {JobOutcome::Kind::Interrupted, {ErrorCode::ToolFailed, s("killed"), {}}, {}, {}, true});
        QVERIFY(m_settlement->settle(1));
        const Job returned = m_t->job(job.id);
        QCOMPARE(returned.attempts, attempt);
        QCOMPARE(returned.maxAttempts, 3);
        if (attempt < 3) {
            QVERIFY(returned.status == JobStatus::Pending);
            job = m_t->queue->claim(job.workerId, s("plantuml")).value().constFirst();
        }
    }
    QVERIFY(m_t->job(job.id).status == JobStatus::Failed);
    QCOMPARE(m_t->job(job.id).error.count(s("killed")), 3);
}

void TestJobRunner::vanishedWorkspaceBlocksTheJob()
{
    m_options.workspace = path(s("share"));
    QVERIFY(QDir().mkpath(m_options.workspace));
    createRunner();
    QVERIFY(QDir().rmdir(m_options.workspace));
    begin(claim(R"({"data": "@startuml"})", s("share/out.png")));
    QCOMPARE(outcome().kind, JobOutcome::Kind::Blocked);
    QCOMPARE(outcome().error.code, ErrorCode::Unreachable);
    QVERIFY2(!QFile::exists(m_options.workspace), "the folder of a share must not be created");
}

void TestJobRunner::tooManyOpenFilesBlockTheJob()
{
    rlimit before{};
    getrlimit(RLIMIT_NOFILE, &before);
    begin(claim());
    const rlimit none{3, before.rlim_max};
    setrlimit(RLIMIT_NOFILE, &none);
    Q_EMIT m_converter->finished(Conversion{false, "picture"});
    (void)QTest::qWaitFor([&] { return !m_finished->isEmpty(); }, patience);
    setrlimit(RLIMIT_NOFILE, &before);
    QCOMPARE(outcome().kind, JobOutcome::Kind::Blocked);
    QCOMPARE(outcome().error.code, ErrorCode::OutOfResources);
}

void TestJobRunner::fullDiskExplainsAFailure()
{
    SmallDisk disk;
    if (!disk.isMounted())
        QSKIP("mounting a small file system needs root");
    m_options.workspace = disk.path();
    createRunner();
    const Job job = claim(R"({"data": "@startuml"})", disk.path() + s("/out.png"));
    begin(job);
    disk.fill();
    Q_EMIT m_converter->finished(failure(ErrorCode::ToolFailed, s("The tool crashed.")));
    EVENTUALLY(!m_finished->isEmpty());
    QCOMPARE(outcome().kind, JobOutcome::Kind::Blocked);
    QCOMPARE(outcome().error.code, ErrorCode::DiskFull);
    // Writing the output reports the same.
    const Job second = claim(R"({"data": "@startuml"})", disk.path() + s("/out2.png"));
    begin(second);
    Q_EMIT m_converter->finished(Conversion{false, QByteArray(100000, 'x')});
    EVENTUALLY(m_finished->size() == 2);
    QCOMPARE(outcome().kind, JobOutcome::Kind::Blocked);
    QCOMPARE(outcome().error.code, ErrorCode::DiskFull);
    QVERIFY(outcome().error.message.contains(s("disk is full")));
    QVERIFY2(outcome().error.message.contains(second.outputFile), qPrintable(outcome().error.message));
}

void TestJobRunner::inputThatCannotBeReadInTimeFails()
{
    write(path(s("in.puml")), "@startuml\nA -> B\n@enduml\n");
    const BlockedFiles blocked(s("in.puml"));
    m_options.fileLimit = seconds(1);
    Job job = claim("{}");
    job.inputFile = path(s("in.puml"));
    begin(job);
    QCOMPARE(outcome().kind, JobOutcome::Kind::Failed);
    QCOMPARE(outcome().error.code, ErrorCode::TimedOut);
    QVERIFY2(outcome().error.message.contains(s("in.puml")), qPrintable(outcome().error.message));
    begin(claim()); // the next job is not affected
    QCOMPARE(m_converter->conversions, 1);
}

void TestJobRunner::outputThatDoesNotRespondBlocksTheJob()
{
    QVERIFY(QDir().mkpath(path(s("share"))));
    m_options.fileLimit = seconds(1);
    const Job job = claim(R"({"data": "@startuml"})", s("share/out.png"));
    begin(job);
    const BlockedFiles blocked(s("share/"));
    Q_EMIT m_converter->finished(Conversion{false, "picture"});
    EVENTUALLY(!m_finished->isEmpty());
    QCOMPARE(outcome().kind, JobOutcome::Kind::Blocked);
    QCOMPARE(outcome().error.code, ErrorCode::Unreachable);
}

void TestJobRunner::outputOnAShareIsRenamedOutsideTheTransaction()
{
    const Job job = claim();
    begin(job);
    complete("picture");
    JobOutcome onShare = outcome();
    onShare.output.isLocal = false;
    m_settlement->begin(job, onShare);
    QVERIFY(m_settlement->needsCommit());
    const auto blocked = std::make_unique<BlockedFiles>(s("out.png"));
    std::optional<Status> committed;
    m_settlement->commit(m_files, seconds(1), [&committed](const Status &status) { committed = status; });
    EVENTUALLY(blocked->hasBlocked());
    RawSql other(m_t->path());
    QVERIFY2(other.exec(s("BEGIN IMMEDIATE")), "the queue must not be locked while the rename blocks");
    QVERIFY(other.exec(s("COMMIT")));
    EVENTUALLY(committed.has_value());
    QVERIFY(*committed);
    QVERIFY(!m_settlement->needsCommit());
    QVERIFY(m_settlement->settle(1));
    QCOMPARE(m_settlement->outcome().kind, JobOutcome::Kind::Blocked);
    QVERIFY(m_t->job(job.id).status == JobStatus::Pending);
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

void TestJobRunner::abandonedJobLeavesNoTemporaryFile()
{
    auto blocked = std::make_unique<BlockedFiles>(s("out.png"));
    begin(claim());
    Q_EMIT m_converter->finished(Conversion{false, "picture"});
    EVENTUALLY(blocked->hasBlocked());
    m_runner->abandon();
    QCOMPARE(outcome().kind, JobOutcome::Kind::LeaseLost);
    const QString temporary = outcome().output.temporary;
    const int removals = BlockedFiles::removals();
    blocked.reset(); // the abandoned thread now writes the file
    EVENTUALLY(BlockedFiles::removals() > removals);
    QVERIFY(!QFile::exists(temporary));
}

QTEST_GUILESS_MAIN(TestJobRunner)
#include "tst_jobrunner.moc"

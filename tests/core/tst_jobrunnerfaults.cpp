// SPDX-License-Identifier: GPL-3.0-or-later
// Tests jobs whose files or tools are out of order through no fault of the jobs: full disks, shares that do not
// respond, kills by the kernel.
#include "tests/interposed/blockedfiles.h"
#include "tests/support/jobrunnertest.h"
#include "tests/support/smalldisk.h"

#include <QDir>
#include <QFile>

#include <sys/resource.h>

using namespace lifeguard;
using namespace lifeguard::test;

class TestJobRunnerFaults : public JobRunnerTest
{
    Q_OBJECT

private Q_SLOTS:
    void init() { setUp(); }
    void cleanup() { tearDown(); }
    void blockedJobIsReturnedUncounted_data();
    void blockedJobIsReturnedUncounted();
    void jobOfAKilledToolIsReturnedCounted();
    void vanishedWorkspaceBlocksTheJob();
    void tooManyOpenFilesBlockTheJob();
    void fullDiskExplainsAFailure();
    void inputThatCannotBeReadInTimeFails();
    void folderOfTheInputIsExaminedWithALimit();
    void outputThatDoesNotRespondBlocksTheJob();
    void folderThatDoesNotRespondBlocksTheJob();
    void diskThatDoesNotRespondDoesNotHideAFailure();
    void outputOnAShareIsRenamedOutsideTheTransaction();
    void abandonedJobLeavesNoTemporaryFile();
};

void TestJobRunnerFaults::blockedJobIsReturnedUncounted_data()
{
    QTest::addColumn<ErrorCode>("code");
    QTest::newRow("full disk") << ErrorCode::DiskFull;
    QTest::newRow("read-only file system") << ErrorCode::ReadOnly;
    QTest::newRow("unreachable share") << ErrorCode::Unreachable;
    QTest::newRow("too many open files") << ErrorCode::OutOfResources;
    QTest::newRow("missing tool") << ErrorCode::ToolMissing;
}

void TestJobRunnerFaults::blockedJobIsReturnedUncounted()
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

void TestJobRunnerFaults::jobOfAKilledToolIsReturnedCounted()
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

void TestJobRunnerFaults::vanishedWorkspaceBlocksTheJob()
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

void TestJobRunnerFaults::tooManyOpenFilesBlockTheJob()
{
    // The sanitizer needs files when it meets a type for the first time.
    begin(claim());
    complete("picture");
    QCOMPARE(outcome().kind, JobOutcome::Kind::Converted);
    rlimit before{};
    getrlimit(RLIMIT_NOFILE, &before);
    begin(claim());
    const rlimit none{3, before.rlim_max};
    setrlimit(RLIMIT_NOFILE, &none);
    Q_EMIT m_converter->finished(Conversion{false, "picture"});
    (void)QTest::qWaitFor([&] { return m_finished->size() == 2; }, patience);
    setrlimit(RLIMIT_NOFILE, &before);
    QCOMPARE(m_finished->size(), 2);
    QCOMPARE(outcome().kind, JobOutcome::Kind::Blocked);
    QCOMPARE(outcome().error.code, ErrorCode::OutOfResources);
}

void TestJobRunnerFaults::fullDiskExplainsAFailure()
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

/// The payload contains the input, but PlantUML also reads files beside the input file.
void TestJobRunnerFaults::folderOfTheInputIsExaminedWithALimit()
{
    m_converter->usesFolder = true;
    Job job = claim();
    job.inputFile = path(s("missing/in.puml"));
    begin(job);
    QCOMPARE(m_converter->conversions, 1);
    QCOMPARE(m_converter->context.inputFolder, QString());
    complete("x");

    QVERIFY(QDir(path(s("."))).mkpath(s("share")));
    job = claim();
    job.inputFile = path(s("share/in.puml"));
    begin(job);
    QCOMPARE(m_converter->context.inputFolder, path(s("share")));
    complete("x");

    const BlockedFiles blocked(s("/share"));
    m_options.fileLimit = seconds(1);
    job = claim();
    job.inputFile = path(s("share/in.puml"));
    begin(job);
    QCOMPARE(outcome().kind, JobOutcome::Kind::Failed);
    QCOMPARE(outcome().error.code, ErrorCode::TimedOut);
    QVERIFY2(outcome().error.message.contains(s("in.puml")), qPrintable(outcome().error.message));
    QCOMPARE(m_converter->conversions, 2);
}

void TestJobRunnerFaults::inputThatCannotBeReadInTimeFails()
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

void TestJobRunnerFaults::outputThatDoesNotRespondBlocksTheJob()
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

void TestJobRunnerFaults::folderThatDoesNotRespondBlocksTheJob()
{
    m_options.fileLimit = seconds(1);
    const BlockedFiles blocked(s("distant"));
    begin(claim(R"({"data": "@startuml"})", s("distant/out.png")));
    QCOMPARE(outcome().kind, JobOutcome::Kind::Blocked);
    QCOMPARE(outcome().error.code, ErrorCode::Unreachable);
    QCOMPARE(m_converter->conversions, 0);
}

/// After a failure of the tool, the free space of the disks is read.
void TestJobRunnerFaults::diskThatDoesNotRespondDoesNotHideAFailure()
{
    QVERIFY(QDir().mkpath(path(s("distant"))));
    m_options.fileLimit = seconds(1);
    begin(claim(R"({"data": "@startuml"})", s("distant/out.png")));
    const BlockedFiles blocked(s("distant"));
    Q_EMIT m_converter->finished(failure(ErrorCode::ToolFailed, s("The tool crashed.")));
    EVENTUALLY(blocked.hasBlocked());
    EVENTUALLY(!m_finished->isEmpty());
    QCOMPARE(outcome().kind, JobOutcome::Kind::Failed);
    QCOMPARE(outcome().error.message, s("The tool crashed."));
}

void TestJobRunnerFaults::outputOnAShareIsRenamedOutsideTheTransaction()
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

void TestJobRunnerFaults::abandonedJobLeavesNoTemporaryFile()
{
    begin(claim());
    QCOMPARE(m_converter->conversions, 1);
    auto blocked = std::make_unique<BlockedFiles>(s("out.png"));
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

QTEST_GUILESS_MAIN(TestJobRunnerFaults)
#include "tst_jobrunnerfaults.moc"

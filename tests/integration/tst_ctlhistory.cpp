// SPDX-License-Identifier: GPL-3.0-or-later
// Tests the commands of lifeguardctl for submissions and history with the real program: submissions, rerun, prioritize,
// prune, vacuum and backup, also while a manager and its workers run.
#include "core/base/timestamp.h"
#include "core/store/jobreader.h"
#include "tests/support/ctlprogram.h"
#include "tests/support/queuetest.h"
#include "tests/support/testhelpers.h"
#include "tests/support/waiting.h"

#include <QFileInfo>
#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;

class TestCtlHistory : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { m_ctl = std::make_unique<CtlProgram>(); }
    void cleanup() { m_ctl.reset(); }
    void submissionsAreListed();
    void jobsOfASubmissionAreChanged();
    void dryRunChangesNothing();
    void numbersAndFilterCannotBeCombined();
    void jobsMoveToTheFront();
    void forcedRerunIgnoresTheCache();
    void pruneDeletesOldHistory();
    void consentIsStored();
    void vacuumIsRefusedWhileAManagerRuns();
    void vacuumMakesAnOldFileSmaller();
    void backupWhileWorkersRun();
    void backupDoesNotOverwrite();
    void restoredBackupIsRecognised();

private:
    Outcome call(const char *arguments) const
    {
        return m_ctl->call(QString::fromLatin1(arguments).split(u' ', Qt::SkipEmptyParts));
    }
    std::unique_ptr<CtlProgram> m_ctl;
};

void TestCtlHistory::submissionsAreListed()
{
    QCOMPARE(call("submit --type noop --payload {} --count 40 --title Chapter-3").code, 0);
    QCOMPARE(call("submit --type noop --payload {} --count 2").code, 0);
    RawSql raw(m_ctl->database());
    QVERIFY(
        raw.exec(s("UPDATE jobs SET status = CASE WHEN id <= 12 THEN 'completed' ELSE 'failed' END WHERE id <= 14")));
    const QJsonArray submissions = call("submissions --json").array();
    QCOMPARE(submissions.size(), 2);
    QCOMPARE(submissions.first().toObject().value(s("title")).toString(), s("2 noop jobs"));
    const QJsonObject chapter = submissions.last().toObject();
    QCOMPARE(chapter.value(s("title")).toString(), s("Chapter-3"));
    QCOMPARE(chapter.value(s("total")).toInt(), 40);
    QCOMPARE(chapter.value(s("completed")).toInt(), 12);
    QVERIFY(!chapter.value(s("submitter")).toString().isEmpty());
    const QByteArray table = call("submissions").out;
    QVERIFY2(table.contains("12 of 40 jobs done, 2 failed"), table.constData());
}

void TestCtlHistory::jobsOfASubmissionAreChanged()
{
    QCOMPARE(call("submit --type noop --payload {} --count 3").code, 0);
    QCOMPARE(call("submit --type noop --payload {} --count 2").code, 0);
    QVERIFY(call("cancel --submission 2").out.contains("Cancelled 2 jobs."));
    QCOMPARE(m_ctl->jobs(s("cancelled")), 2);
    QCOMPARE(call("jobs --submission 2 --json").array().size(), 2);
    QVERIFY(call("retry --submission 2").out.contains("Queued 2 jobs again."));
    QCOMPARE(m_ctl->jobs(s("pending")), 5);
    QVERIFY(RawSql(m_ctl->database()).exec(s("UPDATE jobs SET status = 'completed'")));
    QCOMPARE(call("rerun --submission 1 --json").object().value(s("jobs")).toInt(), 3);
    QCOMPARE(m_ctl->jobs(s("completed")), 2);
    QVERIFY(call("rerun 4").out.contains("Job 4 is now pending. It was completed."));
}

void TestCtlHistory::dryRunChangesNothing()
{
    QVERIFY(m_ctl->submitNoop(3));
    QVERIFY(call("cancel --type noop --dry-run").out.contains("3 jobs would be cancelled."));
    QVERIFY(call("cancel 1 2 --dry-run").out.contains("2 jobs would be cancelled."));
    QVERIFY(call("rerun --status completed --dry-run").out.contains("0 jobs would run again."));
    QCOMPARE(m_ctl->jobs(s("pending")), 3);
}

void TestCtlHistory::numbersAndFilterCannotBeCombined()
{
    QVERIFY(m_ctl->submitNoop(1));
    QCOMPARE(call("cancel 1 --type noop").code, 2);
    QCOMPARE(call("prioritize").code, 2);
    QCOMPARE(call("rerun --submission first").code, 2);
    QCOMPARE(call("prune --older-than soon").code, 2);
    QCOMPARE(call("prune everything").code, 2);
    QCOMPARE(call("backup").code, 2);
    QCOMPARE(m_ctl->jobs(s("pending")), 1);
}

void TestCtlHistory::jobsMoveToTheFront()
{
    QVERIFY(m_ctl->submitNoop(3));
    QVERIFY(call("prioritize 3").out.contains("Job 3 now has priority 1. It had 0."));
    QVERIFY(call("prioritize --status completed").out.contains("Moved 0 jobs to the front."));
    QVERIFY(call("prioritize --type noop").out.contains("Moved 3 jobs to the front."));
    QCOMPARE(RawSql(m_ctl->database()).column(s("SELECT id FROM jobs ORDER BY priority DESC, id")),
             (QStringList{s("3"), s("1"), s("2")}));
}

void TestCtlHistory::forcedRerunIgnoresTheCache()
{
    QVERIFY(m_ctl->submitNoop(1));
    QCOMPARE(call("cancel 1").code, 0);
    QCOMPARE(call("rerun 1 --force").code, 0);
    RawSql raw(m_ctl->database());
    QCOMPARE(raw.value(s("SELECT is_forced FROM lifeguard_jobs")), 1);
    QCOMPARE(call("submit --type noop --payload {} --force").code, 0);
    QCOMPARE(raw.value(s("SELECT is_forced FROM lifeguard_jobs WHERE job_id = 2")), 1);
    QCOMPARE(call("run --until-idle --timeout 60").code, 0);
}

void TestCtlHistory::pruneDeletesOldHistory()
{
    QVERIFY(m_ctl->submitNoop(5));
    RawSql raw(m_ctl->database());
    QVERIFY(raw.exec(s("UPDATE jobs SET status = 'completed', completed_at = '2025-01-01 00:00:00' WHERE id <= 3")));
    QVERIFY(raw.exec(s("INSERT INTO jobs (job_type, status, input_file, output_file, content_hash, payload, "
                       "completed_at) VALUES ('noop', 'completed', '', '', '', '{}', '2025-01-01 00:00:00')")));
    const Outcome dryRun = call("prune --dry-run");
    QVERIFY2(dryRun.code == 0 && dryRun.out.contains("3 completed jobs"), dryRun.all().constData());
    QCOMPARE(m_ctl->jobs(s("completed")), 4);
    QCOMPARE(call("prune --json").object().value(s("completed_jobs")).toInt(), 3);
    QCOMPARE(m_ctl->jobs(s("completed")), 1); // of another program
    QVERIFY(call("prune").out.contains("There is nothing to delete."));
    QVERIFY(call("prune --foreign-jobs").out.contains("1 completed job\n"));
    QVERIFY(raw.exec(s("UPDATE jobs SET status = 'failed', completed_at = ?"),
                     {toSqlTime(QDateTime::currentDateTimeUtc().addSecs(-7200))}));
    QVERIFY(call("prune --older-than 3h").out.contains("There is nothing to delete."));
    QVERIFY(call("prune --older-than 1h").out.contains("2 failed or cancelled jobs"));
}

void TestCtlHistory::consentIsStored()
{
    QVERIFY(m_ctl->submitNoop(1));
    RawSql raw(m_ctl->database());
    QVERIFY(raw.exec(s("UPDATE lifeguard_settings SET value = 'needed' WHERE name = 'retention_consent'")));
    QCOMPARE(call("prune --consent").code, 0);
    QCOMPARE(raw.value(s("SELECT value FROM lifeguard_settings WHERE name = 'retention_consent'")), s("given"));
}

void TestCtlHistory::vacuumIsRefusedWhileAManagerRuns()
{
    QVERIFY(m_ctl->submitNoop(1, 60000));
    QProcess run;
    m_ctl->start(run, {s("run"), s("--pool"), s("noop=1")});
    EVENTUALLY(m_ctl->jobs(s("processing")) == 1);
    const Outcome refused = call("vacuum");
    QCOMPARE(refused.code, 3);
    const QByteArray manager = QByteArrayLiteral("lifeguardctl (process ") + QByteArray::number(run.processId());
    QVERIFY2(refused.err.contains(manager), refused.err.constData());
    QVERIFY(call("cancel 1").code == 0);
    run.terminate();
    QVERIFY(run.waitForFinished(patience));
    QCOMPARE(call("vacuum").code, 0);
}

void TestCtlHistory::vacuumMakesAnOldFileSmaller()
{
    {
        RawSql raw(m_ctl->database());
        raw.script(clxVersion1()); // without auto_vacuum
        QVERIFY(raw.exec(s("CREATE TABLE filler (x)")));
        QVERIFY(raw.exec(s("INSERT INTO filler VALUES (zeroblob(5000000))")));
        QVERIFY(raw.exec(s("DROP TABLE filler")));
    }
    QVERIFY(m_ctl->submitNoop(1));
    QVERIFY(QFileInfo(m_ctl->database()).size() > 4'000'000);
    const Outcome done = call("vacuum --json");
    QVERIFY2(done.code == 0, done.all().constData());
    QVERIFY(done.object().value(s("bytes")).toInteger() < 1'000'000);
    QCOMPARE(RawSql(m_ctl->database()).value(s("PRAGMA auto_vacuum")), 2);
    QCOMPARE(m_ctl->jobs(s("pending")), 1);
}

void TestCtlHistory::backupWhileWorkersRun()
{
    QVERIFY(m_ctl->submitNoop(3000));
    QProcess run;
    m_ctl->start(run, {s("run"), s("--until-idle"), s("--pool"), s("noop=2")});
    EVENTUALLY(m_ctl->jobs(s("completed")) > 100);
    const QString file = m_ctl->filePath(s("copy.db"));
    const Outcome done = m_ctl->call({s("backup"), file});
    QVERIFY2(done.code == 0, done.all().constData());
    QVERIFY(run.waitForFinished(patience));
    QCOMPARE(run.exitCode(), 0);
    RawSql raw(file);
    QCOMPARE(raw.value(s("PRAGMA integrity_check")), s("ok"));
    const int completed = raw.value(s("SELECT count(*) FROM jobs WHERE status = 'completed'")).toInt();
    QVERIFY2(completed > 100, qPrintable(QString::number(completed)));
    QCOMPARE(raw.value(s("SELECT completed FROM lifeguard_job_counts")).toInt(), completed); // of one moment
    QCOMPARE(QFileInfo(file).permissions() & (QFile::ReadGroup | QFile::ReadOther), QFile::Permissions());
    QCOMPARE(QDir(m_ctl->folder()).entryList({s("*.part")}).size(), 0);
}

void TestCtlHistory::backupDoesNotOverwrite()
{
    QVERIFY(m_ctl->submitNoop(1));
    const QString file = m_ctl->write(s("copy.db"), "precious");
    QCOMPARE(m_ctl->call({s("backup"), file}).code, 2);
    QCOMPARE(QFileInfo(file).size(), 8);
    QCOMPARE(m_ctl->call({s("backup"), file, s("--force")}).code, 0);
    QVERIFY(QFileInfo(file).size() > 10'000);
    QCOMPARE(m_ctl->call({s("backup"), m_ctl->database(), s("--force")}).code, 2);
    QCOMPARE(m_ctl->call({s("backup"), m_ctl->folder()}).code, 2);
    QCOMPARE(m_ctl->call({s("backup"), s("/nonexistent/copy.db")}).code, 3);
}

/// A program that has the database open notices that an earlier state was restored (docs/protocol.md, rule 12).
void TestCtlHistory::restoredBackupIsRecognised()
{
    QVERIFY(m_ctl->submitNoop(1));
    const QString file = m_ctl->filePath(s("copy.db"));
    QCOMPARE(m_ctl->call({s("backup"), file}).code, 0);
    const auto db = Database::open(m_ctl->database(), OpenMode::ReadWrite);
    QVERIFY(db);
    ManualClock clock;
    QVERIFY(WorkerRegistry(**db, clock).registerManager(s("m"), s("manager")));
    QVERIFY(WorkerRegistry(**db, clock).beatManager(s("m"))); // raises the generation
    QVERIFY((*db)->checkIdentity());
    QVERIFY(restoreThroughSqlite(m_ctl->database(), file));
    QCOMPARE((*db)->checkIdentity().error().code, ErrorCode::NotFound);
    QVERIFY((*db)->isReplaced());
}

QTEST_GUILESS_MAIN(TestCtlHistory)
#include "tst_ctlhistory.moc"

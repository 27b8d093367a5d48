// SPDX-License-Identifier: GPL-3.0-or-later
// Tests UnsettledJobs: several finished jobs in one transaction.
#include "core/store/fingerprints.h"
#include "core/store/resultscache.h"
#include "core/worker/unsettledjobs.h"
#include "tests/support/queuetest.h"
#include "tests/support/testhelpers.h"

#include <QFile>
#include <QTest>

#include <memory>

using namespace lifeguard;
using namespace lifeguard::test;

namespace {

/// The classes that settle jobs through one connection.
struct Settling
{
    Settling(Database &database, const Clock &clock)
        : queue(database, clock)
        , cache(database, clock)
        , fingerprints(database)
        , jobs(database, queue, cache, fingerprints, paths)
    {
    }

    HostPaths paths{{}, {}};
    JobQueue queue;
    ResultsCache cache;
    Fingerprints fingerprints;
    UnsettledJobs jobs;
};

} // namespace

class TestUnsettledJobs : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void allAreSettledInOneTransaction();
    void longJobIsDueAtOnce();
    void cancelledJobIsLeftOut();
    void jobOfAnotherWorkerIsLeftOut();
    void failedJobIsSettledWithTheOthers();
    void outputsAreRenamedInTheTransaction();
    void errorOfTheClaimKeepsAllJobs();
    void lockedDatabaseKeepsAllJobs();
    void droppedJobsNameTheirTemporaryOutputs();

private:
    /// Adds jobs, claims all of them, and returns them.
    QList<Job> claim(int count);
    /// Creates a temporary file beside the target, and returns the outcome of its job.
    JobOutcome written(const QString &name) const;
    [[nodiscard]] QString status(const Job &job) const { return toString(m_t->job(job.id).status); }
    [[nodiscard]] QVariant worker(const QString &column) const
    {
        return RawSql(m_t->path()).value(s("SELECT %1 FROM workers WHERE id = %2").arg(column).arg(m_worker));
    }
    [[nodiscard]] QString path(const QString &name) const { return m_t->folder.filePath(name); }

    std::unique_ptr<QueueTest> m_t;
    std::unique_ptr<Settling> m_settling;
    qint64 m_worker = 0;
};

void TestUnsettledJobs::init()
{
    m_settling.reset();
    m_t = std::make_unique<QueueTest>();
    m_settling = std::make_unique<Settling>(*m_t->db, m_t->clock);
    m_worker = m_t->worker();
}

QList<Job> TestUnsettledJobs::claim(int count)
{
    for (int i = 0; i < count; ++i)
        m_t->add();
    return m_t->queue->claim(m_worker, s("noop"), count).value();
}

JobOutcome TestUnsettledJobs::written(const QString &name) const
{
    JobOutcome outcome;
    outcome.output.target = path(name);
    outcome.output.temporary = path(name + s(".tmp"));
    outcome.output.isLocal = true;
    QFile file(outcome.output.temporary);
    if (!file.open(QIODevice::WriteOnly) || file.write(name.toUtf8()) < 0)
        qFatal("%s cannot be written", qPrintable(file.fileName()));
    return outcome;
}

void TestUnsettledJobs::allAreSettledInOneTransaction()
{
    const QList<Job> jobs = claim(5);
    QVERIFY(m_settling->jobs.isEmpty());
    for (const Job &job : jobs)
        m_settling->jobs.add(job, {}, 0.5);
    RawSql other(m_t->path());
    const qint64 before = other.value(s("PRAGMA data_version")).toLongLong();
    const auto settled = m_settling->jobs.settle();
    QVERIFY(settled);
    QCOMPARE(settled->size(), 5);
    QVERIFY(m_settling->jobs.isEmpty());
    QCOMPARE(other.value(s("PRAGMA data_version")).toLongLong(), before + 1);
    for (const Job &job : jobs)
        QCOMPARE(status(job), s("completed"));
    QCOMPARE(worker(s("jobs_processed")).toInt(), 5);
    QCOMPARE(worker(s("avg_processing_time")).toDouble(), 0.5);
}

void TestUnsettledJobs::longJobIsDueAtOnce()
{
    const QList<Job> jobs = claim(1);
    QVERIFY(!m_settling->jobs.isDue());
    m_settling->jobs.add(jobs.first(), {}, 0.3);
    QVERIFY(m_settling->jobs.isDue());
    QVERIFY(m_settling->jobs.settle());
    QVERIFY(!m_settling->jobs.isDue());
}

void TestUnsettledJobs::cancelledJobIsLeftOut()
{
    const QList<Job> jobs = claim(3);
    for (const Job &job : jobs)
        m_settling->jobs.add(job, {}, 1);
    QCOMPARE(m_t->queue->cancel({jobs.at(1).id}, s("anna")).value(), 1);
    const auto settled = m_settling->jobs.settle();
    QVERIFY(settled);
    QVERIFY(settled->at(0).outcome.kind == JobOutcome::Kind::Converted);
    QVERIFY(settled->at(1).outcome.kind == JobOutcome::Kind::LeaseLost);
    QVERIFY(settled->at(2).outcome.kind == JobOutcome::Kind::Converted);
    QCOMPARE(status(jobs.at(0)), s("completed"));
    QCOMPARE(status(jobs.at(1)), s("cancelled"));
    QCOMPARE(status(jobs.at(2)), s("completed"));
    QCOMPARE(worker(s("jobs_processed")).toInt(), 2);
}

void TestUnsettledJobs::jobOfAnotherWorkerIsLeftOut()
{
    const QList<Job> jobs = claim(2);
    QVERIFY(QFile::exists(written(s("b.txt")).output.temporary));
    m_settling->jobs.add(jobs.at(0), {}, 1);
    m_settling->jobs.add(jobs.at(1), written(s("b.txt")), 1);
    QVERIFY(m_t->queue->giveBack(jobs.at(1).lease()));
    const Job again = m_t->claimOne(m_t->worker(s("direct-noop-1-bbbbbbbb")));
    QCOMPARE(again.id, jobs.at(1).id);
    QVERIFY(m_settling->jobs.settle());
    QCOMPARE(status(jobs.at(0)), s("completed"));
    QCOMPARE(status(jobs.at(1)), s("processing"));
    QVERIFY(!QFile::exists(path(s("b.txt"))));
}

void TestUnsettledJobs::failedJobIsSettledWithTheOthers()
{
    const QList<Job> jobs = claim(2);
    m_settling->jobs.add(jobs.at(0), {}, 1);
    QVERIFY(!m_settling->jobs.hasFailure());
    JobOutcome failed;
    failed.kind = JobOutcome::Kind::Failed;
    failed.error = {ErrorCode::ToolFailed, s("no such arrow"), {}};
    m_settling->jobs.add(jobs.at(1), failed, 1);
    QVERIFY(m_settling->jobs.hasFailure());
    QVERIFY(m_settling->jobs.settle());
    QCOMPARE(status(jobs.at(0)), s("completed"));
    QCOMPARE(status(jobs.at(1)), s("failed"));
    QCOMPARE(m_t->job(jobs.at(1).id).error, s("no such arrow"));
    QCOMPARE(worker(s("jobs_processed")).toInt(), 1);
    QCOMPARE(worker(s("jobs_failed")).toInt(), 1);
}

void TestUnsettledJobs::outputsAreRenamedInTheTransaction()
{
    const QList<Job> jobs = claim(2);
    m_settling->jobs.add(jobs.at(0), written(s("a.txt")), 1);
    m_settling->jobs.add(jobs.at(1), written(s("b.txt")), 1);
    bool isRenamed = false;
    QVERIFY(m_settling->jobs.settle([&]() -> Status {
        isRenamed = QFile::exists(path(s("a.txt"))) && QFile::exists(path(s("b.txt")));
        return {};
    }));
    QVERIFY(isRenamed);
    QCOMPARE(status(jobs.at(1)), s("completed"));
}

void TestUnsettledJobs::errorOfTheClaimKeepsAllJobs()
{
    const QList<Job> jobs = claim(2);
    m_settling->jobs.add(jobs.at(0), written(s("a.txt")), 1);
    m_settling->jobs.add(jobs.at(1), {}, 1);
    const auto failing = m_settling->jobs.settle([]() -> Status { return failure(ErrorCode::WorkerDead, s("dead")); });
    QVERIFY(!failing);
    QCOMPARE(failing.error().code, ErrorCode::WorkerDead);
    QVERIFY(!m_settling->jobs.isEmpty());
    QCOMPARE(status(jobs.at(0)), s("processing"));
    QVERIFY(m_settling->jobs.settle()); // the output that was renamed before is not missed
    QCOMPARE(status(jobs.at(0)), s("completed"));
    QCOMPARE(status(jobs.at(1)), s("completed"));
    QVERIFY(QFile::exists(path(s("a.txt"))));
    QCOMPARE(worker(s("jobs_processed")).toInt(), 2);
}

void TestUnsettledJobs::lockedDatabaseKeepsAllJobs()
{
    const QList<Job> jobs = claim(2);
    auto impatient = Database::open(m_t->path(), OpenMode::ReadWrite, milliseconds(1));
    QVERIFY(impatient);
    Settling settling(**impatient, m_t->clock);
    for (const Job &job : jobs)
        settling.jobs.add(job, {}, 1);
    RawSql other(m_t->path());
    QVERIFY(other.exec(s("BEGIN IMMEDIATE")));
    const auto locked = settling.jobs.settle();
    QVERIFY(!locked && isTransient(locked.error()));
    QVERIFY(!settling.jobs.isEmpty());
    QVERIFY(other.exec(s("COMMIT")));
    QVERIFY(settling.jobs.settle());
    QCOMPARE(status(jobs.at(1)), s("completed"));
}

void TestUnsettledJobs::droppedJobsNameTheirTemporaryOutputs()
{
    const QList<Job> jobs = claim(2);
    m_settling->jobs.add(jobs.at(0), {}, 1);
    m_settling->jobs.add(jobs.at(1), written(s("b.txt")), 1);
    QCOMPARE(m_settling->jobs.drop(), QStringList{path(s("b.txt.tmp"))});
    QVERIFY(m_settling->jobs.isEmpty());
}

QTEST_GUILESS_MAIN(TestUnsettledJobs)
#include "tst_unsettledjobs.moc"

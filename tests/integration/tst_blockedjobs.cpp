// SPDX-License-Identifier: GPL-3.0-or-later
// Tests pools whose jobs cannot be converted although they are in order: on a full or read-only disk, without
// their tool, and with a tool that the kernel kills because of the pool's memory limit.
#include "core/executor/cgroups.h"
#include "core/store/jobqueue.h"
#include "tests/support/pooltest.h"
#include "tests/support/processes.h"
#include "tests/support/queuetest.h"
#include "tests/support/smalldisk.h"

#include <QDir>
#include <QFile>

#include <csignal>

using namespace lifeguard;
using namespace lifeguard::test;

class TestBlockedJobs : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void fullDiskPausesThePool();
    void readOnlyDiskPausesThePool();
    void missingToolPausesThePool();
    void killedToolIsRetriedWithItsReason();
    void killedWorkerLeavesNoTemporaryFile_data();
    void killedWorkerLeavesNoTemporaryFile();
    void killedWorkerLeavesNoFilesOfFinishedJobs();

private:
    /// Adds noop jobs with an output in the folder "disk" of the workspace.
    QList<qint64> addJobs(int count);
    qint64 addJob(const NewJob &job);
    [[nodiscard]] int countIn(const QList<qint64> &ids, JobStatus status);
    [[nodiscard]] QString state() const { return toString(t->manager->pools().constFirst().state); }
    [[nodiscard]] QString reason() const { return t->manager->pools().constFirst().reason; }

    std::unique_ptr<PoolTest> t;
};

void TestBlockedJobs::init()
{
    t = std::make_unique<PoolTest>();
    QVERIFY(QDir().mkpath(t->path(s("disk"))));
    QVERIFY(t->begin());
}

void TestBlockedJobs::cleanup()
{
    QVERIFY(t->stopAll());
    t.reset();
}

qint64 TestBlockedJobs::addJob(const NewJob &job)
{
    return answerOf(t->store->write<qint64>(
                        [job, clock = &t->clock](Database &database) { return JobQueue(database, *clock).add(job); }))
        .value_or(0);
}

QList<qint64> TestBlockedJobs::addJobs(int count)
{
    QList<NewJob> jobs;
    for (int i = 0; i < count; ++i) {
        NewJob job;
        job.type = s("noop");
        job.outputFile = t->path(s("disk/%1.txt").arg(i));
        jobs.append(job);
    }
    return answerOf(t->store->write<QList<qint64>>([jobs, clock = &t->clock](Database &database) {
               return JobQueue(database, *clock).addMany(jobs);
           }))
        .value_or(QList<qint64>());
}

int TestBlockedJobs::countIn(const QList<qint64> &ids, JobStatus status)
{
    int count = 0;
    for (const qint64 id : ids)
        count += t->job(id).status == status ? 1 : 0;
    return count;
}

void TestBlockedJobs::fullDiskPausesThePool()
{
    const SmallDisk disk(t->path(s("disk")));
    if (!disk.isMounted())
        QSKIP("mounting a small file system needs root");
    disk.fill();
    const QList<qint64> ids = addJobs(50);
    QVERIFY(t->manager->startPool(PoolTest::noop(4)));
    EVENTUALLY(state() == s("paused") && reason().contains(s("disk is full")));
    EVENTUALLY(countIn(ids, JobStatus::Pending) == 50);
    for (const qint64 id : ids)
        QCOMPARE(t->job(id).maxAttempts - t->job(id).attempts, 3);
    disk.free();
    EVENTUALLY(countIn(ids, JobStatus::Completed) == 50);
    EVENTUALLY(state() == s("running"));
    QVERIFY(t->eventKinds().contains(s("pool_paused")) && t->eventKinds().contains(s("pool_resumed")));
    QCOMPARE(QDir(t->path(s("disk"))).entryList({s(".lifeguard-*")}, QDir::Files | QDir::Hidden), QStringList());
}

void TestBlockedJobs::readOnlyDiskPausesThePool()
{
    const SmallDisk disk(t->path(s("disk")));
    if (!disk.isMounted())
        QSKIP("mounting a small file system needs root");
    QVERIFY(disk.setReadOnly(true));
    const QList<qint64> ids = addJobs(20);
    QVERIFY(t->manager->startPool(PoolTest::noop(2)));
    EVENTUALLY(state() == s("paused") && reason().contains(s("read-only")));
    QCOMPARE(countIn(ids, JobStatus::Failed), 0);
    QVERIFY(disk.setReadOnly(false));
    EVENTUALLY(countIn(ids, JobStatus::Completed) == 20);
}

void TestBlockedJobs::missingToolPausesThePool()
{
    qputenv("PLANTUML_JAR", "/nonexistent/plantuml.jar");
    NewJob job;
    job.type = s("plantuml");
    job.outputFile = t->path(s("out.png"));
    job.payload = R"({"data": "@startuml\nA -> B\n@enduml\n"})";
    const qint64 id = addJob(job);
    job.outputFile = t->path(s("next.png"));
    const qint64 next = addJob(job);
    WorkerConfig config = PoolTest::noop(1);
    config.type = s("plantuml");
    QVERIFY(t->manager->startPool(config));
    EVENTUALLY(state() == s("paused") && reason().contains(s("/nonexistent/plantuml.jar")));
    qunsetenv("PLANTUML_JAR");
    QVERIFY(t->job(id).status == JobStatus::Pending);
    QCOMPARE(t->job(id).maxAttempts - t->job(id).attempts, 3);
    QCOMPARE(t->job(next).attempts, 0); // a blocked worker claims no further job
}

void TestBlockedJobs::killedToolIsRetriedWithItsReason()
{
    Cgroups cgroups;
    const auto probe = cgroups.create(s("probe"), {64, 1});
    const bool canLimit = probe && probe->limitsMemory();
    cgroups.dispose(probe);
    if (!canLimit)
        QSKIP("this user cannot create cgroups that limit memory");
    const QString tool = writeScript(t->path(s("drawio")), "#!/bin/sh\nexec head -c 1000000000 /dev/zero | tail\n");
    qputenv("LIFEGUARD_DRAWIO", QFile::encodeName(tool));
    NewJob job;
    job.type = s("drawio");
    job.outputFile = t->path(s("out.svg"));
    job.payload = R"({"data": "<mxfile><diagram><mxGraphModel><root/></mxGraphModel></diagram></mxfile>"})";
    const qint64 id = addJob(job);
    WorkerConfig config = PoolTest::noop(1);
    config.type = s("drawio");
    config.memoryLimitMb = 64;
    QVERIFY(t->manager->startPool(config));
    EVENTUALLY(t->job(id).status == JobStatus::Failed);
    qunsetenv("LIFEGUARD_DRAWIO");
    QCOMPARE(t->job(id).attempts, 3);
    QVERIFY2(t->job(id).error.count(s("over its memory limit of 64 MB")) == 3, qPrintable(t->job(id).error));
    QVERIFY(!t->eventKinds().contains(s("worker_failed")));
}

void TestBlockedJobs::killedWorkerLeavesNoTemporaryFile_data()
{
    QTest::addColumn<QString>("change");
    QTest::newRow("cancelled job") << s("UPDATE jobs SET status = 'cancelled' WHERE id = ?");
    QTest::newRow("another worker has the job") << s("UPDATE jobs SET attempts = 2, worker_id = 999 WHERE id = ?");
}

/// A worker is killed between writing its temporary output and the settlement, and no later attempt removes the file.
void TestBlockedJobs::killedWorkerLeavesNoTemporaryFile()
{
    QFETCH(QString, change);
    NewJob job;
    job.type = s("noop");
    job.outputFile = t->path(s("out.txt"));
    job.payload = R"({"sleep_ms": 600000})";
    const qint64 id = addJob(job);
    QVERIFY(t->manager->startPool(PoolTest::noop(1)));
    QTRY_COMPARE_WITH_TIMEOUT(t->workersIn(WorkerState::Busy).size(), 1, patience);
    const WorkerInfo worker = t->workersIn(WorkerState::Busy).constFirst();
    QCOMPARE(worker.jobId, id);
    kill(pid_t(worker.pid), SIGSTOP);
    const QString leftover = t->path(s(".lifeguard-%1-1-out.txt.tmp").arg(id));
    QFile file(leftover);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.close();
    EVENTUALLY(RawSql(t->path(s("q.db"))).exec(change, {id}));
    kill(pid_t(worker.pid), SIGKILL);
    EVENTUALLY(!QFile::exists(leftover));
}

/// A worker settles finished jobs together, so that it may be killed while several of them are not settled.
void TestBlockedJobs::killedWorkerLeavesNoFilesOfFinishedJobs()
{
    NewJob job;
    job.type = s("noop");
    job.payload = R"({"sleep_ms": 600000})";
    const qint64 begun = addJob(job);
    job.type = s("plantuml"); // no worker claims it
    job.outputFile = t->path(s("out.txt"));
    const qint64 finished = addJob(job);
    QVERIFY(t->manager->startPool(PoolTest::noop(1)));
    QTRY_COMPARE_WITH_TIMEOUT(t->workersIn(WorkerState::Busy).size(), 1, patience);
    const WorkerInfo worker = t->workersIn(WorkerState::Busy).constFirst();
    QCOMPARE(worker.jobId, begun);
    QVERIFY(stopBetweenTransactions(worker.pid, t->path(s("q.db"))));
    EVENTUALLY(RawSql(t->path(s("q.db")))
                   .exec(s("UPDATE jobs SET status = 'processing', attempts = 1, worker_id = (SELECT worker_id FROM "
                           "jobs WHERE id = ?) WHERE id = ?"),
                         {begun, finished}));
    const QString leftover = t->path(s(".lifeguard-%1-1-out.txt.tmp").arg(finished));
    QFile file(leftover);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.close();
    kill(pid_t(worker.pid), SIGKILL);
    EVENTUALLY(!QFile::exists(leftover));
    EVENTUALLY(t->job(finished).status == JobStatus::Pending);
}

QTEST_GUILESS_MAIN(TestBlockedJobs)
#include "tst_blockedjobs.moc"

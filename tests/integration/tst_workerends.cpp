// SPDX-License-Identifier: GPL-3.0-or-later
// Tests the end of the program lifeguard-worker and of its tools.
#include "core/base/beatfile.h"
#include "core/base/processtable.h"
#include "core/base/processtree.h"
#include "core/model/jobfilter.h"
#include "core/model/jobstatus.h"
#include "tests/support/processes.h"
#include "tests/support/testhelpers.h"
#include "tests/support/workertest.h"

#include <QDir>
#include <QDirIterator>
#include <QTest>

#include <csignal>
#include <memory>

using namespace lifeguard;
using namespace lifeguard::test;

namespace {

/// A program named java that starts a child in a new session and an orphan, and then hangs.
const QByteArray hangingJava = "#!/bin/bash\n"
                               "for option in \"$@\"; do\n"
                               "    case $option in -Djava.io.tmpdir=*) cd \"${option#*=}\" ;; esac\n"
                               "done\n"
                               "trap '' TERM\n"
                               "setsid bash -c 'trap \"\" TERM; echo $$ > child.pid; sleep 600' &\n"
                               "bash -c 'setsid bash -c \"echo \\$\\$ > orphan.pid; sleep 600\" & disown'\n"
                               "echo $$ > tool.pid\n"
                               "echo 'thinking' >&2\n"
                               "while :; do sleep 600; done\n";

} // namespace

class TestWorkerEnds : public WorkerTest
{
    Q_OBJECT

private Q_SLOTS:
    void termFinishesTheCurrentJob();
    void termReturnsTheBatch();
    void termEndsAnIdleWorker();
    void workerFinishesItsJobAfterTheEndOfItsManager();
    void workerExitsIfItsManagerHasAlreadyEnded();
    void jobOverItsTimeLimitFails();
    void cancelKillsTheTool();
    void killedWorkerLeavesNoTool();

private:
    /// Starts a worker with the hanging Java, and waits for the processes of the Java.
    std::unique_ptr<QProcess> startHangingJava(QList<qint64> &pids, const QStringList &options = {});
};

void TestWorkerEnds::termFinishesTheCurrentJob()
{
    const qint64 current = addNoop(1500);
    const qint64 next = addNoop(0);
    auto worker = start(s("noop"));
    QTRY_COMPARE_WITH_TIMEOUT(status(current), s("processing"), patience);
    worker->terminate();
    WAIT_FOR_END(worker);
    QCOMPARE(worker->exitStatus(), QProcess::NormalExit);
    QCOMPARE(worker->exitCode(), 0);
    QCOMPARE(status(current), s("completed"));
    QCOMPARE(status(next), s("pending"));
    QCOMPARE(workerStatus(s("w0")), s("dead"));
}

void TestWorkerEnds::termReturnsTheBatch()
{
    constexpr int jobsAfter = 10;
    JobFilter pending;
    pending.status = JobStatus::Pending;
    for (int i = 0; i < 100; ++i)
        addNoop(0);
    auto beats = BeatFile::create(path("beats"), 1);
    QVERIFY(beats);
    auto worker = start(s("noop"), {{"LIFEGUARD_BEATS", path("beats:0")}});
    // The short jobs lower the average duration, so that the long job is claimed in a batch with the jobs after it.
    QTRY_COMPARE_WITH_TIMEOUT(JobReader(*m_db).list(pending).value().size(), 0, patience);
    QTRY_COMPARE_WITH_TIMEOUT(workerStatus(s("w0")), s("idle"), patience);
    QList<qint64> ids;
    QVERIFY(m_db->transaction([&]() -> Status {
        ids.append(addNoop(2000));
        for (int i = 0; i < jobsAfter; ++i)
            ids.append(addNoop(0));
        return {};
    }));
    QTRY_COMPARE_WITH_TIMEOUT((*beats)->read(0).jobId, ids.at(0), patience); // the job has begun
    QCOMPARE(JobReader(*m_db).list(pending).value().size(), 0); // all other jobs are claimed
    ::kill(static_cast<pid_t>(worker->processId()), SIGINT);
    // They are returned at once, while the long job is still running.
    QTRY_COMPARE_WITH_TIMEOUT(status(ids.constLast()), s("pending"), patience);
    QCOMPARE(status(ids.at(0)), s("processing"));
    WAIT_FOR_END(worker);
    QCOMPARE(worker->exitCode(), 0);
    QCOMPARE(status(ids.at(0)), s("completed"));
    for (int i = 1; i <= jobsAfter; ++i) {
        QCOMPARE(status(ids.at(i)), s("pending"));
        QVERIFY(job(ids.at(i)).maxAttempts - job(ids.at(i)).attempts >= 3); // the attempt does not count
    }
}

void TestWorkerEnds::termEndsAnIdleWorker()
{
    auto worker = start(s("noop"));
    QTRY_COMPARE_WITH_TIMEOUT(workerStatus(s("w0")), s("idle"), patience);
    worker->terminate();
    WAIT_FOR_END(worker);
    QCOMPARE(worker->exitCode(), 0);
    QCOMPARE(workerStatus(s("w0")), s("dead"));
}

void TestWorkerEnds::workerFinishesItsJobAfterTheEndOfItsManager()
{
    QProcess manager;
    manager.start(s("sleep"), {s("600")});
    QVERIFY(manager.waitForStarted());
    const QString identity = ProcessIdentity::of(manager.processId())->toString();
    const qint64 current = addNoop(1000);
    const qint64 next = addNoop(0);
    recordWorkers({s("w0")});
    auto worker = start(s("noop"), {{"LIFEGUARD_MANAGER", identity}});
    QTRY_COMPARE_WITH_TIMEOUT(status(current), s("processing"), patience);
    manager.kill();
    QVERIFY(manager.waitForFinished());
    WAIT_FOR_END(worker);
    QCOMPARE(worker->exitCode(), 0);
    QCOMPARE(status(current), s("completed"));
    QCOMPARE(status(next), s("pending"));
    QCOMPARE(workerStatus(s("w0")), s("dead"));
}

void TestWorkerEnds::workerExitsIfItsManagerHasAlreadyEnded()
{
    QProcess manager;
    manager.start(s("sleep"), {s("600")});
    QVERIFY(manager.waitForStarted());
    const QString identity = ProcessIdentity::of(manager.processId())->toString();
    manager.kill();
    QVERIFY(manager.waitForFinished());
    recordWorkers({s("w0")});
    auto worker = start(s("noop"), {{"LIFEGUARD_MANAGER", identity}});
    WAIT_FOR_END(worker);
    QCOMPARE(worker->exitCode(), 0);
    QVERIFY(workerStatus(s("w0")) != s("idle"));
}

std::unique_ptr<QProcess> TestWorkerEnds::startHangingJava(QList<qint64> &pids, const QStringList &options)
{
    // The only folder in which Java may write is one in the folder for temporary files.
    for (const char *folder : {"bin", "tmp"})
        QDir().mkpath(path(folder));
    writeScript(path("bin/java"), hangingJava);
    auto worker = start(s("plantuml"),
                        {{"PATH", path("bin") + s(":") + qEnvironmentVariable("PATH")}, {"TMPDIR", path("tmp")}},
                        options);
    for (const QString &name : {s("tool.pid"), s("child.pid"), s("orphan.pid")}) {
        QString file;
        (void)QTest::qWaitFor(
            [&] {
                QDirIterator files(path("tmp"), {name}, QDir::Files, QDirIterator::Subdirectories);
                file = files.hasNext() ? files.next() : QString();
                return !file.isEmpty();
            },
            patience);
        pids.append(pidIn(file, patience));
    }
    return worker;
}

void TestWorkerEnds::jobOverItsTimeLimitFails()
{
    const qint64 id = addDiagram("@startuml\nA -> B\n@enduml\n", path("a.png"));
    QList<qint64> pids;
    auto worker = startHangingJava(pids, {s("--max-job-time"), s("2")});
    QVERIFY(!pids.contains(0));
    // A manager that finds them after the end of the worker recognises them.
    const QList<qint64> found = processesWithExecutorId({s("w0")});
    for (const qint64 pid : pids)
        QVERIFY(found.contains(pid));
    QTRY_COMPARE_WITH_TIMEOUT(status(id), s("failed"), patience);
    QCOMPARE(job(id).error, s("The job took longer than max_job_time (2 s), and its tool was stopped."));
    for (const qint64 pid : pids)
        QVERIFY(!isAlive(pid));
    QCOMPARE(worker->state(), QProcess::Running);
    QTRY_COMPARE_WITH_TIMEOUT(ProcessTable::read().treeOf(worker->processId()).size(), 1, patience); // no zombies
    worker->terminate();
    WAIT_FOR_END(worker);
}

void TestWorkerEnds::cancelKillsTheTool()
{
    const qint64 id = addDiagram("@startuml\nA -> B\n@enduml\n", path("a.png"));
    QList<qint64> pids;
    auto worker = startHangingJava(pids);
    QCOMPARE(m_queue->cancel({id}, s("test")).value_or(0), 1);
    for (const qint64 pid : pids) {
        QVERIFY(pid > 0);
        EVENTUALLY(!isAlive(pid));
    }
    QTRY_COMPARE_WITH_TIMEOUT(workerStatus(s("w0")), s("idle"), patience);
    QCOMPARE(status(id), s("cancelled"));
    worker->terminate();
    WAIT_FOR_END(worker);
}

void TestWorkerEnds::killedWorkerLeavesNoTool()
{
    const qint64 id = addDiagram("@startuml\nA -> B\n@enduml\n", path("a.png"));
    auto worker = start(s("plantuml"));
    QTRY_COMPARE_WITH_TIMEOUT(status(id), s("completed"), 3 * patience);
    const QList<qint64> tools = ProcessTable::read().childrenOf(worker->processId());
    QVERIFY(!tools.isEmpty());
    worker->kill();
    WAIT_FOR_END(worker);
    for (const qint64 pid : tools)
        EVENTUALLY(!isAlive(pid));
}

QTEST_GUILESS_MAIN(TestWorkerEnds)
#include "tst_workerends.moc"

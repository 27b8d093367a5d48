// SPDX-License-Identifier: GPL-3.0-or-later
// Diagnoses real workers, through the classes and through lifeguardctl: stopped during a job, dead, ending during the
// diagnosis, or started by another program. Also tests stack traces that cannot be made or take too long.
#include "core/health/diagnoser.h"
#include "core/health/diagnosisconclusion.h"
#include "core/health/diagnosisreport.h"
#include "core/health/stackreader.h"
#include "core/model/workerinfo.h"
#include "core/model/workerstate.h"
#include "core/pool/diagnosisrequests.h"
#include "tests/support/asnobody.h"
#include "tests/support/ctlprogram.h"
#include "tests/support/pooltest.h"
#include "tests/support/processes.h"
#include "tests/support/queuetest.h"

#include <QProcess>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QTest>

#include <csignal>

using namespace lifeguard;
using namespace lifeguard::test;

namespace {

/// Sets PATH for the lifetime of the object.
class InPath
{
public:
    explicit InPath(const QString &folders) : m_before(qgetenv("PATH")) { qputenv("PATH", QFile::encodeName(folders)); }
    ~InPath() { qputenv("PATH", m_before); }
    Q_DISABLE_COPY_MOVE(InPath)

private:
    QByteArray m_before;
};

char stateOf(qint64 pid)
{
    const QList<ProcessFacts> facts = readProcessFacts(pid);
    return facts.isEmpty() ? '-' : facts.first().state;
}

} // namespace

class TestDiagnose : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void stoppedWorkerIsDiagnosed();
    void deadWorkerIsDiagnosed();
    void workerMayEndDuringTheDiagnosis();
    void workerStartedByClxIsDiagnosed();
    void unknownWorkersAreRejected();
    void missingStackToolIsReported();
    void stackToolIsKilledAtItsTimeLimit();
    void deniedStackIsExplained();
    void diagnoserCanBeDeletedAtAnyTime();

private:
    bool startBusyWorker();
    WorkerInfo worker() const { return m_pool->workersIn(WorkerState::Busy).value(0); }
    /// Returns the request that the window makes: data of the database, replaced by data of the manager where
    /// available.
    DiagnosisRequest requestFor(const WorkerInfo &worker);
    Diagnosis diagnose(const DiagnosisRequest &request);
    Outcome ctl(const QStringList &arguments) const;

    std::unique_ptr<PoolTest> m_pool;
    qint64 m_job = 0;
};

void TestDiagnose::init()
{
    m_pool = std::make_unique<PoolTest>();
    QVERIFY(m_pool->begin());
}

void TestDiagnose::cleanup()
{
    for (const WorkerInfo &worker : m_pool->manager->workers()) {
        if (worker.pid > 0 && worker.isAlive() && worker.own)
            ::kill(pid_t(worker.pid), SIGCONT);
    }
    QSignalSpy stopped(m_pool->manager.get(), &WorkerPoolManager::allStopped);
    m_pool->manager->stopAll(seconds(0));
    QVERIFY(stopped.wait(patience));
    m_pool.reset();
}

bool TestDiagnose::startBusyWorker()
{
    const QList<qint64> jobs = m_pool->addNoop(1, 120'000);
    m_job = jobs.value(0);
    return !jobs.isEmpty() && m_pool->manager->startPool(PoolTest::noop(1))
        && QTest::qWaitFor([this] { return worker().jobId == m_job; }, patience);
}

DiagnosisRequest TestDiagnose::requestFor(const WorkerInfo &worker)
{
    const auto read = answerOf(m_pool->store->read<DiagnosisRequest>(
        [id = worker.executorId, this](Database &db) { return diagnosisRequestOf(db, m_pool->clock, id); }));
    DiagnosisRequest request = read.value_or(DiagnosisRequest());
    request.worker = worker;
    request.history = m_pool->manager->historyOf(worker.executorId);
    return request;
}

Diagnosis TestDiagnose::diagnose(const DiagnosisRequest &request)
{
    Diagnoser diagnoser(request);
    QSignalSpy finished(&diagnoser, &Diagnoser::finished);
    diagnoser.start();
    return finished.wait(patience) ? diagnoser.diagnosis() : Diagnosis();
}

Outcome TestDiagnose::ctl(const QStringList &arguments) const
{
    QProcess process;
    process.start(CtlProgram::program(),
                  arguments + QStringList{s("--db"), m_pool->path(s("q.db")), s("--workspace"), m_pool->folder.path()});
    Outcome outcome;
    // Waits without the event loop, in which the executor would reap this child and its exit code.
    if (process.waitForFinished(patience) && process.exitStatus() == QProcess::NormalExit)
        outcome.code = process.exitCode();
    outcome.out = process.readAllStandardOutput();
    outcome.err = process.readAllStandardError();
    return outcome;
}

void TestDiagnose::stoppedWorkerIsDiagnosed()
{
    QVERIFY(startBusyWorker());
    const WorkerInfo busy = worker();
    QFile log(busy.logPath);
    QVERIFY(log.open(QIODevice::Append) && log.write("first line\nAPI_TOKEN=hunter2\nthe last line\n") > 0);
    log.close();
    EVENTUALLY(m_pool->manager->historyOf(busy.executorId).size() >= 2);
    QCOMPARE(::kill(pid_t(busy.pid), SIGSTOP), 0);
    QTRY_COMPARE_WITH_TIMEOUT(stateOf(busy.pid), 'T', patience);

    const Diagnosis diagnosis = diagnose(requestFor(worker()));
    const QString text = diagnosisReport(diagnosis);
    const QString job = s("job %1").arg(m_job);
    const QString resume = s("Run `kill -CONT %1` to resume it.").arg(busy.pid);
    QVERIFY2(text.startsWith(s("noop-0 is ")), qPrintable(text));
    QVERIFY2(diagnosisConclusion(diagnosis).contains(s("It has been working on %1 for ").arg(job)), qPrintable(text));
    QVERIFY2(diagnosisConclusion(diagnosis).contains(s("Its process was stopped by a signal (SIGSTOP")),
             qPrintable(text));
    QVERIFY2(diagnosisConclusion(diagnosis).endsWith(resume), qPrintable(text));
    QVERIFY2(text.contains(s("\n%1 lifeguard-worker  T (stopped by a signal)").arg(busy.pid)), qPrintable(text));
    QVERIFY2(text.contains(s("\njob          %1, started ").arg(m_job)), qPrintable(text));
    QVERIFY2(text.contains(s("\nfirst line\nAPI_TOKEN=***\nthe last line\n")), qPrintable(text));
    QVERIFY2(text.contains(m_pool->path(s("q.db"))), "its open files do not include the database");
    // In the first second the kernel may still account for the clock tick in which the process was stopped.
    QVERIFY2(text.contains(QRegularExpression(s("\nCPU now      [0-3]\\.\\d %, 0\\.0 % of a core"))), qPrintable(text));
    QVERIFY2(text.contains(s("minimum ")) && !diagnosis.request.history.isEmpty(), "the history is missing");
    QVERIFY2(text.contains(s("noop-0 is ready.")), "its events are missing");
    QCOMPARE(diagnosis.samples.size(), Diagnoser::sampleCount);
    QVERIFY(diagnosis.worker()->threadCount >= 2); // of the job and of the heartbeat
    QVERIFY(diagnosis.worker()->threads.first().waitChannel.isEmpty()
            || diagnosis.worker()->threads.first().waitChannel.contains(s("stop")));

    // With lifeguardctl, by name, number and id, as text and as JSON.
    for (const QString &name : {busy.name(), QString::number(busy.workerId), busy.executorId}) {
        const Outcome outcome = ctl({s("diagnose"), name, s("--read-only")});
        QVERIFY2(outcome.code == 0, outcome.all().constData());
        const QString printed = QString::fromUtf8(outcome.out);
        QVERIFY2(QString(printed).replace(u'\n', u' ').contains(s("Its process was stopped by a signal (SIGSTOP")),
                 outcome.out.constData());
        QVERIFY2(printed.contains(s("`kill -CONT %1`").arg(busy.pid)), outcome.out.constData());
        QVERIFY2(printed.contains(job) && printed.contains(s("\nthe last line\n")) && !printed.contains(s("hunter2")),
                 outcome.out.constData());
    }
    const QJsonObject json = ctl({s("diagnose"), busy.name(), s("--json")}).object();
    QCOMPARE(json.value(s("worker")).toObject().value(s("job_id")).toInteger(), m_job);
    QCOMPARE(json.value(s("processes")).toArray().at(0).toObject().value(s("state")).toString(), s("T"));
    QCOMPARE(json.value(s("usage")).toArray().size(), 2);
    QCOMPARE(json.value(s("last_lines")).toArray().last().toString(), s("the last line"));
    QVERIFY(json.value(s("conclusion")).toString().endsWith(resume));

    QCOMPARE(stateOf(busy.pid), 'T'); // the diagnosis does not change its state
    if (findStackTool().isEmpty())
        QSKIP("neither eu-stack nor gdb is installed: packaging/dependencies.sh names elfutils");
    QCOMPARE(diagnosis.stacks.size(), 1);
    QCOMPARE(diagnosis.stacks.first().problem, QString());
    QVERIFY2(diagnosis.stacks.first().text.contains(s("#0"))
                 && text.contains(s("\nStack of lifeguard-worker (pid %1), captured by ").arg(busy.pid)),
             qPrintable(text));
    QVERIFY(json.value(s("stacks")).toArray().at(0).toObject().value(s("text")).toString().contains(s("#0")));
}

void TestDiagnose::deadWorkerIsDiagnosed()
{
    QVERIFY(startBusyWorker());
    const WorkerInfo busy = worker();
    QFile log(busy.logPath);
    QVERIFY(log.open(QIODevice::Append) && log.write("its last words\n") > 0);
    log.close();
    ::kill(pid_t(busy.pid), SIGKILL);
    const auto ended = [&] {
        const Outcome outcome = ctl({s("diagnose"), busy.executorId});
        return outcome.code == 0 ? QString::fromUtf8(outcome.out) : QString();
    };
    EVENTUALLY(ended().contains(s(" and is dead: ")));
    const QString text = ended();
    QVERIFY2(text.contains(s("SIGKILL")) && text.contains(s("\nits last words\n")), qPrintable(text));
    QVERIFY2(text.contains(s("job %1").arg(m_job)), qPrintable(text));
    QVERIFY2(!text.contains(s("Open files")), "an ended process has no open files");
}

void TestDiagnose::workerMayEndDuringTheDiagnosis()
{
    QVERIFY(startBusyWorker());
    const DiagnosisRequest request = requestFor(worker());
    Diagnoser diagnoser(request);
    QSignalSpy finished(&diagnoser, &Diagnoser::finished);
    QSignalSpy changed(&diagnoser, &Diagnoser::changed);
    diagnoser.start();
    QVERIFY(changed.wait(patience));
    ::kill(pid_t(request.worker.pid), SIGKILL);
    QVERIFY(!finished.isEmpty() || finished.wait(patience));
    QVERIFY(diagnoser.diagnosis().vanished);
    QVERIFY2(diagnosisConclusion(diagnoser.diagnosis()).contains(s("ended during the diagnosis")),
             qPrintable(diagnosisReport(diagnoser.diagnosis())));
    QVERIFY2(!diagnoser.diagnosis().isInProgress(), "it is still in progress");

    // A worker that ended before the diagnosis: another process with the same pid must not be taken for it.
    DiagnosisRequest reused = request;
    reused.worker.pid = reused.process.pid = QCoreApplication::applicationPid();
    const Diagnosis gone = diagnose(reused);
    QVERIFY(gone.visibility == ProcessVisibility::Gone);
    QVERIFY(gone.processes.isEmpty());
}

void TestDiagnose::workerStartedByClxIsDiagnosed()
{
    RawSql(m_pool->path(s("q.db")))
        .script(s("INSERT INTO workers (worker_type, container_id, status, started_at, last_heartbeat, jobs_processed, "
                  "cpu_usage, memory_usage) "
                  "VALUES ('drawio', '3f9a01234567', 'busy', datetime('now', '-2 hours'), datetime('now', '-5 "
                  "minutes'), 12, 3.5, 200);"
                  "INSERT INTO jobs (job_type, status, input_file, output_file, content_hash, payload, worker_id, "
                  "started_at, attempts) "
                  "SELECT 'drawio', 'processing', '/x/pool.drawio', '/x/pool.png', 'h', '{}', id, datetime('now', '-4 "
                  "minutes'), 1 FROM workers;"));
    const Outcome outcome = ctl({s("diagnose"), s("3f9a01234567")});
    QVERIFY2(outcome.code == 0, outcome.all().constData());
    const QString text = QString::fromUtf8(outcome.out);
    // Such a worker does not beat while it is busy, so its stale heartbeat is ignored.
    QVERIFY2(text.startsWith(s("3f9a01234567 is busy. It has been working on pool.drawio (job 1) for 4 min.")),
             qPrintable(text));
    QVERIFY2(QString(text).replace(u'\n', u' ').contains(s("Only the database has information about it.")),
             qPrintable(text));
    QVERIFY2(text.contains(s("\njobs so far  12 done, 0 failed\n"))
                 && text.contains(s("\nlast known   3.5 % of a core, 200 MB\n")),
             qPrintable(text));
    QVERIFY2(text.contains(s("The location of the log is unknown.")), qPrintable(text));
}

void TestDiagnose::unknownWorkersAreRejected()
{
    QCOMPARE(ctl({s("diagnose")}).code, 2);
    QCOMPARE(ctl({s("diagnose"), s("a"), s("b")}).code, 2);
    const Outcome outcome = ctl({s("diagnose"), s("noop-9")});
    QCOMPARE(outcome.code, 2);
    QVERIFY2(outcome.err.contains("There is no worker 'noop-9'") && outcome.out.isEmpty(), outcome.all().constData());
    CtlProgram elsewhere;
    QCOMPARE(elsewhere.call({s("diagnose"), s("noop-0")}).code, 3);
}

void TestDiagnose::missingStackToolIsReported()
{
    QVERIFY(startBusyWorker());
    const InPath nothing(m_pool->folder.path());
    const Diagnosis diagnosis = diagnose(requestFor(worker()));
    QCOMPARE(diagnosis.stacks.size(), 1);
    QCOMPARE(diagnosis.stacks.first().problem, s("No stack: install elfutils or gdb."));
    QVERIFY(diagnosisReport(diagnosis).contains(s("\nNo stack: install elfutils or gdb.\n")));
}

void TestDiagnose::stackToolIsKilledAtItsTimeLimit()
{
    // A tool that stops the process, writes part of a stack, starts a child, and never ends.
    const QString tool = writeScript(
        m_pool->path(s("eu-stack")),
        "#!/bin/sh\nkill -STOP $5\necho '#0  half of it'\nsleep 1000 &\necho $! > \"$0.pid\"\nwait\n");
    QProcess victim;
    victim.start(s("/bin/sleep"), {s("1000")});
    QVERIFY(victim.waitForStarted());
    EVENTUALLY(stateOf(victim.processId()) == 'S');
    StackTrace made;
    bool called = false;
    readStack({tool, readProcessFacts(victim.processId()).constFirst(), milliseconds(1000)}, this,
              [&](const StackTrace &stack) {
                  made = stack;
                  called = true;
              });
    const qint64 helper = pidIn(tool + s(".pid"), patience);
    QVERIFY(helper > 0);
    EVENTUALLY(called);
    QCOMPARE(made.problem, s("The stack is incomplete: eu-stack did not finish within 1 s."));
    QCOMPARE(made.text, s("#0  half of it"));
    EVENTUALLY(!isAlive(helper));
    EVENTUALLY(stateOf(victim.processId()) == 'S'); // it was resumed
    victim.kill();
    victim.waitForFinished();
}

void TestDiagnose::deniedStackIsExplained()
{
    if (geteuid() != 0)
        QSKIP("only root can switch to another user");
    if (findStackTool().isEmpty())
        QSKIP("neither eu-stack nor gdb is installed: packaging/dependencies.sh names elfutils");
    QProcess victim;
    victim.start(s("/bin/sleep"), {s("1000")});
    QVERIFY(victim.waitForStarted());
    StackTrace made;
    bool called = false;
    {
        const AsNobody nobody;
        const QList<ProcessFacts> facts = readProcessFacts(victim.processId());
        QCOMPARE(facts.size(), 1);
        QCOMPARE(facts.first().fileCount, -1);
        QVERIFY(facts.first().otherUser);
        readStack({findStackTool(), facts.first()}, this, [&](const StackTrace &stack) {
            made = stack;
            called = true;
        });
        EVENTUALLY(called);
    }
    QVERIFY2(made.problem.startsWith(s("No stack: the process belongs to the user root")), qPrintable(made.problem));
    QVERIFY(made.text.isEmpty());
    victim.kill();
    victim.waitForFinished();
}

void TestDiagnose::diagnoserCanBeDeletedAtAnyTime()
{
    QVERIFY(startBusyWorker());
    const DiagnosisRequest request = requestFor(worker());
    for (int i = 0; i < 10; ++i) {
        auto diagnoser = std::make_unique<Diagnoser>(request);
        QSignalSpy changed(diagnoser.get(), &Diagnoser::changed);
        diagnoser->start();
        if (i % 2)
            QVERIFY(changed.wait(patience));
        diagnoser.reset(); // before the first result, or while the stack is being made
    }
    EVENTUALLY(stateOf(request.worker.pid) == 'S');
}

QTEST_GUILESS_MAIN(TestDiagnose)
#include "tst_diagnose.moc"

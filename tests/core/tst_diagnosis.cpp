// SPDX-License-Identifier: GPL-3.0-or-later
// Tests the conclusion and the report of a diagnosis.
#include "core/health/diagnosisconclusion.h"
#include "core/health/diagnosisreport.h"
#include "core/health/stackreader.h"
#include "core/model/workerinfo.h"
#include "core/model/workerstate.h"
#include "core/model/workerstatus.h"
#include "tests/support/testhelpers.h"

#include <QRegularExpression>
#include <QTest>

#include <csignal>

using namespace lifeguard;
using namespace lifeguard::test;
using namespace std::chrono_literals;

namespace {

ProcessFacts process(qint64 pid, const char *name, char state = 'S', const char *channel = "")
{
    ProcessFacts facts;
    facts.pid = pid;
    facts.name = s(name);
    facts.program = s("/usr/bin/") + facts.name;
    facts.commandLine = facts.program;
    facts.state = state;
    facts.waitChannel = s(channel);
    facts.threadCount = 1;
    facts.threads = {{pid, facts.name, state, facts.waitChannel}};
    facts.fileCount = 0;
    facts.residentBytes = 15'728'640;
    return facts;
}

/// Returns the diagnosis of a worker that is busy with a notebook and whose process is visible.
Diagnosis busy()
{
    Diagnosis diagnosis;
    WorkerInfo &worker = diagnosis.request.worker;
    worker.executorId = s("direct-notebook-0-aaaaaaaa");
    worker.workerId = 7;
    worker.pool = worker.type = s("notebook");
    worker.mode = s("direct");
    worker.state = WorkerState::Busy;
    worker.storedStatus = WorkerStatus::Busy;
    worker.pid = 1234;
    worker.jobId = 17;
    worker.jobName = s("tides.ipynb");
    worker.jobAge = 190s;
    worker.beatAge = 1s;
    worker.own = true;
    diagnosis.at = QDateTime(QDate(2026, 1, 1), QTime(12, 0), Qt::UTC);
    diagnosis.visibility = ProcessVisibility::Visible;
    diagnosis.processes = {process(1234, "lifeguard-worker", 'S', "poll_schedule_timeout")};
    return diagnosis;
}

void addTool(Diagnosis &diagnosis, char state = 'S', const char *channel = "futex_do_wait")
{
    ProcessFacts tool = process(1240, "java", state, channel);
    tool.parent = 1234;
    tool.depth = 1;
    diagnosis.processes.append(tool);
}

} // namespace

class TestDiagnosis : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void conclusion_data();
    void conclusion();
    void reportHasAllSections();
    void countsOmittedEntries();
    void keepsCommandsOnOneLine();
    void hostileTextsBeginNoRows();
};

void TestDiagnosis::conclusion_data()
{
    QTest::addColumn<Diagnosis>("diagnosis");
    QTest::addColumn<QString>("expected");
    const auto add = [](const char *name, const Diagnosis &diagnosis, const char *expected) {
        QTest::newRow(name) << diagnosis << s(expected);
    };

    Diagnosis d = busy();
    d.request.worker.state = WorkerState::Suspect;
    d.request.worker.reason = s("no beat for 38 s, process is stopped (T)");
    d.processes[0].state = 'T';
    d.processes[0].stopSignal = SIGSTOP;
    add("stopped", d,
        "notebook-0 is suspect: no beat for 38 s, process is stopped (T). It has been working on tides.ipynb (job 17) "
        "for 3 min. "
        "Its process was stopped by a signal (SIGSTOP). Run `kill -CONT 1234` to resume it.");
    d.processes[0].stopSignal = 0;
    d.processes[0].otherUser = true;
    d.processes[0].user = s("clx");
    d.request.worker.jobId = 0;
    d.request.worker.reason.clear();
    d.request.worker.beatAge = 38s;
    add("stopped, of another user, on an old kernel", d,
        "notebook-0 is suspect: no beat for 38 s. Its process was stopped by a signal (SIGSTOP, or Ctrl+Z). "
        "Run `kill -CONT 1234` as the user clx or as root to resume it.");

    d = busy();
    d.processes[0].state = 't';
    d.processes[0].tracer = 99;
    d.processes[0].tracerName = s("gdb");
    add("stopped by a debugger", d,
        "notebook-0 is busy. It has been working on tides.ipynb (job 17) for 3 min. "
        "Its process is stopped by the debugger gdb (t), pid 99. It continues when the debugger resumes it.");

    d = busy();
    d.processes[0].state = 'D';
    d.processes[0].waitChannel = s("rpc_wait_bit_killable");
    add("waiting for I/O", d,
        "notebook-0 is busy. It has been working on tides.ipynb (job 17) for 3 min. Its process is waiting for I/O "
        "(D): waiting for a network "
        "drive (NFS) (rpc_wait_bit_killable). It can be neither stopped nor killed until the I/O completes. Check the "
        "disk or network drive that "
        "holds its files.");

    d = busy();
    d.processes[0].state = 'Z';
    d.processes[0].parent = 50;
    d.processes[0].parentName = s("lifeguard");
    add("zombie", d,
        "notebook-0 is busy. It has been working on tides.ipynb (job 17) for 3 min. Its process has ended (Z), but the "
        "parent process, "
        "lifeguard (pid 50), has not collected its exit status yet.");

    d = busy();
    addTool(d, 'T', "do_signal_stop");
    d.processes[1].stopSignal = SIGTSTP;
    add("tool stopped", d,
        "notebook-0 is busy. It has been working on tides.ipynb (job 17) for 3 min. Its tool java (pid 1240) was "
        "stopped by a signal "
        "(SIGTSTP, as sent by Ctrl+Z). Run `kill -CONT 1240` to resume it.");
    d.processes[0].state = 'T';
    d.processes[0].stopSignal = SIGSTOP;
    add("worker and tool stopped", d,
        "notebook-0 is busy. It has been working on tides.ipynb (job 17) for 3 min. Its process was stopped by a "
        "signal "
        "(SIGSTOP). Run `kill -CONT 1234 1240` to resume it.");

    d = busy();
    addTool(d);
    d.processes[1].depth = 2;
    d.processes.insert(1, process(1239, "sh", 'S', "do_wait"));
    d.processes[1].depth = 1;
    d.processes[2].state = 'D';
    d.processes[2].waitChannel.clear();
    add("grandchild waiting for I/O", d,
        "notebook-0 is busy. It has been working on tides.ipynb (job 17) for 3 min. Its subprocess java (pid 1240) is "
        "waiting for I/O "
        "(D). It can be neither stopped nor killed until the I/O completes. Check the disk or network drive that holds "
        "its files.");

    d = busy();
    addTool(d);
    add("waiting for its tool", d,
        "notebook-0 is busy. It has been working on tides.ipynb (job 17) for 3 min. It is waiting for its tool java "
        "(pid 1240), which is "
        "waiting for another thread (futex_do_wait).");
    d.samples = {{1s, 0.1, 1}, {2s, 0.0, 1}};
    add("waiting for an idle tool", d,
        "notebook-0 is busy. It has been working on tides.ipynb (job 17) for 3 min. It is waiting for its tool java "
        "(pid 1240), which is "
        "waiting for another thread (futex_do_wait) and uses no CPU.");
    d.processes.append(process(1250, "ipykernel", 'S', "hrtimer_nanosleep"));
    d.processes[2].depth = 2;
    d.processes[2].parent = 1240;
    add("waiting for a subprocess of its tool", d,
        "notebook-0 is busy. It has been working on tides.ipynb (job 17) for 3 min. It is waiting for its tool java "
        "(pid 1240), which in "
        "turn is waiting for ipykernel (pid 1250). The latter is waiting for a timer (hrtimer_nanosleep) and uses no "
        "CPU.");
    d.processes.removeLast();
    d.samples = {{1s, 97.4, 1}, {2s, 12, 1}};
    d.processes[1].cpuPercent = 96;
    add("tool working", d,
        "notebook-0 is busy. It has been working on tides.ipynb (job 17) for 3 min. It is working: its process tree "
        "uses 97 % of a "
        "core, mostly java (pid 1240).");

    d = busy();
    d.processes[0].lockWait = LockWait{s("/srv/clx_jobs.db"), 77, s("sqlite3")};
    add("waiting for a lock", d,
        "notebook-0 is busy. It has been working on tides.ipynb (job 17) for 3 min. Its process is waiting for the "
        "lock on "
        "/srv/clx_jobs.db, which is held by sqlite3 (pid 77).");
    d.processes[0].lockWait.reset();
    d.processes[0].waitChannel = s("locks_lock_inode_wait");
    add("waiting for a lock that is not listed", d,
        "notebook-0 is busy. It has been working on tides.ipynb (job 17) for 3 min. Its process is waiting for a file "
        "lock that is held "
        "by another process (locks_lock_inode_wait).");
    d.processes[0].waitChannel = s("do_freezer_trap");
    d.processes[0].controlGroup = s("/lifeguard/w0");
    add("frozen", d,
        "notebook-0 is busy. It has been working on tides.ipynb (job 17) for 3 min. Its process is frozen together "
        "with its control group "
        "/lifeguard/w0 (as by `docker pause`). It continues when the group is thawed.");

    d = busy();
    d.request.worker.state = WorkerState::Idle;
    d.request.worker.jobId = 0;
    add("idle", d, "notebook-0 is idle. It is waiting for a notebook job. Nothing is wrong with it.");
    d.samples = {{1s, 99, 1}};
    add("idle, but spinning", d, "notebook-0 is idle. It has no job, but uses 99 % of a core.");
    d.samples.clear();
    d.request.worker.beatAge = 50s;
    add("idle, without a beat", d,
        "notebook-0 is idle: no beat for 50 s. Its process exists and is waiting for an event "
        "(poll_schedule_timeout).");

    d = busy();
    d.request.worker.beatAge = 50s;
    d.request.judgedByBeat = false;
    add("a worker that does not beat while busy", d,
        "notebook-0 is busy. It has been working on tides.ipynb (job 17) for 3 min. It is working without a tool. Its "
        "process is waiting "
        "for an event (poll_schedule_timeout).");

    d = busy();
    d.request.worker.state = WorkerState::Starting;
    d.request.worker.jobId = 0;
    add("starting", d, "notebook-0 is starting. Its process is running but has not registered in the database yet.");
    d.visibility = ProcessVisibility::PidUnknown;
    d.processes.clear();
    add("not started yet", d, "notebook-0 is starting. Its process has not been started yet.");

    d = busy();
    d.processes.clear();
    d.visibility = ProcessVisibility::Gone;
    add("process ended", d,
        "notebook-0 is busy. It has been working on tides.ipynb (job 17) for 3 min. Its process 1234 has ended, but "
        "the database does not "
        "show this yet. A manager will return its job to the queue.");
    d.visibility = ProcessVisibility::Unresponsive;
    add("process hangs in the kernel", d,
        "notebook-0 is busy. It has been working on tides.ipynb (job 17) for 3 min. The system does not answer queries "
        "about its process "
        "1234: the process hangs in the kernel, for example because a disk or network drive does not respond.");
    d.visibility = ProcessVisibility::PidUnknown;
    d.request.worker.own = false;
    add("without a pid", d,
        "notebook-0 is busy. It has been working on tides.ipynb (job 17) for 3 min. Its process is unknown here. Only "
        "the database has "
        "information about it.");
    d.request.worker.mode = s("docker");
    add("in a container", d,
        "notebook-0 is busy. It has been working on tides.ipynb (job 17) for 3 min. It runs in a container. Only the "
        "database has "
        "information about it.");
    d = busy();
    d.vanished = true;
    add("vanished", d,
        "notebook-0 is busy. It has been working on tides.ipynb (job 17) for 3 min. Its process 1234 ended during the "
        "diagnosis. Diagnose "
        "the worker again to see its present state.");

    d = busy();
    d.request.worker.state = WorkerState::Dead;
    d.request.worker.endedAt = d.at.addSecs(-300);
    d.request.worker.reason = s("SIGKILL while it worked on tides.ipynb (job 17)");
    d.visibility = ProcessVisibility::Gone;
    d.processes.clear();
    const QString when = d.request.worker.endedAt.toLocalTime().toString(s("yyyy-MM-dd HH:mm:ss"));
    add("dead", d,
        qPrintable(s("notebook-0 ended 5 min ago (%1) and is dead: SIGKILL while it worked on tides.ipynb (job 17).")
                       .arg(when)));
    d.request.worker.reason.clear();
    add("dead, reason unknown", d,
        qPrintable(s("notebook-0 ended 5 min ago (%1) and is dead. The reason was not recorded.").arg(when)));
    d.request.worker.state = WorkerState::Stopped;
    d.request.worker.reason = s("the pool was stopped");
    add("stopped by a user", d,
        qPrintable(s("notebook-0 ended 5 min ago (%1) and is stopped: the pool was stopped.").arg(when)));
}

void TestDiagnosis::conclusion()
{
    QFETCH(Diagnosis, diagnosis);
    QFETCH(QString, expected);
    QCOMPARE(diagnosisConclusion(diagnosis), expected);
}

void TestDiagnosis::reportHasAllSections()
{
    Diagnosis d = busy();
    addTool(d);
    d.processes[0].files = {{3, s("/srv/clx_jobs.db")}};
    d.processes[0].fileCount = 1;
    d.processes[0].controlGroup = s("/user.slice");
    d.processes[0].oomScore = 666;
    d.processes[0].cpuTime = 1500ms;
    d.samples = {{1s, 12.34, 15'728'640}, {2s, 3, 15'728'640}};
    d.request.history.add(0s, 0, 10 * 1024 * 1024);
    d.request.history.add(2s, 100, 20 * 1024 * 1024);
    d.lastLines = {s("page 1"), s("page 2")};
    d.request.worker.logPath = s("/logs/n0.log");
    d.request.events = {s("2026-01-01 11:00:00  notebook-0 is ready.")};
    d.stacks = {missingStack(d.processes.at(0), {}), missingStack(d.processes.at(1), missingStackToolText())};
    d.stacks[0].tool = s("eu-stack");
    d.stacks[0].text = s("TID 1234:\n#0  0x0 poll");
    const QString text = diagnosisReport(d);
    QVERIFY2(text.startsWith(s("notebook-0 is busy. ")), qPrintable(text));
    for (const char *expected : {
             "\n\nWorker\n------\n",
             "\nname         notebook-0, direct-notebook-0-aaaaaaaa, number 7 in the database\n",
             "\njob          17, tides.ipynb, started 3 min ago\n",
             "\nlast beat    1 s ago\n",
             "\nCPU now      12 %, 3.0 % of a core, each measured over one second\n",
             "\nmemory now   15 MB, 15 MB\n",
             "\nCPU          ▁█\n             minimum 0.0 %, mean 50 %, maximum 100 %, latest 100 %\n",
             "\nmemory       ▅█\n             minimum 10 MB, mean 15 MB, maximum 20 MB, latest 20 MB\n",
             "\nProcesses\n---------\n1234 lifeguard-worker  S (sleeping)\n    /usr/bin/lifeguard-worker\n"
             "    waiting for an event (poll_schedule_timeout)\n    1 thread, 1 open file, 15 MB, CPU 1.5 s, "
             "out-of-memory score 666\n"
             "  1240 java  S (sleeping)\n      /usr/bin/java\n",
             "\nControl group: /user.slice\n",
             "\nThreads\n-------\n1234 lifeguard-worker\n  1234 lifeguard-worker  S (sleeping), poll_schedule_timeout",
             "\nOpen files\n----------\n1234 lifeguard-worker\n    3 /srv/clx_jobs.db\n",
             "\nLast lines of the log /logs/n0.log\n",
             "\npage 1\npage 2\n",
             "\nEvents\n------\n2026-01-01 11:00:00  notebook-0 is ready.\n",
             "\nStack of lifeguard-worker (pid 1234), captured by eu-stack\n",
             "\nTID 1234:\n#0  0x0 poll\n",
             "\nStack of java (pid 1240)\n------------------------\nNo stack: install elfutils or gdb.\n",
         }) {
        QVERIFY2(text.contains(s(expected)), qPrintable(s("missing: %1\nin:\n%2").arg(s(expected), text)));
    }
    QVERIFY(text.endsWith(diagnosisDetails(d)));
}

void TestDiagnosis::countsOmittedEntries()
{
    Diagnosis d = busy();
    for (int i = 0; i < ProcessFacts::maxFiles; ++i)
        d.processes[0].files.append({i, s("socket:[%1]").arg(i)});
    d.processes[0].fileCount = 1000;
    d.processes[0].threadCount = 30;
    const QString text = diagnosisReport(d);
    QVERIFY2(text.contains(s("… and 950 more, 1000 in total\n")), qPrintable(text));
    QVERIFY2(text.contains(s("… and 29 more\n")), qPrintable(text));
    d.processes[0].fileCount = -1;
    d.processes[0].user = s("clx");
    QVERIFY(diagnosisReport(d).contains(s("not readable: only the user clx and root have access")));
}

void TestDiagnosis::keepsCommandsOnOneLine()
{
    Diagnosis d = busy();
    d.processes[0].state = 'T';
    for (int i = 0; i < 100; ++i) {
        d.request.worker.jobName = QString(i, u'x');
        QVERIFY2(diagnosisReport(d).contains(s("`kill -CONT 1234`")), qPrintable(diagnosisReport(d)));
    }
}

/// Names and paths with line breaks would otherwise look like findings of the report.
void TestDiagnosis::hostileTextsBeginNoRows()
{
    const QString hostile = s("a\x1b[2J\r测试\u202e\u2028\nEvents\n------\nforged");
    Diagnosis d = busy();
    addTool(d);
    WorkerInfo &worker = d.request.worker;
    worker.executorId = worker.pool = worker.type = worker.mode = worker.reason = worker.jobName = hostile;
    worker.logPath = s("/logs/") + hostile;
    d.request.problem = hostile;
    d.request.jobs = d.request.events = {hostile};
    for (ProcessFacts &process : d.processes) {
        process.name = process.commandLine = process.program = process.waitChannel = process.user = hostile;
        process.controlGroup = process.tracerName = hostile;
        process.tracer = 99;
        process.threads = {{process.pid, hostile, 'S', hostile}};
        process.files = {{3, hostile}};
        process.fileCount = 1;
        process.lockWait = LockWait{hostile, 98, hostile};
    }
    d.stacks = {StackTrace{1234, hostile, hostile, {}, hostile, false}};
    d.logProblem = hostile;
    const QString text = diagnosisReport(d);
    const QStringList rows = text.split(QRegularExpression(s("[\n\r\u2028]")));
    for (const QString &row : rows)
        QVERIFY2(!row.startsWith(s("forged")), qPrintable(text));
    QCOMPARE(rows.count(s("Events")), 1);
    QVERIFY2(!text.contains(QChar(0x1b)) && !text.contains(QChar(0x202e)), qPrintable(text));
    // The lines of texts that have several are kept.
    d.lastLines = {s("one\ttwo"), s("three")};
    d.stacks.first().text = s("#0\t0x0\n#1\t0x1");
    const QString withLines = diagnosisReport(d);
    QVERIFY2(withLines.contains(s("\none\ttwo\nthree\n")) && withLines.contains(s("\n#0\t0x0\n#1\t0x1\n")),
             qPrintable(withLines));
    // The underline of a heading is as wide as the heading.
    worker.logPath = s("/logs/测试");
    QVERIFY(diagnosisReport(d).contains(s("\nLast lines of the log /logs/测试\n%1\n").arg(QString(32, u'-'))));
}

QTEST_GUILESS_MAIN(TestDiagnosis)
#include "tst_diagnosis.moc"

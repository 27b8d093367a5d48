// SPDX-License-Identifier: GPL-3.0-or-later
// What a diagnosis concludes and how it reads, which worker a word means, and why there is no stack: from values alone.
#include "core/health/diagnosis.h"
#include "core/health/stackreader.h"
#include "core/model/workerinfo.h"
#include "core/model/workerrow.h"
#include "core/model/workerstate.h"
#include "core/model/workerstatus.h"
#include "core/pool/diagnosisrequests.h"
#include "tests/support/words.h"

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

/// A worker that is busy with a notebook, its process in sight.
Diagnosis busy()
{
    Diagnosis diagnosis;
    WorkerInfo &worker = diagnosis.asked.worker;
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
    diagnosis.sight = ProcessSight::Seen;
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

WorkerRow row(const char *executorId, qint64 id, const char *pool, int index, const QDateTime &endedAt = {})
{
    WorkerRow worker;
    worker.executorId = s(executorId);
    worker.id = id;
    worker.pool = s(pool);
    worker.index = index;
    worker.status = endedAt.isValid() ? WorkerStatus::Dead : WorkerStatus::Idle;
    worker.endedAt = endedAt;
    return worker;
}

} // namespace

class TestDiagnosis : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void concludes_data();
    void concludes();
    void hasEverySection();
    void countsWhatItDoesNotShow();
    void keepsCommandsOnOneLine();
    void findsWorkers_data();
    void findsWorkers();
    void saysWhyThereIsNoStack_data();
    void saysWhyThereIsNoStack();
};

void TestDiagnosis::concludes_data()
{
    QTest::addColumn<Diagnosis>("diagnosis");
    QTest::addColumn<QString>("expected");
    const auto add = [](const char *name, const Diagnosis &diagnosis, const char *expected) { QTest::newRow(name) << diagnosis << s(expected); };

    Diagnosis d = busy();
    d.asked.worker.state = WorkerState::Suspect;
    d.asked.worker.reason = s("no beat for 38 s, process is stopped (T)");
    d.processes[0].state = 'T';
    d.processes[0].stopSignal = SIGSTOP;
    add("stopped", d,
        "notebook-0 is suspect: no beat for 38 s, process is stopped (T), at work on tides.ipynb (job 17) for 3 min. "
        "Its process was stopped by a signal (SIGSTOP); `kill -CONT 1234` lets it go on.");
    d.processes[0].stopSignal = 0;
    d.processes[0].otherUser = true;
    d.processes[0].user = s("clx");
    d.asked.worker.jobId = 0;
    d.asked.worker.reason.clear();
    d.asked.worker.beatAge = 38s;
    add("stopped, of another user, by an old kernel", d,
        "notebook-0 is suspect: no beat for 38 s. Its process was stopped by a signal (SIGSTOP, or Ctrl+Z); `kill -CONT 1234`, as clx or as root, lets it go on.");

    d = busy();
    d.processes[0].state = 't';
    d.processes[0].tracer = 99;
    d.processes[0].tracerName = s("gdb");
    add("held by a debugger", d,
        "notebook-0 is busy: at work on tides.ipynb (job 17) for 3 min. Its process is held by a debugger (t): gdb, pid 99; it goes on when that lets go of it.");

    d = busy();
    d.processes[0].state = 'D';
    d.processes[0].waitChannel = s("rpc_wait_bit_killable");
    add("waits for a device", d,
        "notebook-0 is busy: at work on tides.ipynb (job 17) for 3 min. Its process waits for a device (D), for a network drive (NFS) (rpc_wait_bit_killable). "
        "Until that answers it can be neither stopped nor killed: look at the disk or the network drive that its files are on.");

    d = busy();
    d.processes[0].state = 'Z';
    d.processes[0].parent = 50;
    d.processes[0].parentName = s("lifeguard");
    add("zombie", d,
        "notebook-0 is busy: at work on tides.ipynb (job 17) for 3 min. Its process has ended (Z); only its parent, lifeguard (pid 50), has not taken note of it "
        "yet. It does nothing any more.");

    d = busy();
    addTool(d, 'T', "do_signal_stop");
    d.processes[1].stopSignal = SIGTSTP;
    add("its tool is stopped", d,
        "notebook-0 is busy: at work on tides.ipynb (job 17) for 3 min. Its tool java (pid 1240) was stopped by a signal (SIGTSTP, as Ctrl+Z sends it); "
        "`kill -CONT 1240` lets it go on.");
    d.processes[0].state = 'T';
    d.processes[0].stopSignal = SIGSTOP;
    add("both are stopped", d,
        "notebook-0 is busy: at work on tides.ipynb (job 17) for 3 min. Its process was stopped by a signal (SIGSTOP); `kill -CONT 1234 1240` lets it go on.");

    d = busy();
    addTool(d);
    d.processes[1].depth = 2;
    d.processes.insert(1, process(1239, "sh", 'S', "do_wait"));
    d.processes[1].depth = 1;
    d.processes[2].state = 'D';
    d.processes[2].waitChannel.clear();
    add("a grandchild waits for a device", d,
        "notebook-0 is busy: at work on tides.ipynb (job 17) for 3 min. The process java (pid 1240) that it started waits for a device (D). Until that answers it "
        "can be neither stopped nor killed: look at the disk or the network drive that its files are on.");

    d = busy();
    addTool(d);
    add("waits on its tool", d,
        "notebook-0 is busy: at work on tides.ipynb (job 17) for 3 min. It waits on its tool java (pid 1240), which itself waits for another thread (futex_do_wait).");
    d.looks = {{1s, 0.1, 1}, {2s, 0.0, 1}};
    add("waits on an idle tool", d,
        "notebook-0 is busy: at work on tides.ipynb (job 17) for 3 min. It waits on its tool java (pid 1240), which itself waits for another thread "
        "(futex_do_wait) and uses no CPU.");
    d.processes.append(process(1250, "ipykernel", 'S', "hrtimer_nanosleep"));
    d.processes[2].depth = 2;
    d.processes[2].parent = 1240;
    add("waits on what its tool started", d,
        "notebook-0 is busy: at work on tides.ipynb (job 17) for 3 min. It waits on its tool java (pid 1240), and that on ipykernel (pid 1250), which itself waits "
        "for a time of its own choice (hrtimer_nanosleep) and uses no CPU.");
    d.processes.removeLast();
    d.looks = {{1s, 97.4, 1}, {2s, 12, 1}};
    d.processes[1].cpuPercent = 96;
    add("its tool works", d, "notebook-0 is busy: at work on tides.ipynb (job 17) for 3 min. It is at work: its tools use 97 % of a core, most of it java (pid 1240).");

    d = busy();
    d.processes[0].lockWait = LockWait{s("/srv/clx_jobs.db"), 77, s("sqlite3")};
    add("waits for a lock", d,
        "notebook-0 is busy: at work on tides.ipynb (job 17) for 3 min. Its process waits for the lock of /srv/clx_jobs.db, which sqlite3 (pid 77) holds.");
    d.processes[0].lockWait.reset();
    d.processes[0].waitChannel = s("locks_lock_inode_wait");
    add("waits for a lock that is not listed", d,
        "notebook-0 is busy: at work on tides.ipynb (job 17) for 3 min. Its process waits for a file lock that somebody else holds (locks_lock_inode_wait).");
    d.processes[0].waitChannel = s("do_freezer_trap");
    d.processes[0].controlGroup = s("/lifeguard/w0");
    add("frozen", d,
        "notebook-0 is busy: at work on tides.ipynb (job 17) for 3 min. Its process is frozen together with its control group /lifeguard/w0 (as `docker pause` "
        "does); it goes on when that is thawed.");

    d = busy();
    d.asked.worker.state = WorkerState::Idle;
    d.asked.worker.jobId = 0;
    add("idle", d, "notebook-0 is idle. It waits for a job of the type notebook; nothing is wrong with it.");
    d.looks = {{1s, 99, 1}};
    add("idle, yet it turns", d, "notebook-0 is idle. It has no job, and yet uses 99 % of a core.");
    d.looks.clear();
    d.asked.worker.beatAge = 50s;
    add("idle, without a beat", d,
        "notebook-0 is idle: no beat for 50 s. Its process is there, and waits for something to happen (poll_schedule_timeout).");

    d = busy();
    d.asked.worker.beatAge = 50s;
    d.asked.judgedByBeat = false;
    add("a worker that does not beat while busy", d,
        "notebook-0 is busy: at work on tides.ipynb (job 17) for 3 min. It works by itself, and waits for something to happen (poll_schedule_timeout).");

    d = busy();
    d.asked.worker.state = WorkerState::Starting;
    d.asked.worker.jobId = 0;
    add("starting", d, "notebook-0 is starting. Its process runs, and has not registered in the database yet.");
    d.sight = ProcessSight::Unnamed;
    d.processes.clear();
    add("not started yet", d, "notebook-0 is starting. Its process has not been started yet.");

    d = busy();
    d.processes.clear();
    d.sight = ProcessSight::Gone;
    add("gone", d,
        "notebook-0 is busy: at work on tides.ipynb (job 17) for 3 min. Its process 1234 is gone: it has ended, and the database has not been told yet. A manager "
        "returns its job.");
    d.sight = ProcessSight::Unanswered;
    add("the kernel holds it", d,
        "notebook-0 is busy: at work on tides.ipynb (job 17) for 3 min. The system does not answer questions about its process 1234: the kernel holds it, as when "
        "a disk or a network drive hangs.");
    d.sight = ProcessSight::Unnamed;
    d.asked.worker.own = false;
    add("without a pid", d,
        "notebook-0 is busy: at work on tides.ipynb (job 17) for 3 min. Its process is not known here: only the database tells of it.");
    d.asked.worker.mode = s("docker");
    add("in a container", d,
        "notebook-0 is busy: at work on tides.ipynb (job 17) for 3 min. It runs in a container: from here only the database tells of it.");
    d = busy();
    d.vanished = true;
    add("vanished", d,
        "notebook-0 is busy: at work on tides.ipynb (job 17) for 3 min. Its process 1234 went while it was looked at; look again to see what became of the worker.");

    d = busy();
    d.asked.worker.state = WorkerState::Dead;
    d.asked.worker.endedAt = d.at.addSecs(-300);
    d.asked.worker.reason = s("SIGKILL while it worked on tides.ipynb (job 17)");
    d.sight = ProcessSight::Gone;
    d.processes.clear();
    const QString when = d.asked.worker.endedAt.toLocalTime().toString(s("yyyy-MM-dd HH:mm:ss"));
    add("dead", d, qPrintable(s("notebook-0 ended 5 min ago (%1) and is dead: SIGKILL while it worked on tides.ipynb (job 17).").arg(when)));
    d.asked.worker.reason.clear();
    add("dead, nobody knows why", d, qPrintable(s("notebook-0 ended 5 min ago (%1) and is dead; nobody wrote down why.").arg(when)));
    d.asked.worker.state = WorkerState::Stopped;
    d.asked.worker.reason = s("the pool was stopped");
    add("stopped by a user", d, qPrintable(s("notebook-0 ended 5 min ago (%1) and is stopped: the pool was stopped.").arg(when)));
}

void TestDiagnosis::concludes()
{
    QFETCH(Diagnosis, diagnosis);
    QFETCH(QString, expected);
    QCOMPARE(conclusionOf(diagnosis), expected);
}

void TestDiagnosis::hasEverySection()
{
    Diagnosis d = busy();
    addTool(d);
    d.processes[0].files = {{3, s("/srv/clx_jobs.db")}};
    d.processes[0].fileCount = 1;
    d.processes[0].controlGroup = s("/user.slice");
    d.processes[0].oomScore = 666;
    d.processes[0].cpuTime = 1500ms;
    d.looks = {{1s, 12.34, 15'728'640}, {2s, 3, 15'728'640}};
    d.asked.history.add(0s, 0, 10 * 1024 * 1024);
    d.asked.history.add(2s, 100, 20 * 1024 * 1024);
    d.lastLines = {s("page 1"), s("page 2")};
    d.asked.worker.logPath = s("/logs/n0.log");
    d.asked.events = {s("2026-01-01 11:00:00  notebook-0 is ready.")};
    d.stacks = {noStack(d.processes.at(0), {}), noStack(d.processes.at(1), noStackTool())};
    d.stacks[0].tool = s("eu-stack");
    d.stacks[0].text = s("TID 1234:\n#0  0x0 poll");
    const QString text = textOf(d);
    QVERIFY2(text.startsWith(s("notebook-0 is busy: ")), qPrintable(text));
    for (const char *expected : {
             "\n\nWorker\n------\n",
             "\nname         notebook-0, direct-notebook-0-aaaaaaaa, number 7 in the database\n",
             "\njob          17, tides.ipynb, begun 3 min ago\n",
             "\nlast beat    1 s ago\n",
             "\nCPU now      12 %, 3.0 % of a core, measured for a second each\n",
             "\nmemory now   15 MB, 15 MB\n",
             "\nCPU          ▁█\n             least 0.0 %, mean 50 %, most 100 %, last 100 %\n",
             "\nmemory       ▅█\n             least 10 MB, mean 15 MB, most 20 MB, last 20 MB\n",
             "\nProcesses\n---------\n1234 lifeguard-worker  S (waits)\n    /usr/bin/lifeguard-worker\n"
             "    waits in poll_schedule_timeout: for something to happen\n    1 thread, 1 open file, 15 MB, CPU 1.5 s, out-of-memory score 666\n"
             "  1240 java  S (waits)\n      /usr/bin/java\n",
             "\nControl group: /user.slice\n",
             "\nThreads\n-------\n1234 lifeguard-worker\n  1234 lifeguard-worker  S (waits), poll_schedule_timeout",
             "\nOpen files\n----------\n1234 lifeguard-worker\n    3 /srv/clx_jobs.db\n",
             "\nLast lines of its log, /logs/n0.log\n",
             "\npage 1\npage 2\n",
             "\nWhat happened to it\n-------------------\n2026-01-01 11:00:00  notebook-0 is ready.\n",
             "\nStack of lifeguard-worker (pid 1234), by eu-stack\n",
             "\nTID 1234:\n#0  0x0 poll\n",
             "\nStack of java (pid 1240)\n------------------------\nno stack: install gdb or elfutils\n",
         }) {
        QVERIFY2(text.contains(s(expected)), qPrintable(s("missing: %1\nin:\n%2").arg(s(expected), text)));
    }
    QVERIFY(text.endsWith(detailsOf(d)));
}

void TestDiagnosis::countsWhatItDoesNotShow()
{
    Diagnosis d = busy();
    for (int i = 0; i < ProcessFacts::filesShown; ++i)
        d.processes[0].files.append({i, s("socket:[%1]").arg(i)});
    d.processes[0].fileCount = 1000;
    d.processes[0].threadCount = 30;
    const QString text = textOf(d);
    QVERIFY2(text.contains(s("… and 950 more, 1000 in all\n")), qPrintable(text));
    QVERIFY2(text.contains(s("… and 29 more\n")), qPrintable(text));
    d.processes[0].fileCount = -1;
    d.processes[0].user = s("clx");
    QVERIFY(textOf(d).contains(s("not to be seen: only its user (clx) and root may look")));
}

void TestDiagnosis::keepsCommandsOnOneLine()
{
    Diagnosis d = busy();
    d.processes[0].state = 'T';
    for (int i = 0; i < 100; ++i) {
        d.asked.worker.jobName = QString(i, u'x');
        QVERIFY2(textOf(d).contains(s("`kill -CONT 1234`")), qPrintable(textOf(d)));
    }
}

void TestDiagnosis::findsWorkers_data()
{
    QTest::addColumn<QString>("word");
    QTest::addColumn<QString>("expected"); // executor id, or a part of the error
    const auto add = [](const char *word, const char *expected) { QTest::newRow(word) << s(word) << s(expected); };
    add("direct-noop-0-a", "direct-noop-0-a");
    add("3", "direct-noop-1-c");
    add("noop-0", "direct-noop-0-b"); // the one that lives
    add("noop-1", "direct-noop-1-d"); // the one that ended last
    add("12345", "12345"); // an id of a container before a number
    add("noop-2", "Several workers are named 'noop-2': direct-noop-2-e, direct-noop-2-f");
    add("noop-9", "There is no worker 'noop-9'");
    add("0", "There is no worker '0'");
    add("-0", "There is no worker '-0'");
}

void TestDiagnosis::findsWorkers()
{
    QFETCH(QString, word);
    QFETCH(QString, expected);
    const QDateTime then(QDate(2026, 1, 1), QTime(1, 0), Qt::UTC);
    const QList<WorkerRow> workers{row("direct-noop-0-a", 1, "noop", 0, then),  row("direct-noop-0-b", 2, "noop", 0),
                                   row("direct-noop-1-c", 3, "noop", 1, then),  row("direct-noop-1-d", 4, "noop", 1, then.addSecs(60)),
                                   row("direct-noop-2-e", 5, "noop", 2),        row("direct-noop-2-f", 0, "noop", 2),
                                   row("12345", 6, "", 0),                      row("3f9a", 12345, "", 0)};
    const auto found = resolveWorker(word, workers);
    const QString answer = found ? found->executorId : found.error().message;
    QVERIFY2(answer.startsWith(expected), qPrintable(answer));
}

void TestDiagnosis::saysWhyThereIsNoStack_data()
{
    QTest::addColumn<QString>("output");
    QTest::addColumn<int>("scope");
    QTest::addColumn<bool>("otherUser");
    QTest::addColumn<qint64>("tracer");
    QTest::addColumn<QString>("expected");
    const QString refused = s("eu-stack: dwfl_linux_proc_attach pid 1234: Operation not permitted");
    QTest::newRow("yama") << refused << 1 << false << qint64(0)
                          << s("no stack: this system lets nobody but root look into a process (kernel.yama.ptrace_scope is 1); as root: `eu-stack -p 1234`");
    QTest::newRow("other user") << s("eu-stack: dwfl_linux_proc_report pid 1234: Permission denied") << 0 << true << qint64(0)
                                << s("no stack: the process belongs to the user clx, and only that user and root may look into it; as root: `eu-stack -p 1234`");
    QTest::newRow("container") << refused << -1 << false << qint64(0)
                               << s("no stack: the system does not allow looking into the process, as in containers without the right SYS_PTRACE; as root outside: "
                                    "`eu-stack -p 1234`");
    QTest::newRow("debugger") << refused << 0 << false << qint64(99) << s("no stack: the debugger gdb (pid 99) holds the process already");
    QTest::newRow("gone") << s("eu-stack: dwfl_linux_proc_report pid 1234: No such file or directory") << 0 << false << qint64(0)
                          << s("no stack: the process ended before it could be looked into");
    QTest::newRow("else") << s("eu-stack: out of patience\n") << 0 << false << qint64(0) << s("no stack: eu-stack says: eu-stack: out of patience");
    QTest::newRow("silent") << QString() << 0 << false << qint64(0) << s("no stack: eu-stack said nothing");
}

void TestDiagnosis::saysWhyThereIsNoStack()
{
    QFETCH(QString, output);
    QFETCH(int, scope);
    QFETCH(bool, otherUser);
    QFETCH(qint64, tracer);
    QFETCH(QString, expected);
    ProcessFacts facts = process(1234, "lifeguard-worker");
    facts.otherUser = otherUser;
    facts.user = s("clx");
    facts.tracer = tracer;
    facts.tracerName = s("gdb");
    QCOMPARE(stackRefusal(facts, s("eu-stack"), output, scope), expected);
}

QTEST_GUILESS_MAIN(TestDiagnosis)
#include "tst_diagnosis.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
// Tests commands between programs with real processes: `lifeguardctl run` in one, `lifeguardctl stop`, … in others.
#include "tests/support/ctlprogram.h"
#include "tests/support/queuetest.h"
#include "tests/support/smalldisk.h"
#include "tests/support/testhelpers.h"

#include <QRandomGenerator>
#include <QRegularExpression>
#include <QTest>

#include <memory>
#include <signal.h>
#include <vector>

using namespace lifeguard;
using namespace lifeguard::test;

class TestControl : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void poolIsScaled();
    void poolIsPausedAndResumed();
    void limitedPauseEndsByItself();
    void poolIsStoppedAndStarted();
    void poolIsDrained();
    void workersAreKilledAndReplaced();
    void workersAreRestarted();
    void workersAreRecycledOneAfterAnother();
    void singleWorkersAreCommanded();
    void poolIsRemoved();
    void allPoolsAreCommanded();
    void unknownTargetsAreNamed();
    void ambiguousNamesAreRefused();
    void wrongArgumentsAreRefused_data();
    void wrongArgumentsAreRefused();
    void dryRunSendsNothing();
    void commandsAreListedWithTheirUser();
    void commandIsAnEvent();
    void missingManagerIsReported();
    void stoppedManagerIsReported();
    void killedManagerIsReported();
    void managerThatDiesAfterTakingIsReported();
    void noCommandIsCarriedOutTwice();
    void readOnlyDatabaseIsReported();

private:
    /// Starts `lifeguardctl run` with these pools and waits until the first one is running.
    std::unique_ptr<QProcess> run(const QStringList &pools);
    Outcome control(const QString &line) const { return m_ctl->call(line.split(u' ')); }
    [[nodiscard]] QJsonObject pool(const QString &name, qint64 manager = 0) const;
    [[nodiscard]] QString state(const QString &name) const { return pool(name).value(s("state")).toString(); }
    [[nodiscard]] QStringList executorIds() const;
    [[nodiscard]] int alive(const QString &name) const { return pool(name).value(s("alive")).toInt(-1); }

    std::unique_ptr<CtlProgram> m_ctl;
    std::unique_ptr<QProcess> m_run;
};

void TestControl::init()
{
    m_ctl = std::make_unique<CtlProgram>();
}

void TestControl::cleanup()
{
    if (m_run && m_run->state() != QProcess::NotRunning) {
        ::kill(pid_t(m_run->processId()), SIGCONT);
        m_run->terminate();
        if (!m_run->waitForFinished(patience))
            m_run->kill();
    }
    m_run.reset();
    m_ctl.reset();
}

std::unique_ptr<QProcess> TestControl::run(const QStringList &pools)
{
    auto process = std::make_unique<QProcess>();
    QStringList arguments{s("run")};
    for (const QString &pool : pools)
        arguments << s("--pool") << pool;
    m_ctl->start(*process, arguments);
    const QByteArray output = CtlProgram::readUntil(*process, "is running");
    if (!output.contains("is running"))
        qFatal("the pools were not started: %s", output.constData());
    return process;
}

QJsonObject TestControl::pool(const QString &name, qint64 manager) const
{
    const QJsonArray pools = control(s("pools --json")).array();
    for (const QJsonValue &value : pools) {
        const QJsonObject pool = value.toObject();
        if (pool.value(s("name")) == name && (manager == 0 || pool.value(s("manager")) == s("run-%1").arg(manager)))
            return pool;
    }
    return {};
}

QStringList TestControl::executorIds() const
{
    QStringList ids;
    const QJsonArray workers = control(s("workers --json")).array();
    for (const QJsonValue &value : workers) {
        const QString state = value.toObject().value(s("state")).toString();
        if (state == s("idle") || state == s("busy"))
            ids << value.toObject().value(s("container_id")).toString();
    }
    return ids;
}

void TestControl::poolIsScaled()
{
    m_run = run({s("noop=1")});
    const Outcome scaled = control(s("scale noop 3"));
    QVERIFY2(scaled.code == 0, scaled.all().constData());
    QCOMPARE(scaled.out, QByteArray("Done: Pool noop: 1 → 3 workers.\n"));
    QCOMPARE(pool(s("noop")).value(s("count")).toInt(), 3);
    QCOMPARE(pool(s("noop")).value(s("count_source")).toString(), s("hand"));
    EVENTUALLY(alive(s("noop")) == 3);
    QCOMPARE(control(s("scale noop 3")).out, QByteArray("Done: Pool noop already has 3 workers.\n"));
    QCOMPARE(control(s("scale noop 0")).code, 0);
    EVENTUALLY(alive(s("noop")) == 0);
}

void TestControl::poolIsPausedAndResumed()
{
    m_run = run({s("noop=1")});
    QCOMPARE(control(s("pause noop")).code, 0);
    QCOMPARE(state(s("noop")), s("paused"));
    QVERIFY(m_ctl->submitNoop(1));
    QCOMPARE(control(s("pause noop")).out, QByteArray("Done: Pool noop is paused.\n"));
    QCOMPARE(m_ctl->jobs(s("pending")), 1);
    QCOMPARE(control(s("resume noop")).code, 0);
    EVENTUALLY(m_ctl->jobs(s("completed")) == 1);
    QCOMPARE(state(s("noop")), s("running"));
    QCOMPARE(control(s("resume noop")).out, QByteArray("Done: Pool noop is running.\n"));
}

void TestControl::limitedPauseEndsByItself()
{
    m_run = run({s("noop=1")});
    QCOMPARE(control(s("pause noop --for 1h")).code, 0);
    const QRegularExpression until(s("^paused until (\\w+ )?\\d\\d:\\d\\d$"));
    QVERIFY(until.match(pool(s("noop")).value(s("reason")).toString()).hasMatch());
    const Outcome shorter = control(s("pause noop --for 2s"));
    QVERIFY2(shorter.out.contains("Pool noop was paused until "), shorter.all().constData());
    EVENTUALLY(state(s("noop")) == s("running"));
    QCOMPARE(pool(s("noop")).value(s("reason")).toString(), QString());
}

void TestControl::poolIsStoppedAndStarted()
{
    m_run = run({s("noop=2")});
    QCOMPARE(control(s("stop noop")).code, 0);
    EVENTUALLY(state(s("noop")) == s("stopped"));
    QCOMPARE(control(s("stop noop")).out, QByteArray("Done: Pool noop is stopped.\n"));
    for (const char *line : {"recycle noop", "kill noop", "pause noop"}) {
        const Outcome refused = control(s(line));
        QCOMPARE(refused.code, 1);
        QCOMPARE(refused.err, QByteArray("lifeguardctl: Refused: Pool noop is stopped.\n"));
    }
    QCOMPARE(control(s("scale noop 1")).out, QByteArray("Done: Pool noop: 2 → 1 workers when it is started again.\n"));
    QCOMPARE(control(s("start noop")).code, 0);
    EVENTUALLY(alive(s("noop")) == 1 && state(s("noop")) == s("running"));
    QCOMPARE(control(s("start noop")).out, QByteArray("Done: Pool noop is running.\n"));
}

void TestControl::poolIsDrained()
{
    QVERIFY(m_ctl->submitNoop(1, 1500));
    m_run = run({s("noop=2,grace=1")});
    EVENTUALLY(m_ctl->jobs(s("processing")) == 1);
    QCOMPARE(control(s("drain noop")).code, 0);
    EVENTUALLY(state(s("noop")) == s("stopped"));
    QCOMPARE(m_ctl->jobs(s("completed")), 1);
    RawSql raw(m_ctl->database());
    QCOMPARE(raw.value(s("SELECT attempts FROM jobs")).toInt(), 1);
}

void TestControl::workersAreKilledAndReplaced()
{
    m_run = run({s("noop=2")});
    EVENTUALLY(executorIds().size() == 2);
    const QStringList before = executorIds();
    const Outcome killed = control(s("kill noop"));
    QCOMPARE(killed.out, QByteArray("Done: 2 workers of pool noop were killed. The pool replaces them.\n"));
    EVENTUALLY(executorIds().size() == 2 && !executorIds().contains(before.at(0))
               && !executorIds().contains(before.at(1)));
    QCOMPARE(state(s("noop")), s("running"));
}

void TestControl::workersAreRestarted()
{
    m_run = run({s("noop=2")});
    EVENTUALLY(executorIds().size() == 2);
    const QStringList before = executorIds();
    QCOMPARE(control(s("restart noop")).code, 0);
    EVENTUALLY(executorIds().size() == 2 && !executorIds().contains(before.at(0))
               && !executorIds().contains(before.at(1)));
    QCOMPARE(pool(s("noop")).value(s("count")).toInt(), 2);
}

void TestControl::workersAreRecycledOneAfterAnother()
{
    m_run = run({s("noop=3")});
    EVENTUALLY(executorIds().size() == 3);
    const QStringList before = executorIds();
    QCOMPARE(control(s("recycle noop")).code, 0);
    EVENTUALLY([&] {
        const QStringList now = executorIds();
        return now.size() == 3 && !now.contains(before.at(0)) && !now.contains(before.at(1))
            && !now.contains(before.at(2));
    }());
    // The next worker is drained only after the previous one has ended.
    RawSql raw(m_ctl->database());
    const QStringList kinds = raw.column(s("SELECT kind FROM lifeguard_events WHERE kind IN ('worker_draining', "
                                           "'worker_stopped') ORDER BY id"));
    QCOMPARE(kinds, (QStringList{s("worker_draining"), s("worker_stopped"), s("worker_draining"), s("worker_stopped"),
                                 s("worker_draining"), s("worker_stopped")}));
}

void TestControl::singleWorkersAreCommanded()
{
    m_run = run({s("noop=4")});
    EVENTUALLY(executorIds().size() == 4);
    QStringList before = executorIds();
    QCOMPARE(control(s("kill noop-0")).out, QByteArray("Done: Worker noop-0 was killed. Its pool replaces it.\n"));
    EVENTUALLY(executorIds().size() == 4 && executorIds() != before);
    before = executorIds();
    QCOMPARE(control(s("restart ") + before.at(1)).code, 0); // its executor id
    EVENTUALLY(executorIds().size() == 4 && !executorIds().contains(before.at(1)));
    before = executorIds();
    QCOMPARE(control(s("recycle ") + before.at(2).chopped(3)).code, 0); // a unique beginning
    EVENTUALLY(executorIds().size() == 4 && !executorIds().contains(before.at(2)));
    const QString first = executorIds().constFirst();
    QCOMPARE(control(s("stop ") + first).code, 0);
    EVENTUALLY(executorIds().size() == 3 && !executorIds().contains(first));
    const QString second = executorIds().constFirst();
    QCOMPARE(control(s("drain ") + second).code, 0);
    EVENTUALLY(executorIds().size() == 2 && !executorIds().contains(second));
    QCOMPARE(pool(s("noop")).value(s("count")).toInt(), 2);
}

void TestControl::poolIsRemoved()
{
    m_run = run({s("noop=1")});
    QCOMPARE(control(s("remove noop")).code, 0);
    EVENTUALLY(pool(s("noop")).isEmpty());
}

void TestControl::allPoolsAreCommanded()
{
    m_run = run({s("noop=1"), s("noop=1")});
    EVENTUALLY(state(s("noop")) == s("running") && state(s("noop-2")) == s("running"));
    QCOMPARE(control(s("pause --all")).code, 0);
    QVERIFY(state(s("noop")) == s("paused") && state(s("noop-2")) == s("paused"));
    QCOMPARE(control(s("resume @run-%1").arg(m_run->processId())).code, 0);
    QVERIFY(state(s("noop")) == s("running") && state(s("noop-2")) == s("running"));
    QCOMPARE(control(s("pause noop noop-2@%1").arg(m_run->processId())).code, 0);
    QVERIFY(state(s("noop")) == s("paused") && state(s("noop-2")) == s("paused"));
}

void TestControl::unknownTargetsAreNamed()
{
    m_run = run({s("noop=1")});
    const QString manager = s("run-%1").arg(m_run->processId());
    const Outcome unknown = control(s("stop plantuml"));
    QCOMPARE(unknown.code, 2);
    QCOMPARE(QString::fromUtf8(unknown.err),
             s("lifeguardctl: There is no pool or worker 'plantuml'. The pools are: noop@%1.\n").arg(manager));
    const Outcome elsewhere = control(s("stop noop@run-1"));
    QCOMPARE(elsewhere.code, 2);
    QVERIFY2(elsewhere.err.contains(manager.toUtf8()), elsewhere.err.constData());
}

void TestControl::ambiguousNamesAreRefused()
{
    m_run = run({s("noop=1")});
    const auto second = run({s("noop=1")});
    const QByteArray first = "noop@run-" + QByteArray::number(m_run->processId());
    const QByteArray other = "noop@run-" + QByteArray::number(second->processId());
    const Outcome refused = control(s("pause noop"));
    QCOMPARE(refused.code, 2);
    QVERIFY2(refused.err.contains(first) && refused.err.contains(other), refused.err.constData());
    QCOMPARE(control(s("pause ") + QString::fromUtf8(other)).code, 0);
    QCOMPARE(pool(s("noop"), second->processId()).value(s("state")).toString(), s("paused"));
    QCOMPARE(pool(s("noop"), m_run->processId()).value(s("state")).toString(), s("running"));
    second->terminate();
    QVERIFY(second->waitForFinished(patience));
    QCOMPARE(control(s("pause noop")).code, 0);
    EVENTUALLY(control(s("pools --json")).array().size() == 1);
}

void TestControl::wrongArgumentsAreRefused_data()
{
    QTest::addColumn<QString>("line");
    QTest::addColumn<QByteArray>("message");
    QTest::newRow("no target") << s("stop") << QByteArray("Name a pool or a worker.");
    QTest::newRow("target and --all") << s("stop noop --all") << QByteArray("Name targets, or use --all");
    QTest::newRow("no count") << s("scale noop") << QByteArray("scale TARGET… N");
    QTest::newRow("many workers") << s("scale noop 1001") << QByteArray("between 0 and 1000");
    QTest::newRow("pause of a worker") << s("pause noop-0") << QByteArray("applies to pools");
    QTest::newRow("duration") << s("pause noop --for later") << QByteArray("--for: ");
    QTest::newRow("timeout") << s("stop noop --timeout 0") << QByteArray("--timeout");
    QTest::newRow("read-only") << s("stop noop --read-only") << QByteArray("--read-only");
}

void TestControl::wrongArgumentsAreRefused()
{
    QFETCH(QString, line);
    QFETCH(QByteArray, message);
    m_run = run({s("noop=1")});
    const Outcome refused = control(line);
    QCOMPARE(refused.code, 2);
    QVERIFY2(refused.err.contains(message), refused.err.constData());
    QCOMPARE(control(s("commands --json")).array().size(), 0);
}

void TestControl::dryRunSendsNothing()
{
    m_run = run({s("noop=1")});
    const Outcome planned = control(s("scale noop 4 --dry-run"));
    QCOMPARE(planned.code, 0);
    QCOMPARE(QString::fromUtf8(planned.out), s("Would send 'scale noop 4' to run-%1.\n").arg(m_run->processId()));
    const QJsonArray rows = control(s("scale noop 4 --dry-run --json")).array();
    QCOMPARE(rows.size(), 1);
    QCOMPARE(rows.first()[s("verb")].toString(), s("scale"));
    QCOMPARE(rows.first()[s("pool")].toString(), s("noop"));
    QCOMPARE(rows.first()[s("number")].toInt(), 4);
    QCOMPARE(control(s("commands --json")).array().size(), 0);
}

void TestControl::commandsAreListedWithTheirUser()
{
    m_run = run({s("noop=1")});
    const Outcome sent = control(s("scale noop 2 --json"));
    QCOMPARE(sent.code, 0);
    const QJsonObject command = sent.array().first().toObject();
    QCOMPARE(command.value(s("outcome")).toString(), s("done"));
    QCOMPARE(command.value(s("code")).toString(), s("pool_count_set"));
    const QJsonArray log = control(s("commands --json")).array();
    QCOMPARE(log, sent.array());
    QProcess id;
    id.start(s("id"), {s("-un")});
    QVERIFY(id.waitForFinished());
    QCOMPARE(command.value(s("issuer")).toString().toUtf8(), id.readAll().trimmed());
    QVERIFY(control(s("commands")).out.contains("scale noop 2"));
}

void TestControl::commandIsAnEvent()
{
    m_run = run({s("noop=1")});
    QCOMPARE(control(s("scale noop 2")).code, 0);
    RawSql raw(m_ctl->database());
    const QString event = raw.value(s("SELECT message FROM lifeguard_events WHERE kind = 'command'")).toString();
    QVERIFY2(event.endsWith(s(" sent the command 'scale noop 2': done. Pool noop: 1 → 2 workers.")), qPrintable(event));
}

void TestControl::missingManagerIsReported()
{
    QCOMPARE(control(s("init")).code, 0);
    const Outcome outcome = control(s("stop noop"));
    QCOMPARE(outcome.code, 2);
    QVERIFY2(outcome.err.contains("No program runs pools on this database"), outcome.err.constData());
    QVERIFY(control(s("pools")).out.contains("No pools."));
    QVERIFY(control(s("commands")).out.contains("No commands."));
}

void TestControl::stoppedManagerIsReported()
{
    m_run = run({s("noop=1")});
    QVERIFY(stopBetweenTransactions(m_run->processId(), m_ctl->database()));
    const Outcome outcome = control(s("scale noop 2 --timeout 1s"));
    QCOMPARE(outcome.code, 4);
    QVERIFY2(outcome.err.contains("is stopped (T)") && outcome.err.contains("was withdrawn"), outcome.err.constData());
    ::kill(pid_t(m_run->processId()), SIGCONT);
    // The withdrawn command is not carried out later.
    QCOMPARE(control(s("pause noop")).code, 0);
    QCOMPARE(pool(s("noop")).value(s("count")).toInt(), 1);
    QCOMPARE(control(s("commands --json")).array().last().toObject().value(s("outcome")).toString(), s("expired"));
}

void TestControl::killedManagerIsReported()
{
    m_run = run({s("noop=1")});
    QVERIFY(stopBetweenTransactions(m_run->processId(), m_ctl->database()));
    QProcess waiting;
    m_ctl->start(waiting, {s("stop"), s("noop")});
    EVENTUALLY(control(s("commands --json")).array().size() == 1);
    m_run->kill();
    QVERIFY(waiting.waitForFinished(patience));
    const QByteArray error = waiting.readAllStandardError();
    QVERIFY2(error.contains("ended before it took the command"), error.constData());
    QCOMPARE(waiting.exitCode(), 1);
    QCOMPARE(control(s("pools --json")).array().size(), 0);
}

/// A manager that dies between taking and answering a command leaves it taken. No other manager takes it again.
void TestControl::managerThatDiesAfterTakingIsReported()
{
    m_run = run({s("noop=1")});
    QVERIFY(stopBetweenTransactions(m_run->processId(), m_ctl->database()));
    QProcess waiting;
    m_ctl->start(waiting, {s("kill"), s("noop")});
    EVENTUALLY(control(s("commands --json")).array().size() == 1);
    RawSql raw(m_ctl->database());
    QVERIFY(raw.exec(s("UPDATE lifeguard_commands SET taken_at = '2026-01-01 00:00:00', issuer = 'anna'")));
    m_run->kill();
    QVERIFY(waiting.waitForFinished(patience));
    const QByteArray error = waiting.readAllStandardError();
    QVERIFY2(error.contains("ended before it answered") && error.contains("is unknown"), error.constData());
    QCOMPARE(waiting.exitCode(), 1);
    m_run->waitForFinished(patience);
    m_run = run({s("noop=1")}); // removes the row of the killed manager
    EVENTUALLY(control(s("commands --json")).array().first().toObject().value(s("outcome")) == s("unknown"));
    QVERIFY(control(s("commands")).out.contains("The manager ended before it answered."));
}

/// Kills managers at random moments while commands arrive. A command has its answer and its event, or neither, and no
/// later manager takes it again.
void TestControl::noCommandIsCarriedOutTwice()
{
    constexpr int rounds = 8;
    constexpr int commandsPerRound = 4;
    int number = 100;
    for (int round = 0; round < rounds; ++round) {
        m_run = run({s("noop=1")});
        std::vector<std::unique_ptr<QProcess>> waiting;
        for (int i = 0; i < commandsPerRound; ++i) {
            waiting.push_back(std::make_unique<QProcess>());
            m_ctl->start(*waiting.back(), {s("pause"), s("noop"), s("--for"), QString::number(++number)});
        }
        RawSql raw(m_ctl->database());
        EVENTUALLY(raw.value(s("SELECT count(*) FROM lifeguard_commands")).toInt() > round * commandsPerRound);
        QTest::qWait(int(QRandomGenerator::global()->bounded(40)));
        m_run->kill();
        QVERIFY(m_run->waitForFinished(patience));
        for (const auto &process : waiting)
            QTRY_COMPARE_WITH_TIMEOUT(process->state(), QProcess::NotRunning, patience);
    }
    m_run = run({s("noop=1")});
    const QJsonArray commands = control(s("commands --json")).array();
    QVERIFY(commands.size() > rounds);
    RawSql raw(m_ctl->database());
    for (const QJsonValue &value : commands) {
        const QJsonObject command = value.toObject();
        const QString outcome = command.value(s("outcome")).toString();
        const int events = raw.value(s("SELECT count(*) FROM lifeguard_events WHERE kind = 'command' AND message LIKE "
                                       "?"),
                                     {s("%'pause noop --for %1s'%").arg(command.value(s("number")).toInt())})
                               .toInt();
        QVERIFY2(outcome == s("done") || outcome == s("unknown") || outcome == s("expired"), qPrintable(outcome));
        QCOMPARE(events, outcome == s("done") ? 1 : 0);
    }
}

void TestControl::readOnlyDatabaseIsReported()
{
    m_run = run({s("noop=1")});
    QVERIFY(QDir().mkpath(m_ctl->filePath(s("disk"))));
    const SmallDisk disk(m_ctl->filePath(s("disk"))); // only root can mount it, and only root can write to every file
    const QString copy = m_ctl->filePath(s("disk/copy.db"));
    QVERIFY(QFile::copy(m_ctl->database(), copy));
    QVERIFY(disk.isMounted() ? disk.setReadOnly(true) : QFile::setPermissions(copy, QFileDevice::ReadOwner));
    QProcess process; // CtlProgram::call() uses the original
    process.start(CtlProgram::program(), {s("stop"), s("noop"), s("--db"), copy});
    QVERIFY(process.waitForFinished(patience));
    const QByteArray error = process.readAllStandardError();
    QVERIFY2(process.exitCode() == 3 && error.contains("copy.db"), error.constData());
}

QTEST_GUILESS_MAIN(TestControl)
#include "tst_control.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
// Tests that sessions, as windows have them, show and control the pools of `lifeguardctl run`, and stay consistent.
#include "core/session/managersession.h"
#include "core/session/poolcontrol.h"
#include "places.h"
#include "tests/support/ctlprogram.h"
#include "tests/support/queuetest.h"
#include "tests/support/testhelpers.h"

#include <QSignalSpy>
#include <QTest>

#include <algorithm>
#include <memory>
#include <signal.h>

using namespace lifeguard;
using namespace lifeguard::test;

class TestPoolControl : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void twoSessionsStayConsistent();
    void workersOfOtherManagersAreControlled();
    void failuresAreReported();
    void endOfTheManagerIsReported();
    void ownPoolsAreControlledDirectly();
    void poolsAreRecycledAndRestarted();
    void limitedPauseEndsByItself();
    void allPoolsAreControlled();
    void namesOfWorkersAreUnambiguous();

private:
    void launchOwn();
    void endOwn();
    [[nodiscard]] QStringList aliveIds(const QString &manager) const;
    [[nodiscard]] QStringList states() const;

    struct Window
    {
        explicit Window(const CtlProgram &ctl)
        {
            ManagerSessionOptions options;
            options.database = ctl.database();
            options.workspace = ctl.folder();
            options.workerProgram = s(LIFEGUARD_BIN_DIR "/lifeguard-worker");
            session = std::make_unique<ManagerSession>(options);
            control = std::make_unique<PoolControl>(*session);
            session->open();
        }
        [[nodiscard]] PoolInfo other() const { return control->otherPools().value(0); }

        std::unique_ptr<ManagerSession> session;
        std::unique_ptr<PoolControl> control;
    };

    std::unique_ptr<CtlProgram> m_ctl;
    std::unique_ptr<QProcess> m_run;
    std::unique_ptr<Window> m_window;
    QString m_key; ///< of the pool of m_run
};

void TestPoolControl::init()
{
    m_ctl = std::make_unique<CtlProgram>();
    m_run = std::make_unique<QProcess>();
    m_ctl->start(*m_run, {s("run"), s("--pool"), s("noop=2")});
    QVERIFY(CtlProgram::readUntil(*m_run, "is running").contains("is running"));
    m_key = s("noop@run-%1").arg(m_run->processId());
    m_window = std::make_unique<Window>(*m_ctl);
    QTRY_VERIFY_WITH_TIMEOUT(m_window->session->isReady(), patience);
    QTRY_COMPARE_WITH_TIMEOUT(m_window->other().alive, 2, patience);
    QCOMPARE(m_window->other().key(), m_key);
    QCOMPARE(m_window->other().state, PoolState::Running);
}

void TestPoolControl::cleanup()
{
    m_window.reset();
    if (m_run->state() != QProcess::NotRunning) {
        m_run->terminate();
        m_run->waitForFinished(patience);
    }
    m_run.reset();
    m_ctl.reset();
}

void TestPoolControl::twoSessionsStayConsistent()
{
    Window second(*m_ctl);
    QTRY_COMPARE_WITH_TIMEOUT(second.other().alive, 2, patience);
    QSignalSpy failed(m_window->control.get(), &PoolControl::failed);
    m_window->control->controlPool(CommandVerb::Scale, m_key, 4);
    QTRY_COMPARE_WITH_TIMEOUT(second.other().alive, 4, patience);
    QTRY_COMPARE_WITH_TIMEOUT(m_window->other().alive, 4, patience);
    QCOMPARE(second.other().countSource, CountSource::Hand);
    second.control->controlPool(CommandVerb::Pause, m_key);
    QTRY_COMPARE_WITH_TIMEOUT(m_window->other().state, PoolState::Paused, patience);
    QTRY_COMPARE_WITH_TIMEOUT(second.other().state, PoolState::Paused, patience);
    m_window->control->controlPool(CommandVerb::Resume, m_key);
    QTRY_COMPARE_WITH_TIMEOUT(second.other().state, PoolState::Running, patience);
    second.control->controlPool(CommandVerb::Stop, m_key);
    QTRY_COMPARE_WITH_TIMEOUT(m_window->other().state, PoolState::Stopped, patience);
    m_window->control->controlPool(CommandVerb::Start, m_key);
    QTRY_COMPARE_WITH_TIMEOUT(second.other().alive, 4, patience);
    second.control->controlPool(CommandVerb::Remove, m_key);
    QTRY_VERIFY_WITH_TIMEOUT(m_window->control->otherPools().isEmpty() && second.control->otherPools().isEmpty(),
                             patience);
    QCOMPARE(failed.size(), 0);
}

void TestPoolControl::workersOfOtherManagersAreControlled()
{
    const auto ids = [this] {
        QStringList found;
        for (const WorkerInfo &worker : m_window->session->manager()->workers()) {
            if (worker.isAlive() && worker.workerId > 0)
                found.append(worker.executorId);
        }
        return found;
    };
    QTRY_COMPARE_WITH_TIMEOUT(ids().size(), 2, patience);
    const QString victim = ids().first();
    m_window->control->controlWorker(CommandVerb::Kill, victim);
    EVENTUALLY(ids().size() == 2 && !ids().contains(victim));
    m_window->control->controlWorker(CommandVerb::Drain, ids().first());
    EVENTUALLY(ids().size() == 1);
    QTRY_COMPARE_WITH_TIMEOUT(m_window->other().config.count, 1, patience);
    m_window->control->controlWorker(CommandVerb::Stop, ids().first());
    EVENTUALLY(ids().isEmpty());
}

void TestPoolControl::failuresAreReported()
{
    QSignalSpy failed(m_window->control.get(), &PoolControl::failed);
    m_window->control->controlPool(CommandVerb::Scale, m_key, 100'000);
    QTRY_COMPARE_WITH_TIMEOUT(failed.size(), 1, patience);
    m_window->control->controlPool(CommandVerb::Stop, s("noop@run-1"));
    QTRY_COMPARE_WITH_TIMEOUT(failed.size(), 2, patience);
    m_window->control->controlPool(CommandVerb::Stop, m_key);
    QTRY_COMPARE_WITH_TIMEOUT(m_window->other().state, PoolState::Stopped, patience);
    m_window->control->controlPool(CommandVerb::Pause, m_key);
    QTRY_COMPARE_WITH_TIMEOUT(failed.size(), 3, patience);
    QCOMPARE(failed.last().first().value<Error>().message, s("Pool noop is stopped."));
}

void TestPoolControl::endOfTheManagerIsReported()
{
    QSignalSpy failed(m_window->control.get(), &PoolControl::failed);
    QVERIFY(stopBetweenTransactions(m_run->processId(), m_ctl->database()));
    m_window->control->controlPool(CommandVerb::Pause, m_key);
    EVENTUALLY(m_ctl->call({s("commands"), s("--json")}).array().size() == 1);
    m_run->kill();
    QVERIFY(m_run->waitForFinished(patience));
    QTRY_COMPARE_WITH_TIMEOUT(failed.size(), 1, patience); // when the manager of the window has removed the row
    QVERIFY(m_window->control->otherPools().isEmpty());
}

/// Starts a pool of the window's own manager, with the name of the pool of m_run.
void TestPoolControl::launchOwn()
{
    WorkerConfig config;
    config.type = s("noop");
    config.mode = ExecutionMode::Direct;
    config.count = 1;
    QVERIFY(m_window->session->launch(config));
    QTRY_COMPARE_WITH_TIMEOUT(aliveIds({}).size(), 1, patience);
}

void TestPoolControl::endOwn()
{
    QSignalSpy stopped(m_window->session.get(), &ManagerSession::stopped);
    m_window->session->stop(seconds(0));
    QVERIFY(stopped.size() > 0 || stopped.wait(patience));
}

/// Returns the registered workers of a manager. manager: its short name; empty: that of the window.
QStringList TestPoolControl::aliveIds(const QString &manager) const
{
    QStringList ids;
    for (const WorkerInfo &worker : m_window->session->manager()->workers()) {
        if (worker.isAlive() && worker.workerId > 0 && worker.manager == manager)
            ids.append(worker.executorId);
    }
    return ids;
}

QStringList TestPoolControl::states() const
{
    QStringList states;
    for (const PoolInfo &pool : m_window->control->pools())
        states.append(toString(pool.state));
    return states;
}

void TestPoolControl::ownPoolsAreControlledDirectly()
{
    launchOwn();
    m_window->control->controlPool(CommandVerb::Pause, s("noop"));
    QCOMPARE(m_window->session->manager()->pools().first().state, PoolState::Paused);
    // Refusals are reported, as those of other managers are.
    QSignalSpy failed(m_window->control.get(), &PoolControl::failed);
    m_window->control->controlPool(CommandVerb::Recycle, s("noop"));
    QCOMPARE(failed.size(), 1);
    QCOMPARE(failed.first().first().value<Error>().message, s("Pool noop is paused."));
    QCOMPARE(m_ctl->call({s("commands"), s("--json")}).array().size(), 0);
    endOwn();
}

/// Own pools and those of other managers alike.
void TestPoolControl::poolsAreRecycledAndRestarted()
{
    launchOwn();
    const QString run = m_window->other().manager;
    QSignalSpy failed(m_window->control.get(), &PoolControl::failed);
    for (const CommandVerb verb : {CommandVerb::Recycle, CommandVerb::Restart}) {
        const QStringList before = aliveIds(run) + aliveIds({});
        QCOMPARE(before.size(), 3);
        m_window->control->controlPool(verb, m_key);
        m_window->control->controlPool(verb, s("noop"));
        const auto isReplaced = [&] {
            const QStringList now = aliveIds(run) + aliveIds({});
            return now.size() == 3
                && std::none_of(now.begin(), now.end(), [&](const QString &id) { return before.contains(id); });
        };
        EVENTUALLY(isReplaced());
    }
    for (const QString &pool : {m_key, s("noop")})
        m_window->control->controlPool(CommandVerb::Drain, pool);
    EVENTUALLY(states() == (QStringList{s("stopped"), s("stopped")}));
    QCOMPARE(failed.size(), 0);
    endOwn();
}

void TestPoolControl::limitedPauseEndsByItself()
{
    launchOwn();
    m_window->control->controlPool(CommandVerb::Pause, s("noop"), 1);
    m_window->control->controlPool(CommandVerb::Pause, m_key, 2);
    QCOMPARE(states().first(), s("paused"));
    QVERIFY(m_window->control->pools().first().reason.contains(s("until")));
    const auto sent = [this] { return m_ctl->call({s("commands"), s("--json")}).array().first().toObject(); };
    EVENTUALLY(sent().value(s("outcome")).toString() == s("done"));
    EVENTUALLY(states() == (QStringList{s("running"), s("running")}));
    endOwn();
}

void TestPoolControl::allPoolsAreControlled()
{
    launchOwn();
    QSignalSpy failed(m_window->control.get(), &PoolControl::failed);
    m_window->control->pauseAll();
    EVENTUALLY(states() == (QStringList{s("paused"), s("paused")}));
    m_window->control->resumeAll();
    EVENTUALLY(states() == (QStringList{s("running"), s("running")}));
    m_window->control->stopAll();
    EVENTUALLY(states() == (QStringList{s("stopped"), s("stopped")}));
    m_window->control->resumeAll(); // does not start what was stopped
    m_window->control->pauseAll();
    QCOMPARE(m_ctl->call({s("commands"), s("--json")}).array().size(), 3); // to m_run
    QCOMPARE(states(), (QStringList{s("stopped"), s("stopped")}));
    QCOMPARE(failed.size(), 0);
    endOwn();
}

void TestPoolControl::namesOfWorkersAreUnambiguous()
{
    launchOwn();
    EVENTUALLY(aliveIds(m_window->other().manager).size() == 2);
    QStringList names;
    for (const WorkerInfo &worker : m_window->session->manager()->workers())
        names.append(worker.name());
    names.sort();
    const QString run = m_window->other().manager;
    QCOMPARE(names, (QStringList{s("noop-0"), s("noop-0@") + run, s("noop-1@") + run}));
    endOwn();
}

QTEST_GUILESS_MAIN(TestPoolControl)
#include "tst_poolcontrol.moc"

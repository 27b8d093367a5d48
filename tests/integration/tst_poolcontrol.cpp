// SPDX-License-Identifier: GPL-3.0-or-later
// Tests that sessions, as windows have them, show and control the pools of `lifeguardctl run`, and stay consistent.
#include "core/session/managersession.h"
#include "core/session/poolcontrol.h"
#include "tests/support/ctlprogram.h"
#include "tests/support/testhelpers.h"

#include <QSignalSpy>
#include <QTest>

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

private:
    struct Window
    {
        explicit Window(const CtlProgram &ctl)
        {
            ManagerSessionOptions options;
            options.database = ctl.database();
            options.workspace = ctl.folder();
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
    ::kill(pid_t(m_run->processId()), SIGSTOP);
    m_window->control->controlPool(CommandVerb::Pause, m_key);
    EVENTUALLY(m_ctl->call({s("commands"), s("--json")}).array().size() == 1);
    m_run->kill();
    QVERIFY(m_run->waitForFinished(patience));
    QTRY_COMPARE_WITH_TIMEOUT(failed.size(), 1, patience); // when the manager of the window has removed the row
    QVERIFY(m_window->control->otherPools().isEmpty());
}

void TestPoolControl::ownPoolsAreControlledDirectly()
{
    WorkerConfig config;
    config.type = s("noop");
    config.mode = ExecutionMode::Direct;
    config.count = 1;
    QVERIFY(m_window->session->launch(config));
    m_window->control->controlPool(CommandVerb::Pause, s("noop"));
    QCOMPARE(m_window->session->manager()->pools().first().state, PoolState::Paused);
    QCOMPARE(m_ctl->call({s("commands"), s("--json")}).array().size(), 0);
    m_window->session->stop(seconds(0));
    QSignalSpy stopped(m_window->session.get(), &ManagerSession::stopped);
    QVERIFY(stopped.size() > 0 || stopped.wait(patience));
}

QTEST_GUILESS_MAIN(TestPoolControl)
#include "tst_poolcontrol.moc"

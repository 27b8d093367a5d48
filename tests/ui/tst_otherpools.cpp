// SPDX-License-Identifier: GPL-3.0-or-later
// Tests the window beside `lifeguardctl run`: the commands for all pools, the questions that name what they affect, and
// names that are unambiguous.
#include "tests/support/ctlprogram.h"
#include "tests/support/pooltest.h"
#include "tests/ui/dashboardtest.h"
#include "ui/models/eventsmodel.h"
#include "ui/models/modelroles.h"

#include <QListView>
#include <QMessageBox>
#include <QTableView>

using namespace lifeguard;
using namespace lifeguard::test;

class TestOtherPools : public DashboardTest
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { setUpAll(); }
    void init();
    void cleanup();
    void pausesAndResumesAllPools();
    void asksBeforeStoppingPoolsOfOtherPrograms();
    void quittingLeavesOtherPoolsRunning();

private:
    [[nodiscard]] QString run() const { return s("run-%1").arg(m_run->processId()); }
    [[nodiscard]] QString other() const { return s("noop@") + run(); }
    [[nodiscard]] PoolState stateOf(const QString &key) const;
    [[nodiscard]] QMessageBox *question(const char *name) const { return child<QMessageBox>(name); }

    std::unique_ptr<CtlProgram> m_ctl;
    std::unique_ptr<QProcess> m_run;
};

/// Starts a pool of each program, both with the name noop.
void TestOtherPools::init()
{
    setUp();
    m_ctl = std::make_unique<CtlProgram>();
    m_run = std::make_unique<QProcess>();
    m_ctl->start(*m_run, {s("run"), s("--pool"), s("noop=1")});
    QVERIFY(CtlProgram::readUntil(*m_run, "is running").contains("is running"));
    DashboardOptions options;
    options.workspace = m_ctl->folder();
    options.database = m_ctl->database();
    options.workerProgram = s(LIFEGUARD_BIN_DIR "/lifeguard-worker");
    options.pools = {PoolTest::noop(1)};
    m_dashboard = std::make_unique<Dashboard>(theme::Mode::Light);
    m_dashboard->start(options);
    QVERIFY(QTest::qWaitForWindowExposed(&m_dashboard->window()));
    EVENTUALLY(isReady());
    EVENTUALLY(stateOf(s("noop")) == PoolState::Running && stateOf(other()) == PoolState::Running);
}

void TestOtherPools::cleanup()
{
    tearDown();
    if (m_run->state() != QProcess::NotRunning) {
        m_run->terminate();
        QVERIFY(m_run->waitForFinished(patience));
    }
    m_run.reset();
    m_ctl.reset();
}

/// Returns the state that the list of pools shows; Stopping if it does not show the pool.
PoolState TestOtherPools::stateOf(const QString &key) const
{
    const QAbstractItemModel *model = child<QListView>("poolsView")->model();
    for (int row = 0; row < model->rowCount(); ++row) {
        const QModelIndex index = model->index(row, 0);
        if (index.data(KeyRole).toString() == key)
            return PoolState(index.data(StateRole).toInt());
    }
    return PoolState::Stopping;
}

void TestOtherPools::pausesAndResumesAllPools()
{
    auto *button = child<QPushButton>("pauseAllButton");
    EVENTUALLY(button->toolTip().contains(run()));
    QTest::mouseClick(button, Qt::LeftButton);
    EVENTUALLY(stateOf(s("noop")) == PoolState::Paused && stateOf(other()) == PoolState::Paused);
    EVENTUALLY(button->accessibleName() == s("Resume all"));
    // The pool of the window comes first; the other one has its full name.
    EVENTUALLY(child<QLabel>("overallLabel")->text() == s("noop is paused"));
    m_dashboard->session().control().controlPool(CommandVerb::Resume, s("noop"));
    EVENTUALLY(child<QLabel>("overallLabel")->text() == other() + s(" is paused"));
    m_dashboard->session().control().controlPool(CommandVerb::Pause, s("noop"));
    EVENTUALLY(button->accessibleName() == s("Resume all"));
    QTest::mouseClick(button, Qt::LeftButton);
    EVENTUALLY(stateOf(s("noop")) == PoolState::Running && stateOf(other()) == PoolState::Running);
}

void TestOtherPools::asksBeforeStoppingPoolsOfOtherPrograms()
{
    auto *button = child<QPushButton>("stopAllButton");
    EVENTUALLY(button->isEnabled());
    QTest::mouseClick(button, Qt::LeftButton);
    QMessageBox *box = nullptr;
    EVENTUALLY((box = question("stopAllConfirmation")));
    QVERIFY2(box->text().contains(s("2 pools")), qPrintable(box->text()));
    QVERIFY2(box->informativeText().contains(other()), qPrintable(box->informativeText()));
    QVERIFY(box->informativeText().contains(s("Of this window: noop.")));
    QCOMPARE(box->defaultButton(), box->button(QMessageBox::Cancel));
    box->button(QMessageBox::Cancel)->click();
    EVENTUALLY(!question("stopAllConfirmation"));
    QCOMPARE(stateOf(s("noop")), PoolState::Running);
    QTest::mouseClick(button, Qt::LeftButton);
    EVENTUALLY((box = question("stopAllConfirmation")));
    box->findChild<QPushButton *>(s("stopAllPoolsButton"))->click();
    EVENTUALLY(stateOf(s("noop")) == PoolState::Stopped && stateOf(other()) == PoolState::Stopped);
    EVENTUALLY(!button->isEnabled());
    // Only own pools: no question.
    m_dashboard->session().control().controlPool(CommandVerb::Start, s("noop"));
    EVENTUALLY(stateOf(s("noop")) == PoolState::Running && button->isEnabled());
    QTest::mouseClick(button, Qt::LeftButton);
    EVENTUALLY(stateOf(s("noop")) == PoolState::Stopped);
    QVERIFY(!question("stopAllConfirmation"));
}

void TestOtherPools::quittingLeavesOtherPoolsRunning()
{
    QStringList names;
    EVENTUALLY(alive() == 2);
    const QAbstractItemModel *workers = child<QTableView>("workersView")->model();
    EVENTUALLY(workers->rowCount() == 2);
    for (int row = 0; row < 2; ++row)
        names.append(workers->index(row, 1).data().toString());
    QCOMPARE(names, (QStringList{s("noop-0"), s("noop-0@") + run()}));
    const QAbstractItemModel *events = child<QTableView>("eventsView")->model();
    const auto eventPools = [events] {
        QSet<QString> pools;
        for (int row = 0; row < events->rowCount(); ++row)
            pools.insert(events->index(row, EventsModel::PoolColumn).data().toString());
        return pools;
    };
    EVENTUALLY(eventPools() == (QSet<QString>{s("noop"), other()}));
    m_dashboard->window().close();
    QMessageBox *box = nullptr;
    EVENTUALLY((box = question("quitConfirmation")));
    QVERIFY2(box->informativeText().contains(s("1 worker running.")), qPrintable(box->informativeText()));
    QVERIFY2(box->informativeText().contains(s("Pools of other programs keep running: %1.").arg(other())),
             qPrintable(box->informativeText()));
    box->findChild<QPushButton *>(s("quitAndStopButton"))->click();
    EVENTUALLY(!m_dashboard->window().isVisible());
    QVERIFY(m_ctl->call({s("pools")}).out.contains("running"));
}

QTEST_MAIN(TestOtherPools)
#include "tst_otherpools.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
// Tests the panel of pools: what it shows about each pool, and its commands by mouse, menu and keyboard.
#include "core/model/poolinfo.h"
#include "core/model/poolstate.h"
#include "tests/support/testhelpers.h"
#include "ui/models/modelroles.h"
#include "ui/models/poolsmodel.h"
#include "ui/theme/stateappearance.h"
#include "ui/theme/theme.h"
#include "ui/views/poolspanel.h"

#include <QApplication>
#include <QContextMenuEvent>
#include <QLabel>
#include <QListView>
#include <QMenu>
#include <QPushButton>
#include <QSignalSpy>
#include <QSpinBox>
#include <QTest>
#include <QToolButton>

using namespace lifeguard;
using namespace lifeguard::test;

namespace {

PoolInfo makePool(const char *name, PoolState state, int count, int alive, int busy = 0, qint64 waiting = 0)
{
    PoolInfo info;
    info.name = info.config.type = s(name);
    info.config.mode = ExecutionMode::Direct;
    info.config.count = count;
    info.state = state;
    info.alive = alive;
    info.busy = busy;
    info.pendingJobs = waiting;
    return info;
}

} // namespace

class TestPoolsPanel : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { theme::apply(*qApp, theme::Mode::Light); }
    void init();
    void cleanup() { m_panel.reset(); }
    void emptyPanelOffersLaunch();
    void describesQueue_data();
    void describesQueue();
    void highlightsQueuesWithoutWorkers();
    void showsReasonOfMode();
    void showsScaling();
    void changesCount();
    void keepsCountThatIsBeingTyped();
    void changesCountWithKeys();
    void explainsCrashLoop();
    void contextMenu();
    void menuOffersWhatApplies_data();
    void menuOffersWhatApplies();
    void pausesForALimitedTime();
    void namesPoolsOfOtherManagers();
    void opensMenuWithKeyboard();
    void openMenuHoldsList();
    void disabledCommandsShowReason();
    void showsManyPoolsWithLongNames();
    void sortsNumbersNaturally();

private:
    template<typename T>
    T *child(const char *name) const
    {
        return m_panel->findChild<T *>(s(name));
    }
    QListView *view() const { return child<QListView>("poolsView"); }
    QImage picture(const PoolInfo &info);
    QStringList texts(const QMenu &menu) const;
    QMenu *openMenu(int row);

    std::unique_ptr<PoolsPanel> m_panel;
    QStringList m_commands; ///< that the panel has requested, "scale plantuml 4"
};

void TestPoolsPanel::init()
{
    m_panel = std::make_unique<PoolsPanel>();
    m_panel->setDisabledReason({});
    m_panel->resize(248, 600);
    m_commands.clear();
    connect(m_panel.get(), &PoolsPanel::commandRequested, this,
            [this](const QString &pool, CommandVerb verb, std::optional<int> number) {
                m_commands.append(toString(verb) + u' ' + pool + (number ? s(" %1").arg(*number) : QString()));
            });
    m_panel->show();
    QVERIFY(QTest::qWaitForWindowExposed(m_panel.get()));
}

QImage TestPoolsPanel::picture(const PoolInfo &info)
{
    m_panel->setPools({info});
    return view()->viewport()->grab(view()->visualRect(view()->model()->index(0, 0))).toImage();
}

QMenu *TestPoolsPanel::openMenu(int row)
{
    const QPoint position = view()->visualRect(view()->model()->index(row, 0)).center();
    QContextMenuEvent event(QContextMenuEvent::Mouse, position, view()->viewport()->mapToGlobal(position));
    QApplication::sendEvent(view()->viewport(), &event);
    return qobject_cast<QMenu *>(QApplication::activePopupWidget());
}

void TestPoolsPanel::emptyPanelOffersLaunch()
{
    QSignalSpy launch(m_panel.get(), &PoolsPanel::launchRequested);
    m_panel->setPools({});
    const auto buttons = view()->findChildren<QPushButton *>();
    QCOMPARE(buttons.size(), 1);
    QVERIFY(buttons.first()->isVisible());
    buttons.first()->click();
    QCOMPARE(launch.size(), 1);
    child<QToolButton>("launchMoreButton")->click();
    QCOMPARE(launch.size(), 2);
    QVERIFY(!child<QSpinBox>("poolCountSpin")->isVisible());
}

void TestPoolsPanel::describesQueue_data()
{
    QTest::addColumn<int>("state");
    QTest::addColumn<int>("alive");
    QTest::addColumn<int>("busy");
    QTest::addColumn<qint64>("waiting");
    QTest::addColumn<QString>("text");
    QTest::addColumn<int>("hue");
    using theme::Hue;
    QTest::newRow("no jobs") << int(PoolState::Running) << 2 << 0 << qint64(0) << s("no jobs waiting")
                             << int(Hue::Neutral);
    QTest::newRow("no worker") << int(PoolState::Stopped) << 0 << 0 << qint64(3) << s("3 waiting, no worker alive")
                               << int(Hue::Bad);
    QTest::newRow("no worker, crash-looping")
        << int(PoolState::CrashLooping) << 0 << 0 << qint64(3) << s("3 waiting, no worker alive") << int(Hue::Bad);
    QTest::newRow("all busy") << int(PoolState::Running) << 2 << 2 << qint64(3) << s("3 waiting, all workers busy")
                              << int(Hue::Busy);
    QTest::newRow("some idle") << int(PoolState::Running) << 2 << 1 << qint64(3) << s("3 waiting") << int(Hue::Neutral);
    QTest::newRow("starting") << int(PoolState::Starting) << 0 << 0 << qint64(3000)
                              << s("3,000 waiting, workers starting") << int(Hue::Neutral);
}

void TestPoolsPanel::describesQueue()
{
    QFETCH(int, state);
    QFETCH(int, alive);
    QFETCH(int, busy);
    QFETCH(qint64, waiting);
    QFETCH(QString, text);
    QFETCH(int, hue);
    const PoolInfo info = makePool("plantuml", PoolState(state), 2, alive, busy, waiting);
    QCOMPARE(queueAppearance(info).text, text);
    QCOMPARE(int(queueAppearance(info).hue), hue);
    m_panel->setPools({info});
    QVERIFY(view()->model()->index(0, 0).data(Qt::AccessibleTextRole).toString().contains(text));
    QVERIFY(view()->model()->index(0, 0).data(Qt::ToolTipRole).toString().contains(text));
}

void TestPoolsPanel::highlightsQueuesWithoutWorkers()
{
    // Only the numbers of living and busy workers differ.
    const theme::StateAppearance withoutWorkers = queueAppearance(makePool("plantuml", PoolState::Running, 2, 0, 0, 3));
    const theme::StateAppearance busy = queueAppearance(makePool("plantuml", PoolState::Running, 2, 2, 2, 3));
    QVERIFY(withoutWorkers.shape != busy.shape);
    QVERIFY(withoutWorkers.hue != busy.hue);
    QVERIFY(withoutWorkers.text != busy.text);
    QVERIFY(picture(makePool("plantuml", PoolState::Running, 2, 2, 2, 3))
            != picture(makePool("plantuml", PoolState::Running, 2, 2, 1, 3)));
}

/// The row shows the mode that was chosen automatically, and the reason.
void TestPoolsPanel::showsReasonOfMode()
{
    PoolInfo info = makePool("noop", PoolState::Running, 2, 2);
    m_panel->setPools({info});
    const int usual = view()->visualRect(view()->model()->index(0, 0)).height();
    const QImage without = picture(info);
    info.modeReason = s("direct: Docker is not installed");
    const QImage with = picture(info);
    QVERIFY2(with.height() > usual, "the reason has no line of its own");
    QVERIFY(with != without);
    const QModelIndex index = view()->model()->index(0, 0);
    QVERIFY(index.data(Qt::AccessibleTextRole).toString().endsWith(info.modeReason));
    QVERIFY(index.data(Qt::ToolTipRole).toString().contains(s("Direct: Docker is not installed.")));
    QCOMPARE(index.siblingAtColumn(PoolsModel::ReasonColumn).data().toString(), info.modeReason);
}

void TestPoolsPanel::showsScaling()
{
    PoolInfo pool = makePool("plantuml", PoolState::Running, 4, 4);
    const int height = picture(pool).height();
    auto *label = child<QLabel>("poolScalingLabel");
    auto *follow = child<QToolButton>("followQueueButton");
    QVERIFY(!label->isVisible());
    QVERIFY(!follow->isVisible());

    pool.scalingBounds = ScalingBounds{0, 8, false};
    pool.countSource = CountSource::Scaling;
    const QImage undecided = picture(pool);
    QVERIFY(undecided.height() > height); // another line
    QVERIFY(label->isVisible());
    QCOMPARE(label->text(), s("scaling 0–8"));
    QVERIFY(!follow->isVisible());
    const auto text = [this](int role) { return view()->model()->index(0, 0).data(role).toString(); };
    QCOMPARE(text(PoolsModel::ScalingRole), s("scaling 0–8"));

    pool.scalingDecision = s("4 → 6: 41 pending, 8 per worker");
    const QImage decided = picture(pool);
    QCOMPARE(decided.size(), undecided.size());
    QVERIFY(decided != undecided);
    QCOMPARE(text(PoolsModel::ScalingRole), pool.scalingDecision);
    QVERIFY(text(Qt::ToolTipRole).contains(s("Scaling 0–8: 4 → 6: 41 pending, 8 per worker")));
    QVERIFY(text(Qt::AccessibleTextRole).contains(pool.scalingDecision));

    pool.countSource = CountSource::Hand;
    QVERIFY(picture(pool) != decided);
    QCOMPARE(text(PoolsModel::ScalingRole), s("count set by hand"));
    QVERIFY(label->isVisible() && !label->isEnabled());
    QVERIFY(follow->isVisible() && follow->isEnabled());
    m_commands.clear();
    follow->click();
    QCOMPARE(m_commands, QStringList{s("scale plantuml")}); // without a number
    QMenu *menu = openMenu(0);
    QVERIFY(menu);
    auto *action = menu->findChild<QAction *>(s("followQueueAction"));
    QVERIFY(action && action->isEnabled());
    action->trigger();
    QCOMPARE(m_commands.size(), 2);
    menu->close();
    m_panel->setDisabledReason(s("the database is read-only"));
    QVERIFY(!follow->isEnabled());
    QVERIFY(follow->toolTip().contains(s("read-only")));
}

void TestPoolsPanel::changesCount()
{
    m_panel->setPools({makePool("noop", PoolState::Running, 2, 2), makePool("plantuml", PoolState::Running, 4, 4)});
    auto *spin = child<QSpinBox>("poolCountSpin");
    QCOMPARE(spin->value(), 2);
    view()->setCurrentIndex(view()->model()->index(1, 0));
    QCOMPARE(spin->value(), 4);
    QVERIFY(m_commands.isEmpty()); // selecting another pool changes nothing
    spin->stepBy(1);
    QCOMPARE(m_commands, QStringList{s("scale plantuml 5")});
}

void TestPoolsPanel::keepsCountThatIsBeingTyped()
{
    m_panel->setPools({makePool("noop", PoolState::Running, 2, 2)});
    m_panel->activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(m_panel.get()));
    auto *spin = child<QSpinBox>("poolCountSpin");
    spin->setFocus();
    spin->selectAll();
    QTest::keyClicks(spin, s("12"));
    m_panel->setPools({makePool("noop", PoolState::Running, 2, 2, 1, 5)}); // a refresh while the user types
    QCOMPARE(spin->text(), s("12"));
    QVERIFY(m_commands.isEmpty());
    QTest::keyClick(spin, Qt::Key_Return);
    QCOMPARE(m_commands, QStringList{s("scale noop 12")});
}

void TestPoolsPanel::changesCountWithKeys()
{
    m_panel->setPools({makePool("noop", PoolState::Running, 1, 1), makePool("plantuml", PoolState::Running, 4, 4)});
    m_panel->activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(m_panel.get()));
    view()->setFocus();
    QTest::keyClick(view(), Qt::Key_Down);
    QTest::keyClick(view(), Qt::Key_Plus);
    QCOMPARE(m_commands, QStringList{s("scale plantuml 5")});
    QTest::keyClick(view(), Qt::Key_Up);
    QTest::keyClick(view(), Qt::Key_Minus);
    QCOMPARE(m_commands.last(), s("scale noop 0"));
    m_panel->setPools({makePool("noop", PoolState::Running, 0, 0)});
    QTest::keyClick(view(), Qt::Key_Minus);
    QCOMPARE(m_commands.size(), 2); // the count cannot be negative
    QTest::keyClick(view(), Qt::Key_Return);
    EVENTUALLY(child<QSpinBox>("poolCountSpin")->hasFocus());
}

void TestPoolsPanel::explainsCrashLoop()
{
    PoolInfo info = makePool("drawio", PoolState::CrashLooping, 1, 0, 0, 3);
    info.reason = s("5 workers died in a row; the last one: exit code 3");
    m_panel->setPools({info});
    auto *reason = child<QLabel>("poolReason");
    QVERIFY(reason->isVisible());
    QVERIFY2(reason->text().contains(info.reason), qPrintable(reason->text()));
    QVERIFY2(reason->text().contains(s("Start")), "the text does not say what to do");
    QVERIFY(child<QPushButton>("startPoolButton")->isEnabled());
    child<QPushButton>("startPoolButton")->click();
    QCOMPARE(m_commands, QStringList{s("start drawio")});
    info.state = PoolState::Running;
    info.reason.clear();
    info.alive = 1;
    m_panel->setPools({info});
    QVERIFY(!reason->isVisible());
    QVERIFY(!child<QPushButton>("startPoolButton")->isEnabled());
    QVERIFY(!child<QPushButton>("startPoolButton")->toolTip().isEmpty());
}

void TestPoolsPanel::contextMenu()
{
    m_panel->setPools({makePool("noop", PoolState::Running, 1, 1), makePool("plantuml", PoolState::Stopped, 1000, 0)});
    QMenu *menu = openMenu(1);
    QVERIFY(menu);
    QCOMPARE(view()->currentIndex().row(), 1);
    const auto action = [&](const char *name) { return menu->findChild<QAction *>(s(name)); };
    QVERIFY(action("startPoolAction")->isEnabled());
    QVERIFY(!action("stopPoolAction")->isEnabled());
    QVERIFY2(action("stopPoolAction")->text().contains(s("the pool is already stopped")), "the reason is not shown");
    QVERIFY(!action("morePoolAction")->isEnabled());
    QVERIFY(action("morePoolAction")->text().contains(s("1000"))
            || action("morePoolAction")->text().contains(s("1,000")));
    QTest::mouseClick(menu, Qt::LeftButton, {}, menu->actionGeometry(action("removePoolAction")).center());
    QCOMPARE(m_commands, QStringList{s("remove plantuml")});
    menu = openMenu(0);
    QVERIFY(menu);
    QTest::mouseClick(menu, Qt::LeftButton, {}, menu->actionGeometry(action("fewerPoolAction")).center());
    QCOMPARE(m_commands.last(), s("scale noop 0"));
}

void TestPoolsPanel::menuOffersWhatApplies_data()
{
    QTest::addColumn<int>("state");
    QTest::addColumn<QString>("enabled");
    QTest::newRow("running") << int(PoolState::Running) << s("pause stop drain recycle restart");
    QTest::newRow("starting") << int(PoolState::Starting) << s("pause stop drain recycle restart");
    QTest::newRow("paused") << int(PoolState::Paused) << s("resume stop drain");
    QTest::newRow("stopping") << int(PoolState::Stopping) << QString();
    QTest::newRow("stopped") << int(PoolState::Stopped) << s("start");
    QTest::newRow("crash-looping") << int(PoolState::CrashLooping) << s("start stop drain");
}

/// Each enabled action requests its command; the disabled ones say why.
void TestPoolsPanel::menuOffersWhatApplies()
{
    QFETCH(int, state);
    QFETCH(QString, enabled);
    m_panel->setPools({makePool("noop", PoolState(state), 2, 2)});
    QStringList offered;
    for (const char *verb : {"start", "pause", "resume", "stop", "drain", "recycle", "restart"}) {
        QMenu *menu = openMenu(0);
        QVERIFY(menu);
        auto *action = menu->findChild<QAction *>(s("%1PoolAction").arg(s(verb)));
        if (action && action->isEnabled()) {
            offered.append(s(verb));
            QTest::mouseClick(menu, Qt::LeftButton, {}, menu->actionGeometry(action).center());
            QCOMPARE(m_commands, QStringList{s("%1 noop").arg(s(verb))});
            m_commands.clear();
        } else {
            QVERIFY2(!action || action->text().contains(s("the pool is ")), verb);
        }
        menu->close();
        QTRY_VERIFY_WITH_TIMEOUT(!QApplication::activePopupWidget(), patience);
    }
    QCOMPARE(offered.join(u' '), enabled);
}

void TestPoolsPanel::pausesForALimitedTime()
{
    m_panel->setPools({makePool("noop", PoolState::Running, 2, 2), makePool("plantuml", PoolState::Stopped, 2, 0)});
    QMenu *menu = openMenu(0);
    QVERIFY(menu);
    auto *times = menu->findChild<QMenu *>(s("pausePoolForMenu"));
    QVERIFY(times);
    auto *action = times->findChild<QAction *>(s("pausePoolFor600"));
    QVERIFY(action);
    QCOMPARE(action->text(), s("10 minutes"));
    action->trigger();
    QCOMPARE(m_commands, QStringList{s("pause noop 600")});
    menu->close();
    QTRY_VERIFY_WITH_TIMEOUT(!QApplication::activePopupWidget(), patience);
    menu = openMenu(1);
    QVERIFY(menu);
    QVERIFY(!menu->findChild<QMenu *>(s("pausePoolForMenu")));
    auto *disabled = menu->findChild<QAction *>(s("pausePoolForAction"));
    QVERIFY(disabled && !disabled->isEnabled());
}

void TestPoolsPanel::namesPoolsOfOtherManagers()
{
    PoolInfo other = makePool("noop", PoolState::Running, 2, 2);
    other.managerId = s("id");
    other.manager = s("run-4711");
    other.scalingBounds = ScalingBounds{0, 8, false};
    other.countSource = CountSource::Hand;
    m_panel->setPools({makePool("noop", PoolState::Running, 2, 2), other});
    view()->setCurrentIndex(view()->model()->index(1, 0));
    QVERIFY(view()->currentIndex().data(Qt::ToolTipRole).toString().startsWith(s("noop@run-4711: ")));
    QVERIFY(child<QPushButton>("stopPoolButton")->toolTip().contains(s("noop@run-4711")));
    auto *follow = child<QToolButton>("followQueueButton");
    QVERIFY(follow->toolTip().contains(s("noop@run-4711")));
    follow->click();
    QCOMPARE(m_commands, QStringList{s("scale noop@run-4711")});
}

void TestPoolsPanel::opensMenuWithKeyboard()
{
    m_panel->setPools({makePool("noop", PoolState::Running, 1, 1), makePool("plantuml", PoolState::Running, 2, 2)});
    m_panel->activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(m_panel.get()));
    view()->setFocus();
    view()->setCurrentIndex(view()->model()->index(1, 0));
    QContextMenuEvent event(QContextMenuEvent::Keyboard, QPoint(100, 500), view()->mapToGlobal(QPoint(100, 500)));
    QApplication::sendEvent(view(), &event);
    auto *menu = qobject_cast<QMenu *>(QApplication::activePopupWidget());
    QVERIFY2(menu, "the menu key opens nothing");
    menu->setActiveAction(menu->findChild<QAction *>(s("stopPoolAction")));
    QTest::keyClick(menu, Qt::Key_Return);
    QCOMPARE(m_commands, QStringList{s("stop plantuml")});
}

void TestPoolsPanel::openMenuHoldsList()
{
    m_panel->setPools({makePool("noop", PoolState::Running, 1, 1), makePool("plantuml", PoolState::Running, 2, 2)});
    QMenu *menu = openMenu(1);
    QVERIFY(menu);
    m_panel->setPools({makePool("plantuml", PoolState::Running, 2, 2)});
    QCOMPARE(view()->model()->rowCount(), 2); // nothing moves under an open menu
    menu->close();
    QTRY_COMPARE_WITH_TIMEOUT(view()->model()->rowCount(), 1, patience);
}

void TestPoolsPanel::disabledCommandsShowReason()
{
    m_panel->setPools({makePool("noop", PoolState::Running, 1, 1)});
    const QString reason = s("the database is open read-only");
    m_panel->setDisabledReason(reason);
    for (const char *name : {"startPoolButton", "stopPoolButton", "poolCountSpin", "launchMoreButton"}) {
        QVERIFY2(!child<QWidget>(name)->isEnabled(), name);
        QVERIFY2(child<QWidget>(name)->toolTip().contains(s("read-only"), Qt::CaseInsensitive), name);
    }
    QTest::keyClick(view(), Qt::Key_Plus);
    QVERIFY(m_commands.isEmpty());
    QMenu *menu = openMenu(0);
    QVERIFY(menu);
    const QList<QAction *> actions = menu->actions();
    for (const QAction *action : actions) {
        QVERIFY(action->isSeparator() || (!action->isEnabled() && action->text().contains(reason)));
    }
    menu->close();
}

void TestPoolsPanel::showsManyPoolsWithLongNames()
{
    QList<PoolInfo> pools;
    for (int i = 0; i < 12; ++i) {
        pools.append(makePool(qPrintable(s("a-type-with-quite-a-long-name-that-does-not-fit-%1").arg(i)),
                              PoolState::Running, 1000, 1000, 1000, 1'000'000));
    }
    m_panel->setPools(pools);
    QCOMPARE(view()->model()->rowCount(), 12);
    const QModelIndex last = view()->model()->index(11, 0);
    view()->scrollTo(last);
    QVERIFY(view()->viewport()->rect().contains(view()->visualRect(last)));
    QVERIFY2(view()->visualRect(last).width() <= view()->viewport()->width(),
             "a long name makes the list wider than the panel");
    QVERIFY(last.data(Qt::ToolTipRole).toString().contains(pools.last().name));
    // The selection stays with its pool when other pools are removed.
    view()->setCurrentIndex(last);
    m_panel->setPools(pools.mid(6));
    QCOMPARE(view()->currentIndex().data(KeyRole).toString(), pools.last().name);
}

void TestPoolsPanel::sortsNumbersNaturally()
{
    m_panel->setPools({makePool("plantuml-10", PoolState::Running, 1, 1), makePool("noop", PoolState::Running, 1, 1),
                       makePool("plantuml-2", PoolState::Running, 1, 1)});
    QStringList names;
    for (int row = 0; row < 3; ++row) {
        names.append(view()->model()->index(row, 0).data(KeyRole).toString());
    }
    QCOMPARE(names, (QStringList{s("noop"), s("plantuml-2"), s("plantuml-10")}));
}

QTEST_MAIN(TestPoolsPanel)
#include "tst_poolspanel.moc"

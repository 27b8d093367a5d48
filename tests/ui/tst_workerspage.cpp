// SPDX-License-Identifier: GPL-3.0-or-later
// Tests the table of workers: searching, sorting, refreshes, the context menu, and remembered columns.
#include "core/model/workerinfo.h"
#include "core/model/workerstate.h"
#include "ui/models/keyedtablemodel.h"
#include "ui/models/modelroles.h"
#include "ui/models/workersmodel.h"
#include "ui/theme/theme.h"
#include "ui/views/livetable.h"
#include "ui/views/workerspage.h"

#include <QAbstractItemModelTester>
#include <QApplication>
#include <QClipboard>
#include <QContextMenuEvent>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QRandomGenerator>
#include <QScrollBar>
#include <QSettings>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace lifeguard;

namespace {

constexpr int patience = 20000;

WorkerInfo makeWorker(int index, WorkerState state = WorkerState::Idle)
{
    WorkerInfo worker;
    worker.type = index % 2 ? QStringLiteral("noop") : QStringLiteral("plantuml");
    worker.executorId = QStringLiteral("direct-%1-%2-aaaaaaaa").arg(worker.type).arg(index);
    worker.workerId = index + 1;
    worker.pool = worker.type;
    worker.index = index;
    worker.mode = QStringLiteral("direct");
    worker.own = true;
    worker.state = state;
    worker.pid = 5000 + index;
    worker.cpuPercent = index % 100;
    worker.memoryBytes = 10'000'000 + index;
    worker.startedAt = QDateTime::currentDateTimeUtc().addSecs(-60 - index);
    worker.beatAge = milliseconds(500);
    return worker;
}

QList<WorkerInfo> makeWorkers(int count)
{
    QList<WorkerInfo> workers;
    for (int i = 0; i < count; ++i)
        workers.append(makeWorker(i));
    return workers;
}

} // namespace

class TestWorkersPage : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void searchesWorkers();
    void handlesKeys();
    void refreshKeepsSelectionAndPosition();
    void selectionHoldsOrder();
    void menuForSeveralWorkers();
    void disabledActionsShowReason();
    void menuForContainers();
    void sortsByEveryColumn();
    void remembersColumns();
    void ignoresColumnsOfAnotherVersion();
    void copiesRows();
    void highlightsOldHeartbeat();

private:
    [[nodiscard]] LiveTable *table() const { return m_page->findChild<LiveTable *>(QStringLiteral("workersView")); }
    [[nodiscard]] QStringList names() const
    {
        QStringList names;
        for (int row = 0; row < table()->model()->rowCount(); ++row)
            names.append(table()->model()->index(row, WorkersModel::NameColumn).data().toString());
        return names;
    }
    QMenu *openMenu() const
    {
        const QPoint position = table()->visualRect(table()->currentIndex()).center();
        QContextMenuEvent event(QContextMenuEvent::Mouse, position, table()->viewport()->mapToGlobal(position));
        QApplication::sendEvent(table()->viewport(), &event);
        return qobject_cast<QMenu *>(QApplication::activePopupWidget());
    }
    QTemporaryDir m_folder;
    std::unique_ptr<WorkersPage> m_page;
};

void TestWorkersPage::initTestCase()
{
    theme::apply(*qApp, theme::Mode::Light);
    QCoreApplication::setOrganizationName(QStringLiteral("lifeguard-test"));
    QSettings::setPath(QSettings::NativeFormat, QSettings::UserScope, m_folder.path());
}

void TestWorkersPage::init()
{
    m_page = std::make_unique<WorkersPage>();
    m_page->resize(1000, 400);
    m_page->show();
    QVERIFY(QTest::qWaitForWindowExposed(m_page.get()));
}

void TestWorkersPage::searchesWorkers()
{
    QList<WorkerInfo> workers = makeWorkers(20);
    workers[3].state = WorkerState::Dead;
    workers[3].reason = QStringLiteral("SIGKILL");
    m_page->setWorkers(workers);
    auto *search = m_page->findChild<QLineEdit *>(QStringLiteral("workerSearch"));
    const auto searchFor = [&](const QString &words, int expected) {
        search->setText(words);
        QTRY_COMPARE_WITH_TIMEOUT(table()->model()->rowCount(), expected, patience);
    };
    searchFor(QStringLiteral("plantuml"), 10);
    searchFor(QStringLiteral("PLANTUML-4"), 1);
    searchFor(QStringLiteral("sigkill"), 1);
    searchFor(QStringLiteral("noop dead"), 1);
    searchFor(QStringLiteral("5007"), 1);
    QCOMPARE(m_page->findChild<QLabel *>(QStringLiteral("workersShown"))->text(), QStringLiteral("1 of 20"));
    searchFor(QStringLiteral("nothing like this"), 0);
    // A worker that begins to match is shown without another search.
    workers[5].reason = QStringLiteral("nothing like this");
    m_page->setWorkers(workers);
    QTRY_COMPARE_WITH_TIMEOUT(table()->model()->rowCount(), 1, patience);
    QTest::keyClick(search, Qt::Key_Escape);
    QTRY_COMPARE_WITH_TIMEOUT(table()->model()->rowCount(), 20, patience);
}

void TestWorkersPage::handlesKeys()
{
    m_page->setWorkers(makeWorkers(100));
    table()->setFocus();
    table()->selectRow(55);
    QTest::keyClick(table(), Qt::Key_End);
    QCOMPARE(table()->currentIndex().row(), 99);
    QCOMPARE(table()->selectedRowNumbers(), QList<int>{99});
    QTest::keyClick(table(), Qt::Key_Home);
    QCOMPARE(table()->selectedRowNumbers(), QList<int>{0});
    QTest::keyClick(table(), Qt::Key_Escape);
    QVERIFY(table()->selectedRowNumbers().isEmpty());

    // Escape in the search field clears the search first, then the selection.
    auto *search = m_page->findChild<QLineEdit *>(QStringLiteral("workerSearch"));
    search->setText(QStringLiteral("plantuml"));
    QTRY_COMPARE_WITH_TIMEOUT(table()->model()->rowCount(), 50, patience);
    table()->selectRow(3);
    search->setFocus();
    QTest::keyClick(search, Qt::Key_Escape);
    QVERIFY(search->text().isEmpty());
    QCOMPARE(table()->selectedRowNumbers().size(), 1);
    QTest::keyClick(search, Qt::Key_Escape);
    QVERIFY(table()->selectedRowNumbers().isEmpty());

    // Return searches at once and moves the focus to the table.
    QTest::keyClicks(search, QStringLiteral("noop"));
    QTest::keyClick(search, Qt::Key_Return);
    QCOMPARE(table()->model()->rowCount(), 50);
    QVERIFY(table()->hasFocus());
}

void TestWorkersPage::refreshKeepsSelectionAndPosition()
{
    QAbstractItemModelTester tester(table()->model(), QAbstractItemModelTester::FailureReportingMode::QtTest);
    QList<WorkerInfo> workers = makeWorkers(100);
    m_page->setWorkers(workers);
    table()->scrollTo(table()->model()->index(50, 0), QAbstractItemView::PositionAtTop);
    table()->selectRow(55);
    const QString selected = table()->currentIndex().data(KeyRole).toString();
    const int top = table()->verticalScrollBar()->value();
    QRandomGenerator random(1);
    for (int round = 0; round < 200; ++round) {
        for (int i = 0; i < 10; ++i) {
            WorkerInfo &worker = workers[random.bounded(int(workers.size()))];
            worker.cpuPercent = random.bounded(100);
            worker.jobsDone += 1;
            worker.state = random.bounded(2) ? WorkerState::Busy : WorkerState::Idle;
        }
        m_page->setWorkers(workers);
        QCOMPARE(table()->verticalScrollBar()->value(), top);
        QCOMPARE(table()->currentIndex().data(KeyRole).toString(), selected);
        QCOMPARE(table()->selectedRowNumbers().size(), 1);
    }
}

void TestWorkersPage::selectionHoldsOrder()
{
    QList<WorkerInfo> workers = makeWorkers(6);
    m_page->setWorkers(workers);
    table()->clearSelection();
    table()->sortByColumn(WorkersModel::CpuColumn, Qt::DescendingOrder);
    table()->selectRow(2);
    const QStringList before = names();
    workers[0].cpuPercent = 99;
    m_page->setWorkers(workers);
    QCOMPARE(names(), before);
    table()->clearSelection();
    m_page->setWorkers(workers);
    QVERIFY(names() != before);
    QCOMPARE(names().constFirst(), QStringLiteral("plantuml-0"));
}

void TestWorkersPage::menuForSeveralWorkers()
{
    QList<WorkerInfo> workers = makeWorkers(4);
    workers[1].own = false;
    workers[1].pool.clear();
    m_page->setWorkers(workers);
    table()->selectAll();
    QSignalSpy stops(m_page.get(), &WorkersPage::stopRequested);
    QMenu *menu = openMenu();
    QVERIFY(menu);
    auto *stop = menu->findChild<QAction *>(QStringLiteral("stopWorkerAction"));
    QVERIFY(stop->isEnabled());
    // The worker of another program is left out.
    QVERIFY2(stop->text().contains(QLatin1Char('3')), qPrintable(stop->text()));
    QVERIFY2(!stop->text().contains(QStringLiteral("(s)")), qPrintable(stop->text()));
    // While the menu is open, no rows are added or removed.
    QList<WorkerInfo> fewer = workers;
    fewer.removeFirst();
    m_page->setWorkers(fewer);
    QCOMPARE(table()->model()->rowCount(), 4);
    stop->trigger();
    QCOMPARE(stops.size(), 1);
    QCOMPARE(stops.first().first().toStringList().size(), 3);
    menu->close();
    QTRY_COMPARE_WITH_TIMEOUT(table()->model()->rowCount(), 3, patience);
}

/// The Docker actions are enabled only for workers in containers. For other workers they show the reason.
void TestWorkersPage::menuForContainers()
{
    QList<WorkerInfo> workers = makeWorkers(2);
    workers[0].mode = QStringLiteral("docker");
    workers[0].image = QStringLiteral("lifeguard-plantuml:latest");
    m_page->setWorkers(workers);
    QSignalSpy inspected(m_page.get(), &WorkersPage::inspectRequested);
    QSignalSpy opened(m_page.get(), &WorkersPage::shellRequested);
    for (int row = 0; row < 2; ++row) {
        table()->selectRow(row);
        const bool isContainer = m_page->current()->mode == QStringLiteral("docker");
        QMenu *menu = openMenu();
        QVERIFY(menu);
        for (const char *name : {"inspectAction", "shellAction"}) {
            auto *action = menu->findChild<QAction *>(QString::fromLatin1(name));
            QCOMPARE(action->isEnabled(), isContainer);
            QCOMPARE(action->text().contains(QStringLiteral("does not run in a container")), !isContainer);
            action->trigger();
        }
        menu->close();
    }
    QCOMPARE(inspected.size(), 1);
    QCOMPARE(opened.size(), 1);
    QCOMPARE(inspected.first().first().value<WorkerInfo>().executorId, workers[0].executorId);
}

void TestWorkersPage::disabledActionsShowReason()
{
    QList<WorkerInfo> workers = makeWorkers(1);
    workers[0].state = WorkerState::Dead;
    m_page->setWorkers(workers);
    table()->selectRow(0);
    QMenu *menu = openMenu();
    QVERIFY(menu);
    for (const char *name : {"stopWorkerAction", "killWorkerAction"}) {
        auto *action = menu->findChild<QAction *>(QString::fromLatin1(name));
        QVERIFY(!action->isEnabled());
        QVERIFY2(action->text().contains(QStringLiteral("not alive")), qPrintable(action->text()));
    }
    menu->close();
}

void TestWorkersPage::sortsByEveryColumn()
{
    m_page->setWorkers(makeWorkers(10));
    table()->clearSelection();
    for (int column = 0; column < WorkersModel::ColumnCount; ++column) {
        for (const Qt::SortOrder order : {Qt::AscendingOrder, Qt::DescendingOrder}) {
            table()->sortByColumn(column, order);
            for (int row = 1; row < 10; ++row) {
                const QVariant above = table()->model()->index(row - 1, column).data(SortRole);
                const QVariant below = table()->model()->index(row, column).data(SortRole);
                const QPartialOrdering compared = QVariant::compare(above, below);
                if (column != WorkersModel::NameColumn) // by pool and number, not by letters
                    QVERIFY(compared
                            != (order == Qt::AscendingOrder ? QPartialOrdering::Greater : QPartialOrdering::Less));
            }
        }
    }
}

void TestWorkersPage::remembersColumns()
{
    QSettings().clear();
    table()->setColumnHidden(WorkersModel::PidColumn, false);
    table()->setColumnHidden(WorkersModel::MemoryColumn, true);
    table()->setColumnWidth(WorkersModel::NameColumn, 222);
    table()->horizontalHeader()->moveSection(1, 3);
    table()->sortByColumn(WorkersModel::CpuColumn, Qt::DescendingOrder);
    table()->saveColumns();
    const int visual = table()->horizontalHeader()->visualIndex(WorkersModel::NameColumn);
    init(); // creates another page
    QVERIFY(table()->isColumnHidden(WorkersModel::PidColumn));
    table()->restoreColumns();
    QVERIFY(!table()->isColumnHidden(WorkersModel::PidColumn));
    QVERIFY(table()->isColumnHidden(WorkersModel::MemoryColumn));
    QCOMPARE(table()->columnWidth(WorkersModel::NameColumn), 222);
    QCOMPARE(table()->horizontalHeader()->visualIndex(WorkersModel::NameColumn), visual);
    m_page->setWorkers(makeWorkers(5));
    QCOMPARE(names().constFirst(), QStringLiteral("plantuml-4")); // sorted by load again

    // The menu of the header resets the columns.
    Q_EMIT table()->horizontalHeader()->customContextMenuRequested(QPoint(10, 10));
    auto *menu = qobject_cast<QMenu *>(QApplication::activePopupWidget());
    QVERIFY(menu);
    auto *hide = menu->findChild<QAction *>(QStringLiteral("column%1Action").arg(int(WorkersModel::ModeColumn)));
    hide->setChecked(false);
    QVERIFY(table()->isColumnHidden(WorkersModel::ModeColumn));
    menu->findChild<QAction *>(QStringLiteral("resetColumnsAction"))->trigger();
    menu->close();
    QVERIFY(table()->isColumnHidden(WorkersModel::PidColumn));
    QVERIFY(!table()->isColumnHidden(WorkersModel::MemoryColumn));
    QVERIFY(!table()->isColumnHidden(WorkersModel::ModeColumn));
}

void TestWorkersPage::ignoresColumnsOfAnotherVersion()
{
    QSettings settings;
    settings.setValue(QStringLiteral("tables/workersView/columns"), 3);
    settings.setValue(QStringLiteral("tables/workersView/header"), QByteArray("rubbish"));
    table()->restoreColumns();
    QVERIFY(!table()->isColumnHidden(WorkersModel::NameColumn));
    settings.setValue(QStringLiteral("tables/workersView/columns"), int(WorkersModel::ColumnCount));
    table()->restoreColumns();
    QVERIFY(!table()->isColumnHidden(WorkersModel::NameColumn));
}

void TestWorkersPage::copiesRows()
{
    m_page->setWorkers(makeWorkers(3));
    table()->selectAll();
    QTest::keyClick(table(), Qt::Key_C, Qt::ControlModifier);
    const QStringList lines = QApplication::clipboard()->text().split(QLatin1Char('\n'));
    QCOMPARE(lines.size(), 3);
    QVERIFY2(lines.first().startsWith(QStringLiteral("idle\t")), qPrintable(lines.first()));
    QVERIFY(lines.first().contains(QStringLiteral(" %\t")));
}

void TestWorkersPage::highlightsOldHeartbeat()
{
    QList<WorkerInfo> workers = makeWorkers(2);
    workers[0].beatAge = milliseconds(22'000);
    m_page->setWorkers(workers);
    table()->sortByColumn(WorkersModel::BeatColumn, Qt::DescendingOrder);
    const QModelIndex old = table()->model()->index(0, WorkersModel::BeatColumn);
    const QModelIndex fresh = table()->model()->index(1, WorkersModel::BeatColumn);
    QVERIFY(old.data(Qt::ForegroundRole).isValid());
    QVERIFY(!fresh.data(Qt::ForegroundRole).isValid());
    QCOMPARE(old.data(Qt::ToolTipRole).toString(), QStringLiteral("The heartbeat is stale in 8 s."));
}

QTEST_MAIN(TestWorkersPage)
#include "tst_workerspage.moc"

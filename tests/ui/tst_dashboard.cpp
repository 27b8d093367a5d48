// SPDX-License-Identifier: GPL-3.0-or-later
// Tests the dashboard as a whole: launching, quitting, settings, and adding jobs.
#include "tests/support/pooltest.h"
#include "tests/ui/dashboardtest.h"
#include "ui/theme/palette.h"

#include <QAction>
#include <QMessageBox>
#include <QSignalSpy>
#include <QTabWidget>
#include <QTableView>
#include <QTimer>

using namespace lifeguard;
using namespace lifeguard::test;

class TestDashboard : public DashboardTest
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { setUpAll(); }
    void init() { setUp(); }
    void cleanup() { tearDown(); }
    void asksBeforeStoppingWorkers();
    void changesTheTheme();
    void remembersTheLayout();
    void waitsForAddedJobsBeforeClosing();
    void addsInitialPathsWhenClosedImmediately();
    void discardsJobsWhenClosedTwice();
};

void TestDashboard::asksBeforeStoppingWorkers()
{
    start({PoolTest::noop(2)});
    QTRY_COMPARE_WITH_TIMEOUT(alive(), 2, patience);
    const QList<WorkerInfo> workers = m_dashboard->session().manager()->workers();
    QSignalSpy replaced(m_dashboard.get(), &Dashboard::windowReplaced);
    const auto question = [this] { return child<QMessageBox>("switchConfirmation"); };

    m_dashboard->open(choice(QStringLiteral("second.db")));
    EVENTUALLY(question() && question()->isVisible());
    QVERIFY(question()->text().contains(path(QStringLiteral("second.db"))));
    QCOMPARE(question()->defaultButton(), question()->button(QMessageBox::Cancel));
    QTest::keyClick(question(), Qt::Key_Escape);
    EVENTUALLY(!question());
    QCOMPARE(alive(), 2);
    QVERIFY(shows(path(QStringLiteral("first.db"))));

    m_dashboard->open(choice(QStringLiteral("second.db")));
    EVENTUALLY(question() && question()->isVisible());
    QTest::mouseClick(child<QPushButton>("switchAndStopButton"), Qt::LeftButton);
    QTRY_COMPARE_WITH_TIMEOUT(replaced.size(), 1, patience);
    QVERIFY(shows(path(QStringLiteral("second.db"))));
    QCOMPARE(PoolTest::leftovers(workers), QList<qint64>());
    EVENTUALLY(isReady());
    QCOMPARE(RawSql(path(QStringLiteral("first.db")))
                 .value(QStringLiteral("SELECT count(*) FROM workers WHERE status <> 'dead'"))
                 .toInt(),
             0);
}

void TestDashboard::changesTheTheme()
{
    start({PoolTest::noop(2)});
    QTRY_COMPARE_WITH_TIMEOUT(alive(), 2, patience);
    QSignalSpy replaced(m_dashboard.get(), &Dashboard::windowReplaced);
    auto *dark = m_dashboard->window().findChild<QAction *>(QStringLiteral("theme-dark"));
    QVERIFY(dark);
    dark->trigger();
    QCOMPARE(replaced.size(), 1);
    QVERIFY(theme::isDark(QApplication::palette()));
    QVERIFY(m_dashboard->window().findChild<QAction *>(QStringLiteral("theme-dark"))->isChecked());
    QCOMPARE(alive(), 2); // no worker was stopped, and the new window shows them all
    QCOMPARE(child<QTableView>("workersView")->model()->rowCount(), 2);
    QVERIFY(isReady());
    QCOMPARE(QSettings().value(QStringLiteral("theme")).toString(), QStringLiteral("dark"));
    m_dashboard->setTheme(theme::Mode::Light);
    QVERIFY(!theme::isDark(QApplication::palette()));
}

void TestDashboard::remembersTheLayout()
{
    createValidDatabase(path(QStringLiteral("second.db")));
    start();
    child<QTabWidget>("tabs")->setCurrentIndex(1);
    auto *jobs = child<QTableView>("jobsView");
    jobs->setColumnWidth(4, 321);
    Q_EMIT jobs->horizontalHeader()->sectionClicked(1); // sorts by number
    const Qt::SortOrder first = jobs->horizontalHeader()->sortIndicatorOrder();
    Q_EMIT jobs->horizontalHeader()->sectionClicked(1); // in the opposite order
    QVERIFY(jobs->horizontalHeader()->sortIndicatorOrder() != first);
    QSignalSpy replaced(m_dashboard.get(), &Dashboard::windowReplaced);
    m_dashboard->open(choice(QStringLiteral("second.db")));
    QTRY_COMPARE_WITH_TIMEOUT(replaced.size(), 1, patience);
    auto *now = child<QTableView>("jobsView");
    QVERIFY(now != jobs);
    QCOMPARE(child<QTabWidget>("tabs")->currentIndex(), 1);
    QCOMPARE(now->columnWidth(4), 321);
    QCOMPARE(now->horizontalHeader()->sortIndicatorSection(), 1);
    QVERIFY(now->horizontalHeader()->sortIndicatorOrder() != first);
    // The rows are sorted, too, not only the header.
    QTRY_COMPARE_WITH_TIMEOUT(now->model()->rowCount(), 200, patience);
    const bool ascending = now->horizontalHeader()->sortIndicatorOrder() == Qt::AscendingOrder;
    QTRY_COMPARE_WITH_TIMEOUT(now->model()->index(0, 1).data().toInt(), ascending ? 1 : 200, patience);
}

void TestDashboard::waitsForAddedJobsBeforeClosing()
{
    start();
    const auto other = addJobsWhileLocked();
    QVERIFY(other);
    m_dashboard->window().close();
    QVERIFY2(m_dashboard->window().isVisible(), "the window was closed before the jobs were added");
    QVERIFY2(errorText().contains(QStringLiteral("closes when")), qPrintable(errorText()));
    QVERIFY(other->exec(QStringLiteral("COMMIT")));
    EVENTUALLY(!m_dashboard->window().isVisible());
    QCOMPARE(other->value(QStringLiteral("SELECT count(*) FROM jobs")).toInt(), 50);
}

void TestDashboard::addsInitialPathsWhenClosedImmediately()
{
    constexpr int diagrams = 300;
    QVERIFY(QDir(m_folder->path()).mkpath(QStringLiteral("diagrams")));
    for (int i = 0; i < diagrams; ++i) {
        QFile file(path(QStringLiteral("diagrams/%1.puml").arg(i)));
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write("@startuml\nA -> B\n@enduml\n") > 0);
    }
    DashboardOptions options;
    options.database = path(QStringLiteral("first.db"));
    options.workspace = m_folder->path();
    options.workerProgram = QStringLiteral(LIFEGUARD_BIN_DIR "/lifeguard-worker");
    options.submit = {path(QStringLiteral("diagrams"))};
    m_dashboard = std::make_unique<Dashboard>(theme::Mode::Light);
    m_dashboard->start(options);
    bool wasAdding = false;
    connect(&m_dashboard->session(), &DashboardSession::readinessChanged, this, [&] {
        if (m_dashboard->session().disabledReason().isEmpty())
            QTimer::singleShot(0, this, [&] {
                wasAdding = m_dashboard->session().isAdding();
                m_dashboard->window().close();
            });
    });
    EVENTUALLY(!m_dashboard->window().isVisible());
    QVERIFY2(wasAdding, "the window was closed too late for this test");
    QCOMPARE(RawSql(path(QStringLiteral("first.db"))).value(QStringLiteral("SELECT count(*) FROM jobs")).toInt(),
             diagrams);
}

void TestDashboard::discardsJobsWhenClosedTwice()
{
    start();
    const auto other = addJobsWhileLocked();
    QVERIFY(other);
    m_dashboard->window().close();
    m_dashboard->window().close();
    EVENTUALLY(!m_dashboard->window().isVisible());
    QVERIFY2(other->exec(QStringLiteral("COMMIT")), "the database was no longer locked");
}

QTEST_MAIN(TestDashboard)
#include "tst_dashboard.moc"

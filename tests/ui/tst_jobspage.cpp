// SPDX-License-Identifier: GPL-3.0-or-later
// Tests JobsPage: selection and order during refreshes, searching and filtering, and the commands for one, several and
// all jobs.
#include "core/model/jobfilter.h"
#include "core/model/jobstatus.h"
#include "tests/ui/fakejobs.h"
#include "ui/models/modelroles.h"
#include "ui/theme/theme.h"
#include "ui/views/jobspage.h"
#include "ui/views/jobstableview.h"

#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QContextMenuEvent>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QMessageBox>
#include <QPushButton>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTest>
#include <QTimer>

using namespace lifeguard;
using namespace lifeguard::test;

class TestJobsPage : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { theme::apply(*qApp, theme::Mode::Light); }
    void refreshKeepsSelectionAndPosition();
    void openMenuHoldsOrder();
    void sortsByClickedColumn();
    void searchesAfterLastKeystroke();
    void actionsForSelectedJobs();
    void actionsForAllMatchingJobs();
    void loadsSelectedJobsForAction();
    void copiesSelectedJobs();
    void reportsCurrentJob();

private:
    std::unique_ptr<JobsPage> createPage(FakeJobs &jobs);
    static JobsTableView *tableOf(const JobsPage &page)
    {
        return page.findChild<JobsTableView *>(QStringLiteral("jobsView"));
    }
    /// Opens the context menu and returns the action; null if there is none.
    static QAction *menuAction(JobsPage &page, const char *name);
    static void closeMenu();
};

std::unique_ptr<JobsPage> TestJobsPage::createPage(FakeJobs &jobs)
{
    auto page = std::make_unique<JobsPage>();
    page->resize(1100, 500);
    page->show();
    page->setSource(jobs.source());
    if (!QTest::qWaitForWindowExposed(page.get())
        || !QTest::qWaitFor([&] { return tableOf(*page)->model()->rowCount() == jobs.jobs.size(); })) {
        qFatal("the page was not shown with all rows");
    }
    return page;
}

QAction *TestJobsPage::menuAction(JobsPage &page, const char *name)
{
    JobsTableView *table = tableOf(page);
    QContextMenuEvent event(QContextMenuEvent::Mouse, {40, 40}, table->viewport()->mapToGlobal(QPoint(40, 40)));
    QApplication::sendEvent(table->viewport(), &event);
    auto *menu = page.findChild<QMenu *>(QStringLiteral("jobsViewMenu"));
    return menu ? menu->findChild<QAction *>(QString::fromLatin1(name)) : nullptr;
}

void TestJobsPage::closeMenu()
{
    while (QWidget *popup = QApplication::activePopupWidget()) {
        popup->close();
    }
    QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
}

void TestJobsPage::refreshKeepsSelectionAndPosition()
{
    FakeJobs jobs(5000);
    const auto page = createPage(jobs);
    JobsTableView *table = tableOf(*page);
    const auto topId = [table] { return table->model()->index(table->rowAt(0), 0).data(KeyRole).toLongLong(); };
    QCOMPARE(topId(), 5000);
    // At the top, the newest jobs are shown.
    jobs.add();
    page->refresh();
    QTRY_COMPARE(topId(), 5001);
    // Select a row, scroll far down, and add more jobs.
    table->selectRow(3);
    QCOMPARE(table->selectionModel()->selectedRows().first().data(KeyRole).toLongLong(), 4998);
    table->verticalScrollBar()->setValue(2500);
    QTRY_COMPARE(topId(), 2501);
    for (int i = 0; i < 50; ++i) {
        jobs.add();
    }
    jobs.job(2500).attempts = 3;
    jobs.job(2400).status = JobStatus::Processing;
    page->refresh();
    QTRY_COMPARE(page->findChild<QPushButton *>(QStringLiteral("showNewerButton"))->text(),
                 QStringLiteral("Show 50 newer jobs"));
    QTRY_COMPARE(table->model()->index(2501, int(JobTableColumn::Attempts)).data().toInt(), 3);
    QCOMPARE(topId(), 2501);
    QCOMPARE(table->verticalScrollBar()->value(), 2500);
    QCOMPARE(table->selectionModel()->selectedRows().first().data(KeyRole).toLongLong(), 4998);
    // The button leads to the top of the table, which now contains all jobs.
    QTest::mouseClick(page->findChild<QPushButton *>(QStringLiteral("showNewerButton")), Qt::LeftButton);
    QTRY_COMPARE(table->model()->rowCount(), 5051);
    QCOMPARE(topId(), 2400);
    QVERIFY(!table->selectionModel()->hasSelection());
    QVERIFY(!page->findChild<QPushButton *>(QStringLiteral("showNewerButton"))->isVisible());
}

void TestJobsPage::openMenuHoldsOrder()
{
    FakeJobs jobs(20);
    const auto page = createPage(jobs);
    JobsTableView *table = tableOf(*page);
    table->selectRow(0);
    QVERIFY(menuAction(*page, "retryJobAction"));
    table->clearSelection(); // now only the menu holds the order
    QVERIFY(table->mustHoldOrder());
    jobs.add();
    page->refresh();
    QTRY_VERIFY(jobs.inspections > 0);
    QCOMPARE(table->model()->rowCount(), 20);
    closeMenu();
    QTRY_COMPARE(table->model()->rowCount(), 21);
    // A pressed key also holds the order.
    table->setFocus();
    QTest::keyPress(table, Qt::Key_Shift);
    jobs.add();
    const auto inspections = jobs.inspections;
    page->refresh();
    QTRY_VERIFY(jobs.inspections > inspections);
    QCOMPARE(table->model()->rowCount(), 21);
    QTest::keyRelease(table, Qt::Key_Shift);
    QTRY_COMPARE(table->model()->rowCount(), 22);
}

void TestJobsPage::sortsByClickedColumn()
{
    FakeJobs jobs(300);
    jobs.job(7).status = JobStatus::Processing;
    const auto page = createPage(jobs);
    JobsTableView *table = tableOf(*page);
    table->selectRow(0);
    const auto click = [table] {
        QHeaderView *header = table->horizontalHeader();
        QTest::mouseClick(header->viewport(), Qt::LeftButton, {},
                          QPoint(header->sectionViewportPosition(int(JobTableColumn::Id)) + 12, header->height() / 2));
    };
    const auto topId = [table] { return table->model()->index(0, 0).data(KeyRole).toLongLong(); };
    QCOMPARE(topId(), 7); // running jobs first
    click();
    QTRY_COMPARE(topId(), 300);
    QVERIFY(table->horizontalHeader()->isSortIndicatorShown());
    QVERIFY(!table->selectionModel()->hasSelection()); // job 7 is not among the first rows
    click();
    QTRY_COMPARE(topId(), 1);
    table->selectRow(2);
    click();
    QTRY_COMPARE(topId(), 7);
    QVERIFY(!table->horizontalHeader()->isSortIndicatorShown());
    table->selectRow(0);
    click();
    QTRY_COMPARE(topId(), 300);
    click();
    QTRY_COMPARE(topId(), 1);
    table->selectRow(6);
    QCOMPARE(table->selectionModel()->selectedRows().first().data(KeyRole).toLongLong(), 7);
    click(); // to the default order: the job stays selected
    QTRY_COMPARE(topId(), 7);
    QCOMPARE(table->selectionModel()->selectedRows().size(), 1);
    QCOMPARE(table->selectionModel()->selectedRows().first().row(), 0);
}

void TestJobsPage::searchesAfterLastKeystroke()
{
    FakeJobs jobs(300);
    const auto page = createPage(jobs);
    page->setCounts({{QStringLiteral("plantuml"), jobs.counts({})}, {QStringLiteral("drawio"), {}}});
    JobsTableView *table = tableOf(*page);
    QTRY_VERIFY(table->model()->index(299, 0).data(KeyRole).isValid());
    table->verticalScrollBar()->setValue(250);
    QCoreApplication::processEvents();
    jobs.requests.clear();
    auto *search = page->findChild<QLineEdit *>(QStringLiteral("jobSearch"));
    QTest::keyClicks(search, QStringLiteral("/12"));
    QVERIFY(jobs.requests.isEmpty());
    QTRY_COMPARE(table->model()->rowCount(), 11);
    QCOMPARE(table->verticalScrollBar()->value(), 0);
    QCOMPARE(page->findChild<QLabel *>(QStringLiteral("jobsFooter"))->text(), QStringLiteral("11 of 300 jobs"));
    QVERIFY(!search->findChild<QTimer *>()->isActive());
    QCoreApplication::processEvents();
    QCOMPARE(jobs.requests.size(), 1);
    QTest::keyClick(search, Qt::Key_Escape);
    QVERIFY(search->text().isEmpty());
    QTRY_COMPARE(table->model()->rowCount(), 300);
    jobs.requests.clear();
    QTest::keyClicks(search, QStringLiteral("/12"));
    QTest::keyClick(search, Qt::Key_Return); // sends the request at once
    QCOMPARE(jobs.requests.size(), 1);
    QVERIFY(table->hasFocus());
    search->clear();
    QTRY_COMPARE(table->model()->rowCount(), 300);
    auto *types = page->findChild<QComboBox *>(QStringLiteral("jobTypeFilter"));
    QCOMPARE(types->count(), 3);
    types->setCurrentIndex(types->findData(QStringLiteral("drawio")));
    QTRY_COMPARE(table->model()->rowCount(), 0);
}

void TestJobsPage::actionsForSelectedJobs()
{
    FakeJobs jobs(60);
    for (qint64 id = 41; id <= 52; ++id) {
        jobs.job(id).status = JobStatus::Failed;
    }
    const auto page = createPage(jobs);
    JobsTableView *table = tableOf(*page);
    QSignalSpy retried(page.get(), &JobsPage::retryRequested);
    QSignalSpy cancelled(page.get(), &JobsPage::cancelRequested);
    // Rows 0 to 24: jobs 60 to 36; 12 failed, 13 waiting.
    table->selectRow(0);
    table->selectionModel()->select(QItemSelection(table->model()->index(0, 0), table->model()->index(24, 0)),
                                    QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
    QAction *retry = menuAction(*page, "retryJobAction");
    QVERIFY(retry);
    QCOMPARE(retry->text(), QStringLiteral("Retry 12 jobs"));
    retry->trigger();
    QCOMPARE(retried.size(), 1);
    QCOMPARE(retried.first().first().value<QList<qint64>>().size(), 12);
    closeMenu();
    QSignalSpy rerun(page.get(), &JobsPage::rerunRequested);
    QAction *again = menuAction(*page, "rerunJobAction");
    QCOMPARE(again->text(), QStringLiteral("Run 12 jobs again"));
    again->trigger();
    QCOMPARE(rerun.size(), 1);
    QCOMPARE(rerun.first().first().value<QList<qint64>>().size(), 12);
    closeMenu();
    QAction *cancel = menuAction(*page, "cancelJobAction");
    QCOMPARE(cancel->text(), QStringLiteral("Cancel 13 jobs"));
    cancel->trigger(); // few jobs: no confirmation
    QCOMPARE(cancelled.size(), 1);
    closeMenu();
    // Cancelling more than 20 jobs needs a confirmation.
    table->selectAll();
    cancel = menuAction(*page, "cancelJobAction");
    QCOMPARE(cancel->text(), QStringLiteral("Cancel 48 jobs"));
    cancel->trigger();
    closeMenu();
    QCOMPARE(cancelled.size(), 1);
    auto *question = page->findChild<QMessageBox *>(QStringLiteral("cancelConfirmation"));
    QVERIFY(question);
    QVERIFY2(question->text().contains(QStringLiteral("48")), qPrintable(question->text()));
    QCOMPARE(question->defaultButton(), question->button(QMessageBox::Cancel));
    QTest::mouseClick(question->findChild<QPushButton *>(QStringLiteral("cancelJobsButton")), Qt::LeftButton);
    QCOMPARE(cancelled.size(), 2);
    QCOMPARE(cancelled.last().first().value<QList<qint64>>().size(), 48);
    // A disabled action shows the reason.
    table->selectRow(10); // job 50, failed
    cancel = menuAction(*page, "cancelJobAction");
    QVERIFY(!cancel->isEnabled());
    QCOMPARE(cancel->text(), QStringLiteral("Cancel – the job has already ended"));
    closeMenu();
    page->setDisabledReason(QStringLiteral("the database is open read-only"));
    retry = menuAction(*page, "retryJobAction");
    QVERIFY(!retry->isEnabled());
    QCOMPARE(retry->text(), QStringLiteral("Retry – the database is open read-only"));
    closeMenu();
}

void TestJobsPage::actionsForAllMatchingJobs()
{
    FakeJobs jobs(50000);
    for (qint64 id = 1; id <= 230; ++id) {
        jobs.job(id * 100).status = JobStatus::Failed;
    }
    const auto page = createPage(jobs);
    JobsTableView *table = tableOf(*page);
    QSignalSpy retried(page.get(), &JobsPage::retryMatchingRequested);
    QSignalSpy cancelled(page.get(), &JobsPage::cancelMatchingRequested);
    table->selectAll();
    QAction *retry = menuAction(*page, "retryJobAction");
    QVERIFY(retry);
    QCOMPARE(retry->text(), QStringLiteral("Retry all 230 failed jobs"));
    retry->trigger();
    QCOMPARE(retried.size(), 1);
    QCOMPARE(retried.first().first().value<JobFilter>().maxId, 50000);
    closeMenu();
    QSignalSpy rerun(page.get(), &JobsPage::rerunMatchingRequested);
    QAction *again = menuAction(*page, "rerunJobAction");
    QCOMPARE(again->text(), QStringLiteral("Run all 230 finished jobs again"));
    again->trigger();
    QCOMPARE(rerun.size(), 1);
    QCOMPARE(rerun.first().first().value<JobFilter>().maxId, 50000);
    closeMenu();
    menuAction(*page, "cancelJobAction")->trigger();
    closeMenu();
    QVERIFY(cancelled.isEmpty());
    QPushButton *confirm = page->findChild<QPushButton *>(QStringLiteral("cancelJobsButton"));
    QVERIFY(confirm);
    QCOMPARE(confirm->text(), QStringLiteral("Cancel 49,770 jobs"));
    QTest::mouseClick(confirm, Qt::LeftButton);
    QCOMPARE(cancelled.size(), 1);
    const QAction *copy = menuAction(*page, "copyJobAction");
    QVERIFY(!copy->isEnabled());
    closeMenu();
    // The menu of a single row also has the actions for all matching jobs.
    table->selectRow(1);
    QCOMPARE(menuAction(*page, "retryAllAction")->text(), QStringLiteral("Retry all 230 failed jobs"));
    closeMenu();
}

void TestJobsPage::loadsSelectedJobsForAction()
{
    FakeJobs jobs(5000);
    jobs.job(4000).status = JobStatus::Failed; // row 1000, which was never visible
    const auto page = createPage(jobs);
    JobsTableView *table = tableOf(*page);
    QSignalSpy retried(page.get(), &JobsPage::retryRequested);
    table->selectionModel()->select(QItemSelection(table->model()->index(10, 0), table->model()->index(3009, 0)),
                                    QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
    QAction *retry = menuAction(*page, "retryJobAction");
    QVERIFY(retry);
    QVERIFY2(retry->isEnabled() && retry->text().contains(QStringLiteral("3,000")), qPrintable(retry->text()));
    retry->trigger();
    closeMenu();
    QTRY_COMPARE(retried.size(), 1);
    QCOMPARE(retried.first().first().value<QList<qint64>>(), (QList<qint64>{4000}));
}

void TestJobsPage::copiesSelectedJobs()
{
    FakeJobs jobs(30);
    const auto page = createPage(jobs);
    JobsTableView *table = tableOf(*page);
    table->selectionModel()->select(QItemSelection(table->model()->index(0, 0), table->model()->index(1, 0)),
                                    QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
    const auto copied = [&](const char *action) {
        menuAction(*page, action)->trigger();
        closeMenu();
        return QGuiApplication::clipboard()->text();
    };
    QCOMPARE(copied("copyIdsAction"), QStringLiteral("30\n29"));
    QCOMPARE(copied("copyInputsAction"), QStringLiteral("/w/diagrams/30.puml\n/w/diagrams/29.puml"));
    QCOMPARE(copied("copyOutputsAction"), QStringLiteral("/w/out/30.svg\n/w/out/29.svg"));
    table->setFocus();
    QTest::keyClick(table, Qt::Key_C, Qt::ControlModifier);
    const QStringList lines = QGuiApplication::clipboard()->text().split(u'\n');
    QCOMPARE(lines.size(), 2);
    QVERIFY2(lines.first().startsWith(QStringLiteral("waiting\t30\tplantuml")), qPrintable(lines.first()));
}

void TestJobsPage::reportsCurrentJob()
{
    FakeJobs jobs(5000);
    const auto page = createPage(jobs);
    JobsTableView *table = tableOf(*page);
    QSignalSpy currentJobs(page.get(), &JobsPage::currentJobChanged);
    table->selectRow(2);
    QCOMPARE(currentJobs.last().first().toLongLong(), 4998);
    table->setFocus();
    QTest::keyClick(table, Qt::Key_End); // not loaded yet: the signal follows when it is
    QTRY_COMPARE(currentJobs.last().first().toLongLong(), 1);
    QTest::keyClick(table, Qt::Key_Escape);
    QCOMPARE(currentJobs.last().first().toLongLong(), 0);
    QCOMPARE(currentJobs.size(), 3);
}

QTEST_MAIN(TestJobsPage)
#include "tst_jobspage.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
// The window on the jobs: pages that come and go, answers that come too late, an order that holds, and rows that move only
// when they may. The jobs come from a list, and are answered when the test says so.
#include "ui/models/jobsmodel.h"
#include "ui/models/keyedtablemodel.h"
#include "ui/theme.h"
#include "ui/views/jobspage.h"
#include "ui/views/jobsview.h"

#include <QAbstractItemModelTester>
#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QMessageBox>
#include <QPushButton>
#include <QRandomGenerator>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTest>

#include <algorithm>

using namespace lifeguard;

namespace {

constexpr auto fatal = QAbstractItemModelTester::FailureReportingMode::QtTest;

Job makeJob(qint64 id, JobStatus status = JobStatus::Pending)
{
    Job job;
    job.id = id;
    job.type = QStringLiteral("plantuml");
    job.status = status;
    job.inputFile = QStringLiteral("/w/diagrams/%1.puml").arg(id);
    job.outputFile = QStringLiteral("/w/out/%1.svg").arg(id);
    job.createdAt = QDateTime(QDate(2026, 1, 1), QTime(12, 0), Qt::UTC);
    return job;
}

/// A database of a list: answers at once, or when it is told to.
class FakeJobs
{
public:
    explicit FakeJobs(int count)
    {
        for (int id = 1; id <= count; ++id) {
            add();
        }
    }

    qint64 add(JobStatus status = JobStatus::Pending)
    {
        jobs.append(makeJob(jobs.isEmpty() ? 1 : jobs.last().id + 1, status));
        return jobs.last().id;
    }
    Job &job(qint64 id)
    {
        return *std::lower_bound(jobs.begin(), jobs.end(), id, [](const Job &other, qint64 wanted) { return other.id < wanted; });
    }

    QList<Job> matching(const JobFilter &filter) const
    {
        QList<Job> found;
        for (const Job &job : jobs) {
            if ((!filter.status || *filter.status == job.status) && (filter.maxId == 0 || job.id <= filter.maxId)
                && (filter.type.isEmpty() || filter.type == job.type) && job.inputFile.contains(filter.text)) {
                found.append(job);
            }
        }
        return found;
    }
    QList<Job> ordered(const JobPageRequest &request) const
    {
        QList<Job> found = matching(request.filter);
        std::sort(found.begin(), found.end(), [&](const Job &a, const Job &b) {
            const bool activeA = request.sort.column == JobColumn::ActiveFirst && a.status == JobStatus::Processing;
            const bool activeB = request.sort.column == JobColumn::ActiveFirst && b.status == JobStatus::Processing;
            return activeA != activeB ? activeA : request.sort.descending ? a.id > b.id : a.id < b.id;
        });
        return found;
    }
    void hold(const JobPageRequest &request)
    {
        if (held != request.order) {
            held = request.order;
            heldIds = request.head;
            const QSet<qint64> seen(heldIds.cbegin(), heldIds.cend());
            for (const Job &job : ordered(request)) {
                if (!seen.contains(job.id)) {
                    heldIds.append(job.id);
                }
            }
        }
    }
    QList<Job> heldRows(qint64 first, qint64 count)
    {
        QList<Job> rows;
        for (const qint64 id : heldIds.mid(first, count)) {
            rows.append(job(id));
        }
        return rows;
    }
    JobCounts counts(const JobFilter &filter) const
    {
        JobCounts counts;
        for (const Job &job : matching(filter)) {
            ++(job.status == JobStatus::Pending      ? counts.pending
               : job.status == JobStatus::Processing ? counts.processing
               : job.status == JobStatus::Completed  ? counts.completed
               : job.status == JobStatus::Failed     ? counts.failed
                                                     : counts.cancelled);
        }
        return counts;
    }

    Result<JobPage> page(const JobPageRequest &request)
    {
        if (failing) {
            return failure(ErrorCode::Io, QStringLiteral("the disk is gone"));
        }
        QList<Job> rows;
        JobPage page;
        if (request.order != 0) {
            hold(request);
            page.total = heldIds.size();
            page.jobs = heldRows(request.offset, request.limit);
            return page;
        }
        held = 0;
        rows = ordered(request);
        qsizetype from = request.offset;
        if (request.after) {
            from = std::find_if(rows.cbegin(), rows.cend(), [&](const Job &job) { return job.id == request.after->id; }) - rows.cbegin() + 1;
        }
        page.jobs = rows.mid(from, request.limit);
        if (!page.jobs.isEmpty()) {
            page.first = JobKey{0, page.jobs.first().id};
            page.last = JobKey{0, page.jobs.last().id};
        }
        if (request.withCounts) {
            page.counts = counts(request.filter);
            page.total = page.counts->total();
            page.newestId = jobs.isEmpty() ? 0 : jobs.last().id;
        }
        return page;
    }
    Result<JobLook> look(const JobLookRequest &request)
    {
        JobLook look;
        for (const qint64 id : request.ids) {
            look.jobs.append(job(id));
        }
        look.counts = counts(request.filter);
        for (const Job &job : matching(request.filter)) {
            look.newer += job.id > request.newerThan;
        }
        return look;
    }

    template<typename T>
    QFuture<Result<T>> answer(std::function<Result<T>()> what)
    {
        auto promise = std::make_shared<QPromise<Result<T>>>();
        promise->start();
        const auto give = [promise, what] {
            promise->addResult(what());
            promise->finish();
        };
        if (waits) {
            waiting.append(give);
        } else {
            give();
        }
        return promise->future();
    }
    void release()
    {
        const auto all = std::exchange(waiting, {});
        for (const auto &give : all) {
            give();
        }
    }
    JobSource source()
    {
        JobSource source;
        source.page = [this](const JobPageRequest &request) {
            asked.append(request);
            return answer<JobPage>([this, request] { return page(request); });
        };
        source.look = [this](const JobLookRequest &request) {
            ++looks;
            return answer<JobLook>([this, request] { return look(request); });
        };
        source.rows = [this](const JobPageRequest &request, const QList<RowRange> &ranges, int most) {
            return answer<QList<Job>>([this, request, ranges, most]() -> Result<QList<Job>> {
                hold(request);
                QList<Job> chosen;
                for (const RowRange &range : ranges) {
                    chosen += heldRows(range.first, range.last - range.first + 1);
                }
                if (chosen.size() > most) {
                    return failure(ErrorCode::InvalidArgument, QStringLiteral("too many"));
                }
                return chosen;
            });
        };
        return source;
    }

    QList<Job> jobs;
    quint64 held = 0;
    QList<qint64> heldIds;
    QList<JobPageRequest> asked;
    QList<std::function<void()>> waiting;
    int looks = 0;
    bool waits = false;
    bool failing = false;
};

QList<qint64> ids(const QAbstractItemModel &model, int first = 0, int count = 1 << 30)
{
    QList<qint64> result;
    for (int row = first; row < model.rowCount() && row < first + count; ++row) {
        result.append(model.index(row, 0).data(KeyRole).toLongLong());
    }
    return result;
}

} // namespace

class TestJobsModel : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { theme::apply(*qApp, theme::Mode::Light); }

    void onlyWhatIsInSightIsRead();
    void oldestPagesAreDropped();
    void scrollingFarAsksForLittle();
    void lateAnswersAreDropped();
    void refreshFollowsInSmallSteps();
    void liveRowsAreThoseOfTheDatabase();
    void heldOrderStands();
    void lettingGoFollows();
    void failureIsSaidAndTriedAgain();
    void statusFilterTellsOfThoseThatCame();
    void shortTableGrows();

    void selectionAndScrollSurvive();
    void menuHoldsTheOrder();
    void headerSorts();
    void searchWaitsForTheTyping();
    void actionsForSeveral();
    void allOfManyThroughTheFilter();
    void partOfManyIsFetched();
    void copies();
    void currentJobIsTold();

private:
    std::unique_ptr<JobsPage> shown(FakeJobs &jobs);
    static JobsView *tableOf(const JobsPage &page) { return page.findChild<JobsView *>(QStringLiteral("jobsView")); }
    /// Opens the context menu; answers the action.
    static QAction *menuAction(JobsPage &page, const char *name);
    static void closeMenu();
};

void TestJobsModel::onlyWhatIsInSightIsRead()
{
    FakeJobs jobs(10000);
    JobsModel model;
    QAbstractItemModelTester tester(&model, fatal);
    model.setSource(jobs.source());
    QTRY_COMPARE(model.rowCount(), 10000);
    QCOMPARE(model.index(0, 0).data(KeyRole).toLongLong(), 10000);
    QTRY_VERIFY(model.jobAt(399)); // the neighbour, for scrolling on
    QVERIFY(jobs.asked.last().after.has_value());
    QVERIFY(!model.jobAt(400));
    QCOMPARE(model.index(5000, int(JobCell::Input)).data().toString(), QStringLiteral("…"));
    QVERIFY(!model.index(5000, 0).data(KeyRole).isValid());

    model.setHeld(true);
    model.setSight(5000, 5030);
    QTRY_VERIFY(model.jobAt(5000));
    QCOMPARE(model.jobAt(5000)->id, 5000);
    QCOMPARE(model.jobAt(5030)->id, 4970);
    QTRY_VERIFY(model.jobAt(5300));
    QVERIFY(!model.jobAt(4700));
    model.setSight(4990, 5020); // back: the page before
    QTRY_VERIFY(model.jobAt(4700));
    QCOMPARE(model.jobAt(4700)->id, 5300);
    model.setSight(9990, 10020);
    QTRY_VERIFY(model.jobAt(9999));
    QCOMPARE(model.jobAt(9999)->id, 1);
    QVERIFY(!model.jobAt(10000));
}

void TestJobsModel::oldestPagesAreDropped()
{
    FakeJobs jobs(30000);
    JobsModel model;
    model.setSource(jobs.source());
    QTRY_COMPARE(model.rowCount(), 30000);
    model.setHeld(true);
    for (int page = 2; page < 100; page += 2) {
        model.setSight(page * JobsModel::pageSize, page * JobsModel::pageSize + 30);
        QTRY_VERIFY(model.jobAt((page + 1) * JobsModel::pageSize));
    }
    int there = 0;
    for (int row = 0; row < 30000; row += JobsModel::pageSize) {
        there += model.jobAt(row) != nullptr;
    }
    QVERIFY2(there <= JobsModel::pagesKept + 2, qPrintable(QString::number(there)));
    QVERIFY(there > JobsModel::pagesKept / 2);
    QVERIFY(!model.jobAt(2 * JobsModel::pageSize));
    QVERIFY(model.jobAt(98 * JobsModel::pageSize));
}

void TestJobsModel::scrollingFarAsksForLittle()
{
    FakeJobs jobs(100000);
    JobsModel model;
    model.setSource(jobs.source());
    QTRY_COMPARE(model.rowCount(), 100000);
    QTRY_VERIFY(model.jobAt(399));
    model.setHeld(true);
    jobs.asked.clear();
    jobs.waits = true;
    for (int row = 1000; row < 90000; row += 500) { // faster than anything is answered
        model.setSight(row, row + 30);
    }
    QCOMPARE(jobs.asked.size(), 1);
    jobs.waits = false;
    jobs.release();
    QTRY_VERIFY(model.jobAt(89500));
    QVERIFY2(jobs.asked.size() <= 3, qPrintable(QString::number(jobs.asked.size())));
}

void TestJobsModel::lateAnswersAreDropped()
{
    FakeJobs jobs(1000);
    JobsModel model;
    QAbstractItemModelTester tester(&model, fatal);
    jobs.waits = true;
    model.setSource(jobs.source());
    JobFilter one;
    one.text = QStringLiteral("/500.");
    model.setQuestion(one, {});
    QVERIFY(model.isAsking());
    QVERIFY(jobs.asked.last().token > jobs.asked.first().token);
    QCOMPARE(jobs.waiting.size(), 2);
    jobs.waits = false;
    // The second is answered first, the first too late.
    std::reverse(jobs.waiting.begin(), jobs.waiting.end());
    jobs.release();
    QTRY_VERIFY(!model.isAsking());
    QTest::qWait(0);
    QCOMPARE(ids(model), (QList<qint64>{500}));
}

void TestJobsModel::refreshFollowsInSmallSteps()
{
    FakeJobs jobs(1000);
    JobsModel model;
    QAbstractItemModelTester tester(&model, fatal);
    model.setSource(jobs.source());
    QTRY_COMPARE(model.rowCount(), 1000);
    QTRY_VERIFY(model.jobAt(399));
    QSignalSpy resets(&model, &QAbstractItemModel::modelReset);
    QSignalSpy inserts(&model, &QAbstractItemModel::rowsInserted);
    QSignalSpy removes(&model, &QAbstractItemModel::rowsRemoved);
    QSignalSpy changes(&model, &QAbstractItemModel::dataChanged);
    for (int i = 0; i < 3; ++i) {
        jobs.add();
    }
    for (qint64 id = 950; id < 960; ++id) {
        jobs.job(id).attempts = 2;
    }
    model.refresh();
    QTRY_COMPARE(model.rowCount(), 1003);
    QCOMPARE(ids(model, 0, 4), (QList<qint64>{1003, 1002, 1001, 1000}));
    QCOMPARE(inserts.size(), 1);
    QCOMPARE(removes.size(), 0);
    QVERIFY2(changes.size() <= 2, qPrintable(QString::number(changes.size())));
    QCOMPARE(model.jobAt(1003 - 955)->attempts, 2);
    QCOMPARE(resets.size(), 0);
    // Nothing happened: nothing is said.
    inserts.clear();
    changes.clear();
    const auto asked = jobs.asked.size();
    model.refresh();
    QTRY_VERIFY(jobs.asked.size() > asked);
    QTest::qWait(10);
    QCOMPARE(changes.size(), 0);
    QCOMPARE(inserts.size(), 0);
}

void TestJobsModel::liveRowsAreThoseOfTheDatabase()
{
    QRandomGenerator random(20260101);
    FakeJobs jobs(700);
    JobsModel model;
    QAbstractItemModelTester tester(&model, fatal);
    model.setSource(jobs.source());
    QTRY_COMPARE(model.rowCount(), 700);
    for (int round = 0; round < 25; ++round) {
        for (int change = random.bounded(12); change > 0; --change) {
            jobs.jobs[random.bounded(int(jobs.jobs.size()))].status = JobStatus(random.bounded(5));
        }
        for (int added = random.bounded(6); added > 0; --added) {
            jobs.add(JobStatus(random.bounded(5)));
        }
        for (int gone = random.bounded(6); gone > 0; --gone) {
            jobs.jobs.remove(random.bounded(int(jobs.jobs.size())));
        }
        model.setHeld(true);
        model.refresh();
        model.setHeld(false); // reads at once
        const QList<Job> expected = jobs.ordered({});
        QTRY_COMPARE(model.rowCount(), int(expected.size()));
        for (int row = 0; row < 200; ++row) {
            QTRY_VERIFY(model.jobAt(row) && *model.jobAt(row) == expected.at(row));
        }
    }
}

void TestJobsModel::heldOrderStands()
{
    FakeJobs jobs(1000);
    JobsModel model;
    QAbstractItemModelTester tester(&model, fatal);
    model.setSource(jobs.source());
    QTRY_COMPARE(model.rowCount(), 1000);
    QTRY_VERIFY(model.jobAt(399));
    model.setHeld(true);
    const QList<qint64> before = ids(model, 0, 400);
    QSignalSpy inserts(&model, &QAbstractItemModel::rowsInserted);
    QSignalSpy removes(&model, &QAbstractItemModel::rowsRemoved);
    for (int i = 0; i < 234; ++i) {
        jobs.add();
    }
    jobs.job(300).status = JobStatus::Processing; // would come first
    jobs.job(995).status = JobStatus::Completed;
    model.setSight(0, 20);
    model.refresh();
    QTRY_COMPARE(model.newer(), 234);
    QCOMPARE(ids(model, 0, 400), before);
    QCOMPARE(toString(model.jobAt(5)->status), QStringLiteral("completed")); // values are those of now
    QCOMPARE(inserts.size() + removes.size(), 0);
    // The order of what is fetched only now was made now, behind what was seen; no job is there twice.
    model.setSight(380, 430);
    QTRY_VERIFY(model.jobAt(400));
    QCOMPARE(ids(model, 400, 3), (QList<qint64>{300, 600, 599}));
    QCOMPARE(toString(model.jobAt(400)->status), QStringLiteral("processing"));
    jobs.job(100).status = JobStatus::Processing; // after that it stands
    for (int row = 400; row < 1000; row += 50) {
        model.setSight(row, row + 49);
        QTRY_VERIFY(model.jobAt(row) && model.jobAt(row + 49));
    }
    QList<qint64> all = ids(model);
    QCOMPARE(all.indexOf(100), 900);
    std::sort(all.begin(), all.end());
    QVERIFY(std::adjacent_find(all.cbegin(), all.cend()) == all.cend());
    QCOMPARE(ids(model, 0, 400), before);
    QCOMPARE(model.rowCount(), 1000);
}

void TestJobsModel::lettingGoFollows()
{
    FakeJobs jobs(1000);
    JobsModel model;
    QAbstractItemModelTester tester(&model, fatal);
    model.setSource(jobs.source());
    QTRY_COMPARE(model.rowCount(), 1000);
    model.setHeld(true);
    model.setSight(800, 830);
    QTRY_VERIFY(model.jobAt(800));
    jobs.add();
    jobs.job(3).status = JobStatus::Processing;
    model.refresh();
    QTRY_COMPARE(model.newer(), 1);
    model.setSight(0, 30);
    model.setHeld(false);
    QTRY_COMPARE(model.rowCount(), 1001);
    QCOMPARE(ids(model, 0, 3), (QList<qint64>{3, 1001, 1000}));
    QCOMPARE(model.newer(), 0);
    QVERIFY(!model.jobAt(800)); // of the old order
}

void TestJobsModel::failureIsSaidAndTriedAgain()
{
    FakeJobs jobs(10);
    jobs.failing = true;
    JobsModel model;
    QSignalSpy failures(&model, &JobsModel::failed);
    model.setSource(jobs.source());
    QTRY_COMPARE(failures.size(), 1);
    QCOMPARE(model.rowCount(), 0);
    for (int i = 0; i < 100; ++i) {
        model.refresh(); // does not try again at once
    }
    QCOMPARE(jobs.asked.size(), 1);
    jobs.failing = false;
    QTRY_COMPARE(model.rowCount(), 10);
}

void TestJobsModel::statusFilterTellsOfThoseThatCame()
{
    FakeJobs jobs(10);
    jobs.job(3).status = JobStatus::Failed;
    JobsModel model;
    JobFilter failed;
    failed.status = JobStatus::Failed;
    model.setQuestion(failed, {});
    model.setSource(jobs.source());
    QTRY_COMPARE(model.rowCount(), 1);
    model.setHeld(true);
    jobs.job(2).status = JobStatus::Failed; // older, but new among the failed
    model.refresh();
    QTRY_COMPARE(model.newer(), 1);
    QCOMPARE(model.rowCount(), 1);
}

void TestJobsModel::shortTableGrows()
{
    FakeJobs jobs(0);
    JobsModel model;
    QAbstractItemModelTester tester(&model, fatal);
    model.setSource(jobs.source());
    QTRY_VERIFY(!model.isAsking());
    QCOMPARE(model.rowCount(), 0);
    for (const int grow : {1, 149, 200, 500}) {
        for (int i = 0; i < grow; ++i) {
            jobs.add();
        }
        model.refresh();
        QTRY_COMPARE(model.rowCount(), int(jobs.jobs.size()));
        QTRY_VERIFY(model.jobAt(std::min(model.rowCount(), JobsModel::pageSize) - 1));
    }
    jobs.jobs.resize(5);
    model.refresh();
    QTRY_COMPARE(ids(model), (QList<qint64>{5, 4, 3, 2, 1}));
}

std::unique_ptr<JobsPage> TestJobsModel::shown(FakeJobs &jobs)
{
    auto page = std::make_unique<JobsPage>();
    page->resize(1100, 500);
    page->show();
    page->setSource(jobs.source());
    if (!QTest::qWaitForWindowExposed(page.get()) || !QTest::qWaitFor([&] { return tableOf(*page)->model()->rowCount() == jobs.jobs.size(); })) {
        qFatal("no page");
    }
    return page;
}

QAction *TestJobsModel::menuAction(JobsPage &page, const char *name)
{
    JobsView *table = tableOf(page);
    QContextMenuEvent event(QContextMenuEvent::Mouse, {40, 40}, table->viewport()->mapToGlobal(QPoint(40, 40)));
    QApplication::sendEvent(table->viewport(), &event);
    auto *menu = page.findChild<QMenu *>(QStringLiteral("jobsViewMenu"));
    return menu ? menu->findChild<QAction *>(QString::fromLatin1(name)) : nullptr;
}

void TestJobsModel::closeMenu()
{
    while (QWidget *popup = QApplication::activePopupWidget()) {
        popup->close();
    }
    QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
}

void TestJobsModel::selectionAndScrollSurvive()
{
    FakeJobs jobs(5000);
    const auto page = shown(jobs);
    JobsView *table = tableOf(*page);
    const auto topId = [table] { return table->model()->index(table->rowAt(0), 0).data(KeyRole).toLongLong(); };
    QCOMPARE(topId(), 5000);
    // At the top the newest are seen.
    jobs.add();
    page->refresh();
    QTRY_COMPARE(topId(), 5001);
    // A row is selected, the table scrolled far away, and jobs keep coming.
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
    QTRY_COMPARE(page->findChild<QPushButton *>(QStringLiteral("showNewerButton"))->text(), QStringLiteral("50 newer jobs – show them"));
    QTRY_COMPARE(table->model()->index(2501, int(JobCell::Tries)).data().toInt(), 3);
    QCOMPARE(topId(), 2501);
    QCOMPARE(table->verticalScrollBar()->value(), 2500);
    QCOMPARE(table->selectionModel()->selectedRows().first().data(KeyRole).toLongLong(), 4998);
    // The button takes to the top, where all of it is.
    QTest::mouseClick(page->findChild<QPushButton *>(QStringLiteral("showNewerButton")), Qt::LeftButton);
    QTRY_COMPARE(table->model()->rowCount(), 5051);
    QCOMPARE(topId(), 2400);
    QVERIFY(!table->selectionModel()->hasSelection());
    QVERIFY(!page->findChild<QPushButton *>(QStringLiteral("showNewerButton"))->isVisible());
}

void TestJobsModel::menuHoldsTheOrder()
{
    FakeJobs jobs(20);
    const auto page = shown(jobs);
    JobsView *table = tableOf(*page);
    table->selectRow(0);
    QVERIFY(menuAction(*page, "retryJobAction"));
    table->clearSelection(); // the menu alone
    QVERIFY(table->mustHold());
    jobs.add();
    page->refresh();
    QTRY_VERIFY(jobs.looks > 0);
    QCOMPARE(table->model()->rowCount(), 20);
    closeMenu();
    QTRY_COMPARE(table->model()->rowCount(), 21);
    // A key that is down holds it, too.
    table->setFocus();
    QTest::keyPress(table, Qt::Key_Shift);
    jobs.add();
    page->refresh();
    QTest::qWait(20);
    QCOMPARE(table->model()->rowCount(), 21);
    QTest::keyRelease(table, Qt::Key_Shift);
    QTRY_COMPARE(table->model()->rowCount(), 22);
}

void TestJobsModel::headerSorts()
{
    FakeJobs jobs(300);
    jobs.job(7).status = JobStatus::Processing;
    const auto page = shown(jobs);
    JobsView *table = tableOf(*page);
    table->selectRow(0);
    const auto click = [table] {
        QHeaderView *header = table->horizontalHeader();
        QTest::mouseClick(header->viewport(), Qt::LeftButton, {}, QPoint(header->sectionViewportPosition(int(JobCell::Id)) + 12, header->height() / 2));
    };
    const auto topId = [table] { return table->model()->index(0, 0).data(KeyRole).toLongLong(); };
    QCOMPARE(topId(), 7); // those being worked on first
    click();
    QTRY_COMPARE(topId(), 300);
    QVERIFY(table->horizontalHeader()->isSortIndicatorShown());
    QVERIFY(!table->selectionModel()->hasSelection()); // job 7 is out of reach
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

void TestJobsModel::searchWaitsForTheTyping()
{
    FakeJobs jobs(300);
    const auto page = shown(jobs);
    page->setCounts({{QStringLiteral("plantuml"), jobs.counts({})}, {QStringLiteral("drawio"), {}}});
    JobsView *table = tableOf(*page);
    QTRY_VERIFY(table->model()->index(299, 0).data(KeyRole).isValid());
    table->verticalScrollBar()->setValue(250);
    QTest::qWait(0);
    jobs.asked.clear();
    auto *search = page->findChild<QLineEdit *>(QStringLiteral("jobSearch"));
    QTest::keyClicks(search, QStringLiteral("/12"));
    QVERIFY(jobs.asked.isEmpty());
    QTRY_COMPARE(table->model()->rowCount(), 11);
    QCOMPARE(table->verticalScrollBar()->value(), 0);
    QCOMPARE(page->findChild<QLabel *>(QStringLiteral("jobsFooter"))->text(), QStringLiteral("11 of 300 jobs match"));
    QTest::qWait(20);
    QCOMPARE(jobs.asked.size(), 1);
    QTest::keyClick(search, Qt::Key_Escape);
    QVERIFY(search->text().isEmpty());
    QTRY_COMPARE(table->model()->rowCount(), 300);
    jobs.asked.clear();
    QTest::keyClicks(search, QStringLiteral("/12"));
    QTest::keyClick(search, Qt::Key_Return); // asks at once
    QCOMPARE(jobs.asked.size(), 1);
    QVERIFY(table->hasFocus());
    search->clear();
    QTRY_COMPARE(table->model()->rowCount(), 300);
    auto *types = page->findChild<QComboBox *>(QStringLiteral("jobTypeFilter"));
    QCOMPARE(types->count(), 3);
    types->setCurrentIndex(types->findData(QStringLiteral("drawio")));
    QTRY_COMPARE(table->model()->rowCount(), 0);
}

void TestJobsModel::actionsForSeveral()
{
    FakeJobs jobs(60);
    for (qint64 id = 41; id <= 52; ++id) {
        jobs.job(id).status = JobStatus::Failed;
    }
    const auto page = shown(jobs);
    JobsView *table = tableOf(*page);
    QSignalSpy retried(page.get(), &JobsPage::retryRequested);
    QSignalSpy cancelled(page.get(), &JobsPage::cancelRequested);
    // Rows 0 to 24: jobs 60 to 36; 12 failed, 13 wait.
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
    QAction *cancel = menuAction(*page, "cancelJobAction");
    QCOMPARE(cancel->text(), QStringLiteral("Cancel 13 jobs"));
    cancel->trigger(); // few: not asked
    QCOMPARE(cancelled.size(), 1);
    closeMenu();
    // More than 20 are asked about.
    table->selectAll();
    cancel = menuAction(*page, "cancelJobAction");
    QCOMPARE(cancel->text(), QStringLiteral("Cancel 48 jobs"));
    cancel->trigger();
    closeMenu();
    QCOMPARE(cancelled.size(), 1);
    auto *question = page->findChild<QMessageBox *>(QStringLiteral("cancelQuestion"));
    QVERIFY(question);
    QVERIFY2(question->text().contains(QStringLiteral("48")), qPrintable(question->text()));
    QCOMPARE(question->defaultButton(), question->button(QMessageBox::Cancel));
    QTest::mouseClick(question->findChild<QPushButton *>(QStringLiteral("cancelJobsButton")), Qt::LeftButton);
    QCOMPARE(cancelled.size(), 2);
    QCOMPARE(cancelled.last().first().value<QList<qint64>>().size(), 48);
    // One that cannot: it says why.
    table->selectRow(10); // job 50, failed
    cancel = menuAction(*page, "cancelJobAction");
    QVERIFY(!cancel->isEnabled());
    QCOMPARE(cancel->text(), QStringLiteral("Cancel – it has ended already"));
    closeMenu();
    page->setDisabledReason(QStringLiteral("only watched"));
    retry = menuAction(*page, "retryJobAction");
    QVERIFY(!retry->isEnabled());
    QCOMPARE(retry->text(), QStringLiteral("Retry – only watched"));
    closeMenu();
}

void TestJobsModel::allOfManyThroughTheFilter()
{
    FakeJobs jobs(50000);
    for (qint64 id = 1; id <= 230; ++id) {
        jobs.job(id * 100).status = JobStatus::Failed;
    }
    const auto page = shown(jobs);
    JobsView *table = tableOf(*page);
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
    menuAction(*page, "cancelJobAction")->trigger();
    closeMenu();
    QVERIFY(cancelled.isEmpty());
    QPushButton *yes = page->findChild<QPushButton *>(QStringLiteral("cancelJobsButton"));
    QVERIFY(yes);
    QCOMPARE(yes->text(), QStringLiteral("Cancel 49,770 jobs"));
    QTest::mouseClick(yes, Qt::LeftButton);
    QCOMPARE(cancelled.size(), 1);
    const QAction *copy = menuAction(*page, "copyJobAction");
    QVERIFY(!copy->isEnabled());
    closeMenu();
    // One row: all that match are offered beside it.
    table->selectRow(1);
    QCOMPARE(menuAction(*page, "retryAllAction")->text(), QStringLiteral("Retry all 230 failed jobs"));
    closeMenu();
}

void TestJobsModel::partOfManyIsFetched()
{
    FakeJobs jobs(5000);
    jobs.job(4000).status = JobStatus::Failed; // row 1000: never in sight
    const auto page = shown(jobs);
    JobsView *table = tableOf(*page);
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

void TestJobsModel::copies()
{
    FakeJobs jobs(30);
    const auto page = shown(jobs);
    JobsView *table = tableOf(*page);
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

void TestJobsModel::currentJobIsTold()
{
    FakeJobs jobs(5000);
    const auto page = shown(jobs);
    JobsView *table = tableOf(*page);
    QSignalSpy told(page.get(), &JobsPage::currentJobChanged);
    table->selectRow(2);
    QCOMPARE(told.last().first().toLongLong(), 4998);
    table->setFocus();
    QTest::keyClick(table, Qt::Key_End); // not there yet: told when it is
    QTRY_COMPARE(told.last().first().toLongLong(), 1);
    QTest::keyClick(table, Qt::Key_Escape);
    QCOMPARE(told.last().first().toLongLong(), 0);
    QCOMPARE(told.size(), 3);
}

QTEST_MAIN(TestJobsModel)
#include "tst_jobsmodel.moc"

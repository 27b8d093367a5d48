// SPDX-License-Identifier: GPL-3.0-or-later
// Tests JobsModel: loading pages, late replies, held orders, and the row changes of the live order. Also tests
// JobRequester. JobsPage is tested in tst_jobspage.cpp.
#include "core/model/job.h"
#include "core/model/jobfilter.h"
#include "core/model/jobstatus.h"
#include "tests/ui/fakejobs.h"
#include "ui/models/modelroles.h"

#include <QCoreApplication>
#include <QRandomGenerator>
#include <QSignalSpy>
#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;

class TestJobsModel : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void loadsOnlyVisibleRows();
    void dropsLeastRecentlyUsedPages();
    void scrollingFarSendsFewRequests();
    void dropsLateReplies();
    void newQueryReadsOnlyItsFirstRows();
    void refreshEmitsFewSignals();
    void liveRowsMatchTheSource();
    void heldOrderDoesNotChange();
    void readsRowsAgainWhenReleased();
    void reportsFailureAndRetries();
    void countsJobsThatBeginToMatch();
    void growsAndShrinks();
    void requesterSendsOneRequestAtATime();
    void requesterDropsRepliesToEarlierQueries();
    void requesterPausesAfterAFailure();
};

void TestJobsModel::loadsOnlyVisibleRows()
{
    FilledModel filled(10000);
    FakeJobs &jobs = filled.jobs;
    JobsModel &model = filled.model;
    QCOMPARE(model.index(0, 0).data(KeyRole).toLongLong(), 10000);
    QTRY_VERIFY(model.jobAt(399)); // the next page, loaded in advance for scrolling
    QVERIFY(jobs.requests.last().after.has_value());
    QVERIFY(!model.jobAt(400));
    QCOMPARE(model.index(5000, int(JobTableColumn::Input)).data().toString(), QStringLiteral("…"));
    QVERIFY(!model.index(5000, 0).data(KeyRole).isValid());

    model.setHeld(true);
    model.setVisibleRows(5000, 5030);
    QTRY_VERIFY(model.jobAt(5000));
    QCOMPARE(model.jobAt(5000)->id, 5000);
    QCOMPARE(model.jobAt(5030)->id, 4970);
    QTRY_VERIFY(model.jobAt(5300));
    QVERIFY(!model.jobAt(4700));
    model.setVisibleRows(4990, 5020); // scrolling up loads the page above
    QTRY_VERIFY(model.jobAt(4700));
    QCOMPARE(model.jobAt(4700)->id, 5300);
    model.setVisibleRows(9990, 10020);
    QTRY_VERIFY(model.jobAt(9999));
    QCOMPARE(model.jobAt(9999)->id, 1);
    QVERIFY(!model.jobAt(10000));
}

void TestJobsModel::dropsLeastRecentlyUsedPages()
{
    FilledModel filled(30000);
    JobsModel &model = filled.model;
    model.setHeld(true);
    for (int page = 2; page < 100; page += 2) {
        model.setVisibleRows(page * JobsModel::pageSize, page * JobsModel::pageSize + 30);
        QTRY_VERIFY(model.jobAt((page + 1) * JobsModel::pageSize));
    }
    int loaded = 0;
    for (int row = 0; row < 30000; row += JobsModel::pageSize) {
        loaded += model.jobAt(row) != nullptr;
    }
    QVERIFY2(loaded <= JobRowCache::maxPages + 2, qPrintable(QString::number(loaded)));
    QVERIFY(loaded > JobRowCache::maxPages / 2);
    QVERIFY(!model.jobAt(2 * JobsModel::pageSize));
    QVERIFY(model.jobAt(98 * JobsModel::pageSize));
}

void TestJobsModel::scrollingFarSendsFewRequests()
{
    FilledModel filled(100000);
    FakeJobs &jobs = filled.jobs;
    JobsModel &model = filled.model;
    QTRY_VERIFY(model.jobAt(399));
    model.setHeld(true);
    jobs.requests.clear();
    jobs.defersReplies = true;
    for (int row = 1000; row < 90000; row += 500) { // faster than replies arrive
        model.setVisibleRows(row, row + 30);
    }
    QCOMPARE(jobs.requests.size(), 1);
    jobs.defersReplies = false;
    jobs.release();
    QTRY_VERIFY(model.jobAt(89500));
    QVERIFY2(jobs.requests.size() <= 3, qPrintable(QString::number(jobs.requests.size())));
}

void TestJobsModel::dropsLateReplies()
{
    FakeJobs jobs(1000);
    JobsModel model;
    QAbstractItemModelTester tester(&model, reportingMode);
    jobs.defersReplies = true;
    model.setSource(jobs.source());
    JobFilter one;
    one.text = QStringLiteral("/500.");
    model.setQuery(one, {});
    QVERIFY(model.isLoading());
    QVERIFY(jobs.requests.last().token > jobs.requests.first().token);
    QCOMPARE(jobs.deferredReplies.size(), 2);
    jobs.defersReplies = false;
    // The second request is answered first; the reply to the first one is too late.
    std::reverse(jobs.deferredReplies.begin(), jobs.deferredReplies.end());
    jobs.release();
    QTRY_VERIFY(!model.isLoading());
    QCoreApplication::processEvents(); // the late reply arrived together with the other one
    QCOMPARE(ids(model), (QList<qint64>{500}));
}

void TestJobsModel::newQueryReadsOnlyItsFirstRows()
{
    FilledModel filled(10000);
    FakeJobs &jobs = filled.jobs;
    JobsModel &model = filled.model;
    model.setHeld(true);
    model.setVisibleRows(5000, 5030);
    QTRY_VERIFY(model.jobAt(5000));
    // A view is still scrolled down when the rows of the new query arrive. Its page then returns to the top.
    connect(&model, &QAbstractItemModel::modelReset, &model, [&model] { model.setVisibleRows(5000, 5030); });
    connect(&model, &JobsModel::loaded, &model, [&model] {
        model.setVisibleRows(0, 30);
        model.setHeld(false);
    });
    jobs.requests.clear();
    model.setQuery({}, {JobColumn::Id, false});
    QTRY_VERIFY(model.jobAt(0) && model.jobAt(0)->id == 1);
    model.setVisibleRows(180, 210);
    QTRY_VERIFY(model.jobAt(JobsModel::pageSize));
    QVERIFY(jobs.requests.size() >= 2);
    for (const JobPageRequest &request : std::as_const(jobs.requests)) {
        QCOMPARE(request.order, 0U); // fixing an order reads all ids
        QVERIFY2(request.offset <= 2 * JobsModel::pageSize, qPrintable(QString::number(request.offset)));
    }
}

void TestJobsModel::refreshEmitsFewSignals()
{
    FilledModel filled(1000);
    FakeJobs &jobs = filled.jobs;
    JobsModel &model = filled.model;
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
    // Without changes, no signal is emitted.
    inserts.clear();
    changes.clear();
    const auto requests = jobs.requests.size();
    model.refresh();
    QTRY_VERIFY(jobs.requests.size() > requests);
    QCoreApplication::processEvents(); // the reply was sent at once
    QCOMPARE(changes.size(), 0);
    QCOMPARE(inserts.size(), 0);
}

void TestJobsModel::liveRowsMatchTheSource()
{
    QRandomGenerator random(20260101);
    FilledModel filled(700);
    FakeJobs &jobs = filled.jobs;
    JobsModel &model = filled.model;
    for (int round = 0; round < 25; ++round) {
        for (int change = random.bounded(12); change > 0; --change) {
            jobs.jobs[random.bounded(int(jobs.jobs.size()))].status = JobStatus(random.bounded(5));
        }
        for (int added = random.bounded(6); added > 0; --added) {
            jobs.add(JobStatus(random.bounded(5)));
        }
        for (int removed = random.bounded(6); removed > 0; --removed) {
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

void TestJobsModel::heldOrderDoesNotChange()
{
    FilledModel filled(1000);
    FakeJobs &jobs = filled.jobs;
    JobsModel &model = filled.model;
    QTRY_VERIFY(model.jobAt(399));
    model.setHeld(true);
    const QList<qint64> before = ids(model, 0, 400);
    QSignalSpy inserts(&model, &QAbstractItemModel::rowsInserted);
    QSignalSpy removes(&model, &QAbstractItemModel::rowsRemoved);
    for (int i = 0; i < 234; ++i) {
        jobs.add();
    }
    jobs.job(300).status = JobStatus::Processing; // would be first in the live order
    jobs.job(995).status = JobStatus::Completed;
    model.setVisibleRows(0, 20);
    model.refresh();
    QTRY_COMPARE(model.newerCount(), 234);
    QCOMPARE(ids(model, 0, 400), before);
    QCOMPARE(toString(model.jobAt(5)->status), QStringLiteral("completed")); // the present value
    QCOMPARE(inserts.size() + removes.size(), 0);
    // The order is fixed when the first page after the loaded rows is requested. The loaded rows come first, and no job
    // occurs twice.
    model.setVisibleRows(380, 430);
    QTRY_VERIFY(model.jobAt(400));
    QCOMPARE(ids(model, 400, 3), (QList<qint64>{300, 600, 599}));
    QCOMPARE(toString(model.jobAt(400)->status), QStringLiteral("processing"));
    jobs.job(100).status = JobStatus::Processing; // the order is fixed now
    for (int row = 400; row < 1000; row += 50) {
        model.setVisibleRows(row, row + 49);
        QTRY_VERIFY(model.jobAt(row) && model.jobAt(row + 49));
    }
    QList<qint64> all = ids(model);
    QCOMPARE(all.indexOf(100), 900);
    std::sort(all.begin(), all.end());
    QVERIFY(std::adjacent_find(all.cbegin(), all.cend()) == all.cend());
    QCOMPARE(ids(model, 0, 400), before);
    QCOMPARE(model.rowCount(), 1000);
}

void TestJobsModel::readsRowsAgainWhenReleased()
{
    FilledModel filled(1000);
    FakeJobs &jobs = filled.jobs;
    JobsModel &model = filled.model;
    model.setHeld(true);
    model.setVisibleRows(800, 830);
    QTRY_VERIFY(model.jobAt(800));
    jobs.add();
    jobs.job(3).status = JobStatus::Processing;
    model.refresh();
    QTRY_COMPARE(model.newerCount(), 1);
    model.setVisibleRows(0, 30);
    model.setHeld(false);
    QTRY_COMPARE(model.rowCount(), 1001);
    QCOMPARE(ids(model, 0, 3), (QList<qint64>{3, 1001, 1000}));
    QCOMPARE(model.newerCount(), 0);
    QVERIFY(!model.jobAt(800)); // row 800 belonged to the held order
}

void TestJobsModel::reportsFailureAndRetries()
{
    FakeJobs jobs(10);
    jobs.fails = true;
    JobsModel model;
    QSignalSpy failures(&model, &JobsModel::failed);
    model.setSource(jobs.source());
    QTRY_COMPARE(failures.size(), 1);
    QCOMPARE(model.rowCount(), 0);
    for (int i = 0; i < 100; ++i) {
        model.refresh(); // does not try again at once
    }
    QCOMPARE(jobs.requests.size(), 1);
    jobs.fails = false;
    QTRY_COMPARE(model.rowCount(), 10);
}

void TestJobsModel::countsJobsThatBeginToMatch()
{
    FakeJobs jobs(10);
    jobs.job(3).status = JobStatus::Failed;
    JobsModel model;
    JobFilter failed;
    failed.status = JobStatus::Failed;
    model.setQuery(failed, {});
    model.setSource(jobs.source());
    QTRY_COMPARE(model.rowCount(), 1);
    model.setHeld(true);
    jobs.job(2).status = JobStatus::Failed; // an older job, but a new one among the failed jobs
    model.refresh();
    QTRY_COMPARE(model.newerCount(), 1);
    QCOMPARE(model.rowCount(), 1);
}

void TestJobsModel::growsAndShrinks()
{
    FakeJobs jobs(0);
    JobsModel model;
    QAbstractItemModelTester tester(&model, reportingMode);
    model.setSource(jobs.source());
    QTRY_VERIFY(!model.isLoading());
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

void TestJobsModel::requesterSendsOneRequestAtATime()
{
    FakeJobs jobs(10);
    const JobRowCache rows;
    JobRequester requester(rows);
    QSignalSpy ready(&requester, &JobRequester::ready);
    QVERIFY(!requester.canRequest()); // it has no source
    requester.setSource(jobs.source());
    QVERIFY(requester.canRequest());
    int jobsRead = 0;
    requester.readHead(5, [&jobsRead](const JobPage &page) { jobsRead = int(page.jobs.size()); });
    QVERIFY(!requester.canRequest());
    QTRY_COMPARE(jobsRead, 5);
    QTRY_COMPARE(ready.size(), 1);
    QVERIFY(requester.canRequest());
    QVERIFY(!requester.mayRefresh()); // not before the pause has ended
    QTRY_COMPARE(ready.size(), 2);
    QVERIFY(requester.mayRefresh());
}

void TestJobsModel::requesterDropsRepliesToEarlierQueries()
{
    FakeJobs jobs(10);
    const JobRowCache rows;
    JobRequester requester(rows);
    requester.setSource(jobs.source());
    QList<int> jobsRead;
    const auto apply = [&jobsRead](const JobPage &page) { jobsRead.append(int(page.jobs.size())); };
    requester.readHead(5, apply);
    requester.setQuery({}, {});
    QVERIFY(requester.canRequest());
    requester.readHead(3, apply);
    QTRY_COMPARE(jobsRead, QList<int>{3});
}

void TestJobsModel::requesterPausesAfterAFailure()
{
    FakeJobs jobs(10);
    jobs.fails = true;
    const JobRowCache rows;
    JobRequester requester(rows);
    requester.setSource(jobs.source());
    QSignalSpy failures(&requester, &JobRequester::failed);
    requester.readHead(5, [](const JobPage &) { QFAIL("a failed request was applied"); });
    QTRY_COMPARE(failures.size(), 1);
    QVERIFY(!requester.canRequest());
    QTRY_VERIFY(requester.canRequest());
}

QTEST_MAIN(TestJobsModel)
#include "tst_jobsmodel.moc"

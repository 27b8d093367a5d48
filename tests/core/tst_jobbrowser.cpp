// SPDX-License-Identifier: GPL-3.0-or-later
// Tests fixed orders of the table of jobs, and the thread of the store that reads them.
#include "core/store/jobbrowser.h"
#include "core/store/store.h"
#include "tests/support/manyjobs.h"
#include "tests/support/pooltest.h"

#include <QTest>

#include <algorithm>
#include <atomic>

using namespace lifeguard;
using namespace lifeguard::test;

class TestJobBrowser : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void fixedOrderDoesNotChange();
    void fixedOrderBeginsWithTheRowsThatAreShown();
    void storeBrowsesOnItsOwnThread();
    void obsoleteRequestsAreNotRun();
};

void TestJobBrowser::fixedOrderDoesNotChange()
{
    QueueTest t;
    for (int i = 0; i < 50; ++i)
        t.add();
    JobBrowser browser;
    JobPageRequest request;
    request.order = 1;
    request.limit = 10;
    request.offset = 20;
    const auto before = browser.page(*t.db, request);
    QVERIFY(before);
    QCOMPARE(before->total, 50);
    QCOMPARE(before->jobs.first().id, 30);
    // Some jobs begin (and would come first), some are added, one is deleted.
    const qint64 worker = t.worker();
    for (int i = 0; i < 5; ++i)
        t.claimOne(worker);
    for (int i = 0; i < 5; ++i)
        t.add();
    QVERIFY(RawSql(t.path()).exec(QStringLiteral("DELETE FROM jobs WHERE id = 29")));
    const auto after = browser.page(*t.db, request);
    QCOMPARE(idsOf(after->jobs), idsOf(before->jobs));
    QVERIFY(isDeleted(after->jobs.at(1)));
    request.offset = 45;
    const auto last = browser.page(*t.db, request);
    QCOMPARE(idsOf(last->jobs), (QList<qint64>{5, 4, 3, 2, 1}));
    QCOMPARE(toString(last->jobs.first().status), QStringLiteral("processing")); // the current values
    const auto rows = browser.rows(*t.db, request, {{0, 1}, {48, 60}}, 10);
    QVERIFY(rows);
    QCOMPARE(idsOf(*rows), (QList<qint64>{50, 49, 2, 1}));
    QCOMPARE(browser.rows(*t.db, request, {{0, 49}}, 10).error().code, ErrorCode::InvalidArgument);
    request.order = 2;
    request.offset = 0;
    const auto next = browser.page(*t.db, request);
    QCOMPARE(next->total, 54);
    QCOMPARE(idsOf(next->jobs).mid(0, 6), (QList<qint64>{5, 4, 3, 2, 1, 55}));
}

void TestJobBrowser::fixedOrderBeginsWithTheRowsThatAreShown()
{
    QueueTest t;
    for (int i = 0; i < 20; ++i)
        t.add();
    JobBrowser browser;
    JobPageRequest request;
    request.order = 1;
    request.head = {3, 20, 19, 18};
    request.filter.maxId = 20;
    request.limit = 8;
    t.add();
    const auto page = browser.page(*t.db, request);
    QCOMPARE(idsOf(page->jobs), (QList<qint64>{3, 20, 19, 18, 17, 16, 15, 14}));
    QCOMPARE(page->total, 20);
}

void TestJobBrowser::storeBrowsesOnItsOwnThread()
{
    QTemporaryDir folder;
    Store store;
    QVERIFY(answerOf(store.open(folder.filePath(QStringLiteral("q.db")), OpenMode::Create)));
    NewJob job;
    job.type = QStringLiteral("noop");
    QVERIFY(answerOf(store.addJobs({job, job, job})));
    // The page arrives although the reader is busy.
    std::atomic<bool> release = false;
    const auto stuck = store.read<int>([&release](Database &) -> Result<int> {
        while (!release)
            QThread::yieldCurrentThread();
        return 1;
    });
    JobPageRequest request;
    request.withCounts = true;
    const auto page = answerOf(store.jobPage(request));
    const bool wasStuck = !stuck.isFinished();
    release = true;
    QVERIFY(page);
    QVERIFY(wasStuck);
    QCOMPARE(page->total, 3);
    QCOMPARE(page->newestId, 3);
    QCOMPARE(idsOf(page->jobs), (QList<qint64>{3, 2, 1}));
    request.order = 1;
    QCOMPARE(answerOf(store.jobPage(request))->total, 3);
    QCOMPARE(idsOf(*answerOf(store.jobsInRows(request, {{1, 2}}, 10))), (QList<qint64>{2, 1}));
    JobInspectionRequest inspection;
    inspection.ids = {2};
    QCOMPARE(answerOf(store.inspectJobs(inspection))->counts.pending, 3);
}

void TestJobBrowser::obsoleteRequestsAreNotRun()
{
    QTemporaryDir folder;
    Store store;
    QVERIFY(answerOf(store.open(folder.filePath(QStringLiteral("q.db")), OpenMode::Create)));
    JobPageRequest request;
    request.token = 1;
    QVERIFY(answerOf(store.jobPage(request)));
    // A burst of requests: the thread may have begun with the first one; of the others only the newest is run.
    QList<QFuture<Result<JobPage>>> burst;
    for (quint64 token = 2; token < 50; ++token) {
        request.token = token;
        burst.append(store.jobPage(request));
    }
    QVERIFY(answerOf(burst.last()));
    const auto cancelled = std::count_if(burst.cbegin(), burst.cend(), [](const auto &future) {
        return !future.result() && future.result().error().code == ErrorCode::Cancelled;
    });
    QVERIFY2(cancelled > 0, qPrintable(QString::number(cancelled)));
    request.token = 3;
    QCOMPARE(answerOf(store.jobPage(request)).error().code, ErrorCode::Cancelled);
}

QTEST_GUILESS_MAIN(TestJobBrowser)
#include "tst_jobbrowser.moc"

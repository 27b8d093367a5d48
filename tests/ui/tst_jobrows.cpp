// SPDX-License-Identifier: GPL-3.0-or-later
// The parts of JobsModel that need no database: the cache of loaded rows, the changes between two heads, the pauses
// between refreshes.
#include "core/model/job.h"
#include "ui/models/headchanges.h"
#include "ui/models/jobrowcache.h"
#include "ui/models/refreshpacer.h"
#include "ui/models/rowspan.h"
#include "ui/views/jobselection.h"

#include <QSignalSpy>
#include <QTest>

using namespace lifeguard;

namespace {

QList<Job> jobsFrom(qint64 firstId, int count)
{
    QList<Job> jobs;
    for (int i = 0; i < count; ++i) {
        Job job;
        job.id = firstId + i;
        job.type = QStringLiteral("noop");
        jobs.append(job);
    }
    return jobs;
}

/// Applies the changes to a list of ids as JobsModel applies them to its rows.
QList<qint64> applied(const HeadChanges &changes, QList<qint64> ids, const QList<qint64> &newIds)
{
    ids.resize(changes.keptRows);
    for (const RowSpan &span : changes.removals) {
        ids.remove(span.first, span.last - span.first + 1);
    }
    for (const RowSpan &span : changes.insertions) {
        for (int row = span.first; row <= span.last; ++row) {
            ids.insert(row, newIds.at(row));
        }
    }
    if (changes.appendFrom >= 0) {
        ids += newIds.mid(changes.appendFrom);
    }
    return ids.mid(0, newIds.size());
}

} // namespace

class TestJobRows : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void headChangesProduceNewRows_data();
    void headChangesProduceNewRows();
    void unchangedHeadNeedsNoChanges();
    void spansBridgeSmallGaps();
    void cacheFindsRowsInHeadAndPages();
    void cacheDropsLeastRecentlyUsedPages();
    void cacheStoresRevisionOfValues();
    void pauseGrowsWithTheCost();
    void failureBlocksRequests();
    void idsLeaveOutDeletedJobs();
};

void TestJobRows::headChangesProduceNewRows_data()
{
    QTest::addColumn<QList<qint64>>("before");
    QTest::addColumn<QList<qint64>>("after");
    const auto row = [](const char *name, const QList<qint64> &before, const QList<qint64> &after) {
        QTest::newRow(name) << before << after;
    };
    row("first rows", {}, {1, 2, 3});
    row("new row on top", {3, 2, 1}, {4, 3, 2, 1});
    row("row removed", {3, 2, 1}, {3, 1});
    row("row moved up", {4, 3, 2, 1}, {2, 4, 3, 1});
    row("row moved down", {4, 3, 2, 1}, {3, 2, 1, 4});
    row("rows appended", {3, 2}, {3, 2, 1, 0});
    row("head shortened", {5, 4, 3, 2, 1}, {6, 5, 4});
    row("all rows replaced", {1, 2, 3}, {4, 5});
    row("reversed", {1, 2, 3, 4}, {4, 3, 2, 1});
}

void TestJobRows::headChangesProduceNewRows()
{
    QFETCH(const QList<qint64>, before);
    QFETCH(const QList<qint64>, after);
    QCOMPARE(applied(headChanges(before, after), before, after), after);
}

void TestJobRows::unchangedHeadNeedsNoChanges()
{
    HeadChanges expected;
    expected.keptRows = 3;
    QCOMPARE(headChanges({3, 2, 1}, {3, 2, 1}), expected);
}

void TestJobRows::spansBridgeSmallGaps()
{
    QVERIFY(mergedSpans({}).isEmpty());
    const QList<RowSpan> expected{{0, 10}, {40, 40}, {60, 61}};
    QCOMPARE(mergedSpans({0, 1, 3, 10, 40, 60, 61}), expected);
}

void TestJobRows::cacheFindsRowsInHeadAndPages()
{
    JobRowCache cache;
    QVERIFY(!cache.at(0));
    QVERIFY(!cache.at(-1));
    cache.setHead(jobsFrom(1, 3));
    cache.insertPage(2, jobsFrom(100, 5), 1);
    QCOMPARE(cache.at(2)->id, 3);
    QVERIFY(!cache.at(3));
    QCOMPARE(cache.at(2 * JobRowCache::pageSize + 4)->id, 104);
    QVERIFY(!cache.at(2 * JobRowCache::pageSize + 5));
    QVERIFY(cache.hasPage(0));
    QVERIFY(!cache.hasPage(1));
    QVERIFY(cache.hasPage(2));
    QVERIFY(cache.isInHead(2));
    QVERIFY(!cache.isInHead(100));
}

void TestJobRows::cacheDropsLeastRecentlyUsedPages()
{
    JobRowCache cache;
    for (int page = 0; page < JobRowCache::maxPages; ++page) {
        cache.insertPage(page, jobsFrom(page, 1), 1);
    }
    cache.touchPage(0);
    cache.insertPage(JobRowCache::maxPages, jobsFrom(1, 1), 1);
    QVERIFY(cache.hasPage(0));
    QVERIFY(!cache.hasPage(1));
    QVERIFY(cache.hasPage(JobRowCache::maxPages));
}

void TestJobRows::cacheStoresRevisionOfValues()
{
    JobRowCache cache;
    cache.setHead(jobsFrom(1, 3));
    cache.setHeadRevision(7);
    cache.insertPage(1, jobsFrom(10, 3), 8);
    QCOMPARE(cache.pageRevision(0), 7U);
    QCOMPARE(cache.pageRevision(1), 8U);
    QCOMPARE(cache.pageRevision(2), 0U);
    cache.setRowRevision(0, 9);
    cache.setRowRevision(JobRowCache::pageSize + 1, 10);
    QCOMPARE(cache.headRevision(), 9U);
    QCOMPARE(cache.pageRevision(1), 10U);
}

void TestJobRows::pauseGrowsWithTheCost()
{
    QCOMPARE(RefreshPacer::pauseAfter(milliseconds(0)), RefreshPacer::minPause);
    QCOMPARE(RefreshPacer::pauseAfter(milliseconds(100)), milliseconds(800));
    QCOMPARE(RefreshPacer::pauseAfter(milliseconds(60'000)), RefreshPacer::maxPause);

    RefreshPacer pacer;
    QVERIFY(pacer.mayRefresh());
    pacer.requestSucceeded(milliseconds(1));
    QVERIFY(!pacer.mayRefresh());
    QVERIFY(!pacer.isBlockedByFailure());
    pacer.skipPauseOnce();
    QVERIFY(pacer.mayRefresh());
    pacer.refreshStarted();
    QVERIFY(!pacer.mayRefresh());
}

void TestJobRows::failureBlocksRequests()
{
    RefreshPacer pacer;
    QSignalSpy pauseEnded(&pacer, &RefreshPacer::pauseEnded);
    pacer.requestFailed();
    QVERIFY(pacer.isBlockedByFailure());
    QTRY_COMPARE_WITH_TIMEOUT(pauseEnded.size(), 1, 60'000);
    QVERIFY(!pacer.isBlockedByFailure());
}

void TestJobRows::idsLeaveOutDeletedJobs()
{
    QList<Job> jobs = jobsFrom(1, 3);
    jobs[0].status = JobStatus::Failed;
    jobs[1].status = JobStatus::Failed;
    jobs[1].type.clear(); // deleted
    QCOMPARE(idsWhere(jobs, isRetryable), QList<qint64>{1});
    QCOMPARE(idsWhere(jobs, isCancellable), QList<qint64>{3});
    QCOMPARE(rowCount({{0, 9}, {20, 20}}), 11);
}

QTEST_GUILESS_MAIN(TestJobRows)
#include "tst_jobrows.moc"

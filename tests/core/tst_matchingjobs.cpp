// SPDX-License-Identifier: GPL-3.0-or-later
// Tests commands for all jobs that match a filter, which are run in chunks.
#include "core/store/store.h"
#include "tests/support/manyjobs.h"
#include "tests/support/pooltest.h"

#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;

class TestMatchingJobs : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void changesMatchingJobsInChunks_data();
    void changesMatchingJobsInChunks();
    void storeRunsCommandsInChunks();
};

void TestMatchingJobs::changesMatchingJobsInChunks_data()
{
    QTest::addColumn<QString>("script");
    QTest::newRow("new file") << QString();
    QTest::newRow("file of version 1") << clxVersion1();
    QTest::newRow("migrated file") << clxMigratedTo11();
}

void TestMatchingJobs::changesMatchingJobsInChunks()
{
    QFETCH(QString, script);
    QueueTest t(script);
    RawSql raw(t.path());
    addManyJobs(raw, t.db->acceptsCancelled());
    JobFilter filter;
    filter.type = QStringLiteral("noop");
    filter.maxId = 100;
    const auto count = [&raw](const char *where) {
        return raw
            .value(QStringLiteral("SELECT count(*) FROM jobs WHERE job_type = 'noop' AND id <= 100 AND ")
                   + QString::fromLatin1(where))
            .toInt();
    };
    const int all = raw.value(QStringLiteral("SELECT count(*) FROM jobs WHERE status IN ('pending', 'processing')"))
                        .toInt();
    const int open = count("status IN ('pending', 'processing')");
    QVERIFY(open > 10 && open < all);
    int cancelled = 0;
    int chunks = 0;
    JobChunk chunk;
    do {
        const auto done = t.matching->cancel(filter, QStringLiteral("anna"), chunk.last, 4);
        QVERIFY2(done, done ? "" : qPrintable(done.error().detail));
        chunk = *done;
        cancelled += chunk.changed;
        ++chunks;
    } while (chunk.more);
    QCOMPARE(cancelled, open);
    QVERIFY(chunks > open / 4);
    QCOMPARE(count("status IN ('pending', 'processing')"), 0);
    QCOMPARE(raw.value(QStringLiteral("SELECT count(*) FROM jobs WHERE status IN ('pending', 'processing')")).toInt(),
             all - open);
    const int ended = count("status IN ('failed', 'cancelled')");
    const auto retried = t.matching->retry(filter, 0, 1000);
    QVERIFY(retried);
    QCOMPARE(retried->changed, ended);
    QVERIFY(!retried->more);
    QCOMPARE(count("status = 'pending' AND error IS NULL AND worker_id IS NULL"), ended);
}

void TestMatchingJobs::storeRunsCommandsInChunks()
{
    QTemporaryDir folder;
    Store store;
    QVERIFY(answerOf(store.open(folder.filePath(QStringLiteral("q.db")), OpenMode::Create)));
    NewJob job;
    job.type = QStringLiteral("noop");
    QVERIFY(answerOf(store.addJobs(QList<NewJob>(5000, job))));
    JobFilter filter;
    const auto cancelled = store.cancelMatching(filter, QStringLiteral("anna"));
    const auto added = store.addJobs({job, job}); // added between two chunks, and therefore not cancelled
    QCOMPARE(answerOf(cancelled).value(), 5000);
    QVERIFY(answerOf(added));
    JobPageRequest request;
    request.withCounts = true;
    const auto page = answerOf(store.jobPage(request));
    QCOMPARE(page->counts->cancelled, 5000);
    QCOMPARE(page->counts->pending, 2);
    filter.status = JobStatus::Cancelled;
    QCOMPARE(answerOf(store.retryMatching(filter)).value(), 5000);
}

QTEST_GUILESS_MAIN(TestMatchingJobs)
#include "tst_matchingjobs.moc"

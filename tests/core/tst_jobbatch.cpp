// SPDX-License-Identifier: GPL-3.0-or-later
// Tests the claimed jobs of a worker: how they are taken, checked and returned.
#include "core/worker/jobbatch.h"
#include "tests/support/queuetest.h"
#include "tests/support/testhelpers.h"

#include <QTest>
#include <QtEndian>

using namespace lifeguard;
using namespace lifeguard::test;

namespace {

/// Returns the number of transactions in a write-ahead log (https://www.sqlite.org/fileformat2.html#walformat).
int commitsIn(const QString &path)
{
    const QByteArray log = contentOf(path);
    const auto number = [&log](qsizetype at) { return qFromBigEndian<quint32>(log.constData() + at); };
    constexpr qsizetype logHeader = 32;
    constexpr qsizetype frameHeader = 24;
    if (log.size() < logHeader)
        return 0;
    const qsizetype frame = frameHeader + number(8);
    int commits = 0;
    for (qsizetype at = logHeader; at + frame <= log.size(); at += frame)
        commits += number(at + 4) > 0 ? 1 : 0; // the last frame of a transaction has the size of the database
    return commits;
}

} // namespace

class TestJobBatch : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void batchIsReturnedUncounted();
    void batchIsKeptWhileTheDatabaseIsLocked();
    void batchDropsJobsWithoutALease();
    void batchSkipsJobsWithoutALease();
    void batchIsReturnedInOneTransaction();
    void batchIsReturnedAfterTheTimeLimit();
};

void TestJobBatch::batchIsReturnedUncounted()
{
    QueueTest t;
    const QList<qint64> ids{t.add(), t.add(), t.add()};
    const qint64 worker = t.worker();
    JobBatch batch(*t.queue);
    batch.setJobs(t.queue->claim(worker, s("noop"), 3).value());
    QCOMPARE(batch.takeNext().id, ids.at(0));
    QVERIFY(!batch.isEmpty());
    QVERIFY(batch.returnAll());
    QVERIFY(batch.isEmpty());
    QVERIFY(t.job(ids.at(0)).status == JobStatus::Processing);
    for (const qint64 id : {ids.at(1), ids.at(2)}) {
        QVERIFY(t.job(id).status == JobStatus::Pending);
        QCOMPARE(t.job(id).maxAttempts, 4);
    }
}

void TestJobBatch::batchIsKeptWhileTheDatabaseIsLocked()
{
    QueueTest t;
    const QList<qint64> ids{t.add(), t.add()};
    const qint64 worker = t.worker();
    auto impatient = Database::open(t.path(), OpenMode::ReadWrite, milliseconds(1));
    QVERIFY(impatient);
    JobQueue queue(**impatient, t.clock);
    JobBatch batch(queue);
    batch.setJobs(queue.claim(worker, s("noop"), 2).value());
    RawSql other(t.path());
    QVERIFY(other.exec(s("BEGIN IMMEDIATE")));
    const Status locked = batch.returnAll();
    QVERIFY(!locked);
    QCOMPARE(locked.error().code, ErrorCode::Busy);
    QVERIFY(!batch.isEmpty());
    QVERIFY(other.exec(s("COMMIT")));
    QVERIFY(batch.returnAll());
    QVERIFY(batch.isEmpty());
    for (const qint64 id : ids)
        QVERIFY(t.job(id).status == JobStatus::Pending);
    batch.setJobs(queue.claim(worker, s("noop"), 2).value());
    batch.drop();
    QVERIFY(batch.isEmpty());
    for (const qint64 id : ids)
        QVERIFY(t.job(id).status == JobStatus::Processing); // returned by the manager
}

void TestJobBatch::batchDropsJobsWithoutALease()
{
    QueueTest t;
    const QList<qint64> ids{t.add(), t.add()};
    JobBatch batch(*t.queue);
    batch.setJobs(t.queue->claim(t.worker(), s("noop"), 2).value());
    QVERIFY(t.queue->cancel({ids.at(0)}, s("test")));
    QVERIFY(batch.returnAll());
    QVERIFY(batch.isEmpty());
    QVERIFY(t.job(ids.at(0)).status == JobStatus::Cancelled);
    QVERIFY(t.job(ids.at(1)).status == JobStatus::Pending);
}

void TestJobBatch::batchSkipsJobsWithoutALease()
{
    QueueTest t;
    const QList<qint64> ids{t.add(), t.add(), t.add()};
    JobBatch batch(*t.queue);
    batch.setJobs(t.queue->claim(t.worker(), s("noop"), 3).value());
    QCOMPARE(batch.takeNextValid().value()->id, ids.at(0));
    QVERIFY(t.queue->cancel({ids.at(1)}, s("test")));
    QCOMPARE(batch.takeNextValid().value()->id, ids.at(2));
    QVERIFY(!batch.takeNextValid().value());
    QVERIFY(batch.isEmpty());
}

void TestJobBatch::batchIsReturnedInOneTransaction()
{
    QueueTest t;
    QList<qint64> ids;
    for (int i = 0; i < 32; ++i)
        ids.append(t.add());
    JobBatch batch(*t.queue);
    batch.setJobs(t.queue->claim(t.worker(), s("noop"), 32).value());
    const int before = commitsIn(t.path() + s("-wal"));
    QVERIFY(batch.returnAll());
    QCOMPARE(commitsIn(t.path() + s("-wal")), before + 1);
    for (const qint64 id : ids)
        QVERIFY(t.job(id).status == JobStatus::Pending);
}

void TestJobBatch::batchIsReturnedAfterTheTimeLimit()
{
    QueueTest t;
    const QList<qint64> ids{t.add(), t.add(), t.add()};
    auto impatient = Database::open(t.path(), OpenMode::ReadWrite, milliseconds(400));
    QVERIFY(impatient);
    bool hasTried = false;
    (*impatient)->setOnLocked([&hasTried] { hasTried = true; });
    JobQueue queue(**impatient, t.clock);
    JobBatch batch(queue);
    batch.setJobs(queue.claim(t.worker(), s("noop"), 3).value());
    (void)batch.takeNext();
    // A job that ends in time leaves the batch as it is. The second batch shows that enough time has passed.
    batch.startJobTimeLimit();
    batch.stopJobTimeLimit();
    const qint64 other = t.add();
    JobBatch second(queue);
    second.setJobs(queue.claim(t.worker(s("w1")), s("noop"), 1).value());
    second.startJobTimeLimit();
    EVENTUALLY(second.isEmpty());
    QVERIFY(t.job(other).status == JobStatus::Pending);
    QVERIFY(!batch.isEmpty());
    // The return is repeated while the database is locked.
    RawSql lock(t.path());
    QVERIFY(lock.exec(s("BEGIN IMMEDIATE")));
    batch.startJobTimeLimit();
    EVENTUALLY(hasTried);
    QVERIFY(!batch.isEmpty());
    QVERIFY(lock.exec(s("COMMIT")));
    EVENTUALLY(batch.isEmpty());
    QVERIFY(t.job(ids.at(0)).status == JobStatus::Processing);
    QVERIFY(t.job(ids.at(1)).status == JobStatus::Pending);
    QVERIFY(t.job(ids.at(2)).status == JobStatus::Pending);
}

QTEST_GUILESS_MAIN(TestJobBatch)
#include "tst_jobbatch.moc"

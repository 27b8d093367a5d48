// SPDX-License-Identifier: GPL-3.0-or-later
// Tests the asynchronous store: its threads, changes and locks of other programs, and its destruction.
#include "core/model/job.h"
#include "core/model/storesnapshot.h"
#include "core/store/store.h"
#include "tests/support/pooltest.h"
#include "tests/support/queuetest.h"
#include "tests/support/testhelpers.h"

#include <QCoreApplication>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;
using namespace std::chrono_literals;

class TestStore : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }

    void readsChangesOfAllPrograms();
    void reportsLocks();
    void finishesPendingWrites();
    void refusesOtherFiles();
    void readOnlyWritesNothing();

private:
    [[nodiscard]] QString path() const { return m_folder->filePath(QStringLiteral("q.db")); }
    std::unique_ptr<QTemporaryDir> m_folder;
};

void TestStore::readsChangesOfAllPrograms()
{
    Store store;
    QSignalSpy snapshots(&store, &Store::snapshotRead);
    const auto info = answerOf(store.open(path(), OpenMode::Create));
    QVERIFY(info && info->created);
    QTRY_COMPARE_WITH_TIMEOUT(snapshots.size(), 1, patience); // the first one after opening
    NewJob job;
    job.type = QStringLiteral("noop");
    const auto ids = answerOf(store.addJobs({job, job}));
    QVERIFY(ids);
    const auto pending = [&snapshots] {
        return snapshots.isEmpty() ? -1 : snapshots.last().first().value<StoreSnapshot>().total().pending;
    };
    QTRY_COMPARE_WITH_TIMEOUT(pending(), 2, patience); // written by this store
    QVERIFY(RawSql(path()).exec(
        QStringLiteral("INSERT INTO jobs (job_type, status, input_file, output_file, content_hash, payload) "
                       "VALUES ('noop', 'pending', '', '', '', '{}')")));
    QTRY_COMPARE_WITH_TIMEOUT(pending(), 3, patience); // written by another program
    const StoreSnapshot last = snapshots.last().first().value<StoreSnapshot>();
    QVERIFY(last.generation >= 3);
    QCOMPARE(answerOf(store.cancelJobs({ids->first()}, QStringLiteral("anna"))).value(), 1);
    QCOMPARE(toString(answerOf(store.job(ids->first()))->status), QStringLiteral("cancelled"));
    QCOMPARE(answerOf(store.retryJobs(*ids)).value(), 1);
    QCOMPARE(answerOf(store.jobs({}))->size(), 3);
    QVERIFY(answerOf(store.events(10)));
    QCOMPARE(answerOf(store.snapshot())->total().pending, 3);
    QCOMPARE(answerOf(store.job(4711)).error().code, ErrorCode::NotFound);
}

void TestStore::reportsLocks()
{
    Store store;
    QVERIFY(answerOf(store.open(path(), OpenMode::Create)));
    QSignalSpy locked(&store, &Store::lockedChanged);
    RawSql other(path());
    QVERIFY(other.exec(QStringLiteral("BEGIN IMMEDIATE")));
    NewJob job;
    job.type = QStringLiteral("noop");
    const auto refused = answerOf(store.addJobs({job}));
    QCOMPARE(refused.error().code, ErrorCode::Busy);
    QTRY_COMPARE_WITH_TIMEOUT(locked.size(), 1, patience);
    QCOMPARE(locked.last().first().toBool(), true);
    // Reading still works, and does not mean that the writers' lock was released.
    QVERIFY(answerOf(store.jobs({})));
    QCoreApplication::processEvents();
    QCOMPARE(locked.size(), 1);
    QVERIFY(other.exec(QStringLiteral("COMMIT")));
    QVERIFY(answerOf(store.addJobs({job})));
    QTRY_COMPARE_WITH_TIMEOUT(locked.size(), 2, patience);
    QCOMPARE(locked.last().first().toBool(), false);
}

void TestStore::finishesPendingWrites()
{
    QList<QFuture<Result<QList<qint64>>>> futures;
    NewJob job;
    job.type = QStringLiteral("noop");
    {
        Store store;
        const auto opening = store.open(path(), OpenMode::Create); // not awaited
        for (int i = 0; i < 50; ++i)
            futures.append(store.addJobs({job, job}));
    }
    int written = 0;
    for (const auto &future : futures) {
        QVERIFY(future.isFinished());
        QVERIFY2(future.result(), future.result() ? "" : qPrintable(future.result().error().message));
        written += future.result()->size();
    }
    QCOMPARE(written, 100);
    QCOMPARE(RawSql(path()).value(QStringLiteral("SELECT count(*) FROM jobs")).toInt(), 100);
    // A store can be destroyed in every stage: opening, opened, reading, watching, browsing, writing.
    for (int i = 0; i < 24; ++i) {
        Store store;
        QSignalSpy snapshots(&store, &Store::snapshotRead);
        const auto opened = store.open(path(), OpenMode::ReadWrite);
        const int stage = i % 6;
        if (stage >= 1)
            EVENTUALLY(opened.isFinished());
        if (stage == 2)
            (void)store.snapshot();
        if (stage >= 3)
            EVENTUALLY(!snapshots.isEmpty());
        if (stage == 4)
            (void)store.jobPage({});
        if (stage == 5)
            (void)store.addJobs({job});
    }
    Store unused;
}

void TestStore::refusesOtherFiles()
{
    write(path(), "not a database");
    Store store;
    const auto info = answerOf(store.open(path(), OpenMode::Create));
    QCOMPARE(info.error().code, ErrorCode::Foreign);
    NewJob job;
    job.type = QStringLiteral("noop");
    QVERIFY(!answerOf(store.addJobs({job})));
    QVERIFY(!answerOf(store.jobs({})));
    QCOMPARE(contentOf(path()), QByteArray("not a database"));
}

void TestStore::readOnlyWritesNothing()
{
    const QByteArray before = createValidDatabase(path());
    {
        Store store;
        QSignalSpy snapshots(&store, &Store::snapshotRead);
        QVERIFY(answerOf(store.open(path(), OpenMode::ReadOnly)));
        QVERIFY(store.isReadOnly());
        EVENTUALLY(!snapshots.isEmpty());
        QCOMPARE(snapshots.last().first().value<StoreSnapshot>().total().pending, 200);
        NewJob job;
        job.type = QStringLiteral("noop");
        QCOMPARE(answerOf(store.addJobs({job})).error().code, ErrorCode::ReadOnly);
    }
    QCOMPARE(contentOf(path()), before);
}

QTEST_GUILESS_MAIN(TestStore)
#include "tst_store.moc"

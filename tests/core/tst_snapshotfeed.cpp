// SPDX-License-Identifier: GPL-3.0-or-later
// Tests when snapshots are read. The test runs the tasks that read the database.
#include "core/store/snapshotfeed.h"
#include "tests/support/queuetest.h"
#include "tests/support/testhelpers.h"

#include <QSignalSpy>
#include <QTest>

#include <deque>

using namespace lifeguard;
using namespace lifeguard::test;

class TestSnapshotFeed : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void requestsDuringAReadAreCombined();
    void lockedDatabaseIsReadAgain();
    void otherErrorsAreReported();

private:
    /// Runs the next posted task with this database.
    void runTask(Database *database);

    std::unique_ptr<QueueTest> t;
    std::deque<std::function<void(Database *)>> m_tasks;
    QList<ErrorCode> m_errors; ///< errors that were reported; Internal stands for a success
    std::unique_ptr<SnapshotFeed> m_feed;
};

void TestSnapshotFeed::init()
{
    t = std::make_unique<QueueTest>();
    m_errors.clear();
    m_tasks.clear();
    m_feed = std::make_unique<SnapshotFeed>(
        t->clock, [this](std::function<void(Database *)> task) { m_tasks.push_back(std::move(task)); },
        [this](const Error *error) { m_errors.append(error ? error->code : ErrorCode::Internal); });
}

void TestSnapshotFeed::cleanup()
{
    m_feed.reset();
    t.reset();
}

void TestSnapshotFeed::runTask(Database *database)
{
    const auto task = std::move(m_tasks.front());
    m_tasks.pop_front();
    task(database);
}

void TestSnapshotFeed::requestsDuringAReadAreCombined()
{
    QSignalSpy snapshots(m_feed.get(), &SnapshotFeed::snapshotRead);
    m_feed->request();
    m_feed->request();
    m_feed->request();
    QCOMPARE(m_tasks.size(), size_t(1));
    t->add();
    runTask(t->db.get());
    QTRY_COMPARE_WITH_TIMEOUT(snapshots.size(), 1, patience);
    QCOMPARE(snapshots.first().first().value<StoreSnapshot>().generation, quint64(1));
    QCOMPARE(snapshots.first().first().value<StoreSnapshot>().total().pending, 1);
    QTRY_COMPARE_WITH_TIMEOUT(m_tasks.size(), size_t(1), patience); // after the pause, one read for the two requests
    runTask(t->db.get());
    QTRY_COMPARE_WITH_TIMEOUT(snapshots.size(), 2, patience);
    QCOMPARE(snapshots.last().first().value<StoreSnapshot>().generation, quint64(2));
    QCOMPARE(m_errors, (QList<ErrorCode>{ErrorCode::Internal, ErrorCode::Internal}));
}

void TestSnapshotFeed::lockedDatabaseIsReadAgain()
{
    QSignalSpy snapshots(m_feed.get(), &SnapshotFeed::snapshotRead);
    QSignalSpy errors(m_feed.get(), &SnapshotFeed::readFailed);
    // Without a write-ahead log, a writer locks readers out.
    const QString path = t->folder.filePath(s("clx.db"));
    RawSql other(path);
    other.script(clxVersion1());
    const auto db = Database::open(path, OpenMode::ReadOnly, std::chrono::milliseconds(0));
    QVERIFY(db);
    QVERIFY(other.exec(s("BEGIN EXCLUSIVE")));
    m_feed->request();
    runTask(db->get());
    QTRY_COMPARE_WITH_TIMEOUT(m_tasks.size(), size_t(1), patience);
    QVERIFY(other.exec(s("COMMIT")));
    runTask(db->get());
    QTRY_COMPARE_WITH_TIMEOUT(snapshots.size(), 1, patience);
    QCOMPARE(errors.size(), 0);
    QCOMPARE(m_errors, (QList<ErrorCode>{ErrorCode::Busy, ErrorCode::Internal}));
}

void TestSnapshotFeed::otherErrorsAreReported()
{
    QSignalSpy errors(m_feed.get(), &SnapshotFeed::readFailed);
    QVERIFY(RawSql(t->path()).exec(s("ALTER TABLE jobs RENAME TO work")));
    m_feed->request();
    runTask(t->db.get());
    QTRY_COMPARE_WITH_TIMEOUT(errors.size(), 1, patience);
    QCOMPARE(errors.first().first().value<Error>().code, ErrorCode::Database);
    QCOMPARE(m_errors, QList<ErrorCode>{ErrorCode::Database});
}

QTEST_GUILESS_MAIN(TestSnapshotFeed)
#include "tst_snapshotfeed.moc"

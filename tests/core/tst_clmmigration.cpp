// SPDX-License-Identifier: GPL-3.0-or-later
// Tests that CLM can still migrate its own file after workers of ours have used it. CLM's migration to version 7
// rebuilds the table workers with foreign keys on, and fails if a job refers to a worker.
#include "tests/support/clxfiles.h"
#include "tests/support/queuetest.h"
#include "tests/support/testhelpers.h"

#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;

namespace {

constexpr int jobCount = 500; ///< several chunks

} // namespace

class TestClmMigration : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void succeedsAfterOurWorkersHaveEnded_data();
    void succeedsAfterOurWorkersHaveEnded();
    void rowsInUseAreKept();
    void newerFilesAreNotChanged();
};

void TestClmMigration::succeedsAfterOurWorkersHaveEnded_data()
{
    QTest::addColumn<int>("created");
    QTest::addColumn<int>("version");
    QTest::addColumn<bool>("forget");
    for (int version = 1; version < 7; ++version)
        QTest::addRow("version %d", version) << version << version << true;
    QTest::newRow("version 1, migrated to 6") << 1 << 6 << true;
    QTest::newRow("the defect: with our rows") << 6 << 6 << false;
}

void TestClmMigration::succeedsAfterOurWorkersHaveEnded()
{
    QFETCH(int, created);
    QFETCH(int, version);
    QFETCH(bool, forget);
    QueueTest t(clxScript({created, version}));
    const QString name = s("direct-noop-0-aaaaaaaa");
    t.addOwned(name, s("me"));
    const qint64 worker = t.worker(name);
    NewJob job;
    job.type = s("noop");
    job.payload = "{\"data\": \"" + QByteArray(40'000, 'x') + "\"}";
    QVERIFY(t.queue->addMany(QList<NewJob>(jobCount, job)));
    for (int i = 0; i < jobCount; ++i)
        QVERIFY(t.queue->acknowledge(t.claimOne(worker).lease(), 0.1));
    QVERIFY(t.registry->end(name, Message("stopped_by_user"), true));
    RawSql raw(t.path());
    if (version >= 3)
        QVERIFY(raw.exec(
            s("INSERT INTO worker_events (event_type, worker_type, worker_id) VALUES ('worker_ready', 'noop', ?)"),
            {worker}));
    QCOMPARE(raw.value(s("SELECT count(*) FROM jobs WHERE worker_id = ?"), {worker}).toInt(), jobCount);
    if (forget)
        QVERIFY(t.registry->forgetEnded());

    QCOMPARE(raw.value(s("SELECT count(*) FROM jobs WHERE worker_id IS NOT NULL")).toInt(), forget ? 0 : jobCount);
    QCOMPARE(raw.value(s("SELECT count(*) FROM jobs WHERE status = 'completed'")).toInt(), jobCount);
    if (version >= 3)
        QCOMPARE(raw.value(s("SELECT count(*) FROM worker_events WHERE worker_id IS NOT NULL")).toInt(),
                 forget ? 0 : 1);
    QCOMPARE(raw.value(s("SELECT count(*) FROM workers")).toInt(), forget ? 0 : 1);
    QCOMPARE(t.registry->list(QDateTime::fromMSecsSinceEpoch(0, Qt::UTC))->size(), 1);
    const QString error = migrateLikeClm(t.path());
    QCOMPARE(error.isEmpty(), forget);
}

void TestClmMigration::rowsInUseAreKept()
{
    QueueTest t(clxScript({6, 6}));
    const QString living = s("direct-noop-0-aaaaaaaa");
    const QString dead = s("direct-noop-1-bbbbbbbb");
    t.addOwned(living, s("me"));
    t.addOwned(dead, s("me"));
    const qint64 foreign = t.worker(s("clx-worker"));
    const qint64 finished = t.add();
    QVERIFY(t.queue->acknowledge(t.claimOne(t.worker(living)).lease(), 0.1));
    const qint64 open = t.add();
    (void)t.claimOne(t.worker(dead));
    const qint64 ofForeign = t.add();
    QVERIFY(t.queue->acknowledge(t.claimOne(foreign).lease(), 0.1));
    RawSql raw(t.path());
    QVERIFY(raw.exec(s("UPDATE workers SET status = 'dead' WHERE id = ?"), {foreign}));
    QVERIFY(t.registry->end(dead, Message("orphan_gone"), false));

    QVERIFY(t.registry->forgetEnded());
    QVERIFY2(t.job(finished).workerId > 0, "the worker is alive");
    QVERIFY2(t.job(open).workerId > 0, "the job has not been returned yet");
    QCOMPARE(t.job(ofForeign).workerId, foreign);
    QCOMPARE(raw.value(s("SELECT count(*) FROM workers")).toInt(), 3);
}

void TestClmMigration::newerFilesAreNotChanged()
{
    QueueTest t(clxScript({7, 7}));
    const QString name = s("direct-noop-0-aaaaaaaa");
    t.addOwned(name, s("me"));
    const qint64 job = t.add();
    const qint64 worker = t.worker(name);
    QVERIFY(t.queue->acknowledge(t.claimOne(worker).lease(), 0.1));
    QVERIFY(t.registry->end(name, Message("stopped_by_user"), true));
    QVERIFY(t.registry->forgetEnded());
    QCOMPARE(t.job(job).workerId, worker);
}

QTEST_GUILESS_MAIN(TestClmMigration)
#include "tst_clmmigration.moc"

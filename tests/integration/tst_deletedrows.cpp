// SPDX-License-Identifier: GPL-3.0-or-later
// Tests what happens when another program deletes the rows of living workers from the table workers, as CLM does.
#include "places.h"
#include "tests/support/pooltest.h"
#include "tests/support/queuetest.h"

using namespace lifeguard;
using namespace lifeguard::test;

class TestDeletedRows : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void interruptedJobCostsNoAttempt_data();
    void interruptedJobCostsNoAttempt();
    void shortJobsAreFinished();

private:
    /// Returns how often a job may still be claimed.
    static int attemptsLeft(const Job &job) { return job.maxAttempts - job.attempts; }
};

void TestDeletedRows::interruptedJobCostsNoAttempt_data()
{
    QTest::addColumn<QStringList>("command");
    QTest::newRow("our worker") << QStringList();
    QTest::newRow("command") << QStringList{s(LIFEGUARD_BIN_DIR "/lifeguard-worker")};
}

void TestDeletedRows::interruptedJobCostsNoAttempt()
{
    QFETCH(QStringList, command);
    PoolTest t;
    QVERIFY(t.begin());
    const qint64 id = t.addNoop(1, 60000).constFirst();
    WorkerConfig config = PoolTest::noop(1);
    config.command = command;
    QVERIFY(t.manager->startPool(config));
    QTRY_COMPARE_WITH_TIMEOUT(t.workersIn(WorkerState::Busy).size(), 1, patience);
    const QString first = t.workersIn(WorkerState::Busy).constFirst().executorId;
    const int left = attemptsLeft(t.job(id));
    QCOMPARE(t.job(id).attempts, 1);
    EVENTUALLY(RawSql(t.path(s("q.db"))).exec(s("DELETE FROM workers")));
    // The job is taken back, the worker ends, and its replacement claims the job.
    QTRY_COMPARE_WITH_TIMEOUT(t.job(id).attempts, 2, 2 * patience);
    QCOMPARE(attemptsLeft(t.job(id)), left);
    QTRY_COMPARE_WITH_TIMEOUT(t.workersIn(WorkerState::Busy).size(), 1, patience);
    QVERIFY(t.workersIn(WorkerState::Busy).constFirst().executorId != first);
    QVERIFY(t.stopAll());
}

void TestDeletedRows::shortJobsAreFinished()
{
    PoolTest t;
    QVERIFY(t.begin());
    const QList<qint64> ids = t.addNoop(40, 50);
    QVERIFY(t.manager->startPool(PoolTest::noop(2)));
    const auto completed = [&t] {
        return RawSql(t.path(s("q.db"))).value(s("SELECT count(*) FROM jobs WHERE status = 'completed'")).toInt();
    };
    EVENTUALLY(completed() > 5);
    EVENTUALLY(RawSql(t.path(s("q.db"))).exec(s("DELETE FROM workers")));
    QTRY_COMPARE_WITH_TIMEOUT(completed(), int(ids.size()), 2 * patience);
    for (const qint64 id : ids)
        QVERIFY2(attemptsLeft(t.job(id)) == 2, qPrintable(QString::number(id)));
    QVERIFY(t.stopAll());
}

QTEST_GUILESS_MAIN(TestDeletedRows)
#include "tst_deletedrows.moc"

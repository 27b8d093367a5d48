// SPDX-License-Identifier: GPL-3.0-or-later
// Tests that real workers survive a database that is locked for longer than all timeouts.
#include "core/model/workerinfo.h"
#include "core/model/workerstate.h"
#include "tests/support/longtests.h"
#include "tests/support/pooltest.h"
#include "tests/support/queuetest.h"
#include "tests/support/testhelpers.h"

#include <QElapsedTimer>

using namespace lifeguard;
using namespace lifeguard::test;
using namespace std::chrono_literals;

class TestLongLock : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void timeOfALockDoesNotCount();
};

/// Workers cannot beat, register or acknowledge while the database is locked, but they do not become suspect.
void TestLongLock::timeOfALockDoesNotCount()
{
    PoolTest t;
    QVERIFY(t.begin());
    const QList<qint64> jobs = t.addNoop(2, 3000);
    WorkerConfig config = PoolTest::quick(2);
    config.registrationTimeout = 10s;
    QVERIFY(t.manager->startPool(config));
    QTRY_COMPARE_WITH_TIMEOUT(t.workersIn(WorkerState::Busy).size(), 2, patience);
    RawSql raw(t.path(s("q.db")));
    EVENTUALLY(raw.exec(s("INSERT OR IGNORE INTO workers (worker_type, container_id, status, last_heartbeat) "
                          "VALUES ('other', 'foreign', 'idle', datetime('now'))")));
    t.manager->setPoolCount(s("noop"), 4); // the two new workers have to register during the lock
    QTRY_COMPARE_WITH_TIMEOUT(t.manager->workers().size(), 5, patience);
    bool hasLock = false; // the expression may be evaluated again after it was true
    EVENTUALLY(hasLock || (hasLock = raw.exec(s("BEGIN IMMEDIATE"))));
    QElapsedTimer locked;
    locked.start();
    QTRY_VERIFY_WITH_TIMEOUT(locked.hasExpired(isLongRun() ? 40'000 : 20'000), 60'000);
    QCOMPARE(t.workersIn(WorkerState::Dead).size(), 0);
    QCOMPARE(t.workersIn(WorkerState::Stopping).size(), 0);
    QVERIFY(raw.exec(s("COMMIT")));
    for (const qint64 id : jobs) {
        QTRY_COMPARE_WITH_TIMEOUT(toString(t.job(id).status), s("completed"), patience);
        QCOMPARE(t.job(id).attempts, 1);
    }
    QTRY_COMPARE_WITH_TIMEOUT(t.manager->pools().first().alive, 4, patience);
    QCOMPARE(raw.value(s("SELECT status FROM workers WHERE container_id = 'foreign'")).toString(), s("idle"));
    for (const char *bad : {"worker_suspect", "worker_hung", "worker_failed", "rescued"})
        QVERIFY2(!t.eventKinds().contains(s(bad)), bad);
    QVERIFY(t.stopAll());
}

QTEST_GUILESS_MAIN(TestLongLock)
#include "tst_longlock.moc"

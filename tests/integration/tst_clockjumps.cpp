// SPDX-License-Identifier: GPL-3.0-or-later
// Tests that real workers survive a suspended machine, a changed wall clock and a stalled manager.
#include "core/model/workerinfo.h"
#include "core/model/workerstate.h"
#include "tests/support/pooltest.h"
#include "tests/support/queuetest.h"
#include "tests/support/testhelpers.h"

using namespace lifeguard;
using namespace lifeguard::test;
using namespace std::chrono_literals;

class TestClockJumps : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void clockJumpsDoNotCount_data();
    void clockJumpsDoNotCount();
};

void TestClockJumps::clockJumpsDoNotCount_data()
{
    QTest::addColumn<QString>("what");
    QTest::addColumn<QString>("kind");
    QTest::newRow("the machine sleeps") << s("sleep") << s("machine_slept");
    QTest::newRow("the clock is set forward") << s("forward") << s("clock_set");
    QTest::newRow("the clock is set back") << s("back") << s("clock_set");
    QTest::newRow("the manager stalls") << s("stall") << QString();
}

void TestClockJumps::clockJumpsDoNotCount()
{
    QFETCH(QString, what);
    QFETCH(QString, kind);
    PoolTest t;
    QVERIFY(t.begin());
    const QList<qint64> jobs = t.addNoop(1, 9000);
    QVERIFY(t.manager->startPool(PoolTest::quick(2)));
    QTRY_COMPARE_WITH_TIMEOUT(t.workersIn(WorkerState::Busy).size(), 1, patience);
    QTRY_COMPARE_WITH_TIMEOUT(t.workersIn(WorkerState::Idle).size(), 1, patience);
    // An idle worker of another program, which beats as those of CLX do.
    RawSql raw(t.path(s("q.db")));
    const auto foreignBeat = [&] {
        return raw.exec(s("UPDATE workers SET last_heartbeat = datetime('now') WHERE container_id = 'foreign'"));
    };
    EVENTUALLY(raw.exec(s("INSERT OR IGNORE INTO workers (worker_type, container_id, status, last_heartbeat) "
                          "VALUES ('other', 'foreign', 'idle', datetime('now'))")));
    const auto kinds = [&t] { return t.eventKinds(); };
    if (what == s("sleep"))
        t.clock.suspend(8h);
    else if (what == s("forward"))
        t.clock.setClock(2h);
    else if (what == s("back"))
        t.clock.setClock(-2h);
    else
        t.clock.stall(90s);
    if (!kind.isEmpty())
        EVENTUALLY(kinds().contains(kind));
    EVENTUALLY(foreignBeat() && toString(t.job(jobs.first()).status) == s("completed"));
    QCOMPARE(t.job(jobs.first()).attempts, 1);
    QCOMPARE(raw.value(s("SELECT status FROM workers WHERE container_id = 'foreign'")).toString(), s("idle"));
    for (const char *bad : {"worker_suspect", "worker_hung", "worker_failed", "rescued"})
        QVERIFY2(!kinds().contains(s(bad)), bad);
    QVERIFY(t.stopAll());
}

QTEST_GUILESS_MAIN(TestClockJumps)
#include "tst_clockjumps.moc"

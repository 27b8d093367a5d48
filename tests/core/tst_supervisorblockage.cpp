// SPDX-License-Identifier: GPL-3.0-or-later
// Tests the whole manager with a fake executor and a manual clock, without processes and without waiting:
// pools that pause by themselves because no job can be converted.
#include "core/model/message.h"
#include "tests/support/poolsimulation.h"
#include "tests/support/pooltest.h"
#include "tests/support/queuetest.h"
#include "tests/support/testhelpers.h"

#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;

using Kind = WorkerExit::Kind;

namespace {

Message blocked(int nextAttempt)
{
    return Message("worker_blocked", {s("The disk is full."), s("5 s"), nextAttempt});
}

} // namespace

class TestSupervisorBlockage : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { t = std::make_unique<PoolSimulation>(); }
    void cleanup() { t.reset(); }

    void blockedPoolIsPausedUntilAJobIsConverted();
    void blockedPoolCanBeResumedByTheUser();
    void blockedPoolSurvivesTheEndOfItsScout();
    void replacementOfTheScoutEndsTheBlockage();
    void blockageDoesNotUndoAPauseByTheUser();

private:
    std::unique_ptr<PoolSimulation> t;
};

void TestSupervisorBlockage::blockedPoolIsPausedUntilAJobIsConverted()
{
    QVERIFY(t->start());
    QVERIFY(t->launch(PoolSimulation::config(4)));
    t->showAllIdle();
    const QStringList ids{t->idOf(0), t->idOf(1), t->idOf(2), t->idOf(3)};
    t->showReason(ids.at(2), blocked(2));
    QCOMPARE(t->stateName(), s("paused"));
    QCOMPARE(t->pool().reason, s("No jobs can be converted: The disk is full. Attempt 2 starts in 5 s."));
    QCOMPARE(t->count(EventKind::PoolPaused), 1);
    for (const QString &id : ids)
        QCOMPARE(t->isHeld(id), id != ids.at(2)); // one worker keeps trying
    t->showReason(ids.at(0), blocked(2)); // it was busy when the pool was paused
    t->showReason(ids.at(2), blocked(3));
    QVERIFY(t->pool().reason.contains(s("Attempt 3")));
    QCOMPARE(t->count(EventKind::PoolPaused), 1);
    RawSql raw(t->folder.filePath(s("q.db")));
    const auto setStored = [&raw](const QString &id, const QString &reason) {
        return raw.exec(s("UPDATE lifeguard_workers SET reason = ? WHERE executor_id = ?"), {reason, id});
    };
    const auto stored = [&raw](const QString &id) {
        return raw.value(s("SELECT reason FROM lifeguard_workers WHERE executor_id = ?"), {id}).toString();
    };
    EVENTUALLY(setStored(ids.at(0), blocked(2).englishText()));
    EVENTUALLY(setStored(ids.at(1), s("a newer reason")));
    t->showReason(ids.at(1), blocked(2));
    t->showReason(ids.at(2), {});
    QCOMPARE(t->stateName(), s("running"));
    QVERIFY(t->pool().reason.isEmpty());
    EVENTUALLY(stored(ids.at(0)).isEmpty());
    QCOMPARE(stored(ids.at(1)), s("a newer reason"));
    QCOMPARE(t->count(EventKind::PoolResumed), 1);
    for (const QString &id : ids)
        QVERIFY(!t->isHeld(id));
    t->showAllIdle();
    QCOMPARE(t->stateName(), s("running")); // the earlier report of the first worker has been handled
    t->showReason(ids.at(0), blocked(4));
    QCOMPARE(t->stateName(), s("paused"));
}

void TestSupervisorBlockage::blockedPoolCanBeResumedByTheUser()
{
    QVERIFY(t->start());
    QVERIFY(t->launch(PoolSimulation::config(2)));
    t->showAllIdle();
    t->showReason(t->idOf(0), blocked(2));
    QVERIFY(t->isHeld(t->idOf(1)));
    t->manager->resumePool(s("noop"));
    QCOMPARE(t->stateName(), s("running"));
    QVERIFY(!t->isHeld(t->idOf(1)));
    t->showAllIdle();
    QCOMPARE(t->stateName(), s("running"));
    t->showReason(t->idOf(1), blocked(3));
    QCOMPARE(t->stateName(), s("paused"));
    QVERIFY(t->isHeld(t->idOf(0)));
    // A stopped pool is not blocked any more.
    t->manager->stopPool(s("noop"));
    QCOMPARE(t->stateName(), s("stopping"));
}

void TestSupervisorBlockage::blockedPoolSurvivesTheEndOfItsScout()
{
    QVERIFY(t->start());
    QVERIFY(t->launch(PoolSimulation::config(2)));
    t->showAllIdle();
    const QString scout = t->idOf(0);
    const QString other = t->idOf(1);
    t->showReason(scout, blocked(2));
    t->executor->endWorker(scout, Kind::Signalled, 9);
    QVERIFY(t->waitForRunning(2)); // the pool replaces it
    t->showAllIdle();
    QCOMPARE(t->stateName(), s("paused"));
    QVERIFY2(!t->isHeld(other), "a worker must find out whether jobs can be converted again");
    t->showReason(other, blocked(3));
    t->showReason(other, {});
    QCOMPARE(t->stateName(), s("running"));
}

/// The replacement has no report that it could take back.
void TestSupervisorBlockage::replacementOfTheScoutEndsTheBlockage()
{
    QVERIFY(t->start());
    QVERIFY(t->launch(PoolSimulation::config(1)));
    t->showAllIdle();
    t->showReason(t->idOf(0), blocked(2));
    t->executor->endWorker(t->idOf(0), Kind::Signalled, 9);
    QVERIFY(t->waitForRunning(1));
    t->showAllIdle();
    QCOMPARE(t->stateName(), s("paused"));
    t->showRow(t->idOf(0), WorkerStatus::Idle, 1);
    QCOMPARE(t->stateName(), s("running"));
}

void TestSupervisorBlockage::blockageDoesNotUndoAPauseByTheUser()
{
    QVERIFY(t->start());
    QVERIFY(t->launch(PoolSimulation::config(2)));
    t->showAllIdle();
    t->manager->pausePool(s("noop"));
    t->showReason(t->idOf(0), blocked(2)); // its job had begun before
    QCOMPARE(t->count(EventKind::PoolPaused), 1);
    t->showReason(t->idOf(0), {});
    QCOMPARE(t->stateName(), s("paused"));
    QVERIFY(t->isHeld(t->idOf(0)) && t->isHeld(t->idOf(1)));
    t->manager->resumePool(s("noop"));
    QCOMPARE(t->stateName(), s("running"));
    QVERIFY(!t->isHeld(t->idOf(0)) && !t->isHeld(t->idOf(1)));
}

QTEST_GUILESS_MAIN(TestSupervisorBlockage)
#include "tst_supervisorblockage.moc"

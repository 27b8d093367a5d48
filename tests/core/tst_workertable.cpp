// SPDX-License-Identifier: GPL-3.0-or-later
// Tests the tables of workers and pools, the slots of the beat file, and which workers are stopped first.
#include "core/pool/beatslots.h"
#include "core/pool/pooltable.h"
#include "core/pool/workertable.h"
#include "tests/support/testhelpers.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;
using namespace std::chrono_literals;

namespace {

const QDateTime begin(QDate(2026, 1, 1), QTime(12, 0), Qt::UTC);

ManagedWorker workerOf(const QString &executorId, int index, const QString &pool = s("noop"))
{
    ManagedWorker worker;
    worker.executorId = executorId;
    worker.pool = pool;
    worker.index = index;
    return worker;
}

} // namespace

class TestWorkerTable : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void livingAndEndedWorkersAreDistinguished();
    void renamingKeepsPointersValid();
    void freeIndexesFillGaps();
    void closedWorkersExpire();
    void firstEndedWorkersAreRemovedAboveTheLimit();
    void phasesDoNotGoBack();
    void poolNamesAreUnique();
    void slotsAreReused();
    void fileOfAnEarlierManagerIsDeleted();
};

void TestWorkerTable::livingAndEndedWorkersAreDistinguished()
{
    WorkerTable table;
    QVERIFY(!table.hasLive());
    ManagedWorker &first = table.add(workerOf(s("a"), 0));
    table.add(workerOf(s("b"), 1));
    table.add(workerOf(s("c"), 0, s("other")));
    QCOMPARE(table.liveCount(), 3);
    QCOMPARE(table.liveOf(s("noop")).size(), 2);
    table.markEnded(first, WorkerState::Stopped, Message("stopped_by_user"), begin);
    QCOMPARE(table.liveCount(), 2);
    QCOMPARE(table.liveOf(s("noop")).size(), 1);
    QVERIFY(table.contains(s("a")));
    QVERIFY(table.find(s("a"))->hasEnded());
    QVERIFY(!table.findLive(s("a")));
    QVERIFY(table.findLive(s("b")));
    QVERIFY(!table.find(s("z")));
}

void TestWorkerTable::renamingKeepsPointersValid()
{
    WorkerTable table;
    const ManagedWorker *worker = &table.add(workerOf(s("docker-noop-0-1234"), 0));
    QCOMPARE(table.rename(s("docker-noop-0-1234"), s("0123456789ab")), worker); // pointers stay valid
    QCOMPARE(worker->executorId, s("0123456789ab"));
    QCOMPARE(table.find(s("0123456789ab")), worker);
    QCOMPARE(table.liveOf(s("noop")), QList<ManagedWorker *>{table.find(s("0123456789ab"))});
    QVERIFY(!table.contains(s("docker-noop-0-1234")));
    QVERIFY(!table.rename(s("docker-noop-0-1234"), s("x")));
}

void TestWorkerTable::freeIndexesFillGaps()
{
    WorkerTable table;
    QCOMPARE(table.freeIndexes(s("noop"), 2), (QList<int>{0, 1}));
    table.add(workerOf(s("a"), 0));
    ManagedWorker &second = table.add(workerOf(s("b"), 1));
    table.add(workerOf(s("c"), 3));
    QCOMPARE(table.freeIndexes(s("noop"), 3), (QList<int>{2, 4, 5}));
    table.markEnded(second, WorkerState::Dead, {}, begin);
    QCOMPARE(table.freeIndexes(s("noop"), 1), (QList<int>{1}));
    QCOMPARE(table.freeIndexes(s("other"), 1), (QList<int>{0}));
}

void TestWorkerTable::closedWorkersExpire()
{
    WorkerTable table;
    ManagedWorker &open = table.add(workerOf(s("open"), 0));
    ManagedWorker &old = table.add(workerOf(s("old"), 1));
    ManagedWorker &recent = table.add(workerOf(s("recent"), 2));
    table.add(workerOf(s("living"), 3));
    table.markEnded(open, WorkerState::Dead, {}, begin);
    table.markEnded(old, WorkerState::Dead, {}, begin);
    table.markEnded(recent, WorkerState::Dead, {}, begin.addSecs(300));
    table.markClosed(old);
    table.markClosed(recent);
    table.removeExpired(begin.addSecs(600));
    QVERIFY(table.contains(s("old")));
    table.removeExpired(begin.addSecs(601));
    QVERIFY(!table.contains(s("old")));
    QVERIFY(table.contains(s("recent")));
    QVERIFY(table.contains(s("open"))); // its rows are not closed yet
    QVERIFY(table.contains(s("living")));
}

void TestWorkerTable::firstEndedWorkersAreRemovedAboveTheLimit()
{
    WorkerTable table;
    for (int i = 0; i < WorkerTable::maxEnded + 50; ++i) {
        ManagedWorker &worker = table.add(workerOf(QString::number(i), i));
        table.markEnded(worker, WorkerState::Dead, {}, begin);
        table.markClosed(worker);
    }
    table.removeExpired(begin);
    QCOMPARE(int(table.all().size()), WorkerTable::maxEnded);
    QVERIFY(!table.contains(s("49")));
    QVERIFY(table.contains(s("50")));
}

void TestWorkerTable::phasesDoNotGoBack()
{
    using Phase = ManagedWorker::Phase;
    ManagedWorker worker = workerOf(s("a"), 0);
    worker.advanceTo(Phase::Starting);
    worker.advanceTo(Phase::Recording); // late
    QCOMPARE(worker.phase, Phase::Starting);
    worker.requestEnd(EndCause::Recycle, Message("pool_was_paused"), {});
    QVERIFY(worker.isEnding() && worker.isEndWanted());
    worker.advanceTo(Phase::Running); // it was started before its end was requested
    QCOMPARE(worker.phase, Phase::Draining);
    worker.requestEnd(EndCause::Monitor, Message("process_gone"), 10s);
    QCOMPARE(worker.phase, Phase::Stopping);
    QCOMPARE(worker.killAt, 10s);
    QVERIFY(!worker.isEndWanted());
}

void TestWorkerTable::poolNamesAreUnique()
{
    WorkerConfig config;
    config.type = s("noop");
    PoolTable pools;
    QCOMPARE(pools.freeName(s("noop")), s("noop"));
    pools.add(WorkerPool(s("noop"), config));
    QCOMPARE(pools.freeName(s("noop")), s("noop-2"));
    WorkerPool &second = pools.add(WorkerPool(s("noop-2"), config));
    QCOMPARE(pools.freeName(s("noop")), s("noop-3"));
    second.removeWhenStopped();
    QVERIFY(second.beginStopping());
    pools.removeStopped();
    QVERIFY(pools.find(s("noop-2")));
    second.completeStopping();
    pools.removeStopped();
    QVERIFY(!pools.find(s("noop-2")));
    QVERIFY(pools.find(s("noop")));
}

void TestWorkerTable::slotsAreReused()
{
    QTemporaryDir folder;
    const auto beatSlots = BeatSlots::create(folder.filePath(s("x.beats")));
    QVERIFY(beatSlots);
    WorkerTable table;
    ManagedWorker &first = table.add(workerOf(s("a"), 0));
    ManagedWorker &second = table.add(workerOf(s("b"), 1));
    (*beatSlots)->assign(first);
    (*beatSlots)->assign(second);
    QCOMPARE(first.beatSlot, 0);
    QCOMPARE(second.beatSlot, 1);
    first.beats->beat(0);
    QCOMPARE(first.beat().counter, 1U);
    table.markEnded(first, WorkerState::Dead, {}, begin);
    (*beatSlots)->release(first);
    QVERIFY(!first.hasBeatChannel());
    ManagedWorker &third = table.add(workerOf(s("c"), 0));
    (*beatSlots)->assign(third);
    QCOMPARE(third.beatSlot, 0);
    QCOMPARE(third.beat().counter, 0U); // empty
    QVERIFY(QFile::exists(folder.filePath(s("x.beats"))));
    (*beatSlots)->removeFile();
    QVERIFY(!QFile::exists(folder.filePath(s("x.beats"))));
}

/// The file of an earlier manager is deleted when the last worker that beats into it has ended.
void TestWorkerTable::fileOfAnEarlierManagerIsDeleted()
{
    QTemporaryDir folder;
    const auto beatSlots = BeatSlots::create(folder.filePath(s("own.beats")));
    const QString path = folder.filePath(s("earlier.beats"));
    std::shared_ptr<BeatFile> earlier = std::move(BeatFile::create(path, 4).value());
    WorkerTable table;
    for (int i = 0; i < 2; ++i) {
        ManagedWorker &worker = table.add(workerOf(QString::number(i), i));
        worker.beats = earlier;
        worker.beatSlot = i;
    }
    earlier.reset();
    for (int i = 0; i < 2; ++i) {
        QVERIFY(QFile::exists(path));
        ManagedWorker &worker = *table.find(QString::number(i));
        table.markEnded(worker, WorkerState::Dead, {}, begin);
        (*beatSlots)->release(worker);
    }
    QVERIFY(!QFile::exists(path));
}

QTEST_GUILESS_MAIN(TestWorkerTable)
#include "tst_workertable.moc"

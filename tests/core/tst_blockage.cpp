// SPDX-License-Identifier: GPL-3.0-or-later
// Tests the pauses of a worker whose jobs cannot be converted for a reason that is not their fault.
#include "core/worker/blockage.h"
#include "core/worker/workerregistration.h"
#include "core/worker/workerslot.h"
#include "tests/support/queuetest.h"
#include "tests/support/testhelpers.h"
#include "tests/support/workertest.h"

#include <QSignalSpy>
#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;
using namespace std::chrono_literals;

class TestBlockage : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void pausesOfABlockageGrow_data();
    void pausesOfABlockageGrow();
    void blockageIsReportedAndEnds();
    void endOfAPoolsPauseEndsABlockage();
};

void TestBlockage::pausesOfABlockageGrow_data()
{
    QTest::addColumn<int>("attempts");
    QTest::addColumn<int>("pause"); // in seconds
    QTest::newRow("first") << 1 << 5;
    QTest::newRow("second") << 2 << 10;
    QTest::newRow("sixth") << 6 << 160;
    QTest::newRow("seventh") << 7 << 300;
    QTest::newRow("thousandth") << 1000 << 300;
}

void TestBlockage::pausesOfABlockageGrow()
{
    QFETCH(int, attempts);
    QFETCH(int, pause);
    QCOMPARE(Blockage::pauseAfter(attempts), milliseconds(pause * 1000));
}

void TestBlockage::blockageIsReportedAndEnds()
{
    QueueTest t;
    t.addOwned(s("w0"), s("manager"));
    WorkerRegistration registration(*t.registry, noopWorkerOptions());
    QVERIFY(registration.registerWorker());
    const auto reason = [&t] { return t.registry->list(t.clock.utcNow().addDays(-1)).value().constFirst().reason; };
    const WorkerSlot slot(nullptr, -1);
    Blockage blockage(registration, slot, t.clock);
    QSignalSpy due(&blockage, &Blockage::retryDue);
    const JobOutcome blocked{
        JobOutcome::Kind::Blocked, {ErrorCode::DiskFull, s("The disk is full."), {}}, {}, {}, true};
    blockage.update(blocked, s("The disk is full."));
    QVERIFY(blockage.isPausing());
    QCOMPARE(reason().code(), s("worker_blocked"));
    QCOMPARE(reason().englishText(), s("No jobs can be converted: The disk is full. Attempt 2 starts in 5 s."));
    blockage.poll();
    QVERIFY(due.isEmpty());
    const Message first = reason();
    t.clock.advance(5s);
    EVENTUALLY(due.size() == 1);
    QVERIFY(!blockage.isPausing());
    blockage.update(blocked, s("The disk is full."));
    QVERIFY(reason() != first);
    t.clock.advance(5s);
    blockage.poll();
    QCOMPARE(due.size(), 1);
    t.clock.advance(5s);
    EVENTUALLY(due.size() == 2);
    // An output that was up to date proves nothing.
    blockage.update({JobOutcome::Kind::Unchanged, {}, {}, {}, false}, {});
    QVERIFY(!reason().isEmpty());
    blockage.update({JobOutcome::Kind::Converted, {}, {}, {}, true}, {});
    QVERIFY(reason().isEmpty());
    blockage.update(blocked, s("The disk is full."));
    QVERIFY(reason().englishText().endsWith(s("in 5 s.")));
}

void TestBlockage::endOfAPoolsPauseEndsABlockage()
{
    QueueTest t;
    QTemporaryDir folder;
    auto beats = BeatFile::create(folder.filePath(s("beats")), 1);
    QVERIFY(beats);
    BeatFile *const manager = beats->get();
    const WorkerSlot slot(std::move(*beats), 0);
    WorkerRegistration registration(*t.registry, noopWorkerOptions());
    QVERIFY(registration.registerWorker());
    Blockage blockage(registration, slot, t.clock);
    QSignalSpy due(&blockage, &Blockage::retryDue);
    blockage.update({JobOutcome::Kind::Blocked, {}, {}, {}, true}, s("The disk is full."));
    manager->setHold(0, true);
    t.clock.advance(60s);
    blockage.poll();
    QVERIFY2(due.isEmpty(), "a worker of a paused pool must not claim");
    manager->setHold(0, false);
    EVENTUALLY(due.size() == 1);
    // A manager that resumes the pool does not wait for the end of the pause.
    blockage.update({JobOutcome::Kind::Blocked, {}, {}, {}, true}, s("The disk is full."));
    manager->setHold(0, true);
    blockage.poll();
    manager->setHold(0, false);
    blockage.poll();
    QCOMPARE(due.size(), 2);
}

QTEST_GUILESS_MAIN(TestBlockage)
#include "tst_blockage.moc"

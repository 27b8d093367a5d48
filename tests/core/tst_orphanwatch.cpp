// SPDX-License-Identifier: GPL-3.0-or-later
// Tests which limit applies to the job of an orphan, with a process in place of the worker.
#include "core/base/beatfile.h"
#include "core/base/processidentity.h"
#include "core/pool/orphanwatch.h"
#include "core/pool/rescueview.h"
#include "tests/support/queuetest.h"
#include "tests/support/testhelpers.h"

#include <QProcess>
#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;
using namespace std::chrono_literals;

class TestOrphanWatch : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void limitOfTheJobCounts_data();
    void limitOfTheJobCounts();
};

void TestOrphanWatch::limitOfTheJobCounts_data()
{
    QTest::addColumn<int>("ofPool"); // seconds, like the following columns
    QTest::addColumn<int>("ofJob"); // 0: none
    QTest::addColumn<int>("killedAfter");
    QTest::newRow("limit of the pool") << 60 << 0 << 75;
    QTest::newRow("longer limit of the job") << 60 << 600 << 615;
    QTest::newRow("shorter limit of the job") << 600 << 60 << 75;
}

void TestOrphanWatch::limitOfTheJobCounts()
{
    QFETCH(int, ofPool);
    QFETCH(int, ofJob);
    QFETCH(int, killedAfter);
    QueueTest t;
    QProcess worker;
    worker.start(s("sleep"), {s("600")});
    QVERIFY(worker.waitForStarted());
    const QString beatPath = t.folder.filePath(s("beats"));
    const auto beats = BeatFile::create(beatPath, 1);
    QVERIFY(beats);
    const QString id = s("direct-noop-0-0rphan00");
    t.addOwned(id, s("gone"), beatPath, 0);
    QVERIFY(RawSql(t.path()).exec(s("UPDATE lifeguard_workers SET process = ?, max_job_time = ?"),
                                  {ProcessIdentity::of(worker.processId())->toString(), ofPool}));
    Beat beat;
    beat.workerId = t.worker(id);
    beat.jobId = 12;
    beat.attempt = 1;
    beat.jobStartedAt = t.clock.steadyNow();
    beat.jobLimit = seconds(ofJob);
    (*beats)->write(0, beat);

    OrphanWatch orphans;
    RescueView view;
    view.managerId = s("next");
    const auto poll = [&] {
        view.steadyNow = view.storeNow = t.clock.steadyNow();
        return orphans.poll(*t.db, t.clock, view).value_or(-1);
    };
    t.clock.advance(seconds(killedAfter));
    QCOMPARE(poll(), 0);
    t.clock.advance(1s);
    QCOMPARE(poll(), 1);
    QVERIFY(worker.waitForFinished(patience));
    QCOMPARE(worker.exitStatus(), QProcess::CrashExit);
    QVERIFY2(orphans.killReason(id).englishText().contains(s("over its limit of")),
             qPrintable(orphans.killReason(id).englishText()));
}

QTEST_GUILESS_MAIN(TestOrphanWatch)
#include "tst_orphanwatch.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
// Tests when a worker considers its manager gone if the worker can only read the row of the manager.
#include "core/worker/managerwatch.h"
#include "tests/support/manualclock.h"
#include "tests/support/testhelpers.h"

#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;

class TestManagerWatch : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void detectsTheEndOfAManager_data();
    void detectsTheEndOfAManager();
};

void TestManagerWatch::detectsTheEndOfAManager_data()
{
    // One character for each heartbeat of the worker, 5 s apart: a letter is the heartbeat of the manager, "0" means
    // that the manager has no row, "!" that the database cannot be used, and "z" that the next heartbeat of the worker
    // comes a minute late.
    QTest::addColumn<QString>("records");
    QTest::addColumn<int>("goneAt"); // number of the record, counted from 1; 0: never
    QTest::newRow("regular heartbeats") << s("abcdefghijklmnopqrstuvwxy") << 0;
    QTest::newRow("slow heartbeats") << s("aaaaaaaaaabbbbbbbbbbbbccccccccccccd") << 0;
    QTest::newRow("no change for a minute") << s("aaaaaaaaaaaaaa") << 13;
    QTest::newRow("no change after some heartbeats") << s("abcccccccccccccccc") << 15;
    QTest::newRow("row removed") << s("ab0000") << 5;
    QTest::newRow("row removed, and the manager registers again") << s("ab00cdefg00hi00j") << 0;
    QTest::newRow("no row from the start") << s("0000") << 3;
    QTest::newRow("a manager that is gone stays gone") << s("a0000bc") << 4;
    QTest::newRow("database unavailable") << s("a!!!!!!!!!!!!!!!!!!!!a") << 0;
    QTest::newRow("time before an outage counts") << s("aaaaaa!!!!!!!!aaaaaaaa") << 22;
    QTest::newRow("an outage does not count") << s("aaaaaa!!!!!!!!aaaaaaa") << 0;
    QTest::newRow("database unavailable now and then") << s("a!a!a!a!a!a!a!a!a!a!a!a!a!a!a!a!a!a") << 0;
    QTest::newRow("worker suspended") << s("azazazazazazazazazazazazazaz") << 0;
    QTest::newRow("clock of the manager set back") << s("aaaaaaabaaaaaaaaaaa") << 0;
}

void TestManagerWatch::detectsTheEndOfAManager()
{
    QFETCH(QString, records);
    ManagerWatch watch;
    ManualClock clock;
    const QDateTime start = clock.utcNow();
    int goneAt = 0;
    for (int i = 0; i < records.size(); ++i) {
        clock.advance(seconds(5));
        if (records.at(i) == u'z')
            clock.advance(seconds(60));
        else if (records.at(i) == u'!')
            watch.recordDatabaseError();
        else if (records.at(i) == u'0')
            watch.recordHeartbeat(clock.steadyNow(), {});
        else
            watch.recordHeartbeat(clock.steadyNow(), start.addSecs(5 * (records.at(i).unicode() - 'a')));
        if (watch.isGone() && goneAt == 0)
            goneAt = i + 1;
        QCOMPARE(watch.isGone(), goneAt > 0);
    }
    QTEST(goneAt, "goneAt");
}

QTEST_GUILESS_MAIN(TestManagerWatch)
#include "tst_managerwatch.moc"

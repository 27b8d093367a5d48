// SPDX-License-Identifier: GPL-3.0-or-later
// When a worker that sees no more of its manager than a row takes it for gone.
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
    void watches_data();
    void watches();
};

void TestManagerWatch::watches_data()
{
    // What our beats, 5 s apart, find: a letter is the manager's heartbeat, "0" no row, "!" a database that cannot be used; "z" goes
    // before one that comes a minute late.
    QTest::addColumn<QString>("looks");
    QTest::addColumn<int>("goneAt"); // which of them ends it, from 1; 0: none
    QTest::newRow("it beats") << s("abcdefghijklmnopqrstuvwxy") << 0;
    QTest::newRow("slowly") << s("aaaaaaaaaabbbbbbbbbbbbccccccccccccd") << 0;
    QTest::newRow("stands still for a minute") << s("aaaaaaaaaaaaaa") << 13;
    QTest::newRow("after it beat") << s("abcccccccccccccccc") << 15;
    QTest::newRow("no row") << s("ab0") << 3;
    QTest::newRow("never a row") << s("0") << 1;
    QTest::newRow("and stays gone") << s("a0bc") << 2;
    QTest::newRow("nobody can use the database") << s("a!!!!!!!!!!!!!!!!!!!!a") << 0;
    QTest::newRow("what was before that counts") << s("aaaaaa!!!!!!!!aaaaaaaa") << 22;
    QTest::newRow("the gap itself does not") << s("aaaaaa!!!!!!!!aaaaaaa") << 0;
    QTest::newRow("now and then") << s("a!a!a!a!a!a!a!a!a!a!a!a!a!a!a!a!a!a") << 0;
    QTest::newRow("we stood still ourselves") << s("azazazazazazazazazazazazazaz") << 0;
    QTest::newRow("its clock was set back, to the same reading") << s("aaaaaaabaaaaaaaaaaa") << 0;
}

void TestManagerWatch::watches()
{
    QFETCH(QString, looks);
    ManagerWatch watch;
    ManualClock clock;
    const QDateTime began = clock.utcNow();
    int goneAt = 0;
    for (int i = 0; i < looks.size(); ++i) {
        clock.advance(seconds(5));
        if (looks.at(i) == u'z')
            clock.advance(seconds(60));
        else if (looks.at(i) == u'!')
            watch.missed();
        else if (looks.at(i) == u'0')
            watch.look(clock.steadyNow(), {});
        else
            watch.look(clock.steadyNow(), began.addSecs(5 * (looks.at(i).unicode() - 'a')));
        if (watch.isGone() && goneAt == 0)
            goneAt = i + 1;
        QCOMPARE(watch.isGone(), goneAt > 0);
    }
    QTEST(goneAt, "goneAt");
}

QTEST_GUILESS_MAIN(TestManagerWatch)
#include "tst_managerwatch.moc"

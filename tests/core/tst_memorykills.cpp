// SPDX-License-Identifier: GPL-3.0-or-later
// Tests how a kill by the kernel because of a memory limit is recognised.
#include "core/worker/memorykills.h"
#include "tests/support/testhelpers.h"

#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;

class TestMemoryKills : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void killsOfTheToolAreExplained();
};

void TestMemoryKills::killsOfTheToolAreExplained()
{
    MemoryState state{{4, true}, 512};
    MemoryKills kills([&state] { return state; });
    kills.begin();
    QVERIFY(!kills.reason(true));
    state.kills.kills = 5;
    QVERIFY(kills.reason(true));
    QCOMPARE(kills.reason(true)->englishText(),
             s("its worker's tool was killed by the kernel (SIGKILL): over its memory limit of 512 MB"));
    QVERIFY(kills.reason(false)); // a helper of the tool was killed
    state = {{5, false}, 0};
    QVERIFY2(!kills.reason(false), "a kill elsewhere on the machine does not explain the failure");
    QCOMPARE(kills.reason(true)->englishText(),
             s("its worker's tool was killed by the kernel (SIGKILL): the machine had run out of memory"));
    kills.begin();
    QVERIFY(!kills.reason(true));
}

QTEST_GUILESS_MAIN(TestMemoryKills)
#include "tst_memorykills.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
// Tests how orphans that this process has inherited are waited for.
#include "core/base/orphanreaper.h"
#include "core/base/processtable.h"
#include "tests/support/processes.h"
#include "tests/support/testhelpers.h"

#include <QTest>

#include <sys/wait.h>
#include <unistd.h>

using namespace lifeguard;
using namespace lifeguard::test;

class TestOrphanReaper : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void reapsUnknownOrphans();
    void reaperSkipsRecentlyEndedChildren();
};

void TestOrphanReaper::reapsUnknownOrphans()
{
    const pid_t known = forkChild([] {});
    const pid_t orphan = forkChild([] {});
    const auto stateOf = [](pid_t pid) { return ProcessTable::read().entries().value(pid).state; };
    QTRY_COMPARE_WITH_TIMEOUT(stateOf(known), 'Z', patience);
    QTRY_COMPARE_WITH_TIMEOUT(stateOf(orphan), 'Z', patience);
    reapOrphans({known});
    QCOMPARE(stateOf(orphan), '?');
    QCOMPARE(stateOf(known), 'Z');
    QCOMPARE(waitpid(known, nullptr, 0), known);
}

void TestOrphanReaper::reaperSkipsRecentlyEndedChildren()
{
    const pid_t known = forkChild([] {});
    const pid_t other = forkChild([] { _exit(7); });
    const auto stateOf = [](pid_t pid) { return ProcessTable::read().entries().value(pid).state; };
    EVENTUALLY(stateOf(known) == 'Z' && stateOf(other) == 'Z');
    OrphanReaper reaper;
    reaper.reap({known});
    QCOMPARE(stateOf(other), 'Z');
    reaper.reap({known});
    QCOMPARE(stateOf(other), '?');
    reaper.reap({known});
    QCOMPARE(stateOf(known), 'Z');
    QCOMPARE(waitpid(known, nullptr, 0), known);
}

QTEST_GUILESS_MAIN(TestOrphanReaper)
#include "tst_orphanreaper.moc"

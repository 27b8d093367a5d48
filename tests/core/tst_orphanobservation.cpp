// SPDX-License-Identifier: GPL-3.0-or-later
// Tests which orphans are lost, and the reason.
#include "core/pool/orphanobservation.h"
#include "tests/support/testhelpers.h"

#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;
using namespace std::chrono_literals;

Q_DECLARE_METATYPE(lifeguard::OrphanObservation)

class TestOrphanObservation : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void reasonIsGivenOnlyForLostOrphans_data();
    void reasonIsGivenOnlyForLostOrphans();
};

void TestOrphanObservation::reasonIsGivenOnlyForLostOrphans_data()
{
    QTest::addColumn<OrphanObservation>("orphan");
    QTest::addColumn<QString>("reason"); // empty: it can finish or recover
    const auto row = [](const char *name, const OrphanObservation &orphan, const QString &reason) {
        QTest::newRow(name) << orphan << reason;
    };
    // beats, stopped, silence, jobAge, maxJobTime
    row("finishes its job", {true, {}, {}, 20s, 600s}, {});
    row("at its limit, which the worker enforces itself", {true, {}, {}, 600s, 600s}, {});
    row("a little over its limit", {true, {}, {}, 615s, 600s}, {});
    row("far over its limit", {true, {}, {}, 616s, 600s},
        s("its job has been running for 10 min, over its limit of 10 min"));
    row("stopped just now", {true, 29s, {}, 20s, 600s}, {});
    row("stopped for long enough", {true, 30s, {}, 20s, 600s}, s("its process has been stopped (T) for 30 s"));
    row("stopped while it was idle", {true, 45s, {}, {}, 600s}, s("its process has been stopped (T) for 45 s"));
    row("a stopped command", {false, 45s, {}, {}, 600s}, s("its process has been stopped (T) for 45 s"));
    row("silent, but not stopped", {true, {}, 300s, 20s, 600s}, {});
    row("silent for longer than a job may take", {true, {}, 616s, {}, 600s}, s("no beat for 10 min"));
    row("silent, with jobs that take no time", {true, {}, 20s, {}, 1s}, {});
    row("a command that does not beat", {false, {}, 100h, {}, 600s}, {});
}

void TestOrphanObservation::reasonIsGivenOnlyForLostOrphans()
{
    QFETCH(OrphanObservation, orphan);
    QTEST(unrecoverableReason(orphan).value_or(Message()).englishText(), "reason");
}

QTEST_GUILESS_MAIN(TestOrphanObservation)
#include "tst_orphanobservation.moc"

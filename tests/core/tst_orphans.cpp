// SPDX-License-Identifier: GPL-3.0-or-later
// Workers that live on although their manager is gone: which of them will never leave.
#include "core/pool/orphans.h"
#include "tests/support/testhelpers.h"

#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;
using namespace std::chrono_literals;

Q_DECLARE_METATYPE(lifeguard::OrphanObservation)

class TestOrphans : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void whoIsLost_data();
    void whoIsLost();
};

void TestOrphans::whoIsLost_data()
{
    QTest::addColumn<OrphanObservation>("orphan");
    QTest::addColumn<QString>("why"); // empty: it may get on by itself
    const auto row = [](const char *name, const OrphanObservation &orphan, const QString &why) { QTest::newRow(name) << orphan << why; };
    // beats, stopped, silence, jobAge, maxJobTime
    row("finishes its job", {true, {}, {}, 20s, 600s}, {});
    row("at its limit: it acts itself", {true, {}, {}, 600s, 600s}, {});
    row("a little over its limit", {true, {}, {}, 615s, 600s}, {});
    row("far over its limit", {true, {}, {}, 616s, 600s}, s("its job has run for 10 min, over its limit of 10 min"));
    row("stopped just now", {true, 29s, {}, 20s, 600s}, {});
    row("stopped", {true, 30s, {}, 20s, 600s}, s("its process has been stopped (T) for 30 s"));
    row("stopped while it was idle", {true, 45s, {}, {}, 600s}, s("its process has been stopped (T) for 45 s"));
    row("a stopped command", {false, 45s, {}, {}, 600s}, s("its process has been stopped (T) for 45 s"));
    row("silent, but not stopped", {true, {}, 300s, 20s, 600s}, {});
    row("silent for longer than any job", {true, {}, 616s, {}, 600s}, s("no beat for 10 min"));
    row("silent, with jobs that take no time", {true, {}, 20s, {}, 1s}, {});
    row("a command need not beat", {false, {}, 100h, {}, 600s}, {});
}

void TestOrphans::whoIsLost()
{
    QFETCH(OrphanObservation, orphan);
    QFETCH(QString, why);
    QCOMPARE(unrecoverableReason(orphan).value_or(QString()), why);
}

QTEST_GUILESS_MAIN(TestOrphans)
#include "tst_orphans.moc"

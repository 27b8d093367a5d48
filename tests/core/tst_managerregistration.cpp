// SPDX-License-Identifier: GPL-3.0-or-later
// Tests the registration of a manager while another program locks the database.
#include "core/base/processidentity.h"
#include "core/pool/heartbeattracker.h"
#include "core/pool/managerregistration.h"
#include "core/pool/rescueview.h"
#include "tests/support/queuetest.h"
#include "tests/support/testhelpers.h"

#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;
using namespace std::chrono_literals;

class TestManagerRegistration : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void lockAfterTheRegistrationLosesNothing();
    void lockBeforeTheRegistrationLeavesNothing();

private:
    /// Adds an earlier manager of this process, with a detached worker that is alive and a worker that is gone.
    static void addWorkers(QueueTest &t);
    /// examine: called when a manager of this process is examined.
    [[nodiscard]] static RescueView view(
        const QueueTest &t, const std::function<void()> &examine = [] {})
    {
        const auto existsHere = [examine](const QString &) {
            examine();
            return false;
        };
        return {s("me"), t.clock.steadyNow(), t.clock.steadyNow(), 0, {}, existsHere};
    }
};

void TestManagerRegistration::addWorkers(QueueTest &t)
{
    ProcessIdentity gone = ProcessIdentity::self();
    ++gone.startTime;
    QVERIFY(t.registry->registerManager(s("other"), s("manager")));
    RawSql raw(t.path());
    for (const QString &name : {s("detached"), s("dead")})
        t.addOwned(name, s("other"));
    QVERIFY(raw.exec(s("UPDATE lifeguard_workers SET process = ?, spec = 'noop=1,detach=yes' WHERE executor_id = "
                       "'detached'"),
                     {ProcessIdentity::self().toString()}));
    QVERIFY(raw.exec(s("UPDATE lifeguard_workers SET process = ? WHERE executor_id = 'dead'"), {gone.toString()}));
}

/// The manager would lose the worker that it has adopted, and could not register again.
void TestManagerRegistration::lockAfterTheRegistrationLosesNothing()
{
    QueueTest t;
    addWorkers(t);
    auto opened = Database::open(t.path(), OpenMode::ReadWrite, 50ms);
    QVERIFY(opened);
    RawSql other(t.path());
    bool isLocked = false;
    // Called when the managers are examined: in the transaction that registers this manager, where the lock cannot be
    // taken, and before the first transaction of the rescue.
    const RescueView now = view(t, [&] { isLocked = isLocked || other.exec(s("BEGIN IMMEDIATE")); });
    HeartbeatTracker heartbeats;
    const Result<ManagerRegistration> registered = registerManager(**opened, t.clock, now, heartbeats);
    QVERIFY(isLocked);
    QVERIFY2(registered, registered ? "" : qPrintable(registered.error().message));
    QCOMPARE(registered->adopted.size(), 1);
    QVERIFY(registered->rescued.isEmpty());
    QVERIFY(other.exec(s("ROLLBACK")));
    QCOMPARE(other.value(s("SELECT manager_id FROM lifeguard_workers WHERE executor_id = 'detached'")).toString(),
             s("me"));

    // The next tick rescues the rest.
    const RescueView later = view(t);
    const auto rescued = Rescuer(**opened, t.clock, later, heartbeats).rescueStale();
    QVERIFY(rescued);
    QCOMPARE(rescued->endedWorkers, QStringList{s("dead")});
}

void TestManagerRegistration::lockBeforeTheRegistrationLeavesNothing()
{
    QueueTest t;
    addWorkers(t);
    auto opened = Database::open(t.path(), OpenMode::ReadWrite, 50ms);
    QVERIFY(opened);
    HeartbeatTracker heartbeats;
    RawSql other(t.path());
    QVERIFY(other.exec(s("BEGIN IMMEDIATE")));
    const RescueView now = view(t);
    const Result<ManagerRegistration> refused = registerManager(**opened, t.clock, now, heartbeats);
    QVERIFY(!refused);
    QCOMPARE(refused.error().code, ErrorCode::Busy);
    QVERIFY(other.exec(s("ROLLBACK")));
    const Result<ManagerRegistration> registered = registerManager(**opened, t.clock, now, heartbeats);
    QVERIFY(registered);
    QCOMPARE(registered->adopted.size(), 1);
    QCOMPARE(registered->rescued.endedWorkers, QStringList{s("dead")});
}

QTEST_GUILESS_MAIN(TestManagerRegistration)
#include "tst_managerregistration.moc"

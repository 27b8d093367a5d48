// SPDX-License-Identifier: GPL-3.0-or-later
// Tests waiting for the lock of another connection, and reporting the lock.
#include "core/store/lockmonitor.h"
#include "core/store/lockretry.h"
#include "tests/support/testhelpers.h"

#include <QSignalSpy>
#include <QTest>

#include <thread>

using namespace lifeguard;
using namespace std::chrono_literals;

class TestLockMonitor : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void monitorIsLockedWhileAnySideIsLocked();
    void otherErrorsDoNotEndALock();
    void signalsArriveOnTheThreadOfTheMonitor();
    void retriesUntilTheTimeout();
    void hurryShortensTheTimeout();
    void reportsALongWaitOnce();
};

void TestLockMonitor::monitorIsLockedWhileAnySideIsLocked()
{
    LockMonitor monitor;
    QSignalSpy changed(&monitor, &LockMonitor::lockedChanged);
    const Error busy{ErrorCode::Busy, {}, {}};
    monitor.report(StoreSide::Read, nullptr);
    monitor.report(StoreSide::Write, &busy);
    monitor.reportLocked(StoreSide::Write, {});
    monitor.reportLocked(StoreSide::Browse, {});
    monitor.report(StoreSide::Read, nullptr); // reading succeeds while the writers are locked out
    monitor.report(StoreSide::Write, nullptr);
    QCoreApplication::processEvents();
    QCOMPARE(changed, (QList<QVariantList>{{true}})); // the browser is still locked
    monitor.report(StoreSide::Browse, nullptr);
    QCoreApplication::processEvents();
    QCOMPARE(changed, (QList<QVariantList>{{true}, {false}}));
}

void TestLockMonitor::otherErrorsDoNotEndALock()
{
    LockMonitor monitor;
    QSignalSpy changed(&monitor, &LockMonitor::lockedChanged);
    const Error corrupt{ErrorCode::Corrupt, {}, {}};
    monitor.report(StoreSide::Read, &corrupt);
    monitor.reportLocked(StoreSide::Write, {});
    monitor.report(StoreSide::Write, &corrupt);
    QCoreApplication::processEvents();
    QCOMPARE(changed, (QList<QVariantList>{{true}}));
}

void TestLockMonitor::signalsArriveOnTheThreadOfTheMonitor()
{
    LockMonitor monitor;
    QThread *receiver = nullptr;
    connect(
        &monitor, &LockMonitor::lockedChanged, this, [&receiver] { receiver = QThread::currentThread(); },
        Qt::DirectConnection);
    std::thread([&monitor] { monitor.reportLocked(StoreSide::Read, {}); }).join();
    QVERIFY(!receiver);
    QTRY_COMPARE_WITH_TIMEOUT(receiver, QThread::currentThread(), test::patience);
}

void TestLockMonitor::retriesUntilTheTimeout()
{
    LockPolicy policy;
    policy.timeout = 0ms;
    QVERIFY(!LockRetry(policy).pause());
    policy.timeout = 20ms;
    const auto begin = std::chrono::steady_clock::now();
    LockRetry retry(policy);
    int attempts = 0;
    while (retry.pause())
        ++attempts;
    QVERIFY(attempts > 1);
    QVERIFY(std::chrono::steady_clock::now() - begin >= 20ms);
    QVERIFY(!retry.pause());
}

void TestLockMonitor::hurryShortensTheTimeout()
{
    LockPolicy policy;
    policy.timeout = std::chrono::hours(1);
    const auto hurry = std::make_shared<std::atomic<bool>>(false);
    policy.hurry = hurry;
    LockRetry retry(policy);
    QVERIFY(retry.pause());
    *hurry = true;
    while (retry.pause()) {}
}

void TestLockMonitor::reportsALongWaitOnce()
{
    LockPolicy policy;
    policy.timeout = 600ms;
    int reports = 0;
    policy.onLocked = [&reports] { ++reports; };
    LockRetry retry(policy);
    QVERIFY(retry.pause());
    QCOMPARE(reports, 0);
    while (retry.pause()) {}
    QCOMPARE(reports, 1);
}

QTEST_GUILESS_MAIN(TestLockMonitor)
#include "tst_lockmonitor.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
// Tests the watching of real processes, with and without their entries in /proc.
#include "core/base/pidwatcher.h"
#include "tests/support/processes.h"
#include "tests/support/testhelpers.h"

#include <QSignalSpy>
#include <QTest>

#include <csignal>

#include <sys/wait.h>
#include <unistd.h>

using namespace lifeguard;
using namespace lifeguard::test;

class TestPidWatcher : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_process = forkChild([] { pause(); });
        m_identity = ProcessIdentity::of(m_process).value_or(ProcessIdentity());
        QVERIFY(!m_identity.isNull());
    }
    void cleanup()
    {
        kill(m_process, SIGKILL);
        QCOMPARE(waitpid(m_process, nullptr, 0), m_process);
    }
    void reportsTheEndOnce();
    void reportsAnEarlierEnd();
    void reportsNothingAboutOtherNamespaces();
    void hiddenProcessIsNotTakenForGone();

private:
    pid_t m_process = 0;
    ProcessIdentity m_identity;
};

void TestPidWatcher::reportsTheEndOnce()
{
    PidWatcher watcher(m_identity);
    QSignalSpy ended(&watcher, &PidWatcher::ended);
    QVERIFY(watcher.isWatching());
    QCoreApplication::processEvents();
    QVERIFY(ended.isEmpty());
    QCOMPARE(kill(m_process, SIGKILL), 0);
    EVENTUALLY(!ended.isEmpty());
    QCoreApplication::processEvents();
    QCOMPARE(ended.size(), 1);
}

void TestPidWatcher::reportsAnEarlierEnd()
{
    ProcessIdentity earlier = m_identity;
    earlier.startTime -= 1; // a process that had this pid before
    PidWatcher watcher(earlier);
    QSignalSpy ended(&watcher, &PidWatcher::ended);
    QVERIFY(!watcher.isWatching());
    QVERIFY2(ended.isEmpty(), "a receiver can only connect after the constructor");
    QCoreApplication::processEvents();
    QCOMPARE(ended.size(), 1);
}

void TestPidWatcher::reportsNothingAboutOtherNamespaces()
{
    ProcessIdentity other = m_identity;
    other.pidNamespace = s("pid:[1]");
    PidWatcher watcher(other);
    QSignalSpy ended(&watcher, &PidWatcher::ended);
    QVERIFY(!watcher.isWatching());
    QCoreApplication::processEvents();
    QVERIFY(ended.isEmpty());
}

/// With hidepid, or in a service with ProtectProc=invisible, /proc has no entry for a living process of another user.
/// Its end is noticed all the same.
void TestPidWatcher::hiddenProcessIsNotTakenForGone()
{
    enum Result { AsExpected, IsTakenForGone, IsNotWatched, EndIsMissed };
    const pid_t child = forkChild([this] {
        if (!hideProcesses())
            _exit(hidingNotPermitted);
        PidWatcher watcher(m_identity);
        int ends = 0;
        connect(&watcher, &PidWatcher::ended, &watcher, [&ends] { ++ends; });
        QCoreApplication::processEvents();
        if (ends > 0)
            _exit(IsTakenForGone);
        if (!watcher.isWatching())
            _exit(IsNotWatched);
        kill(m_process, SIGKILL);
        _exit(QTest::qWaitFor([&ends] { return ends == 1; }, patience) ? AsExpected : EndIsMissed);
    });
    VERIFY_CHILD(child);
}

QTEST_GUILESS_MAIN(TestPidWatcher)
#include "tst_pidwatcher.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
// Tests the identities of processes, and whether a process is present, with real processes.
#include "core/base/processidentity.h"
#include "tests/support/processes.h"
#include "tests/support/testhelpers.h"

#include <QTest>

#include <csignal>

#include <sys/wait.h>
#include <unistd.h>

using namespace lifeguard;
using namespace lifeguard::test;

class TestProcessIdentity : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void identityOfThisProcess();
    void identityText_data();
    void identityText();
    void presence();
    void detectsReusedPid();
    void zombieIsGone();
    void hiddenProcessIsUnknown();
};

void TestProcessIdentity::identityOfThisProcess()
{
    const ProcessIdentity self = ProcessIdentity::self();
    QCOMPARE(self.pid, getpid());
    QVERIFY(self.startTime > 0);
    QVERIFY(!self.bootId.isEmpty());
    QVERIFY(self.pidNamespace.startsWith(QStringLiteral("pid:[")));
    QVERIFY(ProcessIdentity::fromString(self.toString()) == self);
    QVERIFY(ProcessIdentity::of(getpid()) == self);
    QCOMPARE(presenceOf(self), ProcessPresence::Alive);
}

void TestProcessIdentity::identityText_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<bool>("valid");
    QTest::newRow("complete") << QStringLiteral("12:345:0f-0f:pid:[4026531836]") << true;
    QTest::newRow("empty") << QString() << false;
    QTest::newRow("pid alone") << QStringLiteral("12") << false;
    QTest::newRow("no pid") << QStringLiteral(":345:0f:pid:[1]") << false;
    QTest::newRow("words") << QStringLiteral("a:b:c:d") << false;
    QTest::newRow("pid 0") << QStringLiteral("0:345:0f:pid:[1]") << false;
    QTest::newRow("negative") << QStringLiteral("-1:345:0f:pid:[1]") << false;
}

void TestProcessIdentity::identityText()
{
    QFETCH(QString, text);
    QFETCH(bool, valid);
    const auto identity = ProcessIdentity::fromString(text);
    QCOMPARE(identity.has_value(), valid);
    if (valid)
        QCOMPARE(identity->toString(), text);
}

void TestProcessIdentity::presence()
{
    ProcessIdentity otherBoot = ProcessIdentity::self();
    otherBoot.bootId = QStringLiteral("another");
    QCOMPARE(presenceOf(otherBoot), ProcessPresence::Unknown);
    ProcessIdentity otherNamespace = ProcessIdentity::self();
    otherNamespace.pidNamespace = QStringLiteral("pid:[1]");
    QCOMPARE(presenceOf(otherNamespace), ProcessPresence::Unknown);
    QCOMPARE(presenceOf(ProcessIdentity()), ProcessPresence::Gone);
}

void TestProcessIdentity::detectsReusedPid()
{
    ProcessIdentity earlier = ProcessIdentity::self();
    earlier.startTime -= 1; // a process that had this pid before
    QCOMPARE(presenceOf(earlier), ProcessPresence::Gone);
    QVERIFY(!(ProcessIdentity::of(getpid()) == earlier));
}

void TestProcessIdentity::zombieIsGone()
{
    const pid_t child = forkChild([] { pause(); });
    const auto identity = ProcessIdentity::of(child);
    QVERIFY(identity);
    QCOMPARE(presenceOf(*identity), ProcessPresence::Alive);
    QCOMPARE(kill(child, SIGKILL), 0);
    EVENTUALLY(!ProcessIdentity::of(child)); // a zombie
    QCOMPARE(presenceOf(*identity), ProcessPresence::Gone);
    QCOMPARE(waitpid(child, nullptr, 0), child);
    QCOMPARE(presenceOf(*identity), ProcessPresence::Gone);
}

void TestProcessIdentity::hiddenProcessIsUnknown()
{
    const ProcessIdentity alive = ProcessIdentity::self(); // this also reads the boot and the pid namespace
    const pid_t other = forkChild([] { pause(); });
    const std::optional<ProcessIdentity> ended = ProcessIdentity::of(other);
    QVERIFY(ended);
    QCOMPARE(kill(other, SIGKILL), 0);
    QCOMPARE(waitpid(other, nullptr, 0), other);
    enum Result { AsExpected, GoneIsWrong, AliveIsWrong };
    const pid_t child = forkChild([&] {
        if (!hideProcesses())
            _exit(hidingNotPermitted);
        if (presenceOf(alive) != ProcessPresence::Unknown)
            _exit(AliveIsWrong);
        _exit(presenceOf(*ended) == ProcessPresence::Gone ? AsExpected : GoneIsWrong);
    });
    VERIFY_CHILD(child);
}

QTEST_GUILESS_MAIN(TestProcessIdentity)
#include "tst_processidentity.moc"

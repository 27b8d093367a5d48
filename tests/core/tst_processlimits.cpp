// SPDX-License-Identifier: GPL-3.0-or-later
// How the limits of direct workers are applied, with fake cgroups. The kernel's cgroups are tested in
// tests/integration/tst_limits.cpp.
#include "core/executor/processlimits.h"
#include "tests/support/fakecgroups.h"
#include "tests/support/testhelpers.h"

#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <sys/resource.h>
#include <unistd.h>

using namespace lifeguard;
using namespace lifeguard::test;

class TestProcessLimits : public QObject
{
    Q_OBJECT

private:
    QTemporaryDir m_folder;
    std::shared_ptr<FakeCgroups> m_files;
    std::unique_ptr<ProcessLimits> m_limits;

    static StartRequest request(double cpu, qint64 memoryMb = 0, const char *type = "test")
    {
        StartRequest r;
        r.executorId = s("direct-test-0");
        r.config.type = s(type);
        r.config.cpuLimit = cpu;
        r.config.memoryLimitMb = memoryMb;
        return r;
    }

private Q_SLOTS:
    void init()
    {
        m_files = std::make_shared<FakeCgroups>(m_folder.path());
        m_limits = std::make_unique<ProcessLimits>();
        m_limits->setCgroups(std::make_shared<Cgroups>(m_files));
    }

    void noLimitsNeedNoCgroup();
    void anIgnoredCpuLimitIsReportedOncePerType();
    void aMissingMemoryLimitIsNotReported();
    void aProcessOutsideItsCgroupIsDetected();
    void aNiceValueThatIsNotSetIsReported();
};

void TestProcessLimits::noLimitsNeedNoCgroup()
{
    QVERIFY(!m_limits->createCgroup(request(0)));
    QCOMPARE(m_files->mountReads, 0);
}

void TestProcessLimits::anIgnoredCpuLimitIsReportedOncePerType()
{
    QSignalSpy ignored(m_limits.get(), &ProcessLimits::limitIgnored);
    for (int warnings = 0; warnings < 2; ++warnings) // one per type
        QTest::ignoreMessage(QtWarningMsg, QRegularExpression(s("the CPU limit is not enforced")));
    for (const char *type : {"one", "one", "two"})
        QVERIFY(!m_limits->createCgroup(request(1, 0, type)));
    QCOMPARE(ignored.size(), 0); // emitted from the event loop
    EVENTUALLY(ignored.size() == 2);
    QCOMPARE(ignored.first().at(0).toString(), s("direct-test-0"));
    QCOMPARE(ignored.first().at(1).value<Message>(), Message("cpu_limit_ignored"));
}

void TestProcessLimits::aMissingMemoryLimitIsNotReported()
{
    QSignalSpy ignored(m_limits.get(), &ProcessLimits::limitIgnored);
    QVERIFY(!m_limits->createCgroup(request(0, 64))); // the health monitor enforces it
    QCoreApplication::processEvents();
    QCOMPARE(ignored.size(), 0);
}

void TestProcessLimits::aProcessOutsideItsCgroupIsDetected()
{
    m_files->mountV1();
    const auto cgroup = m_limits->createCgroup(request(1));
    QVERIFY(cgroup && cgroup->limitsCpu());
    QVERIFY(m_limits->verifyCgroup(request(1), 1 << 30, cgroup)); // a process that has ended is in no cgroup
    QSignalSpy ignored(m_limits.get(), &ProcessLimits::limitIgnored);
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(s("could not enter its cgroup")));
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(s("the CPU limit is not enforced")));
    QVERIFY(!m_limits->verifyCgroup(request(1), getpid(), cgroup));
    EVENTUALLY(ignored.size() == 1);
}

void TestProcessLimits::aNiceValueThatIsNotSetIsReported()
{
    const int own = getpriority(PRIO_PROCESS, 0);
    if (own == poollimits::nice.min)
        QSKIP("this test runs with the most favoured nice value");
    QSignalSpy ignored(m_limits.get(), &ProcessLimits::limitIgnored);
    StartRequest r = request(0);
    m_limits->verifyNice(r, getpid());
    r.config.nice = own;
    m_limits->verifyNice(r, getpid());
    r.config.nice = own - 1;
    m_limits->verifyNice(r, 1 << 30); // a process that has ended
    QCoreApplication::processEvents();
    QCOMPARE(ignored.size(), 0);
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(s("the nice value .* is not set")));
    m_limits->verifyNice(r, getpid());
    m_limits->verifyNice(r, getpid());
    EVENTUALLY(ignored.size() == 1);
    QCOMPARE(ignored.first().at(1).value<Message>(), Message("nice_ignored", {own - 1, own}));
}

QTEST_GUILESS_MAIN(TestProcessLimits)
#include "tst_processlimits.moc"

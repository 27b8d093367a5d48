// SPDX-License-Identifier: GPL-3.0-or-later
// The protocol number of workers: where it is found, and which workers a manager adopts.
#include "core/base/beatfile.h"
#include "core/base/processenvironment.h"
#include "core/base/protocol.h"
#include "core/pool/heartbeattracker.h"
#include "core/pool/rescuer.h"
#include "core/pool/rescueview.h"
#include "core/worker/workeroptions.h"
#include "tests/support/queuetest.h"
#include "tests/support/testhelpers.h"

#include <QProcess>
#include <QTest>

#include <cstring>

using namespace lifeguard;
using namespace lifeguard::test;

namespace {

constexpr int numberInHeader = 16; ///< its offset in the beat file

void setProtocol(const QString &path, quint32 number)
{
    QByteArray content = contentOf(path);
    std::memcpy(content.data() + numberInHeader, &number, sizeof number);
    write(path, content);
}

} // namespace

class TestProtocol : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void supportedVersions();
    void beatFilesCarryTheNumber();
    void environmentOfAProcess();
    void workersRefuseOtherVersions_data();
    void workersRefuseOtherVersions();
    void managersAdoptWorkersOfThePreviousVersion_data();
    void managersAdoptWorkersOfThePreviousVersion();
};

void TestProtocol::supportedVersions()
{
    QVERIFY(isSupportedProtocol(protocolVersion));
    QVERIFY(isSupportedProtocol(protocolVersion - 1));
    QVERIFY(!isSupportedProtocol(protocolVersion + 1));
    QVERIFY(!isSupportedProtocol(protocolVersion - 2));
    QVERIFY2(isSupportedProtocol(protocolWithoutNumber) == (protocolVersion <= 2),
             "version 1 is supported only while it is the previous version");
}

void TestProtocol::beatFilesCarryTheNumber()
{
    const QTemporaryDir folder;
    const QString path = folder.filePath(s("beats"));
    QCOMPARE(BeatFile::create(path, 2).value()->protocol(), protocolVersion);
    QCOMPARE(BeatFile::open(path, true).value()->protocol(), protocolVersion);
    setProtocol(path, 0);
    QCOMPARE(BeatFile::open(path, true).value()->protocol(), protocolWithoutNumber);
    setProtocol(path, protocolVersion + 1);
    const auto newer = BeatFile::open(path, false);
    QCOMPARE(newer.error().code, ErrorCode::TooNew);
    QVERIFY2(newer.error().message.contains(path), qPrintable(newer.error().message));
    // Programs that are older than the number check only these bytes, which must not change.
    QCOMPARE(contentOf(path).left(numberInHeader), QByteArray("LGBEATS1\x02\0\0\0\x80\0\0\0", numberInHeader));
    QCOMPARE(contentOf(path).size(), 3 * 128);
}

void TestProtocol::environmentOfAProcess()
{
    QProcess process;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(s("LIFEGUARD_PROTOCOL"), s("17=x"));
    environment.insert(s("XLIFEGUARD_PROTOCOL"), s("18"));
    process.setProcessEnvironment(environment);
    process.start(s("cat"), {});
    QVERIFY(process.waitForStarted(patience));
    QTRY_COMPARE_WITH_TIMEOUT(processEnvironmentValue(process.processId(), "LIFEGUARD_PROTOCOL").value_or(QByteArray()),
                              QByteArray("17=x"), patience);
    QVERIFY(!processEnvironmentValue(process.processId(), "LIFEGUARD_PROTO"));
    const qint64 pid = process.processId();
    process.closeWriteChannel();
    QVERIFY(process.waitForFinished(patience));
    QVERIFY(!processEnvironmentValue(pid, "LIFEGUARD_PROTOCOL"));
    QVERIFY(!processEnvironmentValue(0, "LIFEGUARD_PROTOCOL"));
}

void TestProtocol::workersRefuseOtherVersions_data()
{
    QTest::addColumn<QString>("number");
    QTest::addColumn<bool>("starts");
    QTest::newRow("none, from an older manager") << QString() << true;
    QTest::newRow("the previous version") << QString::number(protocolVersion - 1) << true;
    QTest::newRow("this version") << QString::number(protocolVersion) << true;
    QTest::newRow("a newer version") << QString::number(protocolVersion + 1) << false;
    QTest::newRow("not a number") << s("two") << false;
}

void TestProtocol::workersRefuseOtherVersions()
{
    QFETCH(QString, number);
    QFETCH(bool, starts);
    const QTemporaryDir folder;
    QProcessEnvironment environment;
    if (!number.isEmpty())
        environment.insert(s("LIFEGUARD_PROTOCOL"), number);
    const auto options = WorkerOptions::read({s("--type"), s("noop"), s("--id"), s("x"), s("--db"), s("q.db"),
                                              s("--workspace"), folder.path()},
                                             environment);
    QCOMPARE(options.has_value(), starts);
    if (!starts)
        QVERIFY2(options.error().message.contains(s("LIFEGUARD_PROTOCOL")), qPrintable(options.error().message));
}

void TestProtocol::managersAdoptWorkersOfThePreviousVersion_data()
{
    QTest::addColumn<int>("inBeatFile"); // -1: no beat file; 0: a file without a number
    QTest::addColumn<QString>("inEnvironment"); // empty: not set
    QTest::addColumn<bool>("adopted");
    const QString previous = QString::number(protocolVersion - 1);
    const QString present = QString::number(protocolVersion);
    const QString newer = QString::number(protocolVersion + 1);
    QTest::newRow("neither the beat file nor the environment has a number") << 0 << QString() << true;
    QTest::newRow("the previous version in the beat file") << protocolVersion - 1 << previous << true;
    QTest::newRow("this version") << protocolVersion << present << true;
    QTest::newRow("a newer version in the beat file") << protocolVersion + 1 << newer << false;
    QTest::newRow("no beat file, no number") << -1 << QString() << true;
    QTest::newRow("no beat file, this version") << -1 << present << true;
    QTest::newRow("no beat file, a newer version") << -1 << newer << false;
}

void TestProtocol::managersAdoptWorkersOfThePreviousVersion()
{
    QFETCH(int, inBeatFile);
    QFETCH(QString, inEnvironment);
    QFETCH(bool, adopted);
    QueueTest t;
    QProcess process; // represents the worker
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.remove(s("LIFEGUARD_PROTOCOL"));
    if (!inEnvironment.isEmpty())
        environment.insert(s("LIFEGUARD_PROTOCOL"), inEnvironment);
    process.setProcessEnvironment(environment);
    process.start(s("cat"), {});
    QVERIFY(process.waitForStarted(patience));
    EVENTUALLY(processEnvironmentValue(process.processId(), "PATH").has_value());

    OwnedWorker worker;
    worker.executorId = s("direct-noop-0-aaaaaaaa");
    worker.managerId = s("a manager that is gone");
    worker.pool = worker.type = s("noop");
    worker.mode = s("direct");
    worker.spec = s("noop=1,detach=yes");
    worker.process = ProcessIdentity::of(process.processId()).value();
    if (inBeatFile >= 0) {
        worker.beatPath = t.folder.filePath(s("beats"));
        worker.beatSlot = 0;
        QVERIFY(BeatFile::create(worker.beatPath, 1));
        setProtocol(worker.beatPath, quint32(inBeatFile));
    }
    QVERIFY(t.registry->addOwned({worker}));
    const RescueView view{s("me"), t.clock.steadyNow(), t.clock.steadyNow(), 0, {}};
    HeartbeatTracker heartbeats;
    const auto workers = Rescuer(*t.db, t.clock, view, heartbeats).adoptDetached();
    QVERIFY2(workers, workers ? "" : qPrintable(workers.error().message));
    QCOMPARE(workers->size(), adopted ? 1 : 0);
    QCOMPARE(t.registry->owned()->first().managerId, adopted ? s("me") : s("a manager that is gone"));
    process.closeWriteChannel();
    QVERIFY(process.waitForFinished(patience));
}

QTEST_GUILESS_MAIN(TestProtocol)
#include "tst_protocol.moc"

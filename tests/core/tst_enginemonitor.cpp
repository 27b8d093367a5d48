// SPDX-License-Identifier: GPL-3.0-or-later
// Following the events of an engine across interruptions.
#include "core/docker/enginemonitor.h"
#include "tests/support/clientworld.h"

#include <QPointer>
#include <QSignalSpy>

using namespace lifeguard;
using namespace lifeguard::test;

namespace {

struct World : ClientWorld
{
    World()
    {
        engine.on("GET /v1.41/_ping", 200, "OK");
        engine.on("GET /v1.41/events", [this](const FakeRequest &, FakePeer &peer) {
            events = &peer;
            peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
        });
    }
    void send(qint64 timeNano)
    {
        events->send(FakeEngine::chunk(R"({"Type":"container","Action":"die","Actor":{"ID":"abc"},"timeNano":)" + QByteArray::number(timeNano) + '}'));
    }

    QPointer<FakePeer> events;
    EngineMonitor monitor{*client, {s("a=b")}};
    QSignalSpy connected{&monitor, &EngineMonitor::connected};
    QSignalSpy disconnected{&monitor, &EngineMonitor::disconnected};
    QSignalSpy received{&monitor, &EngineMonitor::eventReceived};
};

} // namespace

class TestEngineMonitor : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void reportsEvents();
    void reconnectsAfterAnInterruption();
    void reportsAMissingEngineOnce();
};

void TestEngineMonitor::reportsEvents()
{
    World world;
    QVERIFY(!world.monitor.isConnected());
    world.monitor.start();
    world.monitor.start(); // has no effect
    EVENTUALLY(world.connected.size() == 1);
    QVERIFY(world.monitor.isConnected());
    world.send(1'000'000'001);
    EVENTUALLY(world.received.size() == 1);
    QCOMPARE(world.received.first().first().value<ContainerEvent>().id, s("abc"));
    QCOMPARE(world.disconnected.size(), 0);
}

void TestEngineMonitor::reconnectsAfterAnInterruption()
{
    World world;
    world.monitor.start();
    EVENTUALLY(world.connected.size() == 1);
    world.send(2'000'000'002);
    world.send(1'000'000'001); // simultaneous events arrive in any order
    EVENTUALLY(world.received.size() == 2);
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(s("Docker events are interrupted")));
    world.events->drop();
    EVENTUALLY(world.disconnected.size() == 1);
    QVERIFY(!world.monitor.isConnected());
    QVERIFY(!world.monitor.lastError().message.isEmpty());
    EVENTUALLY(world.connected.size() == 2);
    QVERIFY(world.monitor.isConnected());
    QCOMPARE(parameter(world.engine.requests.last(), s("since")), s("2.000000002"));
}

void TestEngineMonitor::reportsAMissingEngineOnce()
{
    World world;
    world.engine.stop();
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(s("Docker events are interrupted")));
    QTest::failOnWarning(QRegularExpression(s("Docker events are interrupted")));
    world.monitor.start();
    EVENTUALLY(world.disconnected.size() == 1);
    QVERIFY(world.disconnected.first().first().value<Error>().code == ErrorCode::Io);
    QVERIFY(world.engine.listen());
    EVENTUALLY(world.connected.size() == 1); // after one or more attempts
    QCOMPARE(world.disconnected.size(), 1);
}

QTEST_GUILESS_MAIN(TestEngineMonitor)
#include "tst_enginemonitor.moc"

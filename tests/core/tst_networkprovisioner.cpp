// SPDX-License-Identifier: GPL-3.0-or-later
// Tests how the network of the containers is found, created and cleaned up, with a fake engine.
#include "core/docker/dockerclient.h"
#include "tests/support/clientworld.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;
using World = ClientWorld;

class TestNetworkProvisioner : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void ensureNetwork();
    void concurrentRequestsCreateOneNetwork();
    void removesDuplicateNetworks();
};

void TestNetworkProvisioner::ensureNetwork()
{
    World world;
    // The filter of the engine also matches parts of names.
    world.engine.on("GET /v1.41/networks", 200, R"([{"Name":"lifeguard-2"}])");
    world.engine.on("POST /v1.41/networks/create", 201, R"({"Id":"n"})");
    ANSWER(created, world.client->ensureNetwork(s("lifeguard"), {{s("a"), s("b")}}));
    QVERIFY(created);
    // The version, the list, the creation, and a list that checks for duplicates.
    QCOMPARE(world.engine.requests.size(), 4);
    const QJsonObject requested = QJsonDocument::fromJson(world.engine.requests.at(2).body).object();
    QCOMPARE(requested.value(QLatin1String("Name")).toString(), QStringLiteral("lifeguard"));
    QCOMPARE(requested.value(QLatin1String("Driver")).toString(), QStringLiteral("bridge"));
    QCOMPARE(requested.value(QLatin1String("Labels")).toObject(), (QJsonObject{{s("a"), s("b")}}));
    world.engine.on("POST /v1.41/networks/create", 409, R"({"message":"network with name lifeguard already exists"})");
    ANSWER(createdConcurrently, world.client->ensureNetwork(s("lifeguard"), {}));
    QVERIFY(createdConcurrently);
    world.engine.on("POST /v1.41/networks/create", 403, R"({"message":"no more addresses"})");
    ANSWER(failed, world.client->ensureNetwork(s("lifeguard"), {}));
    QCOMPARE(failed.error().message, QStringLiteral("no more addresses"));
    world.engine.on("GET /v1.41/networks", 200, R"([{"Name":"lifeguard"}])");
    ANSWER(existing, world.client->ensureNetwork(s("lifeguard"), {}));
    QVERIFY(existing);
    QCOMPARE(world.engine.requests.last().verb, QByteArray("GET"));
}

/// The engine itself would create one network for each concurrent request.
void TestNetworkProvisioner::concurrentRequestsCreateOneNetwork()
{
    World world;
    int created = 0;
    world.engine.on("GET /v1.41/networks", [&](const FakeRequest &, FakePeer &peer) {
        peer.send(FakeEngine::answer(200, created > 0 ? R"([{"Name":"lifeguard","Id":"1"}])" : "[]"));
    });
    world.engine.on("POST /v1.41/networks/create", [&](const FakeRequest &, FakePeer &peer) {
        ++created;
        peer.send(FakeEngine::answer(201, R"({"Id":"1"})"));
    });
    QList<QFuture<Status>> answers;
    for (int i = 0; i < 5; ++i)
        answers.append(world.client->ensureNetwork(s("lifeguard"), {}));
    for (const QFuture<Status> &answer : answers) {
        EVENTUALLY(answer.isFinished());
        QVERIFY(answer.result());
    }
    QCOMPARE(created, 1);
}

/// If several programs have created networks with the same name, the oldest one is kept, and of the others only those
/// with our label are removed.
void TestNetworkProvisioner::removesDuplicateNetworks()
{
    World world;
    bool duplicateExists = true;
    QByteArray label = "true";
    world.engine.on("GET /v1.41/networks", [&](const FakeRequest &, FakePeer &peer) {
        const QByteArray kept =
            R"({"Name":"lifeguard","Id":"old","Created":"2026-01-01T00:00:00Z","Labels":{"ours":"true"}})";
        const QByteArray other = R"({"Name":"lifeguard","Id":"new","Created":"2026-01-01T00:00:01Z","Labels":{"ours":")"
                               + label + R"("}})";
        const QByteArray both = '[' + other + ',' + kept + ']';
        peer.send(FakeEngine::answer(200, duplicateExists ? both : QByteArray('[' + kept + ']')));
    });
    world.engine.on("DELETE /v1.41/networks/new", [&](const FakeRequest &, FakePeer &peer) {
        duplicateExists = false;
        peer.send(FakeEngine::answer(204, {}));
    });
    ANSWER(one, world.client->ensureNetwork(s("lifeguard"), {{s("ours"), s("true")}}));
    QVERIFY(one);
    QVERIFY(!duplicateExists);
    duplicateExists = true;
    label = "false"; // created by another program
    ANSWER(ambiguous, world.client->ensureNetwork(s("lifeguard"), {{s("ours"), s("true")}}));
    QVERIFY(!ambiguous);
    QVERIFY2(ambiguous.error().message.contains(s("docker network rm")), qPrintable(ambiguous.error().message));
    QVERIFY(duplicateExists);
}

QTEST_GUILESS_MAIN(TestNetworkProvisioner)
#include "tst_networkprovisioner.moc"

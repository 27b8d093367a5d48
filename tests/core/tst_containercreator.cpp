// SPDX-License-Identifier: GPL-3.0-or-later
// Creating and removing containers, with a fake engine.
#include "core/executor/containercreator.h"
#include "core/executor/containerspec.h"
#include "tests/support/clientworld.h"
#include "tests/support/fakecontainerengine.h"

#include <QJsonDocument>
#include <QSignalSpy>

#include <unistd.h>

using namespace lifeguard;
using namespace lifeguard::test;

namespace {

struct World
{
    World()
        : client(engine.server.endpoint())
        , remover(client)
        , creator(client, remover, FakeContainerEngine::managerId,
                  [this](const QString &id) { return used.contains(id); })
    {
    }

    FakeContainerEngine engine;
    DockerClient client;
    ContainerRemover remover;
    ContainerCreator creator;
    QStringList used; ///< short ids of the containers of workers
};

} // namespace

class TestContainerCreator : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void createsAContainer();
    void usesRootInARootlessEngine();
    void createsTheNetworkFirst();
    void reportsANameInUse();
    void releasesANameOfThisManager_data();
    void releasesANameOfThisManager();
    void remembersAContainerThatCannotBeRemoved();
};

void TestContainerCreator::createsAContainer()
{
    World world;
    QVERIFY(!world.creator.isPrepared());
    ANSWER(prepared, world.creator.prepare());
    QVERIFY(prepared && world.creator.isPrepared());
    ANSWER(id, world.creator.create(world.engine.request()));
    QVERIFY(id);
    QCOMPARE(world.engine.ids(), QStringList{*id});
    QCOMPARE(world.engine.container(*id).name, containerName(world.engine.request()));
    const QJsonObject configuration = QJsonDocument::fromJson(world.engine.server.requests.last().body).object();
    QCOMPARE(configuration.value(s("User")).toString(), s("%1:%2").arg(getuid()).arg(getgid()));
    world.creator.reset();
    QVERIFY(!world.creator.isPrepared());
}

void TestContainerCreator::usesRootInARootlessEngine()
{
    World world;
    world.engine.server.on("GET /v1.41/info", 200, R"({"SecurityOptions":["name=rootless"]})");
    ANSWER(prepared, world.creator.prepare());
    QVERIFY(prepared);
    ANSWER(id, world.creator.create(world.engine.request()));
    QVERIFY(id);
    const QJsonObject configuration = QJsonDocument::fromJson(world.engine.server.requests.last().body).object();
    QCOMPARE(configuration.value(s("User")).toString(), s("0:0"));
}

void TestContainerCreator::createsTheNetworkFirst()
{
    World world;
    ANSWER(prepared, world.creator.prepare());
    QVERIFY(prepared);
    world.engine.server.on("GET /v1.41/networks", 200, "[]");
    world.engine.server.on("POST /v1.41/networks/create", 403, R"({"message":"no more addresses"})");
    StartRequest request = world.engine.request();
    request.config.network = s("lifeguard");
    ANSWER(failed, world.creator.create(request));
    QVERIFY(!failed);
    QCOMPARE(failed.error().message, s("no more addresses"));
    QVERIFY(world.engine.ids().isEmpty());
    world.engine.server.on("POST /v1.41/networks/create", 201, R"({"Id":"n"})");
    ANSWER(id, world.creator.create(request));
    QVERIFY(id);
}

void TestContainerCreator::reportsANameInUse()
{
    World world;
    ANSWER(prepared, world.creator.prepare());
    QVERIFY(prepared);
    world.engine.addContainer(containerName(world.engine.request()), {}, s("running"));
    ANSWER(id, world.creator.create(world.engine.request()));
    QVERIFY(!id && id.error().code == ErrorCode::Busy);
}

void TestContainerCreator::releasesANameOfThisManager_data()
{
    QTest::addColumn<QString>("manager");
    QTest::addColumn<bool>("isUsed");
    QTest::addColumn<bool>("isRemoved");
    QTest::newRow("left behind") << FakeContainerEngine::managerId << false << true;
    QTest::newRow("container of a worker") << FakeContainerEngine::managerId << true << false;
    QTest::newRow("container of another manager") << s("another") << false << false;
}

void TestContainerCreator::releasesANameOfThisManager()
{
    QFETCH(QString, manager);
    QFETCH(bool, isUsed);
    QFETCH(bool, isRemoved);
    World world;
    const QString id = world.engine.addContainer(containerName(world.engine.request()),
                                                 {{dockerlabel::manager, manager}}, s("exited"));
    if (isUsed)
        world.used.append(shortContainerId(id));
    world.creator.releaseName(world.engine.request());
    EVENTUALLY(world.engine.server.requests.size() >= 2); // the version and the inspection
    ANSWER(answered, world.client.ping()); // the removal, if any, was requested before
    QVERIFY(answered);
    EVENTUALLY(world.engine.containers.contains(id) != isRemoved);
}

void TestContainerCreator::remembersAContainerThatCannotBeRemoved()
{
    World world;
    const QString id = world.engine.addContainer(s("stuck"), {}, s("exited"));
    world.engine.server.on("DELETE /v1.41/containers/" + id.toUtf8(), 500, R"({"message":"driver failed"})");
    QSignalSpy pollNeeded(&world.remover, &ContainerRemover::pollNeeded);
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(s("could not be removed yet: driver failed")));
    ANSWER(removed, world.remover.remove(id));
    QVERIFY(!removed);
    EVENTUALLY(pollNeeded.size() == 1);
    DockerContainer listed;
    listed.id = id;
    world.engine.server.on("DELETE /v1.41/containers/" + id.toUtf8(), 204, {});
    QVERIFY(world.remover.removeIfRemembered(listed));
    QVERIFY(!world.remover.removeIfRemembered(listed)); // once
    world.remover.removeLater(shortContainerId(id)); // the id of an adopted container
    QVERIFY(world.remover.removeIfRemembered(listed));
    EVENTUALLY(world.engine.requestCount("DELETE /containers/" + id.toUtf8()) == 3);
}

QTEST_GUILESS_MAIN(TestContainerCreator)
#include "tst_containercreator.moc"

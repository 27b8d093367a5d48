// SPDX-License-Identifier: GPL-3.0-or-later
// DockerWorkerExecutor and the life cycle of its containers, with a fake engine. Real containers are tested in
// tests/integration/tst_docker*.cpp.
#include "core/executor/containerspec.h"
#include "core/executor/dockerworkerexecutor.h"
#include "tests/support/fakecontainerengine.h"
#include "tests/support/testhelpers.h"

#include <QSignalSpy>
#include <QTest>

#include <csignal>

using namespace lifeguard;
using namespace lifeguard::test;
using namespace std::chrono_literals;

namespace {

struct World
{
    explicit World(FakeContainerEngine::Dialect dialect = FakeContainerEngine::Dialect::Docker)
        : engine(dialect)
        , executor(engine.server.endpoint(), FakeContainerEngine::databasePath, FakeContainerEngine::managerId)
    {
    }

    /// Prepares and starts a worker, and waits until it runs. Its ids are then in id and containerId.
    void start()
    {
        executor.prepareWorker(engine.request());
        EVENTUALLY(prepared.size() == 1);
        id = prepared.first().at(1).toString();
        containerId = engine.ids().constLast();
        executor.startWorker(startRequest());
        EVENTUALLY(started.size() == 1);
        EVENTUALLY(engine.container(containerId).logs);
    }
    [[nodiscard]] StartRequest startRequest() const
    {
        StartRequest request = engine.request();
        request.executorId = id;
        return request;
    }
    /// Stops the engine and waits until the executor has noticed it.
    void loseEngine()
    {
        QTest::ignoreMessage(QtWarningMsg, QRegularExpression(s("Docker events are interrupted")));
        engine.server.stop();
        EVENTUALLY(!engine.hasEventStream());
        EVENTUALLY(!stats().unknownReason.isEmpty());
    }
    [[nodiscard]] bool restoreEngine() { return engine.server.listen(); }
    [[nodiscard]] WorkerStats stats() { return executor.workerStats().result().value(id); }
    [[nodiscard]] WorkerExit exit() const { return exited.first().first().value<WorkerExit>(); }

    FakeContainerEngine engine;
    DockerWorkerExecutor executor;
    QSignalSpy prepared{&executor, &WorkerExecutor::workerPrepared};
    QSignalSpy started{&executor, &WorkerExecutor::workerStarted};
    QSignalSpy exited{&executor, &WorkerExecutor::workerExited};
    QSignalSpy reconnected{&executor, &WorkerExecutor::engineReconnected};
    QString id; ///< executor id
    QString containerId;
};

/// Starts a worker; ends the test if that fails.
#define START(world) \
    (world).start(); \
    QVERIFY(!(world).id.isEmpty() && (world).executor.isWorkerRunning((world).id))

} // namespace

class TestDockerWorkerExecutor : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    // From creation to start
    void contactsNoEngineBeforeTheFirstWorker();
    void runsAWorker();
    void createsContainersWhenTheEngineIsReachable();
    void killsAWorkerThatWaitsForTheEngine();
    void killsAWorkerThatIsBeingCreated();
    void killsAWorkerThatIsNotStarted();
    void replacesALeftoverWithTheSameName_data() { addEngines(); }
    void replacesALeftoverWithTheSameName();
    void reportsAContainerThatCannotBeStarted_data();
    void reportsAContainerThatCannotBeStarted();
    void startsAgainIfTheEngineDidNotStartTheContainer();
    void adoptsAContainer();
    // While it runs
    void measuresAWorker();
    void reportsPauseAndHealth();
    void drainSendsTerm();
    void stopKillsAfterTheGracePeriod();
    // The end
    void reportsAnExitCode_data() { addEngines(); }
    void reportsAnExitCode();
    void explainsThatClmNeedsItsRestInterface_data();
    void explainsThatClmNeedsItsRestInterface();
    void reportsARemovedContainer_data() { addEngines(); }
    void reportsARemovedContainer();
    void continuesAfterARestartByAnotherProgram();
    // Outages
    void workersSurviveAnOutage();
    void anEndDuringAnOutageIsBlameless();
    void aContainerThatIsMissingAfterAnOutageHasEnded();
    void killsDuringAnOutage();
    void leavesOtherContainersAlone();

private:
    static void addEngines()
    {
        QTest::addColumn<bool>("isPodman");
        QTest::newRow("Docker") << false;
        QTest::newRow("Podman") << true;
    }
    [[nodiscard]] static FakeContainerEngine::Dialect dialect()
    {
        QFETCH(bool, isPodman);
        return isPodman ? FakeContainerEngine::Dialect::Podman : FakeContainerEngine::Dialect::Docker;
    }
};

void TestDockerWorkerExecutor::contactsNoEngineBeforeTheFirstWorker()
{
    World world;
    QCoreApplication::processEvents();
    QVERIFY(world.engine.server.requests.isEmpty());
}

void TestDockerWorkerExecutor::runsAWorker()
{
    World world;
    START(world);
    QCOMPARE(world.prepared.first().at(0).toString(), world.engine.request().executorId);
    QCOMPARE(world.id, shortContainerId(world.containerId));
    QCOMPARE(world.engine.container(world.containerId).name, containerName(world.engine.request()));
    world.engine.endContainer(world.containerId, 0);
    EVENTUALLY(world.exited.size() == 1);
    QVERIFY(world.exit().isClean());
    QCOMPARE(world.exit().executorId, world.id);
    QVERIFY(!world.executor.isWorkerRunning(world.id));
    EVENTUALLY(world.engine.containers.isEmpty());
    QCOMPARE(world.exited.size(), 1);
}

void TestDockerWorkerExecutor::createsContainersWhenTheEngineIsReachable()
{
    World world;
    world.engine.server.stop();
    QSignalSpy prepared(&world.executor, &WorkerExecutor::workerPrepared);
    world.executor.prepareWorker(world.engine.request(s("first")));
    world.executor.prepareWorker([&] {
        StartRequest second = world.engine.request(s("second"));
        second.index = 1;
        return second;
    }());
    QVERIFY(world.restoreEngine());
    EVENTUALLY(prepared.size() == 2);
    QCOMPARE(world.engine.ids().size(), 2);
    QCOMPARE(world.engine.requestCount("GET /info"), 1);
}

void TestDockerWorkerExecutor::killsAWorkerThatWaitsForTheEngine()
{
    World world;
    world.engine.server.stop();
    const StartRequest request = world.engine.request();
    world.executor.prepareWorker(request);
    world.executor.killWorker(request.executorId);
    EVENTUALLY(world.exited.size() == 1);
    QCOMPARE(world.exit().executorId, request.executorId);
    QCOMPARE(world.exit().message, Message("killed_before_start"));
    QVERIFY(world.exit().kind == WorkerExit::Kind::FailedToStart);
}

void TestDockerWorkerExecutor::killsAWorkerThatIsBeingCreated()
{
    World world;
    QPointer<FakePeer> inspection; // the request for the image, which precedes the creation
    world.engine.server.on("GET /v1.41/images/noop/json",
                           [&](const FakeRequest &, FakePeer &peer) { inspection = &peer; });
    const StartRequest request = world.engine.request();
    world.executor.prepareWorker(request);
    EVENTUALLY(inspection);
    world.executor.killWorker(request.executorId);
    QVERIFY(world.executor.isWorkerRunning(request.executorId));
    inspection->send(FakeEngine::answer(200, R"({"Id":"sha256:1"})"));
    EVENTUALLY(world.exited.size() == 1);
    QCOMPARE(world.exit().message, Message("killed_before_start"));
    QCOMPARE(world.prepared.size(), 0);
    EVENTUALLY(world.engine.containers.isEmpty());
}

void TestDockerWorkerExecutor::killsAWorkerThatIsNotStarted()
{
    World world;
    world.executor.prepareWorker(world.engine.request());
    EVENTUALLY(world.prepared.size() == 1);
    world.executor.stopWorker(world.prepared.first().at(1).toString(), 60s); // there is no process that could react to
                                                                             // TERM
    EVENTUALLY(world.exited.size() == 1);
    QCOMPARE(world.exit().message, Message("killed_before_start"));
    EVENTUALLY(world.engine.containers.isEmpty());
}

void TestDockerWorkerExecutor::replacesALeftoverWithTheSameName()
{
    World world(dialect());
    const QString leftover = world.engine.addContainer(containerName(world.engine.request()),
                                                       {{dockerlabel::manager, FakeContainerEngine::managerId}},
                                                       s("exited"));
    world.executor.prepareWorker(world.engine.request());
    EVENTUALLY(world.prepared.size() == 1);
    QVERIFY(!world.engine.ids().contains(leftover));
    QCOMPARE(world.engine.ids().size(), 1);
    QCOMPARE(world.exited.size(), 0);
}

void TestDockerWorkerExecutor::reportsAContainerThatCannotBeStarted_data()
{
    QTest::addColumn<int>("status");
    QTest::addColumn<int>("kind");
    QTest::newRow("rejected") << 400 << int(WorkerExit::Kind::FailedToStart);
    QTest::newRow("failure of the engine") << 500 << int(WorkerExit::Kind::Unknown); // the next attempt may succeed
}

void TestDockerWorkerExecutor::reportsAContainerThatCannotBeStarted()
{
    QFETCH(int, status);
    World world;
    world.executor.prepareWorker(world.engine.request());
    EVENTUALLY(world.prepared.size() == 1);
    world.id = world.prepared.first().at(1).toString();
    world.engine.server.on("POST /v1.41/containers/" + world.engine.ids().constFirst().toUtf8() + "/start", status,
                           R"({"message":"no such program"})");
    world.executor.startWorker(world.startRequest());
    EVENTUALLY(world.exited.size() == 1);
    QTEST(int(world.exit().kind), "kind");
    QCOMPARE(world.exit().message, Message("cannot_start", {s("no such program")}));
    QCOMPARE(world.started.size(), 0);
    EVENTUALLY(world.engine.containers.isEmpty());
}

void TestDockerWorkerExecutor::startsAgainIfTheEngineDidNotStartTheContainer()
{
    World world;
    world.executor.prepareWorker(world.engine.request());
    EVENTUALLY(world.prepared.size() == 1);
    world.id = world.prepared.first().at(1).toString();
    const QString containerId = world.engine.ids().constFirst();
    int attempts = 0;
    world.engine.server.on("POST /v1.41/containers/" + containerId.toUtf8() + "/start",
                           [&](const FakeRequest &, FakePeer &peer) {
                               if (++attempts == 1) {
                                   peer.drop();
                                   return;
                               }
                               world.engine.container(containerId).state = s("running");
                               peer.send(FakeEngine::answer(204, {}));
                           });
    world.executor.startWorker(world.startRequest());
    EVENTUALLY(world.started.size() == 1);
    QCOMPARE(attempts, 2);
    QCOMPARE(world.exited.size(), 0);
}

void TestDockerWorkerExecutor::adoptsAContainer()
{
    World world;
    world.containerId = world.engine.addContainer(containerName(world.engine.request()),
                                                  {{dockerlabel::manager, s("earlier")}}, s("running"));
    world.id = shortContainerId(world.containerId);
    world.executor.adoptWorker(world.startRequest(), {});
    QVERIFY(world.executor.isWorkerRunning(world.id));
    EVENTUALLY(world.stats().processes == 3);
    QCOMPARE(world.started.size(), 0);
    world.engine.endContainer(world.containerId, 3);
    EVENTUALLY(world.exited.size() == 1);
    QCOMPARE(world.exit().message, Message("exit_code", {3}));
}

void TestDockerWorkerExecutor::measuresAWorker()
{
    World world;
    START(world);
    EVENTUALLY(world.stats().processes == 3);
    const WorkerStats stats = world.stats();
    QCOMPARE(stats.cpuSeconds, 5.0);
    QCOMPARE(stats.memoryBytes, 1000);
    QCOMPARE(stats.outputBytes, 0);
    QVERIFY(stats.unknownReason.isEmpty());
    world.engine.container(world.containerId)
        .logs->send(FakeEngine::chunk(QByteArray("\x01\x00\x00\x00\x00\x00\x00\x03hi\n", 11)));
    EVENTUALLY(world.stats().outputBytes == 3);
}

void TestDockerWorkerExecutor::reportsPauseAndHealth()
{
    World world;
    START(world);
    world.engine.sendEvent(world.containerId, s("pause"));
    EVENTUALLY(world.stats().state == 'T');
    world.engine.sendEvent(world.containerId, s("unpause"));
    EVENTUALLY(world.stats().state != 'T');
    world.engine.sendEvent(world.containerId, s("health_status: unhealthy"));
    EVENTUALLY(world.stats().unhealthy);
    world.engine.sendEvent(world.containerId, s("health_status: healthy"));
    EVENTUALLY(!world.stats().unhealthy);
}

void TestDockerWorkerExecutor::drainSendsTerm()
{
    World world;
    START(world);
    world.executor.drainWorker(world.id);
    EVENTUALLY(world.engine.container(world.containerId).signalNames.contains(s("TERM")));
    world.engine.endContainer(world.containerId, 0);
    EVENTUALLY(world.exited.size() == 1);
    QVERIFY(world.exit().isClean());
}

void TestDockerWorkerExecutor::stopKillsAfterTheGracePeriod()
{
    World world;
    START(world);
    world.executor.stopWorker(world.id, 1s);
    EVENTUALLY(world.exited.size() == 1);
    QVERIFY(world.exit().kind == WorkerExit::Kind::Signalled);
    QCOMPARE(world.exit().code, SIGKILL);
    // TERM, possibly repeated, and KILL.
    QVERIFY(world.engine.requestCount("POST /containers/" + world.containerId.toUtf8() + "/kill") >= 2);
}

void TestDockerWorkerExecutor::reportsAnExitCode()
{
    World world(dialect());
    START(world);
    world.engine.container(world.containerId)
        .logs->send(FakeEngine::chunk(QByteArray("\x01\x00\x00\x00\x00\x00\x00\x05late\n", 13)));
    world.engine.endContainer(world.containerId, 3);
    EVENTUALLY(world.exited.size() == 1);
    QCOMPARE(world.exit().message, Message("exit_code", {3}));
    QCOMPARE(world.exit().lastLines, QStringList{s("late")});
    EVENTUALLY(world.engine.containers.isEmpty());
}

void TestDockerWorkerExecutor::explainsThatClmNeedsItsRestInterface_data()
{
    QTest::addColumn<QByteArray>("line");
    QTest::addColumn<int>("code");
    QTest::addColumn<bool>("isExplained");
    QTest::newRow("no address") << QByteArray("plantuml worker: CLM_API_URL is not set.") << 1 << true;
    QTest::newRow("no token") << QByteArray("401 Unauthorized: CLM_API_TOKEN is missing") << 1 << true;
    QTest::newRow("no answer") << QByteArray("clm.infrastructure.api.client.WorkerApiError: Failed to register") << 1
                               << true;
    QTest::newRow("another reason") << QByteArray("ModuleNotFoundError: No module named 'clm'") << 1 << false;
    QTest::newRow("no error") << QByteArray("CLM_API_URL is not set, using the database") << 0 << false;
}

void TestDockerWorkerExecutor::explainsThatClmNeedsItsRestInterface()
{
    QFETCH(QByteArray, line);
    QFETCH(int, code);
    QFETCH(bool, isExplained);
    World world;
    START(world);
    QByteArray frame("\x02\x00\x00\x00\x00\x00\x00", 7);
    frame.append(char(line.size() + 1)).append(line).append('\n');
    world.engine.container(world.containerId).logs->send(FakeEngine::chunk(frame));
    world.engine.endContainer(world.containerId, code);
    EVENTUALLY(world.exited.size() == 1);
    QCOMPARE(world.exit().lastLines, QStringList{QString::fromUtf8(line)});
    const QString message = world.exit().message.englishText();
    QCOMPARE(message.contains(s("REST interface")), isExplained);
    QVERIFY2(message.startsWith(s("exit code %1").arg(code)), qPrintable(message));
}

void TestDockerWorkerExecutor::reportsARemovedContainer()
{
    World world(dialect());
    START(world);
    world.engine.removeContainer(world.containerId);
    EVENTUALLY(world.exited.size() == 1);
    QCOMPARE(world.exit().message, Message("container_removed"));
    QVERIFY(world.exit().kind == WorkerExit::Kind::Unknown);
}

void TestDockerWorkerExecutor::continuesAfterARestartByAnotherProgram()
{
    World world;
    START(world);
    const qsizetype inspections = world.engine.requestCount("GET /containers/" + world.containerId.toUtf8() + "/json");
    world.engine.sendEvent(world.containerId, s("die"), {{s("exitCode"), s("0")}}); // but its state is "running" again
    EVENTUALLY(world.engine.requestCount("GET /containers/" + world.containerId.toUtf8() + "/json") > inspections);
    EVENTUALLY(world.executor.workerStats().result().contains(world.id));
    QCOMPARE(world.exited.size(), 0);
    world.engine.endContainer(world.containerId, 3);
    EVENTUALLY(world.exited.size() == 1);
    QCOMPARE(world.exit().code, 3);
}

void TestDockerWorkerExecutor::workersSurviveAnOutage()
{
    World world;
    START(world);
    world.loseEngine();
    QVERIFY(world.executor.isWorkerRunning(world.id));
    QVERIFY(world.restoreEngine());
    EVENTUALLY(world.reconnected.size() == 1);
    EVENTUALLY(world.stats().unknownReason.isEmpty());
    EVENTUALLY(world.engine.container(world.containerId).logs); // its output is followed again
    QCOMPARE(world.exited.size(), 0);
    // An end after the outage is reported as usual.
    world.engine.endContainer(world.containerId, 3);
    EVENTUALLY(world.exited.size() == 1);
    QCOMPARE(world.exit().message, Message("exit_code", {3}));
}

void TestDockerWorkerExecutor::anEndDuringAnOutageIsBlameless()
{
    World world;
    START(world);
    world.loseEngine();
    world.engine.endContainer(world.containerId, 143); // the event is lost
    QVERIFY(world.restoreEngine());
    EVENTUALLY(world.exited.size() == 1);
    QCOMPARE(world.exit().message, Message("engine_restarted"));
    QVERIFY(world.exit().isBlameless);
    EVENTUALLY(world.engine.containers.isEmpty());
}

void TestDockerWorkerExecutor::aContainerThatIsMissingAfterAnOutageHasEnded()
{
    World world;
    START(world);
    world.loseEngine();
    world.engine.containers.clear();
    QVERIFY(world.restoreEngine());
    EVENTUALLY(world.exited.size() == 1);
    QCOMPARE(world.exit().message, Message("engine_restarted"));
}

void TestDockerWorkerExecutor::killsDuringAnOutage()
{
    World world;
    START(world);
    world.loseEngine();
    world.executor.killWorker(world.id);
    EVENTUALLY(world.exited.size() == 1);
    QCOMPARE(world.exit().message, Message("killed_without_engine"));
    QCOMPARE(world.engine.ids(), QStringList{world.containerId}); // the container still runs
    QVERIFY(world.restoreEngine());
    EVENTUALLY(world.engine.containers.isEmpty());
    QCOMPARE(world.exited.size(), 1);
}

void TestDockerWorkerExecutor::leavesOtherContainersAlone()
{
    World world;
    const QString other = world.engine.addContainer(s("other"), {}, s("running"));
    START(world);
    world.engine.endContainer(other, 1);
    world.engine.endContainer(world.containerId, 0);
    EVENTUALLY(world.exited.size() == 1);
    EVENTUALLY(world.engine.ids() == QStringList{other});
}

QTEST_GUILESS_MAIN(TestDockerWorkerExecutor)
#include "tst_dockerworkerexecutor.moc"

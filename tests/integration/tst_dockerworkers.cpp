// SPDX-License-Identifier: GPL-3.0-or-later
// Workers in real containers: their life, their limits, and what becomes of them when somebody else ends them.
#include "core/executor/containerlog.h"
#include "core/model/poolinfo.h"
#include "core/model/workerinfo.h"
#include "core/model/workerstate.h"
#include "tests/support/dockerpools.h"
#include "tests/support/processes.h"

#include <QElapsedTimer>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSignalSpy>

#include <unistd.h>

using namespace lifeguard;
using namespace lifeguard::test;
using namespace std::chrono_literals;

class TestDockerWorkers : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void life();
    void asTheEngineSeesThem();
    void killedFromOutside();
    void poolsOfOneType();
    void removedBehindOurBack();
    void killedByAUser();
    void stoppedWhileItIsMade();
    void drained();
    void outOfMemory();
    void cannotStart();
    void imageMissing();
    void paused();
    void muchOutput();
    void terminalOutput();
    void askedFor();
};

namespace {

const DockerEngine &engine()
{
    return DockerEngine::shared();
}

QString statusOf(PoolTest &t, qint64 job)
{
    return toString(t.job(job).status);
}

WorkerInfo theEnded(const PoolTest &t, WorkerState state = WorkerState::Dead)
{
    return t.workersIn(state).value(0);
}

} // namespace

void TestDockerWorkers::initTestCase()
{
    NEEDS_DOCKER();
    qputenv("DOCKER_HOST", engine().endpoint().toLocal8Bit());
}

void TestDockerWorkers::life()
{
    PoolTest t;
    QVERIFY(t.begin());
    const QList<qint64> jobs = t.addNoop(6, 50);
    QVERIFY(t.manager->startPool(dockerNoop(2)));
    for (const qint64 job : jobs)
        QTRY_COMPARE_WITH_TIMEOUT(statusOf(t, job), s("completed"), patience);
    QTRY_COMPARE_WITH_TIMEOUT(t.workersIn(WorkerState::Idle).size(), 2, patience);
    QCOMPARE(containersOf(engine(), t, "{{.ID}}"), executorIds(t.manager->workers())); // named as they are registered
    const PoolInfo pool = t.manager->pools().first();
    QCOMPARE(pool.mode, s("docker"));
    for (const WorkerInfo &worker : t.manager->workers()) {
        QCOMPARE(worker.mode, s("docker"));
        QCOMPARE(worker.image, s("lifeguard-noop:latest"));
        QVERIFY(worker.workerId > 0 && worker.own);
        EVENTUALLY(t.workersIn(WorkerState::Idle).first().memoryBytes.value_or(0) > 0); // its load is told
        if (worker.jobsDone > 0)
            EVENTUALLY(QFileInfo(worker.logPath).size() > 0); // and its output followed
    }
    QVERIFY(t.stopAll());
    QCOMPARE(containersOf(engine(), t), QStringList()); // nothing is left
    QCOMPARE(t.workersIn(WorkerState::Stopped).size(), 2);
    QVERIFY(t.eventKinds().contains(s("worker_registered")));
}

void TestDockerWorkers::asTheEngineSeesThem()
{
    PoolTest t;
    QVERIFY(t.begin());
    WorkerConfig config = dockerNoop(3); // all at once: the network is made for them together
    config.memoryLimitMb = 128;
    config.cpuLimit = 0.5;
    config.pidsLimit = 40;
    config.network = s("lifeguard-test");
    QVERIFY(t.manager->startPool(config));
    QTRY_COMPARE_WITH_TIMEOUT(t.workersIn(WorkerState::Idle).size(), 3, patience);
    QCOMPARE(engine().line({s("network"), s("ls"), s("--quiet"), s("--filter"), s("name=lifeguard-test")}).split(u'\n').size(), 1);
    const QString id = t.manager->workers().first().executorId;
    const QJsonObject seen = engine().docker({s("inspect"), id}).array().first().toObject();
    const QJsonObject host = seen[s("HostConfig")].toObject();
    QCOMPARE(seen[s("Name")].toString(), s("/lifeguard-") + t.manager->managerId().left(8) + u'-' + t.manager->workers().first().name());
    QCOMPARE(host[s("Memory")].toInteger(), 128LL * 1024 * 1024);
    QCOMPARE(host[s("NanoCpus")].toInteger(), 500'000'000LL);
    QCOMPARE(host[s("PidsLimit")].toInt(), 40);
    QVERIFY(host[s("ReadonlyRootfs")].toBool());
    QCOMPARE(host[s("CapDrop")].toArray(), QJsonArray{s("ALL")});
    QCOMPARE(host[s("SecurityOpt")].toArray(), QJsonArray{s("no-new-privileges")});
    QCOMPARE(host[s("MemorySwap")].toInteger(), 128LL * 1024 * 1024); // none on top
    QStringList mounts;
    for (const QJsonValue &mount : seen[s("Mounts")].toArray())
        mounts.append(mount[s("Destination")].toString());
    mounts.sort();
    QCOMPARE(mounts, (QStringList{s("/db"), s("/workspace")}));
    QCOMPARE(seen[s("Config")][s("User")].toString(), s("%1:%2").arg(getuid()).arg(getgid()));
    QVERIFY(seen[s("NetworkSettings")][s("Networks")].toObject().contains(s("lifeguard-test"))); // it was made
    QVERIFY(t.stopAll());
    engine().docker({s("network"), s("rm"), s("lifeguard-test")});
}

/// Dead at once, with its cause; its job runs again.
void TestDockerWorkers::killedFromOutside()
{
    constexpr qint64 atOnce = 1000; // ms: what users are promised
    PoolTest t;
    QVERIFY(t.begin());
    QVERIFY(t.manager->startPool(dockerNoop(1)));
    const QList<qint64> jobs = t.addNoop(1, 3000);
    QElapsedTimer time;
    qint64 best = std::numeric_limits<qint64>::max(); // of some, as the machine may be busy with something else
    int kills = 0;
    while (kills < 3 && best >= atOnce) {
        ++kills;
        QTRY_COMPARE_WITH_TIMEOUT(t.workersIn(WorkerState::Busy).size(), 1, patience);
        const WorkerInfo worker = t.workersIn(WorkerState::Busy).first();
        QProcess docker; // without standing in the way of the event loop
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert(s("DOCKER_HOST"), engine().endpoint());
        docker.setProcessEnvironment(environment);
        time.start();
        docker.start(s("docker"), {s("kill"), worker.executorId});
        EVENTUALLY(t.workersIn(WorkerState::Dead).size() == kills);
        best = std::min(best, time.elapsed());
        EVENTUALLY(docker.state() == QProcess::NotRunning);
        QCOMPARE(docker.exitCode(), 0);
        QVERIFY2(theEnded(t).reason.startsWith(s("SIGKILL while it worked on job %1").arg(jobs.first())), qPrintable(theEnded(t).reason));
    }
    qInfo("dead %lld ms after docker kill was called", static_cast<long long>(best));
    QVERIFY(best < atOnce);
    QTRY_COMPARE_WITH_TIMEOUT(statusOf(t, jobs.first()), s("completed"), patience);
    QCOMPARE(t.job(jobs.first()).attempts, kills + 1);
    QVERIFY(t.stopAll());
}

/// Two pools of one type, and one beside them on this machine: one queue, and each does its share.
void TestDockerWorkers::poolsOfOneType()
{
    PoolTest t;
    QVERIFY(t.begin());
    QCOMPARE(t.manager->startPool(dockerNoop(1)).value_or(QString()), s("noop"));
    QCOMPARE(t.manager->startPool(dockerNoop(1)).value_or(QString()), s("noop-2"));
    QCOMPARE(t.manager->startPool(PoolTest::noop(1)).value_or(QString()), s("noop-3"));
    QTRY_COMPARE_WITH_TIMEOUT(t.workersIn(WorkerState::Idle).size(), 3, patience);
    const QList<qint64> jobs = t.addNoop(30, 150);
    for (const qint64 job : jobs)
        QTRY_COMPARE_WITH_TIMEOUT(statusOf(t, job), s("completed"), patience);
    EVENTUALLY(t.workersIn(WorkerState::Idle).size() == 3);
    qint64 done = 0;
    QStringList modes;
    for (const WorkerInfo &worker : t.manager->workers()) {
        QVERIFY2(worker.jobsDone > 0, qPrintable(worker.name()));
        done += worker.jobsDone;
        modes.append(worker.mode);
    }
    QCOMPARE(done, 30);
    modes.sort();
    QCOMPARE(modes, (QStringList{s("direct"), s("docker"), s("docker")}));
    QVERIFY(t.stopAll());
    QCOMPARE(containersOf(engine(), t), QStringList());
}

void TestDockerWorkers::removedBehindOurBack()
{
    PoolTest t;
    QVERIFY(t.begin());
    QVERIFY(t.manager->startPool(dockerNoop(1)));
    const QList<qint64> jobs = t.addNoop(1, 3000);
    QTRY_COMPARE_WITH_TIMEOUT(t.workersIn(WorkerState::Busy).size(), 1, patience);
    QCOMPARE(engine().docker({s("rm"), s("--force"), t.workersIn(WorkerState::Busy).first().executorId}).code, 0);
    EVENTUALLY(!t.workersIn(WorkerState::Dead).isEmpty());
    // Which of the two the engine tells first is chance.
    QVERIFY2(theEnded(t).reason.contains(s("removed by another program")) || theEnded(t).reason.startsWith(s("SIGKILL")), qPrintable(theEnded(t).reason));
    QTRY_COMPARE_WITH_TIMEOUT(statusOf(t, jobs.first()), s("completed"), patience);
    QVERIFY(t.stopAll());
}

void TestDockerWorkers::killedByAUser()
{
    PoolTest t;
    QVERIFY(t.begin());
    QVERIFY(t.manager->startPool(dockerNoop(1)));
    QTRY_COMPARE_WITH_TIMEOUT(t.workersIn(WorkerState::Idle).size(), 1, patience);
    const QString id = t.manager->workers().first().executorId;
    t.manager->killWorker(id);
    EVENTUALLY(!t.workersIn(WorkerState::Dead).isEmpty());
    QCOMPARE(theEnded(t).executorId, id);
    QVERIFY2(theEnded(t).reason.contains(s("killed by you")), qPrintable(theEnded(t).reason));
    QTRY_COMPARE_WITH_TIMEOUT(t.workersIn(WorkerState::Idle).size(), 1, patience); // it was replaced
    QCOMPARE(containersOf(engine(), t).size(), 1);
    QVERIFY(t.stopAll());
}

/// Wherever it is on its way, nothing is left of it.
void TestDockerWorkers::stoppedWhileItIsMade()
{
    for (int round = 0; round < 4; ++round) {
        PoolTest t;
        QVERIFY(t.begin());
        QSignalSpy changed(t.manager.get(), &WorkerPoolManager::workersChanged);
        QVERIFY(t.manager->startPool(dockerNoop(3)));
        if (round > 0)
            QVERIFY(QTest::qWaitFor([&] { return changed.size() >= round + 1; }, patience));
        QVERIFY(t.stopAll());
        QTRY_COMPARE_WITH_TIMEOUT(containersOf(engine(), t), QStringList(), patience);
    }
}

void TestDockerWorkers::drained()
{
    PoolTest t;
    QVERIFY(t.begin());
    QVERIFY(t.manager->startPool(dockerNoop(1)));
    const QList<qint64> jobs = t.addNoop(1, 2000);
    QTRY_COMPARE_WITH_TIMEOUT(t.workersIn(WorkerState::Busy).size(), 1, patience);
    t.manager->drainWorker(t.workersIn(WorkerState::Busy).first().executorId);
    QTRY_COMPARE_WITH_TIMEOUT(t.workersIn(WorkerState::Stopped).size(), 1, patience);
    QCOMPARE(statusOf(t, jobs.first()), s("completed"));
    QCOMPARE(t.job(jobs.first()).attempts, 1);
    QCOMPARE(containersOf(engine(), t), QStringList());
    QVERIFY(t.stopAll() || !t.manager->hasLiveWorkers());
}

/// A real one: the kernel kills, and the row says so.
void TestDockerWorkers::outOfMemory()
{
    PoolTest t;
    QVERIFY(t.begin());
    WorkerConfig config = dockerBusybox(t, {s("tail"), s("/dev/zero")}); // keeps all of a line that never ends
    config.memoryLimitMb = 32;
    config.restart = RestartMode::Never;
    QVERIFY(t.manager->startPool(config));
    EVENTUALLY(!t.workersIn(WorkerState::Dead).isEmpty());
    QVERIFY2(theEnded(t).reason.contains(s("over its memory limit of 32 MB")), qPrintable(theEnded(t).reason));
    QCOMPARE(containersOf(engine(), t), QStringList());
    QVERIFY(t.stopAll() || !t.manager->hasLiveWorkers());
}

void TestDockerWorkers::cannotStart()
{
    PoolTest t;
    QVERIFY(t.begin());
    WorkerConfig config = dockerNoop(1);
    config.command = QStringList{s("/no/such/program")};
    QVERIFY(t.manager->startPool(config));
    QTRY_COMPARE_WITH_TIMEOUT(toString(t.manager->pools().first().state), s("crash-looping"), patience);
    QVERIFY2(t.manager->pools().first().reason.contains(s("/no/such/program")), qPrintable(t.manager->pools().first().reason));
    QTRY_COMPARE_WITH_TIMEOUT(containersOf(engine(), t), QStringList(), patience);
}

/// No registry can be reached in the tests: the pull fails, and the pool says what and why.
void TestDockerWorkers::imageMissing()
{
    PoolTest t;
    QVERIFY(t.begin());
    WorkerConfig config = dockerNoop(1);
    config.image = s("localhost:9/no-such-image:1");
    QVERIFY(t.manager->startPool(config));
    QTRY_COMPARE_WITH_TIMEOUT(toString(t.manager->pools().first().state), s("crash-looping"), patience);
    QVERIFY2(t.manager->pools().first().reason.contains(s("localhost:9/no-such-image:1")), qPrintable(t.manager->pools().first().reason));
    QCOMPARE(t.manager->workers().size(), 0);
    // Automatic never pulls: it runs directly, and says why.
    config.mode = ExecutionMode::Auto;
    const auto name = t.manager->startPool(config);
    QVERIFY(name);
    QTRY_COMPARE_WITH_TIMEOUT(t.workersIn(WorkerState::Idle).size(), 1, patience);
    QCOMPARE(t.manager->workers().first().mode, s("direct"));
    for (const PoolInfo &pool : t.manager->pools()) {
        if (pool.name == *name)
            QCOMPARE(pool.modeReason, s("direct: Docker's engine has no image localhost:9/no-such-image:1"));
    }
    QVERIFY(t.stopAll());
}

/// `docker pause`: all stands still, as with SIGSTOP, and is named as such.
void TestDockerWorkers::paused()
{
    PoolTest t;
    QVERIFY(t.begin());
    QVERIFY(t.manager->startPool(dockerNoop(1)));
    QTRY_COMPARE_WITH_TIMEOUT(t.workersIn(WorkerState::Idle).size(), 1, patience);
    const QString id = t.manager->workers().first().executorId;
    QCOMPARE(engine().docker({s("pause"), id}).code, 0);
    const auto isStopped = [&] {
        for (const WorkerInfo &worker : t.manager->workers()) {
            if (worker.executorId == id && worker.state == WorkerState::Suspect)
                return worker.reason.contains(s("stopped (T)"));
        }
        return false;
    };
    QVERIFY(QTest::qWaitFor(isStopped, 3 * patience)); // its beat has to be stale first
    QCOMPARE(engine().docker({s("unpause"), id}).code, 0);
    QTRY_COMPARE_WITH_TIMEOUT(t.workersIn(WorkerState::Idle).size(), 1, patience);
    QVERIFY(t.stopAll());
}

/// A thousand lines a second: all of them are in the log, in order, and none twice.
void TestDockerWorkers::muchOutput()
{
    PoolTest t;
    QVERIFY(t.begin());
    WorkerConfig config = dockerBusybox(t, {s("sh"), s("-c"), s("for r in 1 2 3; do /workspace/busybox seq 1 1000; /workspace/busybox sleep 1; done; exit 3")});
    config.restart = RestartMode::Never;
    QVERIFY(t.manager->startPool(config));
    EVENTUALLY(!t.workersIn(WorkerState::Dead).isEmpty());
    QFile log(theEnded(t).logPath);
    QVERIFY(log.open(QIODevice::ReadOnly));
    QByteArray expected;
    for (int round = 0; round < 3; ++round) {
        for (int line = 1; line <= 1000; ++line)
            expected += QByteArray::number(line) + '\n';
    }
    QCOMPARE(log.readAll(), expected);
    QVERIFY2(theEnded(t).reason.contains(s("exit code 3")) && theEnded(t).reason.contains(s("998 | 999 | 1000")), qPrintable(theEnded(t).reason));
}

/// Containers that others made with a terminal have no frames in their output.
void TestDockerWorkers::terminalOutput()
{
    const QString name = s("lifeguard-tty-%1").arg(getpid());
    QTemporaryDir folder;
    const QString log = folder.filePath(s("tty.log"));
    QCOMPARE(engine().docker({s("create"), s("--tty"), s("--network"), s("none"), s("--volume"), s("/bin/busybox:/busybox"), s("--entrypoint"), s("/busybox"),
                              s("--name"), name, s("lifeguard-noop:latest"), s("echo"), s("in colour")}).code, 0);
    DockerClient client(*DockerEndpoint::parse(engine().endpoint()));
    QCOMPARE(engine().docker({s("start"), name}).code, 0);
    const auto container = answerOf(client.inspectContainer(name));
    QVERIFY(container && container->hasTty);
    ContainerLog follower(client, container->id, log);
    QSignalSpy ended(&follower, &ContainerLog::ended);
    follower.follow(container->hasTty);
    QVERIFY(ended.wait(patience));
    QFile file(log);
    QVERIFY(file.open(QIODevice::ReadOnly));
    QCOMPARE(file.readAll(), QByteArray("in colour\r\n"));
    engine().docker({s("rm"), s("--force"), name});
}

void TestDockerWorkers::askedFor()
{
    PoolTest t;
    QVERIFY(t.begin());
    const auto view = t.manager->inspectDocker();
    EVENTUALLY(view.isFinished());
    QVERIFY2(!view.result().problem, view.result().problem ? qPrintable(view.result().problem->message) : "");
    QStringList tags;
    for (const DockerImage &image : view.result().images)
        tags += image.tags;
    QVERIFY(tags.contains(s("lifeguard-noop:latest")));
    QVERIFY(t.manager->startPool(dockerNoop(1)));
    QTRY_COMPARE_WITH_TIMEOUT(t.workersIn(WorkerState::Idle).size(), 1, patience);
    const QString id = t.manager->workers().first().executorId;
    const auto facts = answerOf(t.manager->inspectWorker(id));
    QVERIFY(facts);
    QVERIFY(QJsonDocument::fromJson(facts->toUtf8()).object()[s("Id")].toString().startsWith(id));
    QVERIFY(!answerOf(t.manager->inspectWorker(s("nobody"))));
    // A shell in it, in the user's own terminal.
    const QString terminal = writeScript(t.path(s("terminal")), "#!/bin/sh\n");
    qputenv("TERMINAL", terminal.toLocal8Bit());
    const auto command = t.manager->shellCommand(id);
    QVERIFY(command);
    QCOMPARE(command->mid(0, 2), (QStringList{terminal, s("-e")}));
    QVERIFY(command->at(2).endsWith(s("/docker")));
    QCOMPARE(command->mid(3), (QStringList{s("-H"), engine().endpoint(), s("exec"), s("-it"), id, s("sh")}));
    QVERIFY(!t.manager->shellCommand(s("nobody")));
    qunsetenv("TERMINAL");
    QVERIFY(t.stopAll());
}

QTEST_GUILESS_MAIN(TestDockerWorkers)
#include "tst_dockerworkers.moc"

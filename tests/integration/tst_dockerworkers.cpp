// SPDX-License-Identifier: GPL-3.0-or-later
// Tests workers in real containers: their life cycle, their limits, and containers that other programs end.
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

#include <numeric>

#include <unistd.h>

using namespace lifeguard;
using namespace lifeguard::test;
using namespace std::chrono_literals;

class TestDockerWorkers : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void runsJobsInContainers();
    void containersHaveTheConfigurationOfThePool();
    void workerKilledByDockerIsDeadAtOnce();
    void containersReceiveOnlyTheirVariables();
    void poolsOfOneTypeShareTheQueue();
    void jobOfARemovedContainerRunsAgain();
    void workerKilledByTheUserIsReplaced();
    void stoppingDuringCreationLeavesNoContainer();
    void drainedWorkerFinishesItsJob();
    void reasonNamesTheMemoryLimit();
    void missingProgramIsReported();
    void missingImageIsReported();
    void pausedContainerIsSuspect();
    void logContainsAllLinesOfALargeOutput();
    void outputOfATerminalIsLogged();
    void containersCanBeInspectedAndEntered();
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

WorkerInfo endedWorker(const PoolTest &t, WorkerState state = WorkerState::Dead)
{
    return t.workersIn(state).value(0);
}

} // namespace

void TestDockerWorkers::initTestCase()
{
    NEEDS_DOCKER();
    qputenv("DOCKER_HOST", engine().endpoint().toLocal8Bit());
}

void TestDockerWorkers::runsJobsInContainers()
{
    PoolTest t;
    QVERIFY(t.begin());
    const QList<qint64> jobs = t.addNoop(6, 50);
    QVERIFY(t.manager->startPool(dockerNoop(2)));
    for (const qint64 job : jobs)
        QTRY_COMPARE_WITH_TIMEOUT(statusOf(t, job), s("completed"), patience);
    QTRY_COMPARE_WITH_TIMEOUT(t.workersIn(WorkerState::Idle).size(), 2, patience);
    // The executor ids are the ids of the containers.
    QCOMPARE(containersOf(engine(), t, "{{.ID}}"), executorIds(t.manager->workers()));
    const PoolInfo pool = t.manager->pools().first();
    QCOMPARE(pool.mode, s("docker"));
    for (const WorkerInfo &worker : t.manager->workers()) {
        QCOMPARE(worker.mode, s("docker"));
        QCOMPARE(worker.image, s("lifeguard-noop:latest"));
        QVERIFY(worker.workerId > 0 && worker.own);
        EVENTUALLY(t.workersIn(WorkerState::Idle).constFirst().memoryBytes.value_or(0) > 0); // its usage is measured
        if (worker.jobsDone > 0)
            EVENTUALLY(QFileInfo(worker.logPath).size() > 0); // its output is followed
    }
    QVERIFY(t.stopAll());
    QCOMPARE(containersOf(engine(), t), QStringList()); // no container is left
    QCOMPARE(t.workersIn(WorkerState::Stopped).size(), 2);
    QVERIFY(t.eventKinds().contains(s("worker_registered")));
}

void TestDockerWorkers::containersHaveTheConfigurationOfThePool()
{
    PoolTest t;
    QVERIFY(t.begin());
    WorkerConfig config = dockerNoop(3); // at once, so that they need the network at the same time
    config.memoryLimitMb = 128;
    config.cpuLimit = 0.5;
    config.pidsLimit = 40;
    config.network = s("lifeguard-test");
    QVERIFY(t.manager->startPool(config));
    QTRY_COMPARE_WITH_TIMEOUT(t.workersIn(WorkerState::Idle).size(), 3, patience);
    QCOMPARE(engine()
                 .line({s("network"), s("ls"), s("--quiet"), s("--filter"), s("name=lifeguard-test")})
                 .split(u'\n')
                 .size(),
             1);
    const QString id = t.manager->workers().first().executorId;
    const QJsonObject inspected = engine().docker({s("inspect"), id}).array().first().toObject();
    const QJsonObject host = inspected[s("HostConfig")].toObject();
    QCOMPARE(inspected[s("Name")].toString(),
             s("/lifeguard-") + t.manager->managerId().left(8) + u'-' + t.manager->workers().first().name());
    QCOMPARE(host[s("Memory")].toInteger(), 128LL * 1024 * 1024);
    QCOMPARE(host[s("NanoCpus")].toInteger(), 500'000'000LL);
    QCOMPARE(host[s("PidsLimit")].toInt(), 40);
    QVERIFY(host[s("ReadonlyRootfs")].toBool());
    QCOMPARE(host[s("CapDrop")].toArray(), QJsonArray{s("ALL")});
    QCOMPARE(host[s("SecurityOpt")].toArray(), QJsonArray{s("no-new-privileges")});
    QCOMPARE(host[s("MemorySwap")].toInteger(), 128LL * 1024 * 1024); // no swap
    QStringList mounts;
    const QJsonArray list = inspected[s("Mounts")].toArray();
    for (const QJsonValue &mount : list)
        mounts.append(mount[s("Destination")].toString());
    mounts.sort();
    QCOMPARE(mounts, (QStringList{s("/db"), s("/workspace")}));
    QCOMPARE(inspected[s("Config")][s("User")].toString(), s("%1:%2").arg(getuid()).arg(getgid()));
    // The network was created.
    QVERIFY(inspected[s("NetworkSettings")][s("Networks")].toObject().contains(s("lifeguard-test")));
    QVERIFY(t.stopAll());
    engine().docker({s("network"), s("rm"), s("lifeguard-test")});
}

/// The worker is reported as dead at once, with the reason, and its job runs again.
void TestDockerWorkers::workerKilledByDockerIsDeadAtOnce()
{
    constexpr qint64 limitMs = 1000; // as documented
    PoolTest t;
    QVERIFY(t.begin());
    QVERIFY(t.manager->startPool(dockerNoop(1)));
    const QList<qint64> jobs = t.addNoop(1, 3000);
    QElapsedTimer time;
    // The best of several measurements, because other programs may slow down the machine.
    qint64 best = std::numeric_limits<qint64>::max();
    int kills = 0;
    while (kills < 3 && best >= limitMs) {
        ++kills;
        QTRY_COMPARE_WITH_TIMEOUT(t.workersIn(WorkerState::Busy).size(), 1, patience);
        const WorkerInfo worker = t.workersIn(WorkerState::Busy).constFirst();
        QProcess docker; // without blocking the event loop
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert(s("DOCKER_HOST"), engine().endpoint());
        docker.setProcessEnvironment(environment);
        time.start();
        docker.start(s("docker"), {s("kill"), worker.executorId});
        EVENTUALLY(t.workersIn(WorkerState::Dead).size() == kills);
        best = std::min(best, time.elapsed());
        EVENTUALLY(docker.state() == QProcess::NotRunning);
        QCOMPARE(docker.exitCode(), 0);
        QVERIFY2(endedWorker(t).reason.startsWith(s("SIGKILL while it worked on job %1").arg(jobs.first())),
                 qPrintable(endedWorker(t).reason));
    }
    qInfo("dead %lld ms after docker kill was called", static_cast<long long>(best));
    QVERIFY(best < limitMs);
    QTRY_COMPARE_WITH_TIMEOUT(statusOf(t, jobs.first()), s("completed"), patience);
    QCOMPARE(t.job(jobs.first()).attempts, kills + 1);
    QVERIFY(t.stopAll());
}

/// Two Docker pools and a direct pool of the same type share one queue, and each processes some of the jobs.
void TestDockerWorkers::poolsOfOneTypeShareTheQueue()
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
    // The manager reads the numbers after the commit of the last job.
    const auto done = [&t] {
        const QList<WorkerInfo> workers = t.manager->workers();
        return std::accumulate(workers.cbegin(), workers.cend(), qint64(0),
                               [](qint64 sum, const WorkerInfo &worker) { return sum + worker.jobsDone; });
    };
    QTRY_COMPARE_WITH_TIMEOUT(done(), qint64(30), patience);
    EVENTUALLY(t.workersIn(WorkerState::Idle).size() == 3);
    QStringList modes;
    for (const WorkerInfo &worker : t.manager->workers()) {
        QVERIFY2(worker.jobsDone > 0, qPrintable(worker.name()));
        modes.append(worker.mode);
    }
    modes.sort();
    QCOMPARE(modes, (QStringList{s("direct"), s("docker"), s("docker")}));
    QVERIFY(t.stopAll());
    QCOMPARE(containersOf(engine(), t), QStringList());
}

void TestDockerWorkers::jobOfARemovedContainerRunsAgain()
{
    PoolTest t;
    QVERIFY(t.begin());
    QVERIFY(t.manager->startPool(dockerNoop(1)));
    const QList<qint64> jobs = t.addNoop(1, 3000);
    QTRY_COMPARE_WITH_TIMEOUT(t.workersIn(WorkerState::Busy).size(), 1, patience);
    QCOMPARE(engine().docker({s("rm"), s("--force"), t.workersIn(WorkerState::Busy).constFirst().executorId}).code, 0);
    EVENTUALLY(!t.workersIn(WorkerState::Dead).isEmpty());
    // Which of the two events the engine sends first is not determined.
    QVERIFY2(endedWorker(t).reason.contains(s("removed by another program"))
                 || endedWorker(t).reason.startsWith(s("SIGKILL")),
             qPrintable(endedWorker(t).reason));
    QTRY_COMPARE_WITH_TIMEOUT(statusOf(t, jobs.first()), s("completed"), patience);
    QVERIFY(t.stopAll());
}

void TestDockerWorkers::workerKilledByTheUserIsReplaced()
{
    PoolTest t;
    QVERIFY(t.begin());
    QVERIFY(t.manager->startPool(dockerNoop(1)));
    QTRY_COMPARE_WITH_TIMEOUT(t.workersIn(WorkerState::Idle).size(), 1, patience);
    const QString id = t.manager->workers().first().executorId;
    t.manager->killWorker(id);
    EVENTUALLY(!t.workersIn(WorkerState::Dead).isEmpty());
    QCOMPARE(endedWorker(t).executorId, id);
    QVERIFY2(endedWorker(t).reason.contains(s("killed by the user")), qPrintable(endedWorker(t).reason));
    QTRY_COMPARE_WITH_TIMEOUT(t.workersIn(WorkerState::Idle).size(), 1, patience); // the worker was replaced
    QCOMPARE(containersOf(engine(), t).size(), 1);
    QVERIFY(t.stopAll());
}

/// No container is left, no matter when the workers are stopped.
void TestDockerWorkers::stoppingDuringCreationLeavesNoContainer()
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

void TestDockerWorkers::drainedWorkerFinishesItsJob()
{
    PoolTest t;
    QVERIFY(t.begin());
    QVERIFY(t.manager->startPool(dockerNoop(1)));
    const QList<qint64> jobs = t.addNoop(1, 2000);
    QTRY_COMPARE_WITH_TIMEOUT(t.workersIn(WorkerState::Busy).size(), 1, patience);
    t.manager->drainWorker(t.workersIn(WorkerState::Busy).constFirst().executorId);
    QTRY_COMPARE_WITH_TIMEOUT(t.workersIn(WorkerState::Stopped).size(), 1, patience);
    QCOMPARE(statusOf(t, jobs.first()), s("completed"));
    QCOMPARE(t.job(jobs.first()).attempts, 1);
    QCOMPARE(containersOf(engine(), t), QStringList());
    QVERIFY(t.stopAll() || !t.manager->hasLiveWorkers());
}

/// The kernel kills the process, and the row of the worker shows the reason.
void TestDockerWorkers::reasonNamesTheMemoryLimit()
{
    PoolTest t;
    QVERIFY(t.begin());
    WorkerConfig config = dockerBusybox(t, {s("tail"), s("/dev/zero")}); // allocates memory for an endless line
    config.memoryLimitMb = 32;
    config.restart = RestartMode::Never;
    QVERIFY(t.manager->startPool(config));
    EVENTUALLY(!t.workersIn(WorkerState::Dead).isEmpty());
    QVERIFY2(endedWorker(t).reason.contains(s("over its memory limit of 32 MB")), qPrintable(endedWorker(t).reason));
    QCOMPARE(containersOf(engine(), t), QStringList());
    QVERIFY(t.stopAll() || !t.manager->hasLiveWorkers());
}

/// Nothing of the environment of the manager enters a container, except what pass_environment names.
void TestDockerWorkers::containersReceiveOnlyTheirVariables()
{
    PoolTest t;
    QVERIFY(t.begin());
    qputenv("TEST_PASSED", "pa55ed");
    qputenv("TEST_PRIVATE", "pr1vate");
    QFile file(t.path(s("file.env")));
    QVERIFY(file.open(QIODevice::WriteOnly) && file.write("FROM_ENV_FILE=f1le\nOVERRIDDEN=no\n") > 0);
    file.close();
    WorkerConfig config = dockerBusybox(t, {s("sh"), s("-c"), s("/workspace/busybox env; exit 3")});
    config.restart = RestartMode::Never;
    config.environment = {{s("PLAIN"), s("pla1n $HOME 'x'")}, {s("OVERRIDDEN"), s("yes")}};
    config.passEnvironment = QStringList{s("TEST_PASSED")};
    config.envFile = s("file.env");
    QVERIFY(t.manager->startPool(config));
    EVENTUALLY(!t.workersIn(WorkerState::Dead).isEmpty());
    QFile log(endedWorker(t).logPath);
    QVERIFY(log.open(QIODevice::ReadOnly));
    const QByteArray variables = '\n' + log.readAll();
    for (const char *line : {"TEST_PASSED=pa55ed", "FROM_ENV_FILE=f1le", "PLAIN=pla1n $HOME 'x'", "OVERRIDDEN=yes"})
        QVERIFY2(variables.contains(QByteArray(QByteArray("\n") + line + '\n')), variables.constData());
    QVERIFY2(!variables.contains("pr1vate"), variables.constData());
    qunsetenv("TEST_PASSED");
    qunsetenv("TEST_PRIVATE");
}

void TestDockerWorkers::missingProgramIsReported()
{
    PoolTest t;
    QVERIFY(t.begin());
    WorkerConfig config = dockerNoop(1);
    config.command = QStringList{s("/no/such/program")};
    QVERIFY(t.manager->startPool(config));
    QTRY_COMPARE_WITH_TIMEOUT(toString(t.manager->pools().first().state), s("crash-looping"), patience);
    QVERIFY2(t.manager->pools().first().reason.contains(s("/no/such/program")),
             qPrintable(t.manager->pools().first().reason));
    QTRY_COMPARE_WITH_TIMEOUT(containersOf(engine(), t), QStringList(), patience);
}

/// The pull fails, because the tests have no registry. The pool shows the image and the reason.
void TestDockerWorkers::missingImageIsReported()
{
    PoolTest t;
    QVERIFY(t.begin());
    WorkerConfig config = dockerNoop(1);
    config.image = s("localhost:9/no-such-image:1");
    QVERIFY(t.manager->startPool(config));
    QTRY_COMPARE_WITH_TIMEOUT(toString(t.manager->pools().first().state), s("crash-looping"), patience);
    QVERIFY2(t.manager->pools().first().reason.contains(s("localhost:9/no-such-image:1")),
             qPrintable(t.manager->pools().first().reason));
    QCOMPARE(t.manager->workers().size(), 0);
    // Mode auto never pulls: it runs direct workers, and reports why.
    config.mode = ExecutionMode::Auto;
    const auto name = t.manager->startPool(config);
    QVERIFY(name);
    QTRY_COMPARE_WITH_TIMEOUT(t.workersIn(WorkerState::Idle).size(), 1, patience);
    QCOMPARE(t.manager->workers().first().mode, s("direct"));
    for (const PoolInfo &pool : t.manager->pools()) {
        if (pool.name == *name)
            QCOMPARE(pool.modeReason, s("direct: Docker does not have the image localhost:9/no-such-image:1"));
    }
    QVERIFY(t.stopAll());
}

/// `docker pause` is reported like SIGSTOP.
void TestDockerWorkers::pausedContainerIsSuspect()
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
    QVERIFY(QTest::qWaitFor(isStopped, 3 * patience)); // when its beat is stale
    QCOMPARE(engine().docker({s("unpause"), id}).code, 0);
    QTRY_COMPARE_WITH_TIMEOUT(t.workersIn(WorkerState::Idle).size(), 1, patience);
    QVERIFY(t.stopAll());
}

/// A thousand lines per second are all in the log, in order and without duplicates.
void TestDockerWorkers::logContainsAllLinesOfALargeOutput()
{
    PoolTest t;
    QVERIFY(t.begin());
    WorkerConfig config = dockerBusybox(
        t, {s("sh"), s("-c"),
            s("for r in 1 2 3; do /workspace/busybox seq 1 1000; /workspace/busybox sleep 1; done; exit 3")});
    config.restart = RestartMode::Never;
    QVERIFY(t.manager->startPool(config));
    EVENTUALLY(!t.workersIn(WorkerState::Dead).isEmpty());
    QFile log(endedWorker(t).logPath);
    QVERIFY(log.open(QIODevice::ReadOnly));
    QByteArray expected;
    for (int round = 0; round < 3; ++round) {
        for (int line = 1; line <= 1000; ++line)
            expected += QByteArray::number(line) + '\n';
    }
    QCOMPARE(log.readAll(), expected);
    QVERIFY2(endedWorker(t).reason.contains(s("exit code 3")) && endedWorker(t).reason.contains(s("998 | 999 | 1000")),
             qPrintable(endedWorker(t).reason));
}

/// The output of containers with a terminal has no frames.
void TestDockerWorkers::outputOfATerminalIsLogged()
{
    const QString name = s("lifeguard-tty-%1").arg(getpid());
    QTemporaryDir folder;
    const QString log = folder.filePath(s("tty.log"));
    QCOMPARE(engine()
                 .docker({s("create"), s("--tty"), s("--network"), s("none"), s("--volume"), s("/bin/busybox:/busybox"),
                          s("--entrypoint"), s("/busybox"), s("--name"), name, s("lifeguard-noop:latest"), s("echo"),
                          s("in colour")})
                 .code,
             0);
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

void TestDockerWorkers::containersCanBeInspectedAndEntered()
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
    QVERIFY(!answerOf(t.manager->inspectWorker(s("unknown"))));
    // A shell in the container, in the terminal emulator of the user.
    const QString terminal = writeScript(t.path(s("terminal")), "#!/bin/sh\n");
    qputenv("TERMINAL", terminal.toLocal8Bit());
    const auto command = t.manager->shellCommand(id);
    QVERIFY(command);
    QCOMPARE(command->mid(0, 2), (QStringList{terminal, s("-e")}));
    QVERIFY(command->at(2).endsWith(s("/docker")));
    QCOMPARE(command->mid(3), (QStringList{s("-H"), engine().endpoint(), s("exec"), s("-it"), id, s("sh")}));
    QVERIFY(!t.manager->shellCommand(s("unknown")));
    qunsetenv("TERMINAL");
    QVERIFY(t.stopAll());
}

QTEST_GUILESS_MAIN(TestDockerWorkers)
#include "tst_dockerworkers.moc"

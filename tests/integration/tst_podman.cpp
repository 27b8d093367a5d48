// SPDX-License-Identifier: GPL-3.0-or-later
// Tests Docker pools with Podman's API service instead of a Docker engine.
#include "core/base/processidentity.h"
#include "core/docker/dockertypes.h"
#include "core/model/poolinfo.h"
#include "places.h"
#include "tests/support/dockerpools.h"
#include "tests/support/processes.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonObject>
#include <QStandardPaths>

#include <memory>

#include <unistd.h>

using namespace lifeguard;
using namespace lifeguard::test;
using namespace std::chrono_literals;

class TestPodman : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void cleanupTestCase() { m_podman.reset(); }
    void automaticPoolRunsInContainers();
    void containersHaveTheConfigurationOfThePool();
    void killedWorkerIsReplaced();
    void jobOfARemovedContainerRunsAgain();
    void exitCodeIsReported();
    void nameInUseIsRetried();
    void pausedContainerIsSeen();
    void workersSurviveARestartOfTheService();
    void leftoversAreRemoved();
    void shellUsesPodman();

private:
    /// Builds the image lifeguard-noop and gives it the name that `podman build` would.
    [[nodiscard]] bool buildImage() const;
    [[nodiscard]] QStringList containersOf(const PoolTest &t) const { return test::containersOf(*m_podman, t); }

    std::unique_ptr<PrivateDockerEngine> m_podman;
};

void TestPodman::initTestCase()
{
    // Where Docker tests run, packaging/test.sh has installed Podman.
    NEEDS_DOCKER();
    for (const QString &program : {s("podman"), s("docker")}) {
        if (QStandardPaths::findExecutable(program).isEmpty())
            QSKIP(qPrintable(program + s(" is not installed")));
    }
    m_podman = std::make_unique<PrivateDockerEngine>(PrivateDockerEngine::Program::Podman);
    QVERIFY2(m_podman->start(), m_podman->log().constData());
    QVERIFY(buildImage());
    qputenv("DOCKER_HOST", m_podman->endpoint().toLocal8Bit());
}

bool TestPodman::buildImage() const
{
    QProcess build;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(s("DOCKER_HOST"), m_podman->endpoint());
    build.setProcessEnvironment(environment);
    build.setProcessChannelMode(QProcess::MergedChannels);
    build.start(s(LIFEGUARD_SOURCE_DIR "/packaging/images/build.sh"),
                {s("--minimal"), s("--worker"), s(LIFEGUARD_BIN_DIR "/lifeguard-worker"), s("noop")});
    if (!build.waitForFinished(4 * patience) || build.exitCode() != 0) {
        qWarning("%s", build.readAll().constData());
        return false;
    }
    // Docker's API adds "docker.io/library/".
    return m_podman->docker({s("tag"), s("lifeguard-noop:latest"), s("localhost/lifeguard-noop:latest")}).code == 0
        && m_podman->docker({s("rmi"), s("docker.io/library/lifeguard-noop:latest")}).code == 0;
}

/// The image is found although Podman lists it with the prefix "localhost/".
void TestPodman::automaticPoolRunsInContainers()
{
    PoolTest t;
    QVERIFY(t.begin());
    const auto overview = t.manager->inspectDocker();
    EVENTUALLY(overview.isFinished());
    QVERIFY2(!overview.result().problem,
             overview.result().problem ? qPrintable(overview.result().problem->message) : "");
    const QList<DockerImage> images = overview.result().images;
    QCOMPARE(images.size(), 1);
    QCOMPARE(images.first().tags, QStringList{s("localhost/lifeguard-noop:latest")});
    QVERIFY(images.first().hasName(s("lifeguard-noop:latest")));

    WorkerConfig config = dockerNoop(2);
    config.mode = ExecutionMode::Auto;
    config.image.clear();
    QVERIFY(t.manager->startPool(config));
    const QList<qint64> jobs = t.addNoop(6, 50);
    for (const qint64 job : jobs)
        QTRY_COMPARE_WITH_TIMEOUT(toString(t.job(job).status), s("completed"), patience);
    QTRY_COMPARE_WITH_TIMEOUT(t.workersIn(WorkerState::Idle).size(), 2, patience);
    QCOMPARE(t.manager->pools().first().mode, s("docker"));
    for (const WorkerInfo &worker : t.manager->workers()) {
        QCOMPARE(worker.image, s("lifeguard-noop:latest"));
    }
    const auto isMeasured = [&t] {
        const QList<WorkerInfo> workers = t.manager->workers();
        return std::all_of(workers.cbegin(), workers.cend(),
                           [](const WorkerInfo &worker) { return worker.memoryBytes.value_or(0) > 0; });
    };
    EVENTUALLY(isMeasured());
    QVERIFY(t.stopAll());
    QCOMPARE(containersOf(t), QStringList());
    QCOMPARE(t.workersIn(WorkerState::Stopped).size(), 2);
}

void TestPodman::containersHaveTheConfigurationOfThePool()
{
    PoolTest t;
    QVERIFY(t.begin());
    WorkerConfig config = dockerNoop(2);
    config.memoryLimitMb = 128;
    config.cpuLimit = 0.5;
    config.pidsLimit = 40;
    config.network = s("lifeguard-test");
    QVERIFY(t.manager->startPool(config));
    QTRY_COMPARE_WITH_TIMEOUT(t.workersIn(WorkerState::Idle).size(), 2, patience);
    const QString id = t.manager->workers().first().executorId;
    const QJsonObject inspected = m_podman->docker({s("inspect"), id}).array().first().toObject();
    const QJsonObject host = inspected[s("HostConfig")].toObject();
    QCOMPARE(host[s("Memory")].toInteger(), 128LL * 1024 * 1024);
    QCOMPARE(host[s("PidsLimit")].toInt(), 40);
    QVERIFY(host[s("ReadonlyRootfs")].toBool());
    QVERIFY(inspected[s("NetworkSettings")][s("Networks")].toObject().contains(s("lifeguard-test")));
    QFile status(QStringLiteral("/proc/%1/status").arg(inspected[s("State")][s("Pid")].toInteger()));
    QVERIFY(status.open(QIODevice::ReadOnly));
    const QByteArray process = status.readAll();
    QVERIFY2(process.contains("CapEff:\t0000000000000000\n") && process.contains("NoNewPrivs:\t1\n"),
             process.constData());
    QVERIFY(t.stopAll());
    m_podman->docker({s("network"), s("rm"), s("lifeguard-test")});
}

void TestPodman::killedWorkerIsReplaced()
{
    PoolTest t;
    QVERIFY(t.begin());
    QVERIFY(t.manager->startPool(dockerNoop(1)));
    const QList<qint64> jobs = t.addNoop(1, 3000);
    QTRY_COMPARE_WITH_TIMEOUT(t.workersIn(WorkerState::Busy).size(), 1, patience);
    QCOMPARE(m_podman->docker({s("kill"), t.workersIn(WorkerState::Busy).constFirst().executorId}).code, 0);
    EVENTUALLY(!t.workersIn(WorkerState::Dead).isEmpty());
    QVERIFY2(t.workersIn(WorkerState::Dead).constFirst().reason.startsWith(s("SIGKILL")),
             qPrintable(t.workersIn(WorkerState::Dead).constFirst().reason));
    QTRY_COMPARE_WITH_TIMEOUT(toString(t.job(jobs.first()).status), s("completed"), patience);
    QCOMPARE(t.job(jobs.first()).attempts, 2);
    QVERIFY(t.stopAll());
}

void TestPodman::jobOfARemovedContainerRunsAgain()
{
    PoolTest t;
    QVERIFY(t.begin());
    QVERIFY(t.manager->startPool(dockerNoop(1)));
    const QList<qint64> jobs = t.addNoop(1, 3000);
    QTRY_COMPARE_WITH_TIMEOUT(t.workersIn(WorkerState::Busy).size(), 1, patience);
    QCOMPARE(m_podman->docker({s("rm"), s("--force"), t.workersIn(WorkerState::Busy).constFirst().executorId}).code, 0);
    EVENTUALLY(!t.workersIn(WorkerState::Dead).isEmpty());
    QTRY_COMPARE_WITH_TIMEOUT(toString(t.job(jobs.first()).status), s("completed"), patience);
    QVERIFY(t.stopAll());
}

void TestPodman::exitCodeIsReported()
{
    PoolTest t;
    QVERIFY(t.begin());
    WorkerConfig config = dockerBusybox(t, {s("sh"), s("-c"), s("echo the last line; exit 3")});
    config.restart = RestartMode::Never;
    QVERIFY(t.manager->startPool(config));
    EVENTUALLY(!t.workersIn(WorkerState::Dead).isEmpty());
    const QString reason = t.workersIn(WorkerState::Dead).constFirst().reason;
    QVERIFY2(reason.contains(s("exit code 3")) && reason.contains(s("the last line")), qPrintable(reason));
    QTRY_COMPARE_WITH_TIMEOUT(containersOf(t), QStringList(), patience);
}

/// Podman answers 500 instead of 409 to a creation with a name that is in use. That is no failure of the worker.
void TestPodman::nameInUseIsRetried()
{
    PoolTest t;
    QVERIFY(t.begin());
    const QString name = QStringLiteral("lifeguard-%1-noop-0").arg(t.manager->managerId().left(8));
    QCOMPARE(m_podman->docker({s("create"), s("--name"), name, s("--network"), s("none"), s("lifeguard-noop")}).code,
             0);
    QVERIFY(t.manager->startPool(dockerNoop(1)));
    // The first creation was that of the docker command.
    const QByteArray creation = "POST /v1.41/containers/create?name=" + name.toLatin1();
    EVENTUALLY(m_podman->log().count(creation) >= 2);
    QCOMPARE(m_podman->docker({s("rm"), name}).code, 0);
    QTRY_COMPARE_WITH_TIMEOUT(t.workersIn(WorkerState::Idle).size(), 1, patience);
    QCOMPARE(t.workersIn(WorkerState::Dead).size(), 0);
    QVERIFY(t.stopAll());
}

void TestPodman::pausedContainerIsSeen()
{
    PoolTest t;
    QVERIFY(t.begin());
    QVERIFY(t.manager->startPool(dockerNoop(1)));
    QTRY_COMPARE_WITH_TIMEOUT(t.workersIn(WorkerState::Idle).size(), 1, patience);
    const QString id = t.manager->workers().first().executorId;
    QCOMPARE(m_podman->docker({s("pause"), id}).code, 0);
    QVERIFY(QTest::qWaitFor([&] { return t.workersIn(WorkerState::Suspect).size() == 1; }, 3 * patience));
    QVERIFY(t.workersIn(WorkerState::Suspect).constFirst().reason.contains(s("stopped (T)")));
    QCOMPARE(m_podman->docker({s("unpause"), id}).code, 0);
    QTRY_COMPARE_WITH_TIMEOUT(t.workersIn(WorkerState::Idle).size(), 1, patience);
    QVERIFY(t.stopAll());
}

/// The service has no part in running the containers.
void TestPodman::workersSurviveARestartOfTheService()
{
    PoolTest t;
    QVERIFY(t.begin());
    QVERIFY(t.manager->startPool(dockerNoop(1)));
    QTRY_COMPARE_WITH_TIMEOUT(t.workersIn(WorkerState::Idle).size(), 1, patience);
    const QString id = t.manager->workers().first().executorId;
    m_podman->stop();
    const QList<qint64> jobs = t.addNoop(1, 100);
    QTRY_COMPARE_WITH_TIMEOUT(toString(t.job(jobs.first()).status), s("completed"), patience);
    QVERIFY2(m_podman->start(), m_podman->log().constData());
    QTRY_COMPARE_WITH_TIMEOUT(t.workersIn(WorkerState::Idle).size(), 1, patience);
    QCOMPARE(t.manager->workers().first().executorId, id);
    // An end after the outage is noticed.
    QCOMPARE(m_podman->docker({s("kill"), id}).code, 0);
    EVENTUALLY(t.workersIn(WorkerState::Dead).size() == 1);
    QVERIFY(t.stopAll());
    QCOMPARE(containersOf(t), QStringList());
}

/// A container of a manager that has ended gets TERM and is removed.
void TestPodman::leftoversAreRemoved()
{
    PoolTest t;
    QVERIFY(t.begin());
    QCOMPARE(m_podman
                 ->docker(
                     {s("run"), s("--detach"), s("--network"), s("none"), s("--label"),
                      s("org.lifeguard.database=") + t.path(s("q.db")), s("--label"), s("org.lifeguard.manager=gone"),
                      s("--label"),
                      s("org.lifeguard.manager-process=")
                          + ProcessIdentity{1, 1, ProcessIdentity::self().bootId, ProcessIdentity::self().pidNamespace}
                                .toString(),
                      s("--volume"), s("/bin/busybox:/busybox"), s("--entrypoint"), s("/busybox"), s("lifeguard-noop"),
                      s("sh"), s("-c"), s("trap 'exit 0' TERM; while :; do /busybox sleep 0.1; done")})
                 .code,
             0);
    QCOMPARE(containersOf(t).size(), 1);
    QVERIFY(t.manager->startPool(dockerNoop(1)));
    QTRY_COMPARE_WITH_TIMEOUT(containersOf(t).filter(s("lifeguard-")).size(), 1, patience);
    QTRY_COMPARE_WITH_TIMEOUT(containersOf(t).size(), 1, patience);
    QVERIFY(t.stopAll());
}

/// Without the docker command, podman opens a shell in a container.
void TestPodman::shellUsesPodman()
{
    PoolTest t;
    QVERIFY(t.begin());
    QVERIFY(t.manager->startPool(dockerNoop(1)));
    QTRY_COMPARE_WITH_TIMEOUT(t.workersIn(WorkerState::Idle).size(), 1, patience);
    const QString id = t.manager->workers().first().executorId;
    const QString terminal = writeScript(t.path(s("terminal")), "#!/bin/sh\n");
    const QString podman = t.path(s("podman"));
    QVERIFY(QFile::link(QStandardPaths::findExecutable(s("podman")), podman));
    const QByteArray path = qgetenv("PATH");
    qputenv("TERMINAL", terminal.toLocal8Bit());
    qputenv("PATH", t.folder.path().toLocal8Bit());
    const auto command = t.manager->shellCommand(id);
    qputenv("PATH", path);
    qunsetenv("TERMINAL");
    QVERIFY(command);
    QCOMPARE(*command, (QStringList{terminal, s("-e"), podman, s("--url"), m_podman->endpoint(), s("exec"), s("-it"),
                                    id, s("sh")}));
    QVERIFY(t.stopAll());
}

QTEST_GUILESS_MAIN(TestPodman)
#include "tst_podman.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
// Tests the real lifeguardctl with containers: together with direct workers, and for a user other than root. Also tests
// how fast containers are started, and pools on machines without Docker.
#include "core/model/workerstate.h"
#include "places.h"
#include "tests/support/dockerpools.h"

#include <QElapsedTimer>
#include <QFileInfo>
#include <QLocalServer>
#include <QProcess>
#include <QSignalSpy>

#include <grp.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace lifeguard;
using namespace lifeguard::test;

class TestDockerCtl : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void outputOfContainersBelongsToTheUser();
    void startsContainersInLessThanTwiceTheTimeOfDocker();
    void autoPoolRunsDirectWithoutAnEngine();
    void missingDockerIsReported();
    void autoPoolRunsDirectIfTheEngineDoesNotRespond();
};

namespace {

constexpr uid_t user = 1000;

const DockerEngine &engine()
{
    return DockerEngine::shared();
}

Outcome outcomeOf(QProcess &process, const QString &program, const QStringList &arguments)
{
    process.start(program, arguments);
    Outcome outcome;
    if (process.waitForFinished(6 * patience) && process.exitStatus() == QProcess::NormalExit)
        outcome.code = process.exitCode();
    else
        process.kill();
    outcome.out = process.readAllStandardOutput();
    outcome.err = process.readAllStandardError();
    return outcome;
}

/// Runs lifeguardctl; if asUser is set, as an ordinary user.
Outcome runAs(const QString &program, const QStringList &arguments, const QProcessEnvironment &environment, bool asUser)
{
    QProcess process;
    process.setProcessEnvironment(environment);
    if (asUser) {
        process.setChildProcessModifier([] {
            if (setgroups(0, nullptr) != 0 || setgid(user) != 0 || setuid(user) != 0)
                _exit(99);
        });
    }
    return outcomeOf(process, program, arguments);
}

/// Runs lifeguardctl as on a machine without Docker: in a mount namespace in which the programs of Docker cannot be
/// executed, and the sockets of Docker and Podman do not exist.
Outcome runWithoutDocker(const QString &program, const QStringList &arguments, const QProcessEnvironment &environment)
{
    QProcess process;
    process.setProcessEnvironment(environment);
    QList<QByteArray> programs;
    for (const char *name : {"docker", "dockerd"}) {
        for (const QString &folder :
             qEnvironmentVariable("PATH").split(u':')
                 + QStringList{s("/usr/bin"), s("/usr/sbin"), s("/usr/local/bin"), s("/usr/local/sbin")}) {
            const QString found = QFileInfo(folder + u'/' + s(name)).canonicalFilePath();
            if (!found.isEmpty() && !programs.contains(QFile::encodeName(found)))
                programs.append(QFile::encodeName(found));
        }
    }
    process.setChildProcessModifier([programs] {
        if (unshare(CLONE_NEWNS) != 0 || mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0)
            _exit(98);
        if (mount("none", "/run", "tmpfs", 0, nullptr) != 0)
            _exit(96);
        for (const QByteArray &hidden : programs) {
            if (mount("/dev/null", hidden.constData(), nullptr, MS_BIND, nullptr) != 0)
                _exit(97);
        }
    });
    return outcomeOf(process, program, arguments);
}

void changeOwner(const QString &path)
{
    if (geteuid() == 0 && chown(QFile::encodeName(path).constData(), user, user) != 0)
        qFatal("cannot change the owner of %s", qPrintable(path));
}

} // namespace

/// Converts real diagrams in containers, next to direct workers. The output belongs to the user who runs lifeguardctl,
/// not to root.
void TestDockerCtl::outputOfContainersBelongsToTheUser()
{
    NEEDS_DOCKER();
    if (geteuid() == 0) { // the user can connect to the engine, like a member of the group docker
        const QString socket = engine().endpoint().mid(7);
        QCOMPARE(chmod(QFile::encodeName(QFileInfo(socket).path()).constData(), 0711), 0);
        QCOMPARE(chmod(QFile::encodeName(socket).constData(), 0666), 0);
    }
    QTemporaryDir folder;
    QFile::setPermissions(folder.path(), QFile::permissions(folder.path()) | QFile::ReadOther | QFile::ExeOther
                                             | QFile::ReadGroup | QFile::ExeGroup);
    const QString programs = folder.filePath(s("bin"));
    const QString workspace = folder.filePath(s("ws"));
    QVERIFY(QDir().mkpath(programs) && QDir().mkpath(workspace));
    for (const char *name : {"lifeguardctl", "lifeguard-worker"})
        QVERIFY(QFile::copy(s(LIFEGUARD_BIN_DIR "/") + s(name), programs + u'/' + s(name)));
    for (int i = 0; i < 4; ++i) {
        QFile file(workspace + s("/diagram%1.puml").arg(i));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("@startuml\nclass A {\n int x\n}\nclass B\nA <|-- B\n@enduml\n");
        file.close();
        changeOwner(file.fileName());
    }
    changeOwner(workspace);
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(s("DOCKER_HOST"), engine().endpoint());
    environment.insert(s("XDG_STATE_HOME"), workspace + s("/state"));
    environment.insert(s("HOME"), workspace);
    const bool asUser = geteuid() == 0;
    const auto ctl = [&](const QStringList &arguments) {
        return runAs(programs + s("/lifeguardctl"),
                     arguments + QStringList{s("--db"), workspace + s("/jobs.db"), s("--workspace"), workspace},
                     environment, asUser);
    };
    QCOMPARE(ctl({s("submit"), workspace}).code, 0);
    QCOMPARE(ctl({s("submit"), s("--type"), s("noop"), s("--payload"), s("{}"), s("--count"), s("20")}).code, 0);
    const Outcome run = ctl({s("run"), s("--pool"),
                             s("plantuml=2,mode=docker,image=lifeguard-plantuml:latest,network=none,memory=512"),
                             s("--pool"), s("noop=2,mode=direct"), s("--until-idle")});
    QVERIFY2(run.code == 0, run.all().constData());
    for (int i = 0; i < 4; ++i) {
        const QFileInfo made(workspace + s("/output/diagram%1.png").arg(i));
        QVERIFY2(made.size() > 500, run.all().constData());
        QFile file(made.filePath());
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(file.read(8), QByteArray("\x89PNG\r\n\x1a\n"));
        if (asUser) {
            QCOMPARE(made.ownerId(), uint(user));
            QCOMPARE(made.groupId(), uint(user));
        }
    }
    const QByteArray workers = ctl({s("workers"), s("--json")}).out;
    QVERIFY2(workers.contains("docker") && workers.contains("direct"), workers.constData());

    // Containers that run as root give their outputs to the user as well.
    QCOMPARE(ctl({s("submit"), workspace + s("/diagram0.puml"), s("--format"), s("svg"), s("--output"),
                  workspace + s("/output/by-root")})
                 .code,
             0);
    const Outcome asRoot = ctl({s("run"), s("--json"), s("--pool"),
                                s("plantuml=1,mode=docker,image=lifeguard-plantuml:latest,network=none,memory=512,"
                                  "container_root=yes"),
                                s("--until-idle")});
    QVERIFY2(asRoot.code == 0, asRoot.all().constData());
    QVERIFY2(asRoot.out.contains(R"("container_root": true)") || asRoot.out.contains(R"("container_root":true)"),
             asRoot.out.constData());
    for (const char *name : {"/output/by-root", "/output/by-root/diagram0.svg", "/jobs.db"}) {
        const QFileInfo made(workspace + s(name));
        QVERIFY2(made.exists() && (!asUser || made.ownerId() == uint(user)), name);
    }
}

/// Eight workers are registered in less than twice the time that docker needs to start eight such containers at once.
void TestDockerCtl::startsContainersInLessThanTwiceTheTimeOfDocker()
{
    NEEDS_DOCKER();
    constexpr int count = 8;
    qputenv("DOCKER_HOST", engine().endpoint().toLocal8Bit());
    PoolTest t;
    QVERIFY(t.begin());
    const auto timeOfPool = [&] {
        QElapsedTimer time;
        time.start();
        const auto name = t.manager->startPool(dockerNoop(count));
        [[maybe_unused]] const bool all = QTest::qWaitFor([&] { return t.manager->pools().first().alive == count; },
                                                          6 * patience);
        const qint64 took = time.elapsed();
        t.manager->removePool(name.value_or(QString()));
        [[maybe_unused]] const bool gone = QTest::qWaitFor([&] { return t.manager->pools().isEmpty(); }, 6 * patience);
        return all && gone ? took : -1;
    };
    const auto timeOfDocker = [&] {
        QElapsedTimer time;
        time.start();
        std::vector<std::unique_ptr<QProcess>> runs;
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert(s("DOCKER_HOST"), engine().endpoint());
        for (int i = 0; i < count; ++i) {
            runs.push_back(std::make_unique<QProcess>());
            runs.back()->setProcessEnvironment(environment);
            runs.back()->start(s("docker"), {s("run"), s("--detach"), s("--network"), s("none"), s("--label"),
                                             s("lifeguard.speed"), s("--volume"), t.folder.path() + s(":/db"),
                                             s("--volume"), t.folder.path() + s(":/workspace"), s("--env"),
                                             s("WORKER_TYPE=unused"), s("--env"), s("DB_PATH=/db/q.db"), s("--env"),
                                             s("WORKSPACE_PATH=/workspace"), s("lifeguard-noop:latest")});
        }
        for (const auto &run : runs)
            run->waitForFinished(6 * patience);
        const qint64 took = time.elapsed();
        for (const auto &run : runs)
            engine().docker({s("rm"), s("--force"), QString::fromUtf8(run->readAllStandardOutput()).trimmed()});
        return took;
    };
    timeOfDocker(); // warms the page cache
    // Compares the best of three runs, so that other load on the machine does not affect the result.
    qint64 ours = std::numeric_limits<qint64>::max();
    qint64 dockers = ours;
    for (int round = 0; round < 3; ++round) {
        dockers = std::min(dockers, timeOfDocker());
        const qint64 took = timeOfPool();
        QVERIFY(took > 0);
        ours = std::min(ours, took);
    }
    qInfo("%d containers: registered in %lld ms, started by docker run in %lld ms, ratio %.2f (limit 2)", count,
          static_cast<long long>(ours), static_cast<long long>(dockers), double(ours) / double(dockers));
    QVERIFY(ours < 2 * dockers);
    QVERIFY(t.stopAll() || !t.manager->hasLiveWorkers());
}

/// Without an engine, a pool with automatic mode runs direct workers and reports the reason.
void TestDockerCtl::autoPoolRunsDirectWithoutAnEngine()
{
    CtlProgram ctl;
    qputenv("DOCKER_HOST", "unix:///nonexistent/docker.sock");
    QVERIFY(ctl.submitNoop(5));
    const Outcome run = ctl.call({s("run"), s("--pool"), s("noop=1"), s("--until-idle")});
    QVERIFY2(run.code == 0, run.all().constData());
    QCOMPARE(ctl.jobs(s("completed")), 5);
    const QByteArray events = ctl.call({s("events")}).out;
    QVERIFY2(events.contains("runs in mode direct: The Docker engine"), events.constData());
    // Docker mode is refused with the same reason.
    QVERIFY(ctl.submitNoop(1));
    const Outcome refused = ctl.call(
        {s("run"), s("--pool"), s("noop=1,mode=docker,image=lifeguard-noop:latest"), s("--until-idle")});
    QVERIFY2(refused.code == 1 && refused.all().contains("Docker"), refused.all().constData());
}

/// Without any programs of Docker, the reason is that Docker is not installed.
void TestDockerCtl::missingDockerIsReported()
{
    if (geteuid() != 0)
        QSKIP("only root can hide the programs of Docker");
    QTemporaryDir folder;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    for (const char *variable : {"DOCKER_HOST", "DOCKER_CONTEXT"})
        environment.remove(s(variable));
    environment.insert(s("HOME"), folder.path());
    environment.insert(s("XDG_STATE_HOME"), folder.filePath(s("state")));
    environment.insert(s("XDG_RUNTIME_DIR"), folder.path());
    const auto ctl = [&](const QStringList &arguments) {
        return runWithoutDocker(s(LIFEGUARD_BIN_DIR "/lifeguardctl"),
                                arguments
                                    + QStringList{s("--db"), folder.filePath(s("jobs.db")), s("--workspace"),
                                                  folder.path()},
                                environment);
    };
    QCOMPARE(ctl({s("submit"), s("--type"), s("noop"), s("--payload"), s("{}"), s("--count"), s("5")}).code, 0);
    const Outcome run = ctl({s("run"), s("--pool"), s("noop=1"), s("--until-idle")});
    QVERIFY2(run.code == 0, run.all().constData());
    QVERIFY2(run.all().contains("pool noop runs in mode direct: Docker is not installed"), run.all().constData());
}

/// An engine that accepts connections but does not respond delays only pools that have to be run in Docker.
void TestDockerCtl::autoPoolRunsDirectIfTheEngineDoesNotRespond()
{
    QTemporaryDir folder;
    QLocalServer silent;
    QVERIFY(silent.listen(folder.filePath(s("silent.sock"))));
    qputenv("DOCKER_HOST", (s("unix://") + silent.fullServerName()).toLocal8Bit());
    PoolTest t;
    QVERIFY(t.begin());
    WorkerConfig config = PoolTest::noop(1);
    config.mode = ExecutionMode::Auto;
    QVERIFY(t.manager->startPool(config));
    // The mode is not settled yet. The reason shows what the pool is waiting for.
    QVERIFY(t.manager->pools().first().mode.isEmpty());
    QVERIFY(t.manager->pools().first().reason.contains(s("Docker")));
    QTRY_COMPARE_WITH_TIMEOUT(t.workersIn(WorkerState::Idle).size(), 1, patience);
    QCOMPARE(t.manager->pools().first().modeReason, s("direct: Docker does not respond"));
    QVERIFY(silent.hasPendingConnections()); // the engine was contacted
    QVERIFY(t.stopAll());
}

QTEST_GUILESS_MAIN(TestDockerCtl)
#include "tst_dockerctl.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
// The configuration of a worker's container.
#include "core/executor/clmcontainer.h"
#include "core/executor/containerspec.h"
#include "tests/support/asnobody.h"
#include "tests/support/testhelpers.h"

#include <QJsonArray>
#include <QRegularExpression>
#include <QScopeGuard>
#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;

namespace {

StartRequest request()
{
    StartRequest r;
    r.executorId = s("docker-plantuml-3-01234567");
    r.config.type = s("plantuml");
    r.config.image = s("lifeguard-plantuml:latest");
    r.index = 3;
    r.pool = s("plantuml-2");
    r.managerId = s("0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9");
    r.databasePath = s("/srv/course/db/jobs.db");
    r.workspace = s("/srv/course");
    r.logPath = s("/var/log/x.log");
    return r;
}

DockerImage image(const QHash<QString, QString> &labels = {})
{
    DockerImage i;
    i.labels = labels;
    return i;
}

QJsonObject specOf(const StartRequest &r, const DockerImage &i = image())
{
    return containerSpec(r, i, {1000, 100}, ProcessIdentity{7, 8, s("boot"), s("ns")});
}

QJsonObject hostOf(const QJsonObject &spec)
{
    return spec.value(s("HostConfig")).toObject();
}

QStringList environmentOf(const QJsonObject &spec)
{
    QStringList lines;
    const QJsonArray environment = spec.value(s("Env")).toArray();
    for (const QJsonValue &line : environment)
        lines.append(line.toString());
    return lines;
}

} // namespace

class TestContainerSpec : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void containerAndImageNames();
    void environmentMountsAndLabels();
    void securityOptions();
    void limits();
    void noLimits();
    void readOnlyRootIfTheImageHasTheLabel();
    void protectionsCanBeGivenUp();
    void rootKeepsAccessToTheFilesOfTheUser();
    void command();
    void detached();
    void outputRootsKeepTheirPath();
    void foldersToReadAreMountedReadOnly();
    void programsOfClmAreRecognised_data();
    void programsOfClmAreRecognised();
    void programsOfClmUseThePathsOfTheHost_data();
    void programsOfClmUseThePathsOfTheHost();
    void settingsOfClmArePassedOn();
    void variablesOfTheConfiguration();
    void workingFolderOfAContainer();
    void userOfAContainer();
};

void TestContainerSpec::containerAndImageNames()
{
    QCOMPARE(containerName(request()), s("lifeguard-0a1b2c3d-plantuml-2-3"));
    QCOMPARE(shortContainerId(s("0123456789abcdef0123456789abcdef")), s("0123456789ab"));
    WorkerConfig config;
    config.type = s("Mine");
    QCOMPARE(imageOf(config), s("lifeguard-mine:latest"));
    config.image = s("other:2");
    QCOMPARE(imageOf(config), s("other:2"));
}

void TestContainerSpec::environmentMountsAndLabels()
{
    const QJsonObject spec = specOf(request());
    QCOMPARE(spec.value(s("Image")).toString(), s("lifeguard-plantuml:latest"));
    QCOMPARE(spec.value(s("User")).toString(), s("1000:100"));
    const QStringList environment = environmentOf(spec);
    for (const char *line : {"WORKER_TYPE=plantuml", "DB_PATH=/db/jobs.db", "WORKSPACE_PATH=/workspace",
                             "USE_SQLITE_QUEUE=true", "LIFEGUARD_HOST_WORKSPACE=/srv/course", "LIFEGUARD_PROTOCOL=2",
                             "LIFEGUARD_MANAGER_ID=0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9", "LIFEGUARD_MAX_JOB_TIME=600"})
        QVERIFY2(environment.contains(s(line)), line);
    for (const QString &line : environment) // the worker registers with the HOSTNAME of the container
        QVERIFY2(!line.startsWith(s("WORKER_ID=")) && !line.startsWith(s("HOSTNAME="))
                     && !line.startsWith(s("LIFEGUARD_MANAGER=")),
                 qPrintable(line));
    QHash<QString, QString> mounts;
    const QJsonArray list = hostOf(spec).value(s("Mounts")).toArray();
    for (const QJsonValue &mount : list)
        mounts.insert(mount[s("Target")].toString(), mount[s("Source")].toString());
    QCOMPARE(mounts, (QHash<QString, QString>{{s("/db"), s("/srv/course/db")}, {s("/workspace"), s("/srv/course")}}));
    const QJsonObject labels = spec.value(s("Labels")).toObject();
    QCOMPARE(labels.value(dockerlabel::manager).toString(), request().managerId);
    QCOMPARE(labels.value(dockerlabel::managerProcess).toString(), s("7:8:boot:ns"));
    QCOMPARE(labels.value(dockerlabel::pool).toString(), s("plantuml-2"));
    QCOMPARE(labels.value(dockerlabel::maxJobTime).toString(), QString::number(request().config.maxJobTime.count()));
    QCOMPARE(labels.value(dockerlabel::database).toString(), s("/srv/course/db/jobs.db"));
    QVERIFY(!labels.contains(dockerlabel::detached));
}

void TestContainerSpec::securityOptions()
{
    const QJsonObject host = hostOf(specOf(request()));
    QCOMPARE(host.value(s("CapDrop")).toArray(), QJsonArray{s("ALL")});
    QCOMPARE(host.value(s("SecurityOpt")).toArray(), QJsonArray{s("no-new-privileges")});
    QCOMPARE(host.value(s("NetworkMode")).toString(), s("lifeguard"));
    QCOMPARE(host.value(s("PidsLimit")).toInt(), 512);
    QVERIFY(!host.contains(s("Privileged")));
}

void TestContainerSpec::limits()
{
    StartRequest r = request();
    r.config.memoryLimitMb = 512;
    r.config.cpuLimit = 1.5;
    r.config.openFilesLimit = 256;
    r.config.pidsLimit = 64;
    r.config.network = s("none");
    const QJsonObject host = hostOf(specOf(r));
    QCOMPARE(host.value(s("Memory")).toInteger(), 512LL * 1024 * 1024);
    QCOMPARE(host.value(s("MemorySwap")).toInteger(), 512LL * 1024 * 1024);
    QCOMPARE(host.value(s("NanoCpus")).toInteger(), 1'500'000'000LL);
    QCOMPARE(host.value(s("PidsLimit")).toInt(), 64);
    QCOMPARE(host.value(s("NetworkMode")).toString(), s("none"));
    const QJsonValue files = host.value(s("Ulimits"))[0];
    QCOMPARE(files[s("Name")].toString(), s("nofile"));
    QCOMPARE(files[s("Soft")].toInt(), 256);
    QCOMPARE(files[s("Hard")].toInt(), 256);
}

void TestContainerSpec::noLimits()
{
    const QJsonObject host = hostOf(specOf(request()));
    for (const char *key : {"Memory", "MemorySwap", "NanoCpus", "Ulimits", "ReadonlyRootfs", "Tmpfs"})
        QVERIFY2(!host.contains(s(key)), key);
}

void TestContainerSpec::readOnlyRootIfTheImageHasTheLabel()
{
    const QJsonObject host = hostOf(specOf(request(), image({{dockerlabel::readOnlyRoot, s("true")}})));
    QVERIFY(host.value(s("ReadonlyRootfs")).toBool());
    QVERIFY(host.value(s("Tmpfs")).toObject().value(s("/tmp")).toString().contains(s("rw")));
    QVERIFY(!hostOf(specOf(request(), image({{dockerlabel::readOnlyRoot, s("no")}}))).contains(s("ReadonlyRootfs")));
}

/// Each key gives up one protection and keeps the others.
void TestContainerSpec::protectionsCanBeGivenUp()
{
    const DockerImage readOnly = image({{dockerlabel::readOnlyRoot, s("true")}});
    StartRequest r = request();
    r.config.writableRoot = true;
    QJsonObject host = hostOf(specOf(r, readOnly));
    QVERIFY(!host.contains(s("ReadonlyRootfs")));
    QVERIFY(!host.contains(s("Tmpfs")));
    QCOMPARE(host.value(s("CapDrop")).toArray(), QJsonArray{s("ALL")});
    QCOMPARE(specOf(r, readOnly).value(s("User")).toString(), s("1000:100"));

    r = request();
    r.config.keepCapabilities = true;
    host = hostOf(specOf(r, readOnly));
    QVERIFY(!host.contains(s("CapDrop")));
    QVERIFY(!host.contains(s("CapAdd")));
    QVERIFY(host.value(s("ReadonlyRootfs")).toBool());
    QCOMPARE(host.value(s("SecurityOpt")).toArray(), QJsonArray{s("no-new-privileges")});

    r = request();
    r.config.newPrivileges = true;
    host = hostOf(specOf(r));
    QVERIFY(!host.contains(s("SecurityOpt")));
    QCOMPARE(host.value(s("CapDrop")).toArray(), QJsonArray{s("ALL")});
}

/// Root without capabilities could neither open the database nor write to the workspace of the user.
void TestContainerSpec::rootKeepsAccessToTheFilesOfTheUser()
{
    StartRequest r = request();
    r.config.containerRoot = true;
    const QJsonObject spec = specOf(r);
    QCOMPARE(spec.value(s("User")).toString(), s("0:0"));
    QCOMPARE(hostOf(spec).value(s("CapDrop")).toArray(), QJsonArray{s("ALL")});
    QCOMPARE(hostOf(spec).value(s("CapAdd")).toArray(), (QJsonArray{s("CHOWN"), s("DAC_OVERRIDE"), s("FOWNER")}));
    QVERIFY(environmentOf(spec).contains(s("LIFEGUARD_OUTPUT_OWNER=1000:100")));
    QVERIFY(!environmentOf(spec).contains(s("HOME=/tmp"))); // root has a home directory in the image
    QVERIFY(environmentOf(specOf(request())).contains(s("HOME=/tmp")));
    QVERIFY(environmentOf(specOf(request())).filter(s("LIFEGUARD_OUTPUT_OWNER")).isEmpty());
    // In a rootless engine, and for a manager that runs as root, root is the user.
    const QJsonObject rootless = containerSpec(r, image(), {}, ProcessIdentity{7, 8, s("boot"), s("ns")});
    QCOMPARE(rootless.value(s("User")).toString(), s("0:0"));
    QVERIFY(!hostOf(rootless).contains(s("CapAdd")));
    QVERIFY(environmentOf(rootless).filter(s("LIFEGUARD_OUTPUT_OWNER")).isEmpty());
}

void TestContainerSpec::command()
{
    QVERIFY(!specOf(request()).contains(s("Entrypoint"))); // the entrypoint of the image is used
    StartRequest r = request();
    r.config.command = {s("python3"), s("worker.py"), s("--x")};
    const QJsonObject spec = specOf(r);
    QCOMPARE(spec.value(s("Entrypoint")).toArray(), QJsonArray{s("python3")});
    QCOMPARE(spec.value(s("Cmd")).toArray(), (QJsonArray{s("worker.py"), s("--x")}));
}

void TestContainerSpec::detached()
{
    StartRequest r = request();
    r.config.detach = true;
    const QJsonObject spec = specOf(r);
    QCOMPARE(spec.value(s("Labels")).toObject().value(dockerlabel::detached).toString(), s("true"));
    QVERIFY(environmentOf(spec).contains(s("LIFEGUARD_DETACH=true")));
    QVERIFY(!environmentOf(specOf(request())).contains(s("LIFEGUARD_DETACH=true")));
}

/// The output files on the host must belong to the user of the manager.
void TestContainerSpec::outputRootsKeepTheirPath()
{
    StartRequest r = request();
    r.config.outputRoots = QStringList{s("/srv/out"), s("/mnt/a:b")};
    const QJsonObject spec = specOf(r);
    QVERIFY(environmentOf(spec).contains(s("LIFEGUARD_OUTPUT_ROOTS=/srv/out:/mnt/a%3Ab")));
    QStringList binds;
    const QJsonArray list = hostOf(spec).value(s("Mounts")).toArray();
    for (const QJsonValue &mount : list) {
        QVERIFY(!mount[s("ReadOnly")].toBool());
        binds.append(mount[s("Type")].toString() + u' ' + mount[s("Source")].toString() + u' '
                     + mount[s("Target")].toString());
    }
    QVERIFY2(binds.contains(s("bind /srv/out /srv/out")), qPrintable(binds.join(u'\n')));
    QVERIFY2(binds.contains(s("bind /mnt/a:b /mnt/a:b")), qPrintable(binds.join(u'\n')));
}

void TestContainerSpec::foldersToReadAreMountedReadOnly()
{
    StartRequest r = request();
    r.config.outputRoots = QStringList{s("/srv/out")};
    r.config.converter = {true, {s("/srv/shared"), s("/srv/out")}, {}, {}};
    const QJsonObject spec = specOf(r);
    QVERIFY(environmentOf(spec).contains(s("LIFEGUARD_ALLOW_NETWORK=true")));
    QVERIFY(environmentOf(spec).contains(s("LIFEGUARD_ALLOW_FILES=/srv/shared:/srv/out")));
    QStringList readOnly;
    QStringList targets;
    for (const QJsonValue &mount : hostOf(spec).value(s("Mounts")).toArray()) {
        targets.append(mount[s("Target")].toString());
        if (mount[s("ReadOnly")].toBool())
            readOnly.append(mount[s("Source")].toString() + u' ' + targets.last());
    }
    QCOMPARE(readOnly, QStringList{s("/srv/shared /srv/shared")});
    QCOMPARE(targets.count(s("/srv/out")), 1); // an output root is mounted already
}

void TestContainerSpec::programsOfClmAreRecognised_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QStringList>("command"); // of the pool
    QTest::addColumn<QStringList>("imageCommand");
    QTest::addColumn<bool>("isClm");
    const QStringList none;
    const QStringList python{s("python"), s("-m"), s("clm.workers.plantuml")};
    QTest::newRow("name") << s("clm-drawio-converter") << none << none << true;
    QTest::newRow("name with registry and tag") << s("r:5000/x/clm-drawio-converter:1.27") << none << none << true;
    QTest::newRow("command of the image") << s("diagrams:2") << none << python << true;
    QTest::newRow("command of the pool") << s("python:3.12") << python << none << true;
    QTest::newRow("another command in the image")
        << s("clm-drawio-converter") << QStringList{s("sh")} << python << false;
    QTest::newRow("name with another beginning") << s("my-clm-tools") << none << none << false;
    QTest::newRow("ours") << s("lifeguard-plantuml:latest") << none << QStringList{s("lifeguard-worker")} << false;
}

void TestContainerSpec::programsOfClmAreRecognised()
{
    QFETCH(QString, name);
    QFETCH(QStringList, command);
    QFETCH(QStringList, imageCommand);
    QFETCH(bool, isClm);
    StartRequest r = request();
    r.config.image = name;
    r.config.command = command;
    DockerImage i;
    i.command = imageCommand;
    QCOMPARE(isClmContainer(r.config, i), isClm);
    QCOMPARE(environmentOf(specOf(r, i)).contains(s("PYTHONUNBUFFERED=1")), isClm);
}

void TestContainerSpec::programsOfClmUseThePathsOfTheHost_data()
{
    QTest::addColumn<QString>("workspace");
    QTest::addColumn<bool>("isMounted"); // under its own path
    QTest::newRow("usual") << s("/srv/course") << true;
    QTest::newRow("hides a folder of the image") << s("/app") << false;
    QTest::newRow("below the mount") << s("/workspace/course") << false;
    QTest::newRow("same as the mount") << s("/workspace") << false;
}

void TestContainerSpec::programsOfClmUseThePathsOfTheHost()
{
    QFETCH(QString, workspace);
    QFETCH(bool, isMounted);
    StartRequest r = request();
    r.workspace = workspace;
    r.config.image = s("clm-plantuml-converter");
    r.config.outputRoots = QStringList{s("/mnt/out")};
    const QJsonObject spec = specOf(r);
    QStringList targets;
    const QJsonArray list = hostOf(spec).value(s("Mounts")).toArray();
    for (const QJsonValue &mount : list)
        targets.append(mount[s("Target")].toString());
    QCOMPARE(targets.removeDuplicates(), 0); // the engine refuses duplicates
    QVERIFY(targets.contains(s("/workspace")) && targets.contains(s("/mnt/out")));
    QCOMPARE(targets.contains(workspace), isMounted || workspace == s("/workspace"));
    const QStringList environment = environmentOf(spec);
    QVERIFY(environment.contains(s("CLM_JOBS_DB_PATH=/db/jobs.db")));
    // Without this variable, CLM uses the paths as they are.
    QCOMPARE(environment.contains(s("CLM_HOST_WORKSPACE=") + workspace), !isMounted);
}

void TestContainerSpec::settingsOfClmArePassedOn()
{
    StartRequest r = request();
    r.config.outputRoots = QStringList{s("/mnt/out")};
    const auto variables = [&r](const char *cache) {
        QProcessEnvironment environment;
        environment.insert(s("CLM_CELL_TIMEOUT_SECONDS"), s("60"));
        environment.insert(s("PLANTUML_JAR"), s("/usr/share/plantuml.jar"));
        environment.insert(s("CLM_API_TOKEN"), s("secret"));
        environment.insert(s("CLM_CACHE_DB_PATH"), s(cache));
        return clmVariables(r, environment);
    };
    const QStringList expected{s("PYTHONUNBUFFERED=1"), s("CLM_CELL_TIMEOUT_SECONDS=60")};
    QCOMPARE(variables(""), expected);
    QCOMPARE(variables("/home/me/cache.db"), expected); // not mounted
    QCOMPARE(variables("/srv/course/clm_cache.db"),
             expected + QStringList{s("CLM_CACHE_DB_PATH=/srv/course/clm_cache.db")});
    QCOMPARE(variables("/mnt/out/c.db"), expected + QStringList{s("CLM_CACHE_DB_PATH=/mnt/out/c.db")});
    r.workspace = s("/opt");
    QVERIFY(variables("/opt/x/c.db").contains(s("CLM_CACHE_DB_PATH=/workspace/x/c.db")));
}

void TestContainerSpec::variablesOfTheConfiguration()
{
    qputenv("TEST_PASSED", "1");
    qputenv("TEST_NOT_PASSED", "1");
    const auto reset = qScopeGuard([] {
        qunsetenv("TEST_PASSED");
        qunsetenv("TEST_NOT_PASSED");
    });
    StartRequest r = request();
    const QStringList usual = environmentOf(specOf(r));
    QVERIFY(usual.filter(s("TEST_")).isEmpty());
    r.config.passEnvironment = QStringList{s("TEST_PASSED"), s("TEST_MISSING")};
    r.config.environment = {{s("A"), s("b=c")}, {s("HOME"), s("/home")}, {s("LOG_LEVEL"), s("DEBUG")}};
    const QStringList environment = environmentOf(specOf(r));
    for (const char *line : {"A=b=c", "HOME=/home", "LOG_LEVEL=DEBUG", "TEST_PASSED=1", "DB_PATH=/db/jobs.db"})
        QCOMPARE(environment.count(s(line)), 1);
    QCOMPARE(environment.filter(QRegularExpression(s("^(HOME|LOG_LEVEL)="))).size(), 2); // once each
    QCOMPARE(environment.size(), usual.size() + 2);
}

void TestContainerSpec::workingFolderOfAContainer()
{
    StartRequest r = request();
    QCOMPARE(specOf(r).value(s("WorkingDir")).toString(), s("/workspace"));
    r.config.workingDir = s("/app/data");
    QCOMPARE(specOf(r).value(s("WorkingDir")).toString(), s("/app/data"));
}

void TestContainerSpec::userOfAContainer()
{
    QVERIFY(ContainerUser::of(true) == ContainerUser()); // root in a rootless engine is the user of the engine
    std::optional<AsNobody> nobody;
    if (geteuid() == 0)
        nobody.emplace();
    const ContainerUser user = ContainerUser::of(false);
    QCOMPARE(user.uid, qint64(getuid()));
    QCOMPARE(user.gid, qint64(getgid()));
    QVERIFY(user.uid != 0);
}

QTEST_GUILESS_MAIN(TestContainerSpec)
#include "tst_containerspec.moc"

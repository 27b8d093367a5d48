// SPDX-License-Identifier: GPL-3.0-or-later
// Tests the images of packaging/images, run with the docker command: lifeguard-worker with an unknown user, a read-only
// root and no network. tst_containerworker.cpp tests its environment without a container.
#include "core/model/job.h"
#include "tests/support/dockerengine.h"
#include "tests/support/workertest.h"

#include <QDir>
#include <QDirIterator>
#include <QFile>
#include <QFileInfo>

#include <unistd.h>

using namespace lifeguard;
using namespace lifeguard::test;

class TestImages : public WorkerTest
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { NEEDS_DOCKER(); }
    void init();
    void cleanup();
    void imagesHaveLabels_data();
    void imagesHaveLabels();
    void noopWorkerConvertsAndStops();
    void rootGivesItsOutputsToTheUser();
    void endsWithItsManager();
    void diagramsAreConverted_data();
    void diagramsAreConverted();
    void errorsShowPathsOfTheHost();
    void privateEngineCanBeRestarted();

private:
    static constexpr uint uid = 1000; ///< user of the containers, if this process is root and can give files to that
                                      ///< user

    [[nodiscard]] static uint user() { return geteuid() == 0 ? uid : geteuid(); }
    [[nodiscard]] QString workspace() const { return path("ws"); }
    QString write(const QString &name, const QByteArray &text);
    qint64 add(const QString &type, const QString &input, const QString &output);
    /// Gives all files to the user and runs a container with the image of the type. Returns its id.
    QString run(const QString &type, const QStringList &options = {},
                const DockerEngine &engine = DockerEngine::shared());
    void giveFilesToUser() const;
    [[nodiscard]] QByteArray logOf(const QString &id) const
    {
        const Outcome logs = DockerEngine::shared().docker({s("logs"), id});
        return logs.out + logs.err;
    }
    /// Returns the relative paths of all files in the workspace.
    [[nodiscard]] QStringList files() const;

    QStringList m_containers;
};

void TestImages::init()
{
    WorkerTest::init();
    QVERIFY(QDir().mkpath(workspace()));
}

void TestImages::cleanup()
{
    for (const QString &id : std::as_const(m_containers)) {
        if (QTest::currentTestFailed())
            qWarning("container %s: %s", qPrintable(id.left(12)), logOf(id).constData());
        DockerEngine::shared().docker({s("rm"), s("--force"), id});
    }
    m_containers.clear();
    WorkerTest::cleanup();
}

QString TestImages::write(const QString &name, const QByteArray &text)
{
    QFile file(workspace() + u'/' + name);
    return file.open(QIODevice::WriteOnly) && file.write(text) == text.size() ? file.fileName() : QString();
}

qint64 TestImages::add(const QString &type, const QString &input, const QString &output)
{
    NewJob job;
    job.type = type;
    job.inputFile = input;
    job.outputFile = output;
    return m_queue->add(job).value_or(0);
}

void TestImages::giveFilesToUser() const
{
    if (geteuid() != 0)
        return;
    QDirIterator all(m_folder->path(), QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot,
                     QDirIterator::Subdirectories);
    while (all.hasNext())
        QCOMPARE(lchown(QFile::encodeName(all.next()).constData(), uid, uid), 0);
    QCOMPARE(chown(QFile::encodeName(m_folder->path()).constData(), uid, uid), 0);
}

QString TestImages::run(const QString &type, const QStringList &options, const DockerEngine &engine)
{
    giveFilesToUser();
    const Outcome made = engine.docker(QStringList{s("run"),
                                                   s("--detach"),
                                                   s("--user"),
                                                   QString::number(user()),
                                                   s("--read-only"),
                                                   s("--tmpfs"),
                                                   s("/tmp"),
                                                   s("--network"),
                                                   s("none"),
                                                   s("--memory"),
                                                   s("512m"),
                                                   s("--volume"),
                                                   m_folder->path() + s(":/db"),
                                                   s("--volume"),
                                                   workspace() + s(":/workspace"),
                                                   s("--env"),
                                                   s("WORKER_TYPE=") + type,
                                                   s("--env"),
                                                   s("DB_PATH=/db/jobs.db"),
                                                   s("--env"),
                                                   s("WORKSPACE_PATH=/workspace"),
                                                   s("--env"),
                                                   s("USE_SQLITE_QUEUE=true"),
                                                   s("--env"),
                                                   s("LIFEGUARD_HOST_WORKSPACE=") + workspace()}
                                       + options + QStringList{s("lifeguard-") + type});
    const QString id = QString::fromUtf8(made.out).trimmed();
    if (made.code != 0 || id.size() != 64) {
        qWarning("docker run: %s", made.all().constData());
        return {};
    }
    if (&engine == &DockerEngine::shared())
        m_containers.append(id);
    return id;
}

QStringList TestImages::files() const
{
    QStringList found;
    QDirIterator all(workspace(), QDir::Files | QDir::Hidden | QDir::System, QDirIterator::Subdirectories);
    while (all.hasNext())
        found.append(QDir(workspace()).relativeFilePath(all.next()));
    found.sort();
    return found;
}

void TestImages::imagesHaveLabels_data()
{
    QTest::addColumn<QString>("type");
    QTest::newRow("noop") << s("noop");
    QTest::newRow("plantuml") << s("plantuml");
}

void TestImages::imagesHaveLabels()
{
    QFETCH(QString, type);
    const auto inspectImage = [&](const char *what) {
        return DockerEngine::shared().line(
            {s("image"), s("inspect"), s("--format"), s(what), QStringLiteral("lifeguard-%1:latest").arg(type)});
    };
    QCOMPARE(inspectImage("{{index .Config.Labels \"org.lifeguard.worker-type\"}}"), type);
    QCOMPARE(inspectImage("{{index .Config.Labels \"org.lifeguard.read-only-root\"}}"), s("true"));
    QCOMPARE(inspectImage("{{json .Config.Entrypoint}}"), s("[\"/usr/bin/lifeguard-worker\"]"));
    QCOMPARE(inspectImage("{{.Config.User}}"), QString());
}

void TestImages::noopWorkerConvertsAndStops()
{
    const qint64 id = add(s("noop"), {}, workspace() + s("/output/sub/a.txt"));
    const QString container = run(s("noop"));
    QVERIFY(!container.isEmpty());
    QTRY_COMPARE_WITH_TIMEOUT(status(id), s("completed"), patience);
    const QFileInfo output(workspace() + s("/output/sub/a.txt"));
    QCOMPARE(output.ownerId(), user());
    QCOMPARE(QFileInfo(output.path()).ownerId(), user());
    // The worker registers with its HOSTNAME, and sees jobs that are added outside the container.
    QTRY_COMPARE_WITH_TIMEOUT(workerStatus(container.left(12)), s("idle"), patience);
    const qint64 next = addNoop(0);
    QTRY_COMPARE_WITH_TIMEOUT(status(next), s("completed"), patience);
    // The first process of a container receives TERM only if it has a handler.
    QCOMPARE(DockerEngine::shared().docker({s("stop"), s("--time"), s("30"), container}).code, 0);
    QCOMPARE(DockerEngine::shared().line({s("inspect"), s("--format"), s("{{.State.ExitCode}}"), container}), s("0"));
    QCOMPARE(workerStatus(container.left(12)), s("dead"));
}

/// With container_root, a worker reads and writes the files of the user with three capabilities only, and leaves no
/// file that belongs to root.
void TestImages::rootGivesItsOutputsToTheUser()
{
    const qint64 id = add(s("noop"), {}, workspace() + s("/output/sub/a.txt"));
    const QString container = run(s("noop"), {s("--user"), s("0:0"), s("--cap-drop"), s("ALL"), s("--cap-add"),
                                              s("CHOWN"), s("--cap-add"), s("DAC_OVERRIDE"), s("--cap-add"),
                                              s("FOWNER"), s("--security-opt"), s("no-new-privileges"), s("--env"),
                                              QStringLiteral("LIFEGUARD_OUTPUT_OWNER=%1:%1").arg(user())});
    QVERIFY(!container.isEmpty());
    QTRY_COMPARE_WITH_TIMEOUT(status(id), s("completed"), patience);
    for (const char *name :
         {"ws/output", "ws/output/sub", "ws/output/sub/a.txt", "jobs.db", "jobs.db-wal", "jobs.db-shm"}) {
        const QFileInfo file(path(name));
        QVERIFY2(file.exists() && file.ownerId() == user(), name);
    }
    QCOMPARE(DockerEngine::shared().docker({s("stop"), s("--time"), s("30"), container}).code, 0);
}

void TestImages::endsWithItsManager()
{
    QVERIFY(m_registry->registerManager(s("m1"), s("ctl")));
    recordWorkers({s("managed")});
    const QString container = run(s("noop"), {s("--env"), s("LIFEGUARD_MANAGER_ID=m1"), s("--hostname"), s("managed")});
    QTRY_COMPARE_WITH_TIMEOUT(workerStatus(s("managed")), s("idle"), patience);
    QVERIFY(m_registry->removeManager(s("m1")));
    QCOMPARE(DockerEngine::shared().line({s("wait"), container}), s("0"));
    QVERIFY(logOf(container).contains("the manager is gone"));
}

void TestImages::diagramsAreConverted_data()
{
    QTest::addColumn<QString>("format");
    QTest::addColumn<QByteArray>("signature");
    QTest::newRow("png") << s("png") << QByteArray("\x89PNG\r\n\x1a\n");
    QTest::newRow("svg") << s("svg") << QByteArray("<");
}

void TestImages::diagramsAreConverted()
{
    QFETCH(QString, format);
    QFETCH(QByteArray, signature);
    QVERIFY(!write(s("names.iuml"), "class Beta\n").isEmpty());
    // The class diagram is laid out by dot, the sequence diagram by PlantUML itself.
    const QString classes = write(s("classes.puml"),
                                  "@startuml\n!include names.iuml\nclass Alpha\nAlpha --> Beta : uses\n@enduml\n");
    const QString sequence = write(s("sequence.puml"), "@startuml\nAlice -> Bob : Hello\n@enduml\n");
    const QList<qint64> ids{add(s("plantuml"), classes, QStringLiteral("%1/out/classes.%2").arg(workspace(), format)),
                            add(s("plantuml"), sequence,
                                QStringLiteral("%1/out/sequence.%2").arg(workspace(), format))};
    const QString container = run(s("plantuml"));
    QVERIFY(!container.isEmpty());
    for (const qint64 id : ids) {
        EVENTUALLY(status(id) == s("completed") || status(id) == s("failed"));
        QVERIFY2(status(id) == s("completed"), qPrintable(job(id).error));
        QFile picture(job(id).outputFile);
        QVERIFY(picture.open(QIODevice::ReadOnly));
        const QByteArray bytes = picture.readAll();
        QVERIFY(bytes.startsWith(signature));
        QVERIFY2(bytes.size() > 1500, qPrintable(QString::number(bytes.size())));
        QCOMPARE(QFileInfo(picture).ownerId(), user());
        if (format == s("svg")) // without dot the class diagram would be a picture of an error message
            QVERIFY2(bytes.contains(id == ids.constFirst() ? ">Beta<" : ">Alice<"), bytes.constData());
    }
    DockerEngine::shared().docker({s("stop"), s("--time"), s("30"), container});
    // The tool has left no other files, such as those of a home directory.
    QCOMPARE(files(), (QStringList{s("classes.puml"), s("names.iuml"), s("out/classes.") + format,
                                   s("out/sequence.") + format, s("sequence.puml")}));
}

void TestImages::errorsShowPathsOfTheHost()
{
    const qint64 id = add(s("plantuml"), workspace() + s("/missing.puml"), workspace() + s("/missing.png"));
    QVERIFY(!run(s("plantuml")).isEmpty());
    QTRY_COMPARE_WITH_TIMEOUT(status(id), s("failed"), patience);
    QVERIFY2(job(id).error.contains(workspace() + s("/missing.puml")), qPrintable(job(id).error));
}

/// Tests PrivateDockerEngine, which the tests of outages use.
void TestImages::privateEngineCanBeRestarted()
{
    if (geteuid() != 0)
        QSKIP("only root can start an engine");
    PrivateDockerEngine engine;
    QVERIFY(!engine.isResponding());
    QVERIFY2(engine.start(), engine.log().constData());
    QVERIFY(engine.load(s("lifeguard-noop:latest")));
    const QString container = run(s("noop"), {}, engine);
    QTRY_COMPARE_WITH_TIMEOUT(workerStatus(container.left(12)), s("idle"), patience);
    QVERIFY(DockerEngine::shared().docker({s("inspect"), container}).code != 0);
    // The network survives a restart.
    QCOMPARE(engine.docker({s("network"), s("create"), s("test-network")}).code, 0);
    engine.kill();
    QVERIFY(!engine.isResponding());
    const qint64 id = addNoop(0);
    QTRY_COMPARE_WITH_TIMEOUT(status(id), s("completed"), patience); // its containers keep running
    QVERIFY2(engine.start(), engine.log().constData());
    QVERIFY(engine.line({s("network"), s("ls"), s("--format"), s("{{.Name}}")}).contains(s("test-network")));
    engine.stop();
    QVERIFY(!engine.isResponding());
}

QTEST_GUILESS_MAIN(TestImages)
#include "tst_images.moc"

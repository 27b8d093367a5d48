// SPDX-License-Identifier: GPL-3.0-or-later
// Tests lifeguard-worker with the environment that it has in a container. The folder "workspace" stands for the mount
// point in the container, and "host" for the path of the same folder on the host. tst_images.cpp uses real containers.
#include "core/model/job.h"
#include "core/model/workerrow.h"
#include "core/store/resultscache.h"
#include "tests/support/workertest.h"

#include <QDir>
#include <QFile>
#include <QHash>
#include <QSet>

#include <algorithm>

using namespace lifeguard;
using namespace lifeguard::test;

class TestContainerWorker : public WorkerTest
{
    Q_OBJECT

private Q_SLOTS:
    void registersWithItsHostName();
    void translatesPathsOfTheHost();
    void errorsShowPathsOfTheHost_data();
    void errorsShowPathsOfTheHost();
    void hostWorkspaceMustBeAbsolute();
    void endsWithItsManager();

private:
    static constexpr const char *hostName = "0123456789abcdef0123";

    /// more: overrides the default environment.
    std::unique_ptr<QProcess> startInContainer(const QString &type, const Environment &more = {})
    {
        Environment environment{{"WORKER_ID", {}},
                                {"HOSTNAME", s(hostName)},
                                {"WORKSPACE_PATH", path("workspace")},
                                {"LIFEGUARD_HOST_WORKSPACE", path("host")},
                                {"USE_SQLITE_QUEUE", s("true")}};
        QDir().mkpath(path("workspace"));
        return start(type, environment + more);
    }
    [[nodiscard]] QString name() const { return s(hostName).left(12); }
    qint64 addNamed(const QString &type, const QString &input, const QString &output, const QString &hash = {})
    {
        NewJob job;
        job.type = type;
        job.inputFile = input;
        job.outputFile = output;
        job.contentHash = hash;
        return m_queue->add(job).value_or(0);
    }
    /// Returns whether each worker has written at least two heartbeats since the first call. The heartbeats are
    /// collected in beats between the calls.
    bool haveBeatenTwice(const QStringList &workers, QHash<QString, QSet<QDateTime>> &beats)
    {
        const auto rows = m_registry->list(QDateTime::currentDateTimeUtc().addDays(-1));
        for (const WorkerRow &row : rows.value_or(QList<WorkerRow>()))
            beats[row.executorId].insert(row.lastHeartbeat);
        return std::all_of(workers.cbegin(), workers.cend(),
                           [&beats](const QString &worker) { return beats[worker].size() >= 3; });
    }
};

void TestContainerWorker::registersWithItsHostName()
{
    auto worker = startInContainer(s("noop"));
    QTRY_COMPARE_WITH_TIMEOUT(workerStatus(name()), s("idle"), patience);
    const auto rows = m_registry->list(QDateTime::currentDateTimeUtc().addDays(-1));
    QVERIFY(rows);
    QCOMPARE(rows->constFirst().executionMode, s("docker"));
    worker->terminate();
    WAIT_FOR_END(worker);
    QCOMPARE(worker->exitCode(), 0);
    QCOMPARE(workerStatus(name()), s("dead"));
}

void TestContainerWorker::translatesPathsOfTheHost()
{
    QVERIFY(!QDir(path("host")).exists()); // the worker must not use paths of the host
    auto worker = startInContainer(s("noop"));
    const qint64 id = addNamed(s("noop"), path("host/in.txt"), path("host/sub/out.txt"), s("hash"));
    QTRY_COMPARE_WITH_TIMEOUT(status(id), s("completed"), patience);
    QVERIFY(QFile::exists(path("workspace/sub/out.txt")));
    QVERIFY(!QDir(path("host")).exists());
    QCOMPARE(job(id).outputFile, path("host/sub/out.txt"));
    // The database contains the path of the host, so a direct worker finds the same result.
    ResultsCache cache(*m_db, m_clock);
    EVENTUALLY(cache.find(path("host/sub/out.txt"), s("hash")).value_or(std::nullopt).has_value());
    const qint64 again = addNamed(s("noop"), path("host/in.txt"), path("host/sub/out.txt"), s("hash"));
    QTRY_COMPARE_WITH_TIMEOUT(status(again), s("completed"), patience);
    worker->terminate();
    WAIT_FOR_END(worker);
    const QByteArray log = logOf(*worker);
    QVERIFY2(log.contains("in.txt -> sub/out.txt: unchanged"), log.constData());
}

void TestContainerWorker::errorsShowPathsOfTheHost_data()
{
    QTest::addColumn<QString>("input");
    QTest::addColumn<QString>("output");
    QTest::addColumn<QString>("expectedText"); // {} stands for the folder of the test
    QTest::newRow("the input does not exist")
        << s("{}/host/a.puml") << s("{}/host/a.png") << s("The input {}/host/a.puml does not exist.");
    QTest::newRow("the output is outside the workspace")
        << s("{}/host/a.puml") << s("/etc/a.png") << s("outside the workspace {}/host.");
    QTest::newRow("the output leaves the workspace through ..")
        << s("{}/host/a.puml") << s("{}/host/../a.png") << s("outside the workspace {}/host.");
    QTest::newRow("the output is a folder")
        << s("{}/host/a.puml") << s("{}/host/folder.png") << s("The output {}/host/folder.png is a folder.");
    QTest::newRow("the input is an absolute link")
        << s("{}/host/link.puml") << s("{}/host/a.png")
        << s("The input {}/host/link.puml is a link to {}/host/real.puml, which");
}

void TestContainerWorker::errorsShowPathsOfTheHost()
{
    const auto inFolder = [this](QString text) { return text.replace(s("{}"), m_folder->path()); };
    QFETCH(QString, input);
    QFETCH(QString, output);
    QFETCH(QString, expectedText);
    QDir().mkpath(path("workspace/folder.png"));
    QVERIFY(QFile::link(path("host/real.puml"), path("workspace/link.puml")));
    auto worker = startInContainer(s("plantuml"));
    const qint64 id = addNamed(s("plantuml"), inFolder(input), inFolder(output));
    QTRY_COMPARE_WITH_TIMEOUT(status(id), s("failed"), patience);
    QVERIFY2(job(id).error.contains(inFolder(expectedText)), qPrintable(job(id).error));
    worker->terminate();
    WAIT_FOR_END(worker);
    const QByteArray log = logOf(*worker);
    QVERIFY2(log.contains(inFolder(expectedText).toUtf8()), log.constData());
}

void TestContainerWorker::hostWorkspaceMustBeAbsolute()
{
    auto worker = startInContainer(s("noop"), {{"LIFEGUARD_HOST_WORKSPACE", s("ws")}});
    WAIT_FOR_END(worker);
    QCOMPARE(worker->exitCode(), 2);
    QVERIFY(logOf(*worker).contains("LIFEGUARD_HOST_WORKSPACE"));
}

void TestContainerWorker::endsWithItsManager()
{
    QVERIFY(m_registry->registerManager(s("there"), s("ctl")));
    recordWorkers({s("busy"), s("without"), s("with"), s("detached"), s("seeing")});
    // All workers are started at once, because they check for their manager every 5 s only, and end after the second
    // failed check. The job of the first takes longer than that.
    auto busy = startInContainer(s("noop"), {{"LIFEGUARD_MANAGER_ID", s("gone")}, {"HOSTNAME", s("busy")}});
    const qint64 id = addNoop(17000);
    QTRY_COMPARE_WITH_TIMEOUT(status(id), s("processing"), patience);
    auto without = startInContainer(s("noop"), {{"LIFEGUARD_MANAGER_ID", s("gone")}, {"HOSTNAME", s("without")}});
    auto with = startInContainer(s("noop"), {{"LIFEGUARD_MANAGER_ID", s("there")}, {"HOSTNAME", s("with")}});
    auto unmanaged = startInContainer(s("noop"), {{"HOSTNAME", s("unmanaged")}});
    auto detached = startInContainer(s("noop"), {{"LIFEGUARD_MANAGER_ID", s("gone")},
                                                 {"HOSTNAME", s("detached")},
                                                 {"LIFEGUARD_DETACH", s("true")}});
    // The process of its manager is visible, which overrides the row in the database.
    auto seeingManager = startInContainer(s("noop"), {{"LIFEGUARD_MANAGER_ID", s("gone")},
                                                      {"HOSTNAME", s("seeing")},
                                                      {"LIFEGUARD_MANAGER", ProcessIdentity::self().toString()}});
    for (const char *worker : {"without", "with", "unmanaged", "detached", "seeing"})
        QTRY_COMPARE_WITH_TIMEOUT(workerStatus(s(worker)), s("idle"), patience);

    WAIT_FOR_END(without);
    QCOMPARE(without->exitCode(), 0);
    QCOMPARE(workerStatus(s("without")), s("dead"));
    QVERIFY(logOf(*without).contains("the manager is gone"));

    // A heartbeat is written before each check, so after the second heartbeat the first check is complete.
    QHash<QString, QSet<QDateTime>> beats;
    EVENTUALLY(haveBeatenTwice({s("with"), s("unmanaged"), s("detached"), s("seeing")}, beats));
    WAIT_FOR_END(busy);
    QCOMPARE(busy->exitCode(), 0);
    QCOMPARE(status(id), s("completed")); // it finishes its job, as after TERM
    for (QProcess *worker : {with.get(), unmanaged.get(), detached.get(), seeingManager.get()})
        QCOMPARE(worker->state(), QProcess::Running);

    QVERIFY(m_registry->removeManager(s("there")));
    WAIT_FOR_END(with);
    QCOMPARE(with->exitCode(), 0);
    for (QProcess *worker : {unmanaged.get(), detached.get(), seeingManager.get()}) {
        QCOMPARE(worker->state(), QProcess::Running);
        worker->terminate();
    }
    WAIT_FOR_END(unmanaged);
    WAIT_FOR_END(detached);
    WAIT_FOR_END(seeingManager);
}

QTEST_GUILESS_MAIN(TestContainerWorker)
#include "tst_containerworker.moc"

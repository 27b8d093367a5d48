// SPDX-License-Identifier: GPL-3.0-or-later
// The real lifeguard-worker on a real database: every way its life can go.
#include "core/base/beatfile.h"
#include "core/base/processtree.h"
#include "core/store/database.h"
#include "core/store/jobqueue.h"
#include "core/store/workerregistry.h"
#include "core/submit/contenthash.h"
#include "core/worker/jobfiles.h"
#include "tests/support/processes.h"

#include <QDir>
#include <QFile>
#include <QJsonDocument>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>

#include <unistd.h>

using namespace lifeguard;

namespace {

constexpr int patience = 20000;

QString s(const char *text)
{
    return QString::fromUtf8(text);
}

QByteArray jobWord(qint64 id)
{
    return QByteArray("job ").append(QByteArray::number(id));
}

} // namespace

class TestWorker : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void usage_data();
    void usage();
    void databaseErrors();
    void registersAndBeats();
    void convertsWhatWaitsAndWhatComes();
    void wakesUpForEachOfMany();
    void priorityFirst();
    void failsWithTheReason_data();
    void failsWithTheReason();
    void outputIsWritten();
    void answersFromTheCache();
    void termFinishesTheJobBegun();
    void termGivesBackTheBatch();
    void termWhileIdle();
    void managerGoneDuringAJob();
    void managerGoneBefore();
    void cancelledWhileRunning();
    void leaseTakenAway();
    void ownRowDead();
    void lockedDatabaseLosesNothing();
    void termWhileLocked();
    void plantUml();
    void overItsTime();
    void cancelledToolIsGone();
    void killedWorkerLeavesNoTool();

private:
    using Environment = QList<QPair<const char *, QString>>;
    std::unique_ptr<QProcess> start(const QString &type, const Environment &more = {}, const QStringList &arguments = {});
    std::unique_ptr<QProcess> startProgram(const QStringList &arguments, const QProcessEnvironment &environment);
    qint64 addNoop(int sleepMs, const QString &outputFile = {}, int priority = 0, const QString &hash = {});
    qint64 addDiagram(const QByteArray &text, const QString &outputFile);
    [[nodiscard]] Job job(qint64 id) { return m_queue->job(id).value_or(Job{}); }
    [[nodiscard]] QString status(qint64 id) { return toString(job(id).status); }
    [[nodiscard]] QString workerStatus(const QString &name)
    {
        const auto rows = m_registry->list(QDateTime::currentDateTimeUtc().addDays(-1));
        for (const WorkerRow &row : rows.value_or(QList<WorkerRow>())) {
            if (row.executorId == name)
                return row.status;
        }
        return {};
    }
    [[nodiscard]] QString path(const char *name) const { return m_folder->filePath(s(name)); }
    [[nodiscard]] static QByteArray logOf(QProcess &process) { return process.readAllStandardError(); }

    SystemClock m_clock;
    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<Database> m_db;
    std::unique_ptr<JobQueue> m_queue;
    std::unique_ptr<WorkerRegistry> m_registry;
    int m_workers = 0;
};

#define WAIT_FOR_END(process) QTRY_COMPARE_WITH_TIMEOUT((process)->state(), QProcess::NotRunning, patience)

void TestWorker::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    auto database = Database::open(path("jobs.db"), OpenMode::Create);
    QVERIFY2(database, database ? "" : qPrintable(database.error().message));
    m_db = std::move(*database);
    m_queue = std::make_unique<JobQueue>(*m_db, m_clock);
    m_registry = std::make_unique<WorkerRegistry>(*m_db, m_clock);
    m_workers = 0;
}

void TestWorker::cleanup()
{
    m_queue.reset();
    m_registry.reset();
    m_db.reset();
    m_folder.reset();
}

std::unique_ptr<QProcess> TestWorker::start(const QString &type, const Environment &more, const QStringList &arguments)
{
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    const QString name = QStringLiteral("w%1").arg(m_workers++);
    environment.insert(s("WORKER_TYPE"), type);
    environment.insert(s("WORKER_ID"), name);
    environment.insert(s("LIFEGUARD_EXECUTOR_ID"), name);
    environment.insert(s("DB_PATH"), path("jobs.db"));
    environment.insert(s("WORKSPACE_PATH"), m_folder->path());
    for (const auto &[variable, value] : more)
        environment.insert(s(variable), value);
    return startProgram(arguments, environment);
}

std::unique_ptr<QProcess> TestWorker::startProgram(const QStringList &arguments, const QProcessEnvironment &environment)
{
    auto process = std::make_unique<QProcess>();
    process->setProgram(s(LIFEGUARD_BIN_DIR "/lifeguard-worker"));
    process->setArguments(arguments);
    process->setProcessEnvironment(environment);
    process->start();
    return process;
}

qint64 TestWorker::addNoop(int sleepMs, const QString &outputFile, int priority, const QString &hash)
{
    NewJob job;
    job.type = s("noop");
    job.outputFile = outputFile;
    job.contentHash = hash;
    job.priority = priority;
    job.payload = "{\"sleep_ms\": " + QByteArray::number(sleepMs) + "}";
    return m_queue->add(job).value_or(0);
}

qint64 TestWorker::addDiagram(const QByteArray &text, const QString &outputFile)
{
    NewJob job;
    job.type = s("plantuml");
    job.inputFile = path("in.puml");
    job.outputFile = outputFile;
    job.contentHash = contentHash(text);
    job.payload = QJsonDocument(QJsonObject{{s("data"), QString::fromUtf8(text)}}).toJson();
    return m_queue->add(job).value_or(0);
}

void TestWorker::usage_data()
{
    QTest::addColumn<QByteArray>("variable");
    QTest::addColumn<QString>("value");
    QTest::newRow("no type") << QByteArray("WORKER_TYPE") << QString();
    QTest::newRow("a type we cannot convert") << QByteArray("WORKER_TYPE") << s("dance");
    QTest::newRow("no database") << QByteArray("DB_PATH") << QString();
    QTest::newRow("no workspace") << QByteArray("WORKSPACE_PATH") << QString();
    QTest::newRow("workspace is not there") << QByteArray("WORKSPACE_PATH") << s("/nonexistent");
    QTest::newRow("time is no number") << QByteArray("LIFEGUARD_MAX_JOB_TIME") << s("long");
    QTest::newRow("beats without a slot") << QByteArray("LIFEGUARD_BEATS") << s("/tmp/beats");
    QTest::newRow("manager is no process") << QByteArray("LIFEGUARD_MANAGER") << s("me");
}

void TestWorker::usage()
{
    QFETCH(QByteArray, variable);
    QFETCH(QString, value);
    auto worker = start(s("noop"), {{variable.constData(), value}});
    WAIT_FOR_END(worker);
    QCOMPARE(worker->exitCode(), 2);
    QVERIFY(!logOf(*worker).isEmpty());
}

void TestWorker::databaseErrors()
{
    auto worker = start(s("noop"), {{"DB_PATH", path("missing.db")}});
    WAIT_FOR_END(worker);
    QCOMPARE(worker->exitCode(), 3);
    QVERIFY(logOf(*worker).contains("missing.db"));
    QVERIFY(!QFile::exists(path("missing.db")));
    // A name that is taken.
    auto first = start(s("noop"));
    QTRY_COMPARE_WITH_TIMEOUT(workerStatus(s("w1")), s("idle"), patience);
    auto second = start(s("noop"), {{"WORKER_ID", s("w1")}});
    WAIT_FOR_END(second);
    QCOMPARE(second->exitCode(), 3);
    first->terminate();
    WAIT_FOR_END(first);
}

void TestWorker::registersAndBeats()
{
    auto beats = BeatFile::create(path("a:beats"), 3); // the slot stands behind the last colon
    QVERIFY(beats);
    auto worker = start(s("noop"), {{"LIFEGUARD_BEATS", path("a:beats:1")}});
    QTRY_COMPARE_WITH_TIMEOUT((*beats)->read(1).phase, WorkerPhase::Idle, patience);
    QCOMPARE(workerStatus(s("w0")), s("idle"));
    QCOMPARE(m_registry->idOf(s("w0")).value().value(), (*beats)->read(1).workerId);
    const quint64 before = (*beats)->read(1).counter;
    QTRY_VERIFY_WITH_TIMEOUT((*beats)->read(1).counter > before, patience);
    const qint64 id = addNoop(60000);
    QTRY_COMPARE_WITH_TIMEOUT((*beats)->read(1).jobId, id, patience);
    const Beat busy = (*beats)->read(1);
    QCOMPARE(busy.phase, WorkerPhase::Working);
    QCOMPARE(busy.attempt, 1);
    QVERIFY(busy.jobStartedAt.count() > 0);
    QCOMPARE(workerStatus(s("w0")), s("busy"));
    QTRY_VERIFY_WITH_TIMEOUT((*beats)->read(1).counter > busy.counter, patience); // beats while it works
    QVERIFY(m_queue->cancel({id}, s("test")));
    QTRY_COMPARE_WITH_TIMEOUT((*beats)->read(1).phase, WorkerPhase::Idle, patience);
    QCOMPARE((*beats)->read(1).jobId, 0);
    worker->terminate();
    WAIT_FOR_END(worker);
    QCOMPARE((*beats)->read(1).phase, WorkerPhase::Ended);
    QCOMPARE((*beats)->read(0), Beat());
    QCOMPARE((*beats)->read(2), Beat());
}

void TestWorker::convertsWhatWaitsAndWhatComes()
{
    const qint64 waiting = addNoop(0);
    auto worker = start(s("noop"));
    QTRY_COMPARE_WITH_TIMEOUT(status(waiting), s("completed"), patience);
    QTRY_COMPARE_WITH_TIMEOUT(workerStatus(s("w0")), s("idle"), patience);
    const qint64 coming = addNoop(0);
    QTRY_COMPARE_WITH_TIMEOUT(status(coming), s("completed"), patience);
    QVERIFY(job(coming).completedAt.isValid());
    worker->terminate();
    WAIT_FOR_END(worker);
    QVERIFY(logOf(*worker).contains(jobWord(coming)));
}

void TestWorker::wakesUpForEachOfMany()
{
    std::vector<std::unique_ptr<QProcess>> workers;
    for (int i = 0; i < 4; ++i)
        workers.push_back(start(s("noop")));
    for (int i = 0; i < 4; ++i)
        QTRY_COMPARE_WITH_TIMEOUT(workerStatus(QStringLiteral("w%1").arg(i)), s("idle"), patience);
    QList<qint64> ids;
    for (int i = 0; i < 200; ++i)
        ids.append(addNoop(i % 5));
    for (const qint64 id : ids)
        QTRY_COMPARE_WITH_TIMEOUT(status(id), s("completed"), patience);
    for (const qint64 id : ids)
        QCOMPARE(job(id).attempts, 1);
    for (const auto &worker : workers)
        worker->terminate();
    for (const auto &worker : workers)
        WAIT_FOR_END(worker);
}

void TestWorker::priorityFirst()
{
    const qint64 low = addNoop(0, path("low.txt"), -1);
    const qint64 high = addNoop(0, path("high.txt"), 5);
    auto worker = start(s("noop"));
    QTRY_COMPARE_WITH_TIMEOUT(status(low), s("completed"), patience);
    worker->terminate();
    WAIT_FOR_END(worker);
    const QByteArray log = logOf(*worker);
    QVERIFY(log.indexOf(jobWord(high)) < log.indexOf(jobWord(low)));
}

void TestWorker::failsWithTheReason_data()
{
    QTest::addColumn<QString>("input");
    QTest::addColumn<QString>("output");
    QTest::addColumn<QByteArray>("payload");
    QTest::addColumn<QString>("reason");
    QTest::newRow("no input") << QString() << s("a.png") << QByteArray() << s("no input");
    QTest::newRow("input is not there") << s("missing.puml") << s("a.png") << QByteArray("{}") << s("missing.puml");
    QTest::newRow("no output") << s("in.puml") << QString() << QByteArray() << s("no output");
    QTest::newRow("another format") << s("in.puml") << s("a.gif") << QByteArray() << s("png, svg");
    QTest::newRow("outside") << s("in.puml") << s("../outside.png") << QByteArray() << s("outside the workspace");
    QTest::newRow("a file in the way") << s("in.puml") << s("in.puml/a.png") << QByteArray() << s("in the way");
    QTest::newRow("payload is no JSON") << s("in.puml") << s("a.png") << QByteArray("{") << s("JSON");
    QTest::newRow("no diagram") << QString() << s("a.png") << QByteArray("{\"data\": \"hello\"}") << s("@startuml");
}

void TestWorker::failsWithTheReason()
{
    QFETCH(QString, input);
    QFETCH(QString, output);
    QFETCH(QByteArray, payload);
    QFETCH(QString, reason);
    QVERIFY(writeOutput(path("in.puml"), "@startuml\nA -> B\n@enduml\n"));
    NewJob bad;
    bad.type = s("plantuml");
    bad.inputFile = input.isEmpty() ? QString() : m_folder->filePath(input);
    bad.outputFile = output.isEmpty() ? QString() : m_folder->filePath(output);
    bad.payload = payload;
    const qint64 id = m_queue->add(bad).value_or(0);
    auto worker = start(s("plantuml"));
    QTRY_COMPARE_WITH_TIMEOUT(status(id), s("failed"), patience);
    QVERIFY2(job(id).error.contains(reason), qPrintable(job(id).error));
    worker->terminate();
    WAIT_FOR_END(worker);
    QCOMPARE(worker->exitCode(), 0);
}

void TestWorker::outputIsWritten()
{
    const qint64 id = addNoop(0, path("new/folders/x.txt"));
    auto worker = start(s("noop"));
    QTRY_COMPARE_WITH_TIMEOUT(status(id), s("completed"), patience);
    QVERIFY(QFile::exists(path("new/folders/x.txt")));
    QCOMPARE(QDir(path("new/folders")).entryList(QDir::Files | QDir::Hidden).size(), 1); // nothing temporary is left
    worker->terminate();
    WAIT_FOR_END(worker);
}

void TestWorker::answersFromTheCache()
{
    const QString output = path("cached.txt");
    const auto modified = [&] { return QFileInfo(output).lastModified(); };
    auto worker = start(s("noop"));
    const auto runOnce = [&] {
        const qint64 id = addNoop(0, output, 0, s("hash"));
        return QTest::qWaitFor([&] { return status(id) == s("completed"); }, patience) ? id : 0;
    };
    const qint64 first = runOnce();
    QVERIFY(first > 0);
    const QDateTime made = modified();
    const qint64 second = runOnce();
    QVERIFY(second > 0);
    QCOMPARE(modified(), made);
    QVERIFY(writeOutput(output, "changed by somebody")); // no longer what was made
    const qint64 third = runOnce();
    QVERIFY(third > 0);
    QCOMPARE(QFileInfo(output).size(), qint64(QByteArray("noop \n").size() + QByteArray::number(third).size()));
    QVERIFY(QFile::remove(output));
    QVERIFY(runOnce() > 0);
    QVERIFY(QFile::exists(output));
    worker->terminate();
    WAIT_FOR_END(worker);
    const QByteArray log = logOf(*worker);
    QCOMPARE(log.count("unchanged"), 1);
}

void TestWorker::termFinishesTheJobBegun()
{
    const qint64 begun = addNoop(1500);
    const qint64 next = addNoop(0);
    auto worker = start(s("noop"));
    QTRY_COMPARE_WITH_TIMEOUT(status(begun), s("processing"), patience);
    worker->terminate();
    WAIT_FOR_END(worker);
    QCOMPARE(worker->exitStatus(), QProcess::NormalExit);
    QCOMPARE(worker->exitCode(), 0);
    QCOMPARE(status(begun), s("completed"));
    QCOMPARE(status(next), s("pending"));
    QCOMPARE(workerStatus(s("w0")), s("dead"));
}

void TestWorker::termGivesBackTheBatch()
{
    // Short ones bring the average down, so that the long one is claimed in a batch with those behind it.
    JobFilter pending;
    pending.status = JobStatus::Pending;
    for (int i = 0; i < 50; ++i)
        addNoop(0);
    QList<qint64> ids{addNoop(2000)};
    for (int i = 0; i < 10; ++i)
        ids.append(addNoop(0));
    auto beats = BeatFile::create(path("beats"), 1);
    QVERIFY(beats);
    auto worker = start(s("noop"), {{"LIFEGUARD_BEATS", path("beats:0")}});
    QTRY_COMPARE_WITH_TIMEOUT((*beats)->read(0).jobId, ids.at(0), patience); // begun, not only claimed
    QCOMPARE(m_queue->list(pending).value().size(), 0); // and all the others are claimed
    ::kill(static_cast<pid_t>(worker->processId()), SIGINT);
    // They are given back at once, while the long one still runs.
    QTRY_COMPARE_WITH_TIMEOUT(status(ids.at(10)), s("pending"), patience);
    QCOMPARE(status(ids.at(0)), s("processing"));
    WAIT_FOR_END(worker);
    QCOMPARE(worker->exitCode(), 0);
    QCOMPARE(status(ids.at(0)), s("completed"));
    for (int i = 1; i <= 10; ++i) {
        QCOMPARE(status(ids.at(i)), s("pending"));
        QVERIFY(job(ids.at(i)).maxAttempts - job(ids.at(i)).attempts >= 3); // it does not count
    }
}

void TestWorker::termWhileIdle()
{
    auto worker = start(s("noop"));
    QTRY_COMPARE_WITH_TIMEOUT(workerStatus(s("w0")), s("idle"), patience);
    worker->terminate();
    WAIT_FOR_END(worker);
    QCOMPARE(worker->exitCode(), 0);
    QCOMPARE(workerStatus(s("w0")), s("dead"));
}

void TestWorker::managerGoneDuringAJob()
{
    QProcess manager;
    manager.start(s("sleep"), {s("600")});
    QVERIFY(manager.waitForStarted());
    const QString identity = ProcessIdentity::of(manager.processId())->toString();
    const qint64 begun = addNoop(1000);
    const qint64 next = addNoop(0);
    auto worker = start(s("noop"), {{"LIFEGUARD_MANAGER", identity}});
    QTRY_COMPARE_WITH_TIMEOUT(status(begun), s("processing"), patience);
    manager.kill();
    QVERIFY(manager.waitForFinished());
    WAIT_FOR_END(worker);
    QCOMPARE(worker->exitCode(), 0);
    QCOMPARE(status(begun), s("completed"));
    QCOMPARE(status(next), s("pending"));
    QCOMPARE(workerStatus(s("w0")), s("dead"));
}

void TestWorker::managerGoneBefore()
{
    QProcess manager;
    manager.start(s("sleep"), {s("600")});
    QVERIFY(manager.waitForStarted());
    const QString identity = ProcessIdentity::of(manager.processId())->toString();
    manager.kill();
    QVERIFY(manager.waitForFinished());
    auto worker = start(s("noop"), {{"LIFEGUARD_MANAGER", identity}});
    WAIT_FOR_END(worker);
    QCOMPARE(worker->exitCode(), 0);
    QVERIFY(workerStatus(s("w0")) != s("idle"));
}

void TestWorker::cancelledWhileRunning()
{
    const qint64 id = addNoop(60000, path("never.txt"));
    auto worker = start(s("noop"));
    QTRY_COMPARE_WITH_TIMEOUT(status(id), s("processing"), patience);
    QCOMPARE(m_queue->cancel({id}, s("test")).value_or(0), 1);
    QTRY_COMPARE_WITH_TIMEOUT(workerStatus(s("w0")), s("idle"), patience);
    QCOMPARE(status(id), s("cancelled"));
    QVERIFY(!QFile::exists(path("never.txt")));
    const qint64 next = addNoop(0); // it lives on
    QTRY_COMPARE_WITH_TIMEOUT(status(next), s("completed"), patience);
    worker->terminate();
    WAIT_FOR_END(worker);
}

void TestWorker::leaseTakenAway()
{
    const qint64 id = addNoop(1500, path("shared.txt"));
    auto worker = start(s("noop"));
    QTRY_COMPARE_WITH_TIMEOUT(status(id), s("processing"), patience);
    // As a manager does that believes it dead; and somebody else has the job now.
    QVERIFY(m_queue->returnJobsOf(job(id).workerId, {}));
    const qint64 other = m_registry->registerWorker(s("noop"), s("other"), s("direct")).value_or(0);
    const auto taken = m_queue->claim(other, s("noop"));
    QVERIFY(taken && taken->size() == 1);
    QTRY_COMPARE_WITH_TIMEOUT(workerStatus(s("w0")), s("idle"), patience);
    QVERIFY(!QFile::exists(path("shared.txt")));
    QCOMPARE(status(id), s("processing"));
    QVERIFY(m_queue->acknowledge(taken->at(0).lease(), 0.1));
    worker->terminate();
    WAIT_FOR_END(worker);
}

void TestWorker::ownRowDead()
{
    auto worker = start(s("noop"));
    QTRY_COMPARE_WITH_TIMEOUT(workerStatus(s("w0")), s("idle"), patience);
    QVERIFY(m_registry->setDead(m_registry->idOf(s("w0")).value().value()));
    const qint64 id = addNoop(0);
    WAIT_FOR_END(worker);
    QCOMPARE(worker->exitCode(), 0);
    QCOMPARE(status(id), s("pending"));
}

void TestWorker::lockedDatabaseLosesNothing()
{
    const qint64 id = addNoop(300, path("x.txt"));
    auto worker = start(s("noop"));
    QTRY_COMPARE_WITH_TIMEOUT(status(id), s("processing"), patience);
    const Status held = m_db->transaction([&]() -> Status {
        QTest::qWait(3000); // longer than the worker waits for a lock at a time
        return {};
    });
    QVERIFY(held);
    QTRY_COMPARE_WITH_TIMEOUT(status(id), s("completed"), patience);
    QVERIFY(QFile::exists(path("x.txt")));
    QCOMPARE(job(id).attempts, 1);
    QCOMPARE(worker->state(), QProcess::Running);
    worker->terminate();
    WAIT_FOR_END(worker);
}

void TestWorker::termWhileLocked()
{
    for (int i = 0; i < 50; ++i)
        addNoop(0);
    const QList<qint64> ids{addNoop(300), addNoop(0), addNoop(0)}; // claimed as one batch
    auto beats = BeatFile::create(path("beats"), 1);
    QVERIFY(beats);
    auto worker = start(s("noop"), {{"LIFEGUARD_BEATS", path("beats:0")}});
    QTRY_COMPARE_WITH_TIMEOUT((*beats)->read(0).jobId, ids.at(0), patience);
    const Status held = m_db->transaction([&]() -> Status {
        QTest::qWait(1500); // the job is done by now, and cannot be acknowledged
        worker->terminate();
        QTest::qWait(2500);
        return {};
    });
    QVERIFY(held);
    WAIT_FOR_END(worker);
    QCOMPARE(worker->exitCode(), 0);
    QCOMPARE(status(ids.at(0)), s("completed"));
    QCOMPARE(status(ids.at(1)), s("pending"));
    QCOMPARE(status(ids.at(2)), s("pending"));
    QCOMPARE(workerStatus(s("w0")), s("dead"));
}

void TestWorker::plantUml()
{
    const qint64 png = addDiagram("@startuml\nA -> B\n@enduml\n", path("out/a.png"));
    const qint64 bad = addDiagram("@startuml\nA -> B\nfoo bar baz ->->\n@enduml\n", path("out/b.png"));
    const qint64 svg = addDiagram("@startuml\nclass A\n@enduml\n", path("out/a.svg"));
    auto worker = start(s("plantuml"));
    QTRY_COMPARE_WITH_TIMEOUT(status(svg), s("completed"), 3 * patience);
    QCOMPARE(status(png), s("completed"));
    QCOMPARE(status(bad), s("failed"));
    QCOMPARE(job(bad).error, s("line 3: Syntax Error?"));
    QVERIFY(QFileInfo(path("out/a.png")).size() > 0);
    QVERIFY(!QFile::exists(path("out/b.png")));
    const QList<ProcessEntry> tree = ProcessTable::read().treeOf(worker->processId());
    QVERIFY(tree.size() > 1); // the Java machines are kept warm
    worker->terminate();
    WAIT_FOR_END(worker);
    QCOMPARE(worker->exitCode(), 0);
    for (const ProcessEntry &entry : tree)
        QVERIFY(!isAlive(entry.pid));
    QVERIFY(!logOf(*worker).contains("Destroyed while process"));
}

// A "java" that starts a child in a session of its own and another that outlives its parent, and then hangs.
static const QByteArray hangingJava = "#!/bin/bash\n"
                                      "trap '' TERM\n"
                                      "setsid bash -c 'trap \"\" TERM; echo $$ > child.pid; sleep 600' &\n"
                                      "bash -c 'setsid bash -c \"echo \\$\\$ > orphan.pid; sleep 600\" & disown'\n"
                                      "echo $$ > tool.pid\n"
                                      "echo 'thinking' >&2\n"
                                      "while :; do sleep 600; done\n";

void TestWorker::overItsTime()
{
    QVERIFY(QDir().mkpath(path("bin")));
    writeScript(path("bin/java"), hangingJava);
    const qint64 id = addDiagram("@startuml\nA -> B\n@enduml\n", path("a.png"));
    auto worker = start(s("plantuml"), {{"PATH", path("bin") + s(":") + qEnvironmentVariable("PATH")}}, {s("--max-job-time"), s("2")});
    const qint64 tool = pidIn(path("tool.pid"), patience);
    const qint64 child = pidIn(path("child.pid"), patience);
    const qint64 orphan = pidIn(path("orphan.pid"), patience);
    QVERIFY(tool > 0 && child > 0 && orphan > 0);
    QTRY_COMPARE_WITH_TIMEOUT(status(id), s("failed"), patience);
    QCOMPARE(job(id).error, s("took longer than max_job_time (2 s); the tool was stopped"));
    QVERIFY(!isAlive(tool));
    QVERIFY(!isAlive(child));
    QVERIFY(!isAlive(orphan));
    QCOMPARE(worker->state(), QProcess::Running);
    QTRY_COMPARE_WITH_TIMEOUT(ProcessTable::read().treeOf(worker->processId()).size(), 1, patience); // no zombies
    worker->terminate();
    WAIT_FOR_END(worker);
}

void TestWorker::cancelledToolIsGone()
{
    QVERIFY(QDir().mkpath(path("bin")));
    writeScript(path("bin/java"), hangingJava);
    const qint64 id = addDiagram("@startuml\nA -> B\n@enduml\n", path("a.png"));
    auto worker = start(s("plantuml"), {{"PATH", path("bin") + s(":") + qEnvironmentVariable("PATH")}});
    const QList<qint64> pids{pidIn(path("tool.pid"), patience), pidIn(path("child.pid"), patience), pidIn(path("orphan.pid"), patience)};
    QCOMPARE(m_queue->cancel({id}, s("test")).value_or(0), 1);
    for (const qint64 pid : pids) {
        QVERIFY(pid > 0);
        QTRY_VERIFY_WITH_TIMEOUT(!isAlive(pid), patience);
    }
    QTRY_COMPARE_WITH_TIMEOUT(workerStatus(s("w0")), s("idle"), patience);
    QCOMPARE(status(id), s("cancelled"));
    worker->terminate();
    WAIT_FOR_END(worker);
}

void TestWorker::killedWorkerLeavesNoTool()
{
    const qint64 id = addDiagram("@startuml\nA -> B\n@enduml\n", path("a.png"));
    auto worker = start(s("plantuml"));
    QTRY_COMPARE_WITH_TIMEOUT(status(id), s("completed"), 3 * patience);
    const QList<qint64> tools = ProcessTable::read().childrenOf(worker->processId());
    QVERIFY(!tools.isEmpty());
    worker->kill();
    WAIT_FOR_END(worker);
    for (const qint64 pid : tools)
        QTRY_VERIFY_WITH_TIMEOUT(!isAlive(pid), patience);
}

QTEST_GUILESS_MAIN(TestWorker)
#include "tst_worker.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
// Tests the program lifeguard-worker with a real database: start, claims and conversions. tst_workerleases.cpp tests
// lost leases and locked databases, and tst_workerends.cpp the end of a worker.
#include "core/base/beatfile.h"
#include "core/base/processtable.h"
#include "core/model/job.h"
#include "core/worker/jobfiles.h"
#include "tests/support/processes.h"
#include "tests/support/queuetest.h"
#include "tests/support/testhelpers.h"
#include "tests/support/workertest.h"

#include <QDir>
#include <QFile>
#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;

namespace {

QByteArray jobText(qint64 id)
{
    return QByteArray("job ").append(QByteArray::number(id));
}

} // namespace

class TestWorker : public WorkerTest
{
    Q_OBJECT

private Q_SLOTS:
    void wrongConfigurationExitsWith2_data();
    void wrongConfigurationExitsWith2();
    void databaseErrorsExitWith3();
    void anotherFileThanThatOfTheManagerIsRefused();
    void registersAndBeats();
    void convertsWaitingAndNewJobs();
    void wakesUpForEveryJob();
    void jobsOfHigherPriorityRunFirst();
    void failsWithAReason_data();
    void failsWithAReason();
    void outputIsWritten();
    void outputRootsAreUsed_data();
    void outputRootsAreUsed();
    void unchangedOutputIsNotConvertedAgain();
    void convertsDiagrams();
};

void TestWorker::wrongConfigurationExitsWith2_data()
{
    QTest::addColumn<QByteArray>("variable");
    QTest::addColumn<QString>("value");
    QTest::newRow("no type") << QByteArray("WORKER_TYPE") << QString();
    QTest::newRow("unknown type") << QByteArray("WORKER_TYPE") << s("dance");
    QTest::newRow("no database") << QByteArray("DB_PATH") << QString();
    QTest::newRow("no workspace") << QByteArray("WORKSPACE_PATH") << QString();
    QTest::newRow("missing workspace") << QByteArray("WORKSPACE_PATH") << s("/nonexistent");
    QTest::newRow("time limit is not a number") << QByteArray("LIFEGUARD_MAX_JOB_TIME") << s("long");
    QTest::newRow("time limit for files is not positive") << QByteArray("LIFEGUARD_FILE_TIMEOUT") << s("0");
    QTest::newRow("database without an inode") << QByteArray("LIFEGUARD_DATABASE_FILE") << s("7:");
    QTest::newRow("beat file without a slot") << QByteArray("LIFEGUARD_BEATS") << s("/tmp/beats");
    QTest::newRow("relative output root") << QByteArray("LIFEGUARD_OUTPUT_ROOTS") << s("out");
    QTest::newRow("manager is not a process") << QByteArray("LIFEGUARD_MANAGER") << s("me");
}

void TestWorker::wrongConfigurationExitsWith2()
{
    QFETCH(QByteArray, variable);
    QFETCH(QString, value);
    auto worker = start(s("noop"), {{variable.constData(), value}});
    WAIT_FOR_END(worker);
    QCOMPARE(worker->exitCode(), 2);
    QVERIFY(!logOf(*worker).isEmpty());
}

void TestWorker::databaseErrorsExitWith3()
{
    auto worker = start(s("noop"), {{"DB_PATH", path("missing.db")}});
    WAIT_FOR_END(worker);
    QCOMPARE(worker->exitCode(), 3);
    QVERIFY(logOf(*worker).contains("missing.db"));
    QVERIFY(!QFile::exists(path("missing.db")));
    // A name that another worker has.
    auto first = start(s("noop"));
    QTRY_COMPARE_WITH_TIMEOUT(workerStatus(s("w1")), s("idle"), patience);
    auto second = start(s("noop"), {{"WORKER_ID", s("w1")}});
    WAIT_FOR_END(second);
    QCOMPARE(second->exitCode(), 3);
    first->terminate();
    WAIT_FOR_END(first);
}

/// The file was replaced between the start of the worker and its first look at the database.
void TestWorker::anotherFileThanThatOfTheManagerIsRefused()
{
    auto worker = start(s("noop"), {{"LIFEGUARD_DATABASE_FILE", s("7:42")}});
    WAIT_FOR_END(worker);
    QCOMPARE(worker->exitCode(), 3);
    QVERIFY(logOf(*worker).contains("was replaced"));
    QCOMPARE(workerStatus(s("w0")), QString());
    auto accepted = start(s("noop"), {{"LIFEGUARD_DATABASE_FILE", FileIdentity::of(path("jobs.db")).toString()}});
    QTRY_COMPARE_WITH_TIMEOUT(workerStatus(s("w1")), s("idle"), patience);
    accepted->terminate();
    WAIT_FOR_END(accepted);
}

void TestWorker::registersAndBeats()
{
    auto beats = BeatFile::create(path("a:beats"), 3); // the number of the slot follows the last colon
    QVERIFY(beats);
    auto worker = start(s("noop"), {{"LIFEGUARD_BEATS", path("a:beats:1")}});
    QTRY_COMPARE_WITH_TIMEOUT((*beats)->read(1).phase, WorkerPhase::Idle, patience);
    QCOMPARE(workerStatus(s("w0")), s("idle"));
    QCOMPARE(m_registry->idOf(s("w0")).value().value(), (*beats)->read(1).workerId);
    const quint64 before = (*beats)->read(1).counter;
    EVENTUALLY((*beats)->read(1).counter > before);
    const qint64 id = addNoop(60000);
    QTRY_COMPARE_WITH_TIMEOUT((*beats)->read(1).jobId, id, patience);
    const Beat busy = (*beats)->read(1);
    QCOMPARE(busy.phase, WorkerPhase::Working);
    QCOMPARE(busy.attempt, 1);
    QVERIFY(busy.jobStartedAt.count() > 0);
    QCOMPARE(workerStatus(s("w0")), s("busy"));
    EVENTUALLY((*beats)->read(1).counter > busy.counter); // heartbeats continue during the job
    QVERIFY(m_queue->cancel({id}, s("test")));
    QTRY_COMPARE_WITH_TIMEOUT((*beats)->read(1).phase, WorkerPhase::Idle, patience);
    QCOMPARE((*beats)->read(1).jobId, 0);
    worker->terminate();
    WAIT_FOR_END(worker);
    QCOMPARE((*beats)->read(1).phase, WorkerPhase::Ended);
    QCOMPARE((*beats)->read(0), Beat());
    QCOMPARE((*beats)->read(2), Beat());
}

void TestWorker::convertsWaitingAndNewJobs()
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
    QVERIFY(logOf(*worker).contains(jobText(coming)));
}

void TestWorker::wakesUpForEveryJob()
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

void TestWorker::jobsOfHigherPriorityRunFirst()
{
    const qint64 low = addNoop(0, path("low.txt"), -1);
    const qint64 high = addNoop(0, path("high.txt"), 5);
    auto worker = start(s("noop"));
    QTRY_COMPARE_WITH_TIMEOUT(status(low), s("completed"), patience);
    worker->terminate();
    WAIT_FOR_END(worker);
    const QByteArray log = logOf(*worker);
    QVERIFY(log.indexOf(jobText(high)) < log.indexOf(jobText(low)));
}

void TestWorker::failsWithAReason_data()
{
    QTest::addColumn<QString>("input");
    QTest::addColumn<QString>("output");
    QTest::addColumn<QByteArray>("payload");
    QTest::addColumn<QString>("reason");
    QTest::newRow("no input") << QString() << s("a.png") << QByteArray() << s("no input");
    QTest::newRow("missing input") << s("missing.puml") << s("a.png") << QByteArray("{}") << s("missing.puml");
    QTest::newRow("no output") << s("in.puml") << QString() << QByteArray() << s("no output");
    QTest::newRow("unknown format") << s("in.puml") << s("a.gif") << QByteArray() << s("png, svg");
    QTest::newRow("output outside the workspace")
        << s("in.puml") << s("../outside.png") << QByteArray() << s("outside the workspace");
    QTest::newRow("the option for such outputs is named")
        << s("in.puml") << s("../outside.png") << QByteArray() << s("--output-root");
    QTest::newRow("a file in place of the output folder")
        << s("in.puml") << s("in.puml/a.png") << QByteArray() << s("a file with this name exists");
    QTest::newRow("invalid payload") << s("in.puml") << s("a.png") << QByteArray("{") << s("JSON");
    QTest::newRow("no diagram") << QString() << s("a.png") << QByteArray("{\"data\": \"hello\"}") << s("@startuml");
}

void TestWorker::failsWithAReason()
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
    QCOMPARE(QDir(path("new/folders")).entryList(QDir::Files | QDir::Hidden).size(), 1); // no temporary file is left
    worker->terminate();
    WAIT_FOR_END(worker);
}

void TestWorker::outputRootsAreUsed_data()
{
    QTest::addColumn<bool>("isOption");
    QTest::newRow("option") << true;
    QTest::newRow("environment") << false;
}

void TestWorker::outputRootsAreUsed()
{
    QFETCH(bool, isOption);
    const QTemporaryDir root;
    const QTemporaryDir other;
    const qint64 id = addNoop(0, root.filePath(s("new/x.txt")));
    const qint64 refused = addNoop(0, other.filePath(s("x.txt")));
    auto worker = isOption ? start(s("noop"), {}, {s("--output-root"), s("/"), s("--output-root"), root.path()})
                           : start(s("noop"), {{"LIFEGUARD_OUTPUT_ROOTS", s("/nonexistent:") + root.path()}});
    if (isOption) { // the whole file system is refused
        WAIT_FOR_END(worker);
        QCOMPARE(worker->exitCode(), 2);
        worker = start(s("noop"), {}, {s("--output-root"), root.path()});
    }
    QTRY_COMPARE_WITH_TIMEOUT(status(id), s("completed"), patience);
    QCOMPARE(QDir(root.filePath(s("new"))).entryList(QDir::Files | QDir::Hidden), QStringList{s("x.txt")});
    QTRY_COMPARE_WITH_TIMEOUT(status(refused), s("failed"), patience);
    // A root that vanishes is not the fault of the job.
    QVERIFY(QDir(root.path()).removeRecursively());
    const qint64 returned = addNoop(0, root.filePath(s("new/y.txt")));
    EVENTUALLY(RawSql(path("jobs.db")).value(s("SELECT max_attempts FROM jobs WHERE id = ?"), {returned}).toInt() > 3);
    QCOMPARE(status(returned), s("pending"));
    worker->terminate();
    WAIT_FOR_END(worker);
    QVERIFY(!QFile::exists(root.path()));
}

void TestWorker::unchangedOutputIsNotConvertedAgain()
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
    const QDateTime before = modified();
    const qint64 second = runOnce();
    QVERIFY(second > 0);
    QCOMPARE(modified(), before);
    QVERIFY(writeOutput(output, "changed by a user")); // no longer the output of the job
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

void TestWorker::convertsDiagrams()
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
    QVERIFY(tree.size() > 1); // the Java processes stay open
    worker->terminate();
    WAIT_FOR_END(worker);
    QCOMPARE(worker->exitCode(), 0);
    for (const ProcessEntry &entry : tree)
        QVERIFY(!isAlive(entry.pid));
    QVERIFY(!logOf(*worker).contains("Destroyed while process"));
}

QTEST_GUILESS_MAIN(TestWorker)
#include "tst_worker.moc"

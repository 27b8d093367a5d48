// SPDX-License-Identifier: GPL-3.0-or-later
// Tests `lifeguardctl run` with real workers: when it ends, its exit code and its output.
#include "tests/support/ctlprogram.h"
#include "tests/support/queuetest.h"

#include <QFile>
#include <QProcess>
#include <QStandardPaths>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTest>
#include <QTimer>

class TestCtlRun : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { m_ctl = std::make_unique<CtlProgram>(); }
    void cleanup() { m_ctl.reset(); }
    void runUntilIdleCompletesAllJobs();
    void eventsArePrintedAsJson();
    void runUntilIdleEndsWithoutJobs();
    void startsPoolsForWaitingJobs();
    void failedJobGivesExitCode1();
    void waitingJobsOfAFailingCommandAreReported();
    void secretsAreNeitherStoredNorPrinted();
    void reasonForMissingDockerIsAlwaysPrinted_data();
    void reasonForMissingDockerIsAlwaysPrinted();
    void jobsThatNoPoolMayClaimAreReported();
    void typesWithoutAPoolAreReported();
    void outputRootsAreAllowed_data();
    void outputRootsAreAllowed();
    void lockIsAttributedToItsHolder_data();
    void lockIsAttributedToItsHolder();
    void workersAndEventsAreListedAfterRun();

private:
    std::unique_ptr<CtlProgram> m_ctl;
};

void TestCtlRun::runUntilIdleCompletesAllJobs()
{
    QVERIFY(m_ctl->submitNoop(6, 20));
    const auto outcome = m_ctl->call(
        {QStringLiteral("run"), QStringLiteral("--pool"), QStringLiteral("noop=2"), QStringLiteral("--until-idle")});
    QVERIFY2(outcome.code == 0, outcome.all().constData());
    QCOMPARE(m_ctl->jobs(QStringLiteral("completed")), 6);
    QVERIFY2(outcome.out.contains("noop-0 is "), outcome.out.constData());
    const QJsonObject workers = m_ctl->call({QStringLiteral("status"), QStringLiteral("--json")})
                                    .object()
                                    .value(QLatin1String("workers"))
                                    .toObject();
    QCOMPARE(workers.value(QLatin1String("idle")).toInt(-1), 0);
    QCOMPARE(workers.value(QLatin1String("busy")).toInt(-1), 0);
}

void TestCtlRun::eventsArePrintedAsJson()
{
    QVERIFY(m_ctl->submitNoop(2));
    const auto outcome = m_ctl->call({QStringLiteral("run"), QStringLiteral("--pool"), QStringLiteral("noop=1"),
                                      QStringLiteral("--until-idle"), QStringLiteral("--json")});
    QVERIFY2(outcome.code == 0, outcome.err.constData());
    const QJsonArray lines = outcome.array();
    QVERIFY2(!lines.isEmpty(), outcome.out.constData());
    for (const QJsonValue &line : lines) {
        QVERIFY(!line.toObject().value(QLatin1String("kind")).toString().isEmpty());
        QVERIFY(!line.toObject().value(QLatin1String("created_at")).toString().isEmpty());
    }
}

void TestCtlRun::runUntilIdleEndsWithoutJobs()
{
    const auto outcome = m_ctl->call(
        {QStringLiteral("run"), QStringLiteral("--pool"), QStringLiteral("noop=2"), QStringLiteral("--until-idle")});
    QVERIFY2(outcome.code == 0, outcome.all().constData());
    QVERIFY(QFile::exists(m_ctl->database()));
}

void TestCtlRun::startsPoolsForWaitingJobs()
{
    QVERIFY(m_ctl->submitNoop(3));
    const auto outcome = m_ctl->call({QStringLiteral("run"), QStringLiteral("--until-idle")});
    QVERIFY2(outcome.code == 0, outcome.all().constData());
    QCOMPARE(m_ctl->jobs(QStringLiteral("completed")), 3);
}

void TestCtlRun::failedJobGivesExitCode1()
{
    if (QStandardPaths::findExecutable(QStringLiteral("plantuml")).isEmpty()) {
        QSKIP("plantuml is not installed");
    }
    const QString bad = m_ctl->write(QStringLiteral("bad.puml"), "@startuml\nthis is -> not :: a (diagram\n@enduml\n");
    QCOMPARE(m_ctl->call({QStringLiteral("submit"), bad}).code, 0);
    const QStringList run{QStringLiteral("run"), QStringLiteral("--pool"), QStringLiteral("plantuml=1"),
                          QStringLiteral("--until-idle")};
    const auto outcome = m_ctl->call(run);
    QCOMPARE(outcome.code, 1);
    QVERIFY2(outcome.out.contains("job 1 failed") && outcome.out.contains("bad.puml"), outcome.out.constData());
    QCOMPARE(m_ctl->jobs(QStringLiteral("failed")), 1);
    QCOMPARE(m_ctl->call(run).code, 0); // the job failed before this command was started
    QCOMPARE(m_ctl->call({QStringLiteral("retry"), QStringLiteral("1")}).code, 0);
    QCOMPARE(m_ctl->call(run).code, 1); // it failed again
}

void TestCtlRun::waitingJobsOfAFailingCommandAreReported()
{
    QCOMPARE(m_ctl
                 ->call({QStringLiteral("submit"), QStringLiteral("--type"), QStringLiteral("mine"),
                         QStringLiteral("--payload"), QStringLiteral("{}")})
                 .code,
             0);
    for (const char *command : {"/bin/false", "/nonexistent/worker --fast"}) {
        const auto outcome = m_ctl->call({QStringLiteral("run"), QStringLiteral("--pool"),
                                          QStringLiteral("mine=1,command=") + QString::fromLatin1(command),
                                          QStringLiteral("--until-idle"), QStringLiteral("--timeout"),
                                          QStringLiteral("100")},
                                         120000);
        QVERIFY2(outcome.code == 1, outcome.all().constData());
        QVERIFY2(outcome.out.contains("job 1 is still waiting"), outcome.out.constData());
    }
    QCOMPARE(m_ctl->jobs(QStringLiteral("pending")), 1);
}

void TestCtlRun::secretsAreNeitherStoredNorPrinted()
{
    QVERIFY(m_ctl->submitNoop(1));
    const auto outcome = m_ctl->call(
        {QStringLiteral("run"), QStringLiteral("--until-idle"), QStringLiteral("--pool"),
         QStringLiteral("noop=1,command=sh -c \"echo using API_TOKEN=hunter2; exit 3\" sh --password hunter2")});
    QCOMPARE(outcome.code, 1);
    QVERIFY2(outcome.out.contains("API_TOKEN=***"), outcome.all().constData());
    QVERIFY2(!outcome.all().contains("hunter2"), outcome.all().constData());
    for (const char *suffix : {"", "-wal"}) {
        QFile file(m_ctl->database() + QLatin1String(suffix));
        if (file.open(QIODevice::ReadOnly)) {
            const QByteArray bytes = file.readAll();
            const qsizetype at = bytes.indexOf("hunter2");
            QVERIFY2(at < 0, bytes.mid(qMax<qsizetype>(0, at - 200), 250).constData());
        }
    }
}

void TestCtlRun::reasonForMissingDockerIsAlwaysPrinted_data()
{
    QTest::addColumn<bool>("isListening");
    QTest::addColumn<int>("runs");
    QTest::newRow("nothing listens") << false << 30;
    // The reason and the end of the run have different sources. The end comes first if the engine answers late.
    QTest::newRow("the engine closes the connection after a while") << true << 10;
}

void TestCtlRun::reasonForMissingDockerIsAlwaysPrinted()
{
    QFETCH(bool, isListening);
    QFETCH(int, runs);
    QVERIFY(m_ctl->submitNoop(1));
    QTcpServer engine;
    connect(&engine, &QTcpServer::newConnection, this, [&engine] {
        QTcpSocket *connection = engine.nextPendingConnection();
        QTimer::singleShot(200, connection, [connection] { connection->abort(); });
    });
    QProcessEnvironment environment = m_ctl->environment();
    if (isListening) {
        QVERIFY(engine.listen(QHostAddress::LocalHost));
        environment.insert(QStringLiteral("DOCKER_HOST"),
                           QStringLiteral("tcp://127.0.0.1:%1").arg(engine.serverPort()));
    }
    for (int run = 0; run < runs; ++run) {
        QProcess process;
        process.setProcessEnvironment(environment);
        process.start(CtlProgram::program(),
                      {QStringLiteral("run"), QStringLiteral("--until-idle"), QStringLiteral("--pool"),
                       QStringLiteral("noop=1,mode=docker,image=none"), QStringLiteral("--db"), m_ctl->database(),
                       QStringLiteral("--workspace"), m_ctl->folder()});
        QTRY_COMPARE_WITH_TIMEOUT(process.state(), QProcess::NotRunning, 60000);
        const QByteArray out = process.readAllStandardOutput();
        QCOMPARE(process.exitCode(), 1);
        const qsizetype reason = out.indexOf("pool noop is crash-looping: ");
        QVERIFY2(reason >= 0, out.constData());
        QVERIFY2(reason < out.indexOf("is still waiting"), out.constData());
    }
}

void TestCtlRun::jobsThatNoPoolMayClaimAreReported()
{
    QVERIFY(m_ctl->submitNoop(3));
    QVERIFY(lifeguard::test::RawSql(m_ctl->database())
                .exec(QStringLiteral("UPDATE jobs SET execution_mode = 'docker' WHERE id > 1")));
    const auto outcome = m_ctl->call({QStringLiteral("run"), QStringLiteral("--until-idle"), QStringLiteral("--pool"),
                                      QStringLiteral("noop=2,mode=direct"), QStringLiteral("--timeout"),
                                      QStringLiteral("50")});
    QVERIFY2(outcome.code == 1, outcome.all().constData());
    QVERIFY2(outcome.out.contains("for workers of another mode"), outcome.all().constData());
    QCOMPARE(outcome.out.count("is still waiting"), 2);
    QCOMPARE(m_ctl->jobs(QStringLiteral("completed")), 1);
    QCOMPARE(m_ctl->jobs(QStringLiteral("pending")), 2);
}

void TestCtlRun::typesWithoutAPoolAreReported()
{
    QVERIFY(m_ctl->submitNoop(2));
    QVERIFY(lifeguard::test::RawSql(m_ctl->database())
                .exec(QStringLiteral("UPDATE jobs SET job_type = 'jupyterlite' WHERE id = 1")));
    const auto outcome = m_ctl->call(
        {QStringLiteral("run"), QStringLiteral("--until-idle"), QStringLiteral("--pool"), QStringLiteral("noop=1")});
    QVERIFY2(outcome.code == 0, outcome.all().constData());
    QVERIFY2(outcome.out.contains("of type jupyterlite"), outcome.all().constData());
}

void TestCtlRun::lockIsAttributedToItsHolder_data()
{
    QTest::addColumn<QString>("program");
    QTest::addColumn<QByteArray>("text");
    QTest::newRow("a worker of ours") << QStringLiteral("lifeguard-worker")
                                      << QByteArray("the database is in use by lifeguard-worker (process ");
    QTest::newRow("another program") << QStringLiteral("backup-tool")
                                     << QByteArray("the database is locked by backup-tool (process ");
}

void TestCtlRun::lockIsAttributedToItsHolder()
{
    QFETCH(QString, program);
    QFETCH(QByteArray, text);
    QVERIFY(m_ctl->submitNoop(1));
    QVERIFY(QFile::link(QStringLiteral("/usr/bin/python3"), m_ctl->filePath(program)));
    QProcess holder;
    holder.start(m_ctl->filePath(program),
                 {QStringLiteral("-c"),
                  QStringLiteral("import sqlite3, sys; db = sqlite3.connect(sys.argv[1], isolation_level=None); "
                                 "db.execute('BEGIN IMMEDIATE'); print('locked', flush=True); sys.stdin.read()"),
                  m_ctl->database()});
    QVERIFY2(holder.waitForReadyRead(30000), holder.readAllStandardError().constData());
    text += QByteArray::number(holder.processId());
    QProcess process;
    m_ctl->start(process, {QStringLiteral("run"), QStringLiteral("--pool"), QStringLiteral("noop=1"),
                           QStringLiteral("--until-idle")});
    QByteArray out = CtlProgram::readUntil(process, "database: ");
    holder.closeWriteChannel();
    QVERIFY(holder.waitForFinished(30000));
    QVERIFY(process.waitForFinished(30000));
    out += process.readAllStandardOutput();
    out += process.readAllStandardError();
    QVERIFY2(out.contains(text), out.constData());
    QVERIFY2(!out.contains("another program"), out.constData());
    QCOMPARE(process.exitCode(), 0);
}

void TestCtlRun::outputRootsAreAllowed_data()
{
    QTest::addColumn<QStringList>("arguments"); // %1 is an existing folder outside the workspace
    QTest::addColumn<int>("code");
    QTest::addColumn<QByteArray>("output");
    const QString option = QStringLiteral("--output-root");
    const QString pool = QStringLiteral("--pool");
    const QString noop = QStringLiteral("noop=1,mode=direct");
    QTest::newRow("not allowed") << QStringList{pool, noop} << 1 << QByteArray("--output-root");
    QTest::newRow("for all pools") << QStringList{pool, noop, option, QStringLiteral("%1")} << 0 << QByteArray();
    QTest::newRow("without a pool") << QStringList{option, QStringLiteral("%1")} << 0 << QByteArray();
    QTest::newRow("for one pool") << QStringList{pool, noop + QStringLiteral(",output_roots=%1")} << 0 << QByteArray();
    QTest::newRow("missing folder") << QStringList{option, QStringLiteral("%1/missing")} << 2
                                    << QByteArray("is not an existing folder");
}

void TestCtlRun::outputRootsAreAllowed()
{
    QFETCH(QStringList, arguments);
    QFETCH(int, code);
    QFETCH(QByteArray, output);
    const QTemporaryDir root;
    QVERIFY(m_ctl->submitNoop(1));
    const QString target = root.filePath(QStringLiteral("x.txt"));
    {
        lifeguard::test::RawSql raw(m_ctl->database());
        QVERIFY(raw.exec(QStringLiteral("UPDATE jobs SET output_file = ?"), {target}));
    }
    arguments.replaceInStrings(QStringLiteral("%1"), root.path());
    const Outcome outcome = m_ctl->call(QStringList{QStringLiteral("run"), QStringLiteral("--until-idle")} + arguments);
    QVERIFY2(outcome.code == code, outcome.all().constData());
    QVERIFY2(outcome.all().contains(output), outcome.all().constData());
    QCOMPARE(QFile::exists(target), code == 0);
    if (code == 0) { // a manager that adopts the pool reads them from there
        const QString spec = lifeguard::test::RawSql(m_ctl->database())
                                 .value(QStringLiteral("SELECT spec FROM lifeguard_workers"))
                                 .toString();
        QVERIFY2(spec.contains(QStringLiteral("output_roots=") + root.path()), qPrintable(spec));
    }
}

void TestCtlRun::workersAndEventsAreListedAfterRun()
{
    QVERIFY(m_ctl->submitNoop(2));
    QCOMPARE(m_ctl
                 ->call({QStringLiteral("run"), QStringLiteral("--pool"), QStringLiteral("noop=1"),
                         QStringLiteral("--until-idle")})
                 .code,
             0);
    const QJsonArray workers = m_ctl->call({QStringLiteral("workers"), QStringLiteral("--json")}).array();
    QCOMPARE(workers.size(), 1);
    const QJsonObject worker = workers.at(0).toObject();
    for (const char *column :
         {"id", "worker_type", "container_id", "status", "started_at", "last_heartbeat", "cpu_usage", "memory_usage",
          "jobs_processed", "jobs_failed", "avg_processing_time", "state", "reason"}) {
        QVERIFY2(worker.contains(QLatin1String(column)), column);
    }
    QCOMPARE(worker.value(QLatin1String("worker_type")).toString(), QStringLiteral("noop"));
    QCOMPARE(worker.value(QLatin1String("jobs_processed")).toInt(), 2);
    const QByteArray status = m_ctl->call({QStringLiteral("status")}).out;
    QVERIFY2(status.contains("1 stopped") && !status.contains("1 dead"), status.constData());
    QCOMPARE(m_ctl->call({QStringLiteral("status"), QStringLiteral("--json")})
                 .object()
                 .value(QLatin1String("worker_states"))
                 .toObject()
                 .value(QLatin1String("stopped"))
                 .toInt(),
             1);
    const QJsonArray events = m_ctl->call({QStringLiteral("events"), QStringLiteral("--json")}).array();
    QVERIFY(!events.isEmpty());
    QVERIFY(!events.at(0).toObject().value(QLatin1String("message")).toString().isEmpty());
    QCOMPARE(m_ctl
                 ->call({QStringLiteral("events"), QStringLiteral("--json"), QStringLiteral("--limit"),
                         QStringLiteral("1")})
                 .array()
                 .size(),
             1);
}

QTEST_GUILESS_MAIN(TestCtlRun)
#include "tst_ctlrun.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
// The environment and the command of direct workers.
#include "core/executor/processspec.h"
#include "core/executor/workersetup.h"
#include "tests/support/testhelpers.h"

#include <QFile>
#include <QFileInfo>
#include <QTemporaryDir>
#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;

namespace {

const QString workerProgram = s("/bin/true"); // any executable file

StartRequest request(const QStringList &command = {})
{
    StartRequest r;
    r.executorId = s("direct-noop-0-01234567");
    r.config.type = s("noop");
    r.config.command = command;
    r.databasePath = s("/data/jobs.db");
    r.workspace = s("/data");
    return r;
}

} // namespace

class TestProcessSpec : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void environment();
    void optionalVariables();
    void variablesOfTheConfiguration();
    void passedVariables();
    void setUp();
    void setUpFails_data();
    void setUpFails();
    void lifeguardWorker();
    void customCommand();
    void commandInTheWorkspace();
    void missingPrograms_data();
    void missingPrograms();
};

void TestProcessSpec::environment()
{
    QProcessEnvironment base;
    base.insert(s("PATH"), s("/bin"));
    base.insert(s("NOTIFY_SOCKET"), s("/run/systemd/notify"));
    base.insert(s("WATCHDOG_USEC"), s("60000000"));
    base.insert(s("CLM_WORKER_ID"), s("7"));
    base.insert(s("LIFEGUARD_DETACH"), s("true"));
    base.insert(s("LIFEGUARD_BEATS"), s("/another:1"));
    base.insert(s("LIFEGUARD_OUTPUT_ROOTS"), s("/another"));
    base.insert(s("LIFEGUARD_ALLOW_NETWORK"), s("true"));
    base.insert(s("LIFEGUARD_ALLOW_FILES"), s("/another"));
    const QProcessEnvironment environment = workerEnvironment(request(), base,
                                                              ProcessIdentity{7, 8, s("boot"), s("ns")});
    const QHash<QString, QString> expected{{s("PATH"), s("/bin")},
                                           {s("WORKER_TYPE"), s("noop")},
                                           {s("WORKER_ID"), s("direct-noop-0-01234567")},
                                           {s("DB_PATH"), s("/data/jobs.db")},
                                           {s("CLM_JOBS_DB_PATH"), s("/data/jobs.db")},
                                           {s("WORKSPACE_PATH"), s("/data")},
                                           {s("LOG_LEVEL"), s("INFO")},
                                           {s("USE_SQLITE_QUEUE"), s("true")},
                                           {s("LIFEGUARD_PROTOCOL"), s("2")},
                                           {s("LIFEGUARD_EXECUTOR_ID"), s("direct-noop-0-01234567")},
                                           {s("LIFEGUARD_MANAGER"), s("7:8:boot:ns")},
                                           {s("LIFEGUARD_MAX_JOB_TIME"), s("600")}};
    QHash<QString, QString> found;
    for (const QString &name : environment.keys())
        found.insert(name, environment.value(name));
    QCOMPARE(found, expected);
}

void TestProcessSpec::variablesOfTheConfiguration()
{
    QProcessEnvironment base;
    base.insert(s("A"), s("1"));
    base.insert(s("B"), s("2"));
    base.insert(s("LIFEGUARD__POOLS__OTHER__ENVIRONMENT__TOKEN"), s("secret"));
    StartRequest r = request();
    r.config.environment = {{s("B"), s("3")}, {s("LOG_LEVEL"), s("DEBUG")}, {s("WORKER_ID"), s("x")}};
    const QProcessEnvironment environment = workerEnvironment(r, base, ProcessIdentity{7, 8, s("boot"), s("ns")});
    QCOMPARE(environment.value(s("A")), s("1"));
    QCOMPARE(environment.value(s("B")), s("3"));
    QCOMPARE(environment.value(s("LOG_LEVEL")), s("DEBUG"));
    QCOMPARE(environment.value(s("WORKER_ID")), r.executorId); // our variables cannot be replaced
    QVERIFY(!environment.contains(s("LIFEGUARD__POOLS__OTHER__ENVIRONMENT__TOKEN")));
}

void TestProcessSpec::passedVariables()
{
    QProcessEnvironment base;
    for (const char *name : {"A", "B", "HOME", "LANG", "LC_ALL", "LIFEGUARD_PYTHON", "PATH", "TMPDIR", "TZ",
                             "XDG_STATE_HOME", "LIFEGUARD__LOG_LEVEL"})
        base.insert(s(name), s("x"));
    WorkerConfig config;
    const auto names = [&](bool isContainer) {
        return QStringList(inheritedVariables(config, base, isContainer).keys()).join(u' ');
    };
    QCOMPARE(names(false), s("A B HOME LANG LC_ALL LIFEGUARD_PYTHON PATH TMPDIR TZ XDG_STATE_HOME"));
    QCOMPARE(names(true), QString());
    config.passEnvironment = QStringList{s("B"), s("MISSING"), s("LIFEGUARD__LOG_LEVEL")};
    QCOMPARE(names(false), s("B HOME LANG LC_ALL LIFEGUARD_PYTHON PATH TMPDIR TZ XDG_STATE_HOME"));
    QCOMPARE(names(true), s("B"));
}

void TestProcessSpec::setUp()
{
    QTemporaryDir folder;
    QFile file(folder.filePath(s("a.env")));
    QVERIFY(file.open(QIODevice::WriteOnly) && file.write("A=1\nB=2\n") > 0);
    file.close();
    StartRequest r = request();
    r.config.mode = ExecutionMode::Direct;
    r.workspace = folder.path();
    QVERIFY(!needsSetup(r.config));
    QCOMPARE(workingFolder(r), folder.path());
    r.config.envFile = file.fileName();
    r.config.environment = {{s("B"), s("3")}};
    r.config.workingDir = s("."); // begins at the workspace
    QVERIFY(needsSetup(r.config));
    const Result<StartRequest> ready = setUpWorker(r);
    QVERIFY2(ready, ready ? "" : qPrintable(ready.error().message));
    QCOMPARE(ready->config.environment, (QMap<QString, QString>{{s("A"), s("1")}, {s("B"), s("3")}}));
    QCOMPARE(workingFolder(r), folder.path());
    r.config.workingDir = s("/tmp");
    QCOMPARE(workingFolder(r), s("/tmp"));
}

void TestProcessSpec::setUpFails_data()
{
    QTest::addColumn<WorkerConfig>("config");
    QTest::addColumn<QString>("part"); // of the message
    WorkerConfig config;
    config.mode = ExecutionMode::Direct;
    WorkerConfig file = config;
    file.envFile = s("/nonexistent/a.env");
    QTest::newRow("no file") << file << s("There is no file /nonexistent/a.env");
    WorkerConfig folder = config;
    folder.workingDir = s("/nonexistent/folder");
    QTest::newRow("no folder") << folder << s("The working folder /nonexistent/folder does not exist. Create it");
    folder.workingDir = s("/etc/passwd");
    QTest::newRow("file instead of a folder") << folder << s("/etc/passwd does not exist");
    WorkerConfig masked = config;
    masked.environment = {{s("A"), s("***")}, {s("B"), s("x")}, {s("C"), s("***")}};
    QTest::newRow("values were not stored") << masked << s("these are missing: A, C.");
}

void TestProcessSpec::setUpFails()
{
    QFETCH(WorkerConfig, config);
    QFETCH(QString, part);
    StartRequest r = request();
    r.config = config;
    QVERIFY(needsSetup(config));
    const Result<StartRequest> ready = setUpWorker(r);
    QVERIFY(!ready);
    QVERIFY2(ready.error().message.contains(part), qPrintable(ready.error().message));
}

void TestProcessSpec::optionalVariables()
{
    QProcessEnvironment base;
    base.insert(s("LOG_LEVEL"), s("DEBUG"));
    StartRequest r = request();
    r.config.detach = true;
    r.databaseFile = {FileIdentity::State::Known, 7, 42};
    r.beatPath = s("/run/beats");
    r.beatSlot = 3;
    r.config.outputRoots = QStringList{s("/srv/out"), s("/mnt/x")};
    r.config.converter = {true, {s("/srv/a:b")}, s("clm"), {s("*.csv"), s("data/m.json")}};
    const QProcessEnvironment environment = workerEnvironment(r, base, {});
    QCOMPARE(environment.value(s("LOG_LEVEL")), s("DEBUG"));
    QCOMPARE(environment.value(s("LIFEGUARD_DETACH")), s("true"));
    QCOMPARE(environment.value(s("LIFEGUARD_DATABASE_FILE")), s("7:42"));
    QCOMPARE(environment.value(s("LIFEGUARD_BEATS")), s("/run/beats:3"));
    QCOMPARE(environment.value(s("LIFEGUARD_OUTPUT_ROOTS")), s("/srv/out:/mnt/x"));
    QCOMPARE(ConverterSettings::fromEnvironment(environment), r.config.converter);
}

void TestProcessSpec::lifeguardWorker()
{
    QCOMPARE(workerCommand(request(), workerProgram).value(), QStringList{workerProgram});
}

void TestProcessSpec::customCommand()
{
    StartRequest r = request({s("/bin/sh"), s("-c"), s("exit 0")});
    r.config.maxJobTime = seconds(60);
    r.config.stopGrace = seconds(5);
    QCOMPARE(workerCommand(r, workerProgram).value(),
             (QStringList{workerProgram, s("--guard"), s("--max-job-time"), s("60"), s("--grace"), s("5"), s("--"),
                          s("/bin/sh"), s("-c"), s("exit 0")}));
    const QStringList found = workerCommand(request({s("sh")}), workerProgram).value();
    QVERIFY2(found.last().startsWith(u'/') && found.last().endsWith(s("/sh")), qPrintable(found.last()));
}

void TestProcessSpec::commandInTheWorkspace()
{
    QTemporaryDir folder;
    QVERIFY(QFile::copy(s("/bin/true"), folder.filePath(s("worker"))));
    StartRequest r = request({s("./worker")});
    r.workspace = folder.path();
    QCOMPARE(QFileInfo(workerCommand(r, workerProgram).value().last()).canonicalFilePath(),
             QFileInfo(folder.filePath(s("worker"))).canonicalFilePath());
}

void TestProcessSpec::missingPrograms_data()
{
    QTest::addColumn<QStringList>("command");
    QTest::addColumn<QString>("program");
    QTest::addColumn<QString>("named");
    QTest::newRow("path") << QStringList{s("/nonexistent/program")} << workerProgram << s("'/nonexistent/program'");
    QTest::newRow("name") << QStringList{s("no-such-program-anywhere")} << workerProgram
                          << s("'no-such-program-anywhere'");
    QTest::newRow("not executable") << QStringList{s("/etc/passwd")} << workerProgram << s("'/etc/passwd'");
    QTest::newRow("folder") << QStringList{s("/tmp")} << workerProgram << s("'/tmp'");
    QTest::newRow("worker program") << QStringList() << s("/nonexistent/lifeguard-worker") << s("lifeguard-worker");
    QTest::newRow("guard") << QStringList{s("/bin/sh")} << s("/nonexistent/lifeguard-worker") << s("lifeguard-worker");
}

void TestProcessSpec::missingPrograms()
{
    QFETCH(QStringList, command);
    QFETCH(QString, program);
    QFETCH(QString, named);
    const Result<QStringList> result = workerCommand(request(command), program);
    QVERIFY(!result);
    QVERIFY(result.error().code == ErrorCode::NotFound);
    QVERIFY2(result.error().message.contains(named), qPrintable(result.error().message));
}

QTEST_GUILESS_MAIN(TestProcessSpec)
#include "tst_processspec.moc"

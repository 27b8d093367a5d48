// SPDX-License-Identifier: GPL-3.0-or-later
// The environment and the command of direct workers.
#include "core/executor/processspec.h"
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
    base.insert(s("CLM_WORKER_ID"), s("7"));
    base.insert(s("LIFEGUARD_DETACH"), s("true"));
    base.insert(s("LIFEGUARD_BEATS"), s("/another:1"));
    base.insert(s("LIFEGUARD_OUTPUT_ROOTS"), s("/another"));
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

void TestProcessSpec::optionalVariables()
{
    QProcessEnvironment base;
    base.insert(s("LOG_LEVEL"), s("DEBUG"));
    StartRequest r = request();
    r.config.detach = true;
    r.beatPath = s("/run/beats");
    r.beatSlot = 3;
    r.config.outputRoots = QStringList{s("/srv/out"), s("/mnt/x")};
    const QProcessEnvironment environment = workerEnvironment(r, base, {});
    QCOMPARE(environment.value(s("LOG_LEVEL")), s("DEBUG"));
    QCOMPARE(environment.value(s("LIFEGUARD_DETACH")), s("true"));
    QCOMPARE(environment.value(s("LIFEGUARD_BEATS")), s("/run/beats:3"));
    QCOMPARE(environment.value(s("LIFEGUARD_OUTPUT_ROOTS")), s("/srv/out:/mnt/x"));
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

// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/config/clmimport.h"
#include "core/config/configfile.h"
#include "places.h"
#include "tests/support/testhelpers.h"

#include <QFile>
#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;

class TestClmImport : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void fullFile();
    void emptyFileGivesTheDefaults();
    void wrongValues_data();
    void wrongValues();
};

void TestClmImport::fullFile()
{
    QFile file(s(LIFEGUARD_SOURCE_DIR "/tests/data/clm/full.toml"));
    QVERIFY(file.open(QIODevice::ReadOnly));
    const Result<ClmImport> import = importClmConfig(file.readAll(), s("/etc/full.toml"));
    QVERIFY2(import, import ? "" : qPrintable(import.error().message));
    const ConfigFileResult parsed = parseConfigFile(import->yaml, s("/etc/lifeguard.yaml"));
    QVERIFY(parsed);
    const Configuration &configuration = parsed->configuration;
    QCOMPARE(configuration.database, s("/etc/clm_jobs.db"));
    QCOMPARE(configuration.workspace, s("/srv/courses: new"));
    QCOMPARE(configuration.logLevel, LogLevel::Info);
    QCOMPARE(*configuration.retention.completed, seconds(7 * 86400));
    QCOMPARE(*configuration.retention.events, seconds(90 * 86400));
    QCOMPARE(configuration.pools.size(), 3);
    const WorkerConfig &notebook = configuration.pool(s("notebook"))->config;
    QCOMPARE(notebook.count, 4);
    QCOMPARE(notebook.mode, ExecutionMode::Docker);
    QCOMPARE(notebook.image, s("mhoelzl/clm-notebook-processor:0.3.0"));
    QCOMPARE(notebook.memoryLimitMb, 512);
    QCOMPARE(notebook.maxJobTime, seconds(1200));
    QCOMPARE(notebook.registrationTimeout, seconds(45));
    QCOMPARE(notebook.network, s("clm_app-network"));
    const WorkerConfig &plantuml = configuration.pool(s("plantuml"))->config;
    QCOMPARE(plantuml.count, 2);
    QCOMPARE(plantuml.mode, ExecutionMode::Direct);
    QCOMPARE(plantuml.memoryLimitMb, 0); // CLM limits only containers
    QCOMPARE(configuration.pool(s("drawio"))->config.memoryLimitMb, 1024); // CLM's default

    const QString remarks = import->remarks.join(u'\n');
    QStringList keys;
    for (const QString &remark : import->remarks)
        keys.append(remark.section(u' ', 0, 0));
    keys.sort();
    QCOMPARE(keys,
             (QStringList{s("external_tools.plantuml_jar"), s("llm.api_key"), s("llm.model"), s("paths.cache_db_path"),
                          s("retention.auto_vacuum_after_cleanup"), s("retention.cancelled_jobs_retention_days"),
                          s("worker_management.auto_start"), s("worker_management.drawio.image"),
                          s("worker_management.max_workers_cap"), s("worker_management.plantuml.memory_limit"),
                          s("worker_management.startup_parallel")}));
    QVERIFY(!remarks.contains(s("hunter2")));
}

void TestClmImport::emptyFileGivesTheDefaults()
{
    const Result<ClmImport> import = importClmConfig("", s("/etc/clm.toml"));
    QVERIFY2(import, import ? "" : qPrintable(import.error().message));
    QCOMPARE(import->yaml, QByteArray("pools:\n  notebook:\n    count: 1\n    mode: direct\n  plantuml:\n    count: 1\n"
                                      "    mode: direct\n  drawio:\n    count: 1\n    mode: direct\n"));
    QVERIFY(import->remarks.isEmpty());
}

void TestClmImport::wrongValues_data()
{
    QTest::addColumn<QByteArray>("toml");
    QTest::addColumn<QString>("message");
    QTest::newRow("no TOML") << QByteArray("a = 1\nb = = 2\n") << s("/etc/x.toml:2:");
    QTest::newRow("wrong type") << QByteArray("[worker_management.notebook]\ncount = \"two\"\n")
                                << s("worker_management.notebook.count");
    QTest::newRow("wrong size") << QByteArray("[worker_management.notebook]\nexecution_mode = \"docker\"\n"
                                              "image = \"x\"\nmemory_limit = \"1 gig\"\n")
                                << s("worker_management.notebook.memory_limit");
    QTest::newRow("wrong mode") << QByteArray("[worker_management]\ndefault_execution_mode = \"podman\"\n")
                                << s("podman");
    QTest::newRow("wrong level") << QByteArray("[logging]\nlog_level = \"TRACE\"\n") << s("log_level");
}

void TestClmImport::wrongValues()
{
    QFETCH(QByteArray, toml);
    QFETCH(QString, message);
    const Result<ClmImport> import = importClmConfig(toml, s("/etc/x.toml"));
    QVERIFY(!import);
    QCOMPARE(import.error().code, ErrorCode::InvalidArgument);
    QVERIFY2(import.error().message.contains(message), qPrintable(import.error().message));
}

QTEST_GUILESS_MAIN(TestClmImport)
#include "tst_clmimport.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
// Tests reading configuration files.
#include "tests/support/configfiles.h"
#include "tests/support/queuetest.h"
#include "tests/support/testhelpers.h"

#include <QDir>
#include <QFile>
#include <QJsonDocument>
#include <QTemporaryDir>
#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;

class TestConfigFile : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void brokenFiles_data();
    void brokenFiles();
    void goodFiles_data();
    void goodFiles();
    void defaults();
    void everything();
    void json();
    void relativePaths();
    void longValuesAreShortened();
    void refusesFilesThatOthersCanWrite();
    void missingFile();
};

/// broken/expected.txt contains all errors of all files, as ConfigFileError::toString() returns them.
void TestConfigFile::brokenFiles_data()
{
    QTest::addColumn<QStringList>("expected");
    QMap<QString, QStringList> expected;
    for (const QString &line :
         QString::fromUtf8(contentOf(configDataFolder() + s("broken/expected.txt"))).split(u'\n')) {
        if (!line.isEmpty())
            expected[line.section(u':', 0, 0)].append(line);
    }
    const QStringList names = QDir(configDataFolder() + s("broken")).entryList({s("*.yaml"), s("*.json")});
    QVERIFY(names.size() >= 30);
    QCOMPARE(QStringList(expected.keys()), names);
    for (const QString &name : names)
        QTest::newRow(qPrintable(name)) << expected.value(name);
}

void TestConfigFile::brokenFiles()
{
    QFETCH(QStringList, expected);
    const QString name = s(QTest::currentDataTag());
    const ConfigFileResult result = parseConfigFile(contentOf(configDataFolder() + s("broken/") + name), name);
    QVERIFY(!result);
    QCOMPARE(errorTexts(result).join(u'\n'), expected.join(u'\n'));
    for (const ConfigFileError &error : result.error())
        QVERIFY2(error.line > 0 && error.column > 0, "an error names its place");
}

void TestConfigFile::goodFiles_data()
{
    QTest::addColumn<QString>("path");
    const QDir folder(configDataFolder() + s("good"));
    for (const QString &name : folder.entryList(QDir::Files))
        QTest::newRow(qPrintable(name)) << folder.filePath(name);
}

void TestConfigFile::goodFiles()
{
    QFETCH(QString, path);
    QCOMPARE(errorTexts(parseConfigFile(contentOf(path), path)), QStringList());
}

void TestConfigFile::defaults()
{
    const ConfigFileResult result = parsed("# nothing\n");
    QVERIFY(result);
    QVERIFY(result->configuration == Configuration());
    const RetentionConfig retention = result->configuration.retention;
    QVERIFY(retention.completed == seconds(14 * 86400));
    QCOMPARE(shown(valueOf(result, s("retention.completed"))), s("14d (default)"));
    QCOMPARE(shown(valueOf(result, s("retention.failed"))), s("60d (default)"));
    QCOMPARE(shown(valueOf(result, s("retention.events"))), s("30d (default)"));
    QCOMPARE(shown(valueOf(result, s("retention.workers"))), s("7d (default)"));
    QCOMPARE(shown(valueOf(result, s("retention.logs"))), s("7d (default)"));
    QCOMPARE(shown(valueOf(result, s("retention.log_size"))), s("64M (default)"));
    QCOMPARE(shown(valueOf(result, s("retention.results"))), s("90d (default)"));
    QCOMPARE(shown(valueOf(result, s("log_level"))), s("warning (default)"));
    QCOMPARE(shown(valueOf(result, s("metrics.listen"))), s(" (default)"));
}

void TestConfigFile::everything()
{
    const QString path = configDataFolder() + s("good/everything.yaml");
    const ConfigFileResult result = parseConfigFile(contentOf(path), path);
    QCOMPARE(errorTexts(result), QStringList());
    const Configuration &config = result->configuration;
    QCOMPARE(config.database, configDataFolder() + s("good/jobs.db"));
    QCOMPARE(config.workspace, s("/srv/courses"));
    QVERIFY(config.logLevel == LogLevel::Info);
    QCOMPARE(config.maxTotalWorkers, 12);
    QCOMPARE(config.maxMachineWorkers, 20);
    QCOMPARE(config.docker.host, s("unix:///var/run/docker.sock"));
    QVERIFY(config.retention.completed == seconds(7 * 86400));
    QVERIFY(!config.retention.failed);
    QCOMPARE(config.retention.logSize, qint64(16) << 20);
    QCOMPARE(config.metrics.listen, s("127.0.0.1:9464"));
    QCOMPARE(config.pools.size(), 3);
    QCOMPARE(config.pools.at(0).name, s("plantuml"));
    QCOMPARE(config.pools.at(1).name, s("converter"));
    QCOMPARE(config.pools.at(2).name, s("second-converter"));
    WorkerConfig plantuml;
    plantuml.type = s("plantuml");
    plantuml.count = 4;
    plantuml.mode = ExecutionMode::Auto;
    plantuml.maxJobTime = seconds(600);
    plantuml.memoryLimitMb = 1024;
    plantuml.recycleAboveMb = 768;
    plantuml.restartHung = false;
    QVERIFY(config.pools.at(0).config == plantuml);
    WorkerConfig converter;
    converter.type = s("mine");
    converter.mode = ExecutionMode::Direct;
    converter.command = QStringList{s("worker"), s("--title"), s("two words"), s("it's")};
    converter.outputRoots = QStringList{s("/srv/out"), s("/mnt/a:b")};
    converter.converter = {true, {s("/srv/shared"), s("/srv/a b")}, s("clm"), {s("*.csv"), s("data/model.json")}};
    converter.cpuLimit = 1.5;
    converter.staleAfter = seconds(45);
    converter.hungAfter = seconds(90);
    converter.environment = {{s("TITLE"), s("two words")},
                             {s("DEBUG"), s("yes")},
                             {s("LEVEL"), s("3")},
                             {s("EMPTY"), QString()}};
    converter.passEnvironment = QStringList{s("LANG"), s("TZ")};
    converter.envFile = configDataFolder() + s("good/secrets/converter.env");
    converter.workingDir = configDataFolder() + s("good/work");
    converter.nice = 5;
    converter.ioPriority = IoPriority::Idle;
    converter.scaling = ScalingConfig{1, 8, 2, seconds(10), seconds(600), ExecutionMode::Docker, {}};
    converter.scaling->schedule = {
        ScalingPeriod{{Qt::Monday, Qt::Friday}, std::chrono::minutes(480), std::chrono::minutes(1080), 2, {}},
        ScalingPeriod{{}, std::chrono::minutes(0), std::chrono::minutes(1440), 0, 0}};
    QVERIFY(config.pools.at(1).config == converter);
    QVERIFY2(config.pools.at(2).config == converter, "the pool is an alias of the other one");
    QCOMPARE(result->profiles, (QStringList{s("laptop"), s("server")}));
    QVERIFY(config.pool(s("plantuml")) == &config.pools.at(0));
    QVERIFY(!config.pool(s("mine")));
}

void TestConfigFile::json()
{
    const QString path = configDataFolder() + s("good/everything.json");
    QVERIFY(QJsonDocument::fromJson(contentOf(path)).isObject());
    const ConfigFileResult result = parseConfigFile(contentOf(path), path);
    QCOMPARE(errorTexts(result), QStringList());
    WorkerConfig noop;
    noop.type = s("noop");
    noop.mode = ExecutionMode::Direct;
    noop.count = 2;
    noop.detach = true;
    noop.restartHung = false;
    noop.maxJobTime = seconds(90);
    noop.command = QStringList{s("worker"), s("a b")};
    noop.cpuLimit = 0.5;
    QCOMPARE(result->configuration.pools.size(), 1);
    QVERIFY(result->configuration.pools.at(0).config == noop);
    QVERIFY(!result->configuration.retention.completed);
}

void TestConfigFile::relativePaths()
{
    ConfigOptions options;
    options.arguments.append({{s("workspace")}, s("x"), s("--workspace")});
    const ConfigFileResult result = parsed("database: ../srv/jobs.db\nworkspace: y\n", options);
    QVERIFY(result);
    QCOMPARE(result->configuration.database, s("/srv/jobs.db"));
    QCOMPARE(result->configuration.workspace, QDir::current().absoluteFilePath(s("x")));
}

void TestConfigFile::longValuesAreShortened()
{
    const QByteArray longText(10'000, 'x');
    const QList<QByteArray> texts{"log_level: " + longText, longText + ": 1",
                                  "pools: {noop: {count: " + longText + "}}", "metrics: {listen: " + longText + "}",
                                  "pools: {\"" + longText + "/\": {}}"};
    for (const QByteArray &text : texts) {
        const ConfigFileResult result = parsed(text);
        QVERIFY(!result);
        for (const ConfigFileError &error : result.error())
            QVERIFY2(error.message.size() < 500, qPrintable(error.message.left(100)));
    }
}

void TestConfigFile::refusesFilesThatOthersCanWrite()
{
    QTemporaryDir folder;
    const QString path = folder.filePath(s("lifeguard.yaml"));
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("pools:\n  noop: {mode: direct}\n");
    file.close();
    QVERIFY(file.setPermissions(QFile::ReadOwner | QFile::WriteOwner));
    const ConfigFileResult result = readConfigFile(path);
    QCOMPARE(errorTexts(result), QStringList());
    QCOMPARE(result->configuration.pools.size(), 1);
    QVERIFY(file.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ReadOther | QFile::WriteOther));
    QCOMPARE(errorTexts(readConfigFile(path)),
             QStringList{s("%1: All users can write the file %1, so its content cannot be trusted. Run: chmod go-w "
                           "'%1'")
                             .arg(path)});
}

void TestConfigFile::missingFile()
{
    QCOMPARE(errorTexts(readConfigFile(s("/none/lifeguard.yaml"))),
             QStringList{s("/none/lifeguard.yaml: There is no file /none/lifeguard.yaml.")});
}

QTEST_GUILESS_MAIN(TestConfigFile)
#include "tst_configfile.moc"

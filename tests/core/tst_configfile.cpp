// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/config/configfile.h"
#include "core/config/configvariables.h"
#include "places.h"
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
    void variablesAreSecrets();
    void sectionsOfPoolsAreOverridden();
    void json();
    void profiles();
    void unknownProfile();
    void brokenBaseOfProfile();
    void variables();
    void wrongVariables();
    void variablesWithSimilarPools();
    void precedence();
    void relativePaths();
    void secretsAreNotDisplayed();
    void longValuesAreShortened();
    void refusesFilesThatOthersCanWrite();
    void missingFile();
};

namespace {

const QString dataFolder = s(LIFEGUARD_SOURCE_DIR "/tests/data/config/");

QByteArray content(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

QStringList errorTexts(const ConfigFileResult &result)
{
    QStringList lines;
    if (!result) {
        for (const ConfigFileError &error : result.error())
            lines.append(error.toString());
    }
    return lines;
}

ConfigFileResult parsed(const QByteArray &text, const ConfigOptions &options = {})
{
    return parseConfigFile(text, s("/etc/lifeguard.yaml"), options);
}

EffectiveValue valueOf(const ConfigFileResult &result, const QString &path)
{
    if (result) {
        for (const EffectiveValue &value : result->values) {
            if (value.path == path)
                return value;
        }
    }
    return {};
}

/// Returns the value and its source as text: "2 (file 3:5)".
QString shown(const EffectiveValue &value)
{
    const QString place = QString::number(value.source.position.line) + u':'
                        + QString::number(value.source.position.column);
    switch (value.source.kind) {
    case ConfigSource::Kind::Default:
        return value.text + s(" (default)");
    case ConfigSource::Kind::File:
        return value.text + s(" (file ") + place + u')';
    case ConfigSource::Kind::Profile:
        return value.text + s(" (profile ") + value.source.name + u' ' + place + u')';
    case ConfigSource::Kind::Variable:
    case ConfigSource::Kind::Argument:
        return value.text + s(" (") + value.source.name + u')';
    }
    Q_UNREACHABLE();
}

ConfigOptions withVariables(const QMap<QString, QString> &variables)
{
    ConfigOptions options;
    for (auto each = variables.cbegin(); each != variables.cend(); ++each)
        options.environment.insert(each.key(), each.value());
    return options;
}

} // namespace

/// broken/expected.txt contains all errors of all files, as ConfigFileError::toString() returns them.
void TestConfigFile::brokenFiles_data()
{
    QTest::addColumn<QStringList>("expected");
    QMap<QString, QStringList> expected;
    for (const QString &line : QString::fromUtf8(content(dataFolder + s("broken/expected.txt"))).split(u'\n')) {
        if (!line.isEmpty())
            expected[line.section(u':', 0, 0)].append(line);
    }
    const QStringList names = QDir(dataFolder + s("broken")).entryList({s("*.yaml"), s("*.json")});
    QVERIFY(names.size() >= 30);
    QCOMPARE(QStringList(expected.keys()), names);
    for (const QString &name : names)
        QTest::newRow(qPrintable(name)) << expected.value(name);
}

void TestConfigFile::brokenFiles()
{
    QFETCH(QStringList, expected);
    const QString name = s(QTest::currentDataTag());
    const ConfigFileResult result = parseConfigFile(content(dataFolder + s("broken/") + name), name);
    QVERIFY(!result);
    QCOMPARE(errorTexts(result).join(u'\n'), expected.join(u'\n'));
    for (const ConfigFileError &error : result.error())
        QVERIFY2(error.line > 0 && error.column > 0, "an error names its place");
}

void TestConfigFile::goodFiles_data()
{
    QTest::addColumn<QString>("path");
    const QDir folder(dataFolder + s("good"));
    for (const QString &name : folder.entryList(QDir::Files))
        QTest::newRow(qPrintable(name)) << folder.filePath(name);
}

void TestConfigFile::goodFiles()
{
    QFETCH(QString, path);
    QCOMPARE(errorTexts(parseConfigFile(content(path), path)), QStringList());
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
    const QString path = dataFolder + s("good/everything.yaml");
    const ConfigFileResult result = parseConfigFile(content(path), path);
    QCOMPARE(errorTexts(result), QStringList());
    const Configuration &config = result->configuration;
    QCOMPARE(config.database, dataFolder + s("good/jobs.db"));
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
    converter.envFile = dataFolder + s("good/secrets/converter.env");
    converter.workingDir = dataFolder + s("good/work");
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

/// The values of variables are shown nowhere.
void TestConfigFile::variablesAreSecrets()
{
    const QByteArray text = "pools:\n  noop:\n    mode: direct\n    environment: {HARMLESS: hunter2, B: x}\n";
    const ConfigFileResult result = parsed(text);
    QVERIFY(result);
    QCOMPARE(shown(valueOf(result, s("pools.noop.environment.HARMLESS"))), s("*** (file 4:29)"));
    for (const EffectiveValue &value : result->values)
        QVERIFY2(!value.text.contains(s("hunter2")), qPrintable(value.path));
    const QByteArray longText = QByteArray(text).replace("hunter2", QByteArray("hunter2").repeated(6000));
    const ConfigFileResult wrong = parsed(longText);
    QVERIFY(!wrong);
    QCOMPARE(errorTexts(wrong), QStringList{s("/etc/lifeguard.yaml:4:29: pools.noop.environment.HARMLESS: The value of "
                                              "HARMLESS is longer than 32 KB.")});
}

void TestConfigFile::sectionsOfPoolsAreOverridden()
{
    const QByteArray text =
        "pools:\n  noop:\n    mode: direct\n    scaling: {max: 4, min: 1}\n    environment: {A: x}\n"
        "profiles:\n  fixed: {pools: {noop: {scaling: no}}}\n"
        "  large: {pools: {noop: {scaling: {max: 9}, environment: {B: y}}}}\n";
    const ConfigFileResult base = parsed(text);
    QCOMPARE(errorTexts(base), QStringList());
    QCOMPARE(base->configuration.pools.at(0).config.scaling->max, 4);
    QCOMPARE(shown(valueOf(base, s("pools.noop.scaling.target_per_worker"))), s("4 (default)"));
    ConfigOptions options;
    options.profile = s("fixed");
    const ConfigFileResult fixed = parsed(text, options);
    QVERIFY(fixed && !fixed->configuration.pools.at(0).config.scaling);
    QCOMPARE(valueOf(fixed, s("pools.noop.scaling")).text, s("no"));
    options = withVariables({{s("LIFEGUARD__POOLS__NOOP__SCALING__MIN"), s("2")},
                             {s("LIFEGUARD__POOLS__NOOP__ENVIRONMENT__a_Token"), s("secret")}});
    options.profile = s("large");
    const ConfigFileResult large = parsed(text, options);
    QCOMPARE(errorTexts(large), QStringList());
    const WorkerConfig config = large->configuration.pools.at(0).config;
    QCOMPARE(config.scaling->max, 9);
    QCOMPARE(config.scaling->min, 2);
    QCOMPARE(config.environment,
             (QMap<QString, QString>{{s("A"), s("x")}, {s("B"), s("y")}, {s("a_Token"), s("secret")}}));
    QCOMPARE(shown(valueOf(large, s("pools.noop.environment.a_Token"))),
             s("*** (LIFEGUARD__POOLS__NOOP__ENVIRONMENT__a_Token)"));
    options.profile = s("fixed"); // the variable adds the section again
    const ConfigFileResult both = parsed(text, options);
    QVERIFY(both && both->configuration.pools.at(0).config.scaling->min == 2);
    const ConfigFileResult wrong = parsed(text,
                                          withVariables({{s("LIFEGUARD__POOLS__NOOP__SCALING__SCHEDULE"), s("moon")}}));
    QVERIFY(!wrong);
    QVERIFY2(errorTexts(wrong).join(u' ').startsWith(s("LIFEGUARD__POOLS__NOOP__SCALING__SCHEDULE: ")),
             qPrintable(errorTexts(wrong).join(u' ')));
}

void TestConfigFile::json()
{
    const QString path = dataFolder + s("good/everything.json");
    QVERIFY(QJsonDocument::fromJson(content(path)).isObject());
    const ConfigFileResult result = parseConfigFile(content(path), path);
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

void TestConfigFile::profiles()
{
    const QString path = dataFolder + s("good/everything.yaml");
    ConfigOptions options;
    options.profile = s("laptop");
    options.environment.insert(s("LIFEGUARD_PROFILE"), s("server"));
    const ConfigFileResult laptop = parseConfigFile(content(path), path, options);
    QCOMPARE(errorTexts(laptop), QStringList());
    QCOMPARE(laptop->profile, s("laptop"));
    QCOMPARE(shown(valueOf(laptop, s("log_level"))), s("debug (profile laptop 52:16)"));
    QCOMPARE(shown(valueOf(laptop, s("pools.plantuml.count"))), s("1 (profile laptop 54:25)"));
    QCOMPARE(shown(valueOf(laptop, s("pools.plantuml.memory"))), s("1G (file 18:13)"));
    QCOMPARE(laptop->configuration.pools.size(), 4);
    QCOMPARE(laptop->configuration.pools.at(3).name, s("noop"));

    options.profile.clear();
    const ConfigFileResult server = parseConfigFile(content(path), path, options);
    QCOMPARE(server->profile, s("server"));
    QCOMPARE(server->configuration.metrics.listen, s("[::1]:9464"));
    QCOMPARE(server->configuration.pools.at(1).config.command, (QStringList{s("worker"), s("--fast mode")}));
    QCOMPARE(server->configuration.pools.at(1).config.cpuLimit, 1.5);
    QCOMPARE(server->configuration.pools.at(0).config.count, 4);
}

void TestConfigFile::unknownProfile()
{
    ConfigOptions options;
    options.profile = s("labtop");
    QCOMPARE(errorTexts(parsed("profiles: {laptop: {}}\n", options)),
             QStringList{s("--profile: /etc/lifeguard.yaml has no profile 'labtop'. Did you mean 'laptop'?")});
    QCOMPARE(errorTexts(parsed("", withVariables({{s("LIFEGUARD_PROFILE"), s("x")}}))),
             QStringList{s("LIFEGUARD_PROFILE: /etc/lifeguard.yaml has no profile 'x'. The file has no profiles.")});
}

/// What a profile replaces is checked too.
void TestConfigFile::brokenBaseOfProfile()
{
    ConfigOptions options;
    options.profile = s("a");
    const QStringList errors = errorTexts(
        parsed("log_level: loud\nprofiles:\n  a: {log_level: info}\n  b: {log_levle: info}\n", options));
    QCOMPARE(errors.size(), 2);
    QVERIFY(errors.at(0).startsWith(s("/etc/lifeguard.yaml:1:12: log_level: ")));
    QVERIFY(errors.at(1).startsWith(s("/etc/lifeguard.yaml:4:7: log_levle: ")));
}

void TestConfigFile::variables()
{
    QCOMPARE(configVariable({s("pools"), s("my-pool.2"), s("max_job_time")}),
             s("LIFEGUARD__POOLS__MY_POOL_2__MAX_JOB_TIME"));
    const ConfigOptions options = withVariables({{s("LIFEGUARD__LOG_LEVEL"), s("debug")},
                                                 {s("LIFEGUARD__RETENTION__COMPLETED"), s("forever")},
                                                 {s("LIFEGUARD__POOLS__MY_POOL__COUNT"), s("7")},
                                                 {s("LIFEGUARD__POOLS__MY_POOL__DETACH"), s("yes")},
                                                 {s("LIFEGUARD__POOLS__MY_POOL__COMMAND"), s("worker \"a b\"")},
                                                 {s("LIFEGUARD__POOLS__NOOP__MODE"), s("direct")},
                                                 {s("LIFEGUARD_WORKSPACE"), s("/not/ours")},
                                                 {s("PATH"), s("/bin")}});
    const ConfigFileResult result = parsed("pools:\n  my-pool: {type: mine, mode: direct, command: x}\n  noop:\n",
                                           options);
    QCOMPARE(errorTexts(result), QStringList());
    QVERIFY(result->configuration.logLevel == LogLevel::Debug);
    QVERIFY(!result->configuration.retention.completed);
    const WorkerConfig pool = result->configuration.pools.at(0).config;
    QCOMPARE(pool.count, 7);
    QVERIFY(pool.detach);
    QCOMPARE(pool.command, (QStringList{s("worker"), s("a b")}));
    QCOMPARE(result->configuration.workspace, QString());
    QCOMPARE(shown(valueOf(result, s("pools.my-pool.count"))), s("7 (LIFEGUARD__POOLS__MY_POOL__COUNT)"));
    QVERIFY(result->configuration.pools.at(1).config.mode == ExecutionMode::Direct);
}

void TestConfigFile::wrongVariables()
{
    const ConfigOptions options = withVariables({{s("LIFEGUARD__LOG_LEVLE"), s("debug")},
                                                 {s("LIFEGUARD__POOLS__NOOP__COUNT"), s("5000")},
                                                 {s("LIFEGUARD__POOLS__NOOP__CPU"), s("all")},
                                                 {s("LIFEGUARD__X"), s("1")}});
    const QStringList expected{
        s("LIFEGUARD__POOLS__NOOP__COUNT: pools.noop.count: The number of workers must be between 0 and 1000, not "
          "5000."),
        s("LIFEGUARD__POOLS__NOOP__CPU: pools.noop.cpu: 'all' is not a number. Allowed are numbers such as 2 or 0.5."),
        s("LIFEGUARD__LOG_LEVLE: The variable matches no key of the configuration. Did you mean "
          "'LIFEGUARD__LOG_LEVEL'?"),
        s("LIFEGUARD__X: The variable matches no key of the configuration. Allowed are names such as "
          "LIFEGUARD__LOG_LEVEL and LIFEGUARD__POOLS__NAME__COUNT."),
    };
    QStringList errors = errorTexts(parsed("pools:\n  noop: {mode: direct}\n", options));
    errors.sort();
    QStringList sorted = expected;
    sorted.sort();
    QCOMPARE(errors, sorted);
}

void TestConfigFile::variablesWithSimilarPools()
{
    const QByteArray text = "pools:\n  a-b: {type: noop, mode: direct}\n  a_b: {type: noop, mode: direct}\n";
    QCOMPARE(errorTexts(parsed(text)), QStringList());
    QCOMPARE(errorTexts(parsed(text, withVariables({{s("LIFEGUARD__POOLS__A_B__COUNT"), s("1")}}))),
             QStringList{s("LIFEGUARD__POOLS__A_B__COUNT: The variable matches several keys: pools.a-b.count and "
                           "pools.a_b.count. Rename one of the pools.")});
}

/// Default, file, profile, variable, command line.
void TestConfigFile::precedence()
{
    const QByteArray file = "log_level: error\nprofiles:\n  a: {log_level: info}\n";
    const QString path = s("log_level");
    ConfigOptions options;
    QCOMPARE(shown(valueOf(parsed("", options), path)), s("warning (default)"));
    QCOMPARE(shown(valueOf(parsed(file, options), path)), s("error (file 1:12)"));
    options.profile = s("a");
    QCOMPARE(shown(valueOf(parsed(file, options), path)), s("info (profile a 3:18)"));
    options.environment.insert(s("LIFEGUARD__LOG_LEVEL"), s("warning"));
    QCOMPARE(shown(valueOf(parsed(file, options), path)), s("warning (LIFEGUARD__LOG_LEVEL)"));
    options.arguments.append({{path}, s("debug"), s("--log-level")});
    QCOMPARE(shown(valueOf(parsed(file, options), path)), s("debug (--log-level)"));
    options.arguments.first().text = s("loud");
    QCOMPARE(errorTexts(parsed(file, options)).size(), 1);
    QVERIFY(errorTexts(parsed(file, options)).constFirst().startsWith(s("--log-level: log_level: 'loud' is not")));
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

void TestConfigFile::secretsAreNotDisplayed()
{
    const ConfigFileResult result = parsed(
        "pools:\n  mine: {mode: direct, command: [worker, --password, hunter2, \"https://user:hunter2@host\"]}\n");
    QVERIFY(result);
    QVERIFY(result->configuration.pools.at(0).config.command.contains(s("hunter2")));
    for (const EffectiveValue &value : result->values)
        QVERIFY2(!value.text.contains(s("hunter2")), qPrintable(value.path));
    for (const char *text :
         {"docker: {host: \"https://user:hunter2@host/x y\"}\n", "metrics: \"https://user:hunter2@host\"\n",
          "pools: {noop: {mode: \"password=hunter2\"}}\n"}) {
        const QString errors = errorTexts(parsed(text)).join(u'\n');
        QVERIFY(!errors.isEmpty());
        QVERIFY2(!errors.contains(s("hunter2")), qPrintable(errors));
    }
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

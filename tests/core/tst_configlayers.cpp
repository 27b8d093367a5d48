// SPDX-License-Identifier: GPL-3.0-or-later
// Tests the sources of configuration values: the file, its profiles, environment variables and arguments, and which of
// them takes precedence.
#include "core/config/configvariables.h"
#include "tests/support/configfiles.h"
#include "tests/support/queuetest.h"
#include "tests/support/testhelpers.h"

#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;

class TestConfigLayers : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void variablesAreSecrets();
    void sectionsOfPoolsAreOverridden();
    void profiles();
    void unknownProfile();
    void brokenBaseOfProfile();
    void variables();
    void wrongVariables();
    void variablesWithSimilarPools();
    void precedence();
    void secretsAreNotDisplayed();
};

/// The values of variables are shown nowhere.
void TestConfigLayers::variablesAreSecrets()
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

void TestConfigLayers::sectionsOfPoolsAreOverridden()
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

void TestConfigLayers::profiles()
{
    const QString path = configDataFolder() + s("good/everything.yaml");
    ConfigOptions options;
    options.profile = s("laptop");
    options.environment.insert(s("LIFEGUARD_PROFILE"), s("server"));
    const ConfigFileResult laptop = parseConfigFile(contentOf(path), path, options);
    QCOMPARE(errorTexts(laptop), QStringList());
    QCOMPARE(laptop->profile, s("laptop"));
    QCOMPARE(shown(valueOf(laptop, s("log_level"))), s("debug (profile laptop 52:16)"));
    QCOMPARE(shown(valueOf(laptop, s("pools.plantuml.count"))), s("1 (profile laptop 54:25)"));
    QCOMPARE(shown(valueOf(laptop, s("pools.plantuml.memory"))), s("1G (file 18:13)"));
    QCOMPARE(laptop->configuration.pools.size(), 4);
    QCOMPARE(laptop->configuration.pools.at(3).name, s("noop"));

    options.profile.clear();
    const ConfigFileResult server = parseConfigFile(contentOf(path), path, options);
    QCOMPARE(server->profile, s("server"));
    QCOMPARE(server->configuration.metrics.listen, s("[::1]:9464"));
    QCOMPARE(server->configuration.pools.at(1).config.command, (QStringList{s("worker"), s("--fast mode")}));
    QCOMPARE(server->configuration.pools.at(1).config.cpuLimit, 1.5);
    QCOMPARE(server->configuration.pools.at(0).config.count, 4);
}

void TestConfigLayers::unknownProfile()
{
    ConfigOptions options;
    options.profile = s("labtop");
    QCOMPARE(errorTexts(parsed("profiles: {laptop: {}}\n", options)),
             QStringList{s("--profile: /etc/lifeguard.yaml has no profile 'labtop'. Did you mean 'laptop'?")});
    QCOMPARE(errorTexts(parsed("", withVariables({{s("LIFEGUARD_PROFILE"), s("x")}}))),
             QStringList{s("LIFEGUARD_PROFILE: /etc/lifeguard.yaml has no profile 'x'. The file has no profiles.")});
}

/// What a profile replaces is checked too.
void TestConfigLayers::brokenBaseOfProfile()
{
    ConfigOptions options;
    options.profile = s("a");
    const QStringList errors = errorTexts(
        parsed("log_level: loud\nprofiles:\n  a: {log_level: info}\n  b: {log_levle: info}\n", options));
    QCOMPARE(errors.size(), 2);
    QVERIFY(errors.at(0).startsWith(s("/etc/lifeguard.yaml:1:12: log_level: ")));
    QVERIFY(errors.at(1).startsWith(s("/etc/lifeguard.yaml:4:7: log_levle: ")));
}

void TestConfigLayers::variables()
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

void TestConfigLayers::wrongVariables()
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

void TestConfigLayers::variablesWithSimilarPools()
{
    const QByteArray text = "pools:\n  a-b: {type: noop, mode: direct}\n  a_b: {type: noop, mode: direct}\n";
    QCOMPARE(errorTexts(parsed(text)), QStringList());
    QCOMPARE(errorTexts(parsed(text, withVariables({{s("LIFEGUARD__POOLS__A_B__COUNT"), s("1")}}))),
             QStringList{s("LIFEGUARD__POOLS__A_B__COUNT: The variable matches several keys: pools.a-b.count and "
                           "pools.a_b.count. Rename one of the pools.")});
}

/// Default, file, profile, variable, command line.
void TestConfigLayers::precedence()
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

void TestConfigLayers::secretsAreNotDisplayed()
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

QTEST_GUILESS_MAIN(TestConfigLayers)
#include "tst_configlayers.moc"

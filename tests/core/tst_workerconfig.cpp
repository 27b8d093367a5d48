// SPDX-License-Identifier: GPL-3.0-or-later
// The validation of configurations, and how they are stored.
#include "core/config/poolspec.h"
#include "core/config/workervariables.h"
#include "tests/support/testhelpers.h"

#include <QTest>

#include <functional>

using namespace lifeguard;
using namespace lifeguard::test;

Q_DECLARE_METATYPE(WorkerConfig)

class TestWorkerConfig : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void validate_data();
    void validate();
    void checkListsAllErrors();
    void defaults();
    void writesOldSpellingIntoDatabase();
    void storesNoValuesOfVariables();
    void olderVersionsReadStoredPools();
};

void TestWorkerConfig::validate_data()
{
    QTest::addColumn<WorkerConfig>("config");
    QTest::addColumn<QStringList>("fields");
    const auto row = [](const char *name, const std::function<void(WorkerConfig &)> &change,
                        const QStringList &fields) {
        WorkerConfig config;
        config.type = s("noop");
        config.mode = ExecutionMode::Auto;
        change(config);
        QTest::newRow(name) << config << fields;
    };
    row("valid", [](WorkerConfig &) {}, {});
    row("direct", [](WorkerConfig &c) { c.mode = ExecutionMode::Direct; }, {});
    row("no type", [](WorkerConfig &c) { c.type.clear(); }, {s("type")});
    row("space in the type", [](WorkerConfig &c) { c.type = s("my type"); }, {s("type")});
    row("path as type", [](WorkerConfig &c) { c.type = s("../x"); }, {s("type")});
    row("newline after the type",
        [](WorkerConfig &c) {
            c.type = s("noop\n");
            c.command = QStringList{s("x")};
        },
        {s("type")});
    row("long type",
        [](WorkerConfig &c) {
            c.type = QString(65, u'a');
            c.command = QStringList{s("x")};
        },
        {s("type")});
    row("custom type", [](WorkerConfig &c) { c.type = s("mine"); }, {s("type")});
    row("custom type with a command",
        [](WorkerConfig &c) {
            c.type = s("mine");
            c.command = QStringList{s("x")};
        },
        {});
    row("command without a program", [](WorkerConfig &c) { c.command = QStringList{s(" "), s("x")}; }, {s("command")});
    row("no workers", [](WorkerConfig &c) { c.count = 0; }, {});
    row("negative count", [](WorkerConfig &c) { c.count = -1; }, {s("count")});
    row("maximum count", [](WorkerConfig &c) { c.count = 1000; }, {});
    row("count too large", [](WorkerConfig &c) { c.count = 1001; }, {s("count")});
    row("docker",
        [](WorkerConfig &c) {
            c.mode = ExecutionMode::Docker;
            c.image = s("x");
        },
        {});
    row("docker without an image", [](WorkerConfig &c) { c.mode = ExecutionMode::Docker; }, {s("image")});
    row("invalid image name", [](WorkerConfig &c) { c.image = s("-x y"); }, {s("image")});
    row("image in a registry", [](WorkerConfig &c) { c.image = s("localhost:5000/a/b:1.2@sha256:0123"); }, {});
    row("custom type with an image",
        [](WorkerConfig &c) {
            c.type = s("mine");
            c.image = s("mine");
        },
        {});
    row("invalid network name", [](WorkerConfig &c) { c.network = s("a b"); }, {s("network")});
    row("empty network name", [](WorkerConfig &c) { c.network.clear(); }, {s("network")});
    row("network of the host", [](WorkerConfig &c) { c.network = s("host"); }, {s("network")});
    row("no network", [](WorkerConfig &c) { c.network = s("none"); }, {});
    row("too few processes", [](WorkerConfig &c) { c.pidsLimit = 3; }, {s("pids")});
    row("stale-after too short for containers",
        [](WorkerConfig &c) {
            c.mode = ExecutionMode::Docker;
            c.image = s("x");
            c.staleAfter = seconds(14);
            c.hungAfter = seconds(14);
        },
        {s("stale_after")});
    row("memory", [](WorkerConfig &c) { c.memoryLimitMb = 16; }, {});
    row("less memory than a worker needs", [](WorkerConfig &c) { c.memoryLimitMb = 15; }, {s("memory")});
    row("negative memory", [](WorkerConfig &c) { c.memoryLimitMb = -1; }, {s("memory")});
    row("no time for a job", [](WorkerConfig &c) { c.maxJobTime = seconds(0); }, {s("max_job_time")});
    row("no time to register", [](WorkerConfig &c) { c.registrationTimeout = seconds(0); },
        {s("registration_timeout")});
    row("no grace period", [](WorkerConfig &c) { c.stopGrace = seconds(0); }, {});
    row("negative grace period", [](WorkerConfig &c) { c.stopGrace = seconds(-1); }, {s("grace")});
    row("several errors",
        [](WorkerConfig &c) {
            c.type.clear();
            c.count = -1;
            c.maxJobTime = seconds(-5);
        },
        {s("type"), s("count"), s("max_job_time")});
}

void TestWorkerConfig::validate()
{
    QFETCH(WorkerConfig, config);
    QFETCH(QStringList, fields);
    QStringList found;
    for (const ConfigError &error : config.validate()) {
        found.append(error.field);
        QVERIFY(!error.message.isEmpty());
    }
    QCOMPARE(found, fields);
    QCOMPARE(config.check().has_value(), fields.isEmpty());
}

void TestWorkerConfig::checkListsAllErrors()
{
    WorkerConfig config;
    config.mode = ExecutionMode::Auto;
    config.count = 5000;
    const Status checked = config.check();
    QVERIFY(!checked);
    QCOMPARE(checked.error().code, ErrorCode::InvalidArgument);
    QCOMPARE(checked.error().message.split(u'\n').size(), 2);
    QVERIFY(checked.error().message.contains(s("count: The number of workers")));
}

void TestWorkerConfig::defaults()
{
    const WorkerConfig config;
    QVERIFY(config.mode == ExecutionMode::Docker); // the default in files, as in CLX; the default of --pool is auto
    QCOMPARE(config.count, 1);
    QCOMPARE(config.maxJobTime, seconds(600));
    QCOMPARE(config.stopGrace, seconds(10));
}

/// The values of variables are secrets, and only their names are stored.
void TestWorkerConfig::storesNoValuesOfVariables()
{
    WorkerConfig config;
    config.type = s("noop");
    config.mode = ExecutionMode::Direct;
    config.detach = true;
    config.environment = {{s("HARMLESS"), s("hunter2")}};
    QCOMPARE(toMaskedPoolSpec(config), s("noop=1,mode=direct,environment.HARMLESS=***,detach=yes"));
    QVERIFY(!toStoredPoolSpec(config).contains(s("hunter2")));
    const auto stored = parseStoredPoolSpec(toStoredPoolSpec(config), toMaskedPoolSpec(config));
    QVERIFY(stored);
    QCOMPARE(maskedVariables(*stored), QStringList{s("HARMLESS")});
    QVERIFY(maskedVariables(config).isEmpty());
}

/// Managers of older versions can adopt the pool, but must not start workers without its variables.
void TestWorkerConfig::olderVersionsReadStoredPools()
{
    WorkerConfig config;
    config.type = s("noop");
    config.mode = ExecutionMode::Direct;
    config.detach = true;
    config.nice = 5;
    config.ioPriority = IoPriority::Low;
    config.scaling = ScalingConfig{};
    QCOMPARE(toStoredPoolSpec(config), s("noop=1,mode=direct,detach=yes"));
    config.envFile = s("/srv/a.env");
    QCOMPARE(toStoredPoolSpec(config), s("noop=1,mode=direct,restart=never,detach=yes"));
    const auto fromOld = parseStoredPoolSpec(s("noop=1,memory=512"), QString());
    QVERIFY(fromOld && fromOld->memoryLimitMb == 512);
    const auto fromNewer = parseStoredPoolSpec(s("noop=1,memory=512"), s("noop=1,memory=512M,key_of_tomorrow=1"));
    QVERIFY(fromNewer && fromNewer->memoryLimitMb == 512);
}

/// The managers of older versions read only their own spelling.
void TestWorkerConfig::writesOldSpellingIntoDatabase()
{
    WorkerConfig config;
    config.mode = ExecutionMode::Auto;
    config.type = s("noop");
    config.memoryLimitMb = 1024;
    config.maxJobTime = seconds(7200);
    config.stopGrace = seconds(60);
    config.detach = true;
    QCOMPARE(toPoolSpec(config), s("noop=1,memory=1G,max_job_time=2h,grace=1m,detach=yes"));
    QCOMPARE(toStoredPoolSpec(config), s("noop=1,memory=1024,max-job-time=7200,grace=60,detach=yes"));
}

QTEST_GUILESS_MAIN(TestWorkerConfig)
#include "tst_workerconfig.moc"

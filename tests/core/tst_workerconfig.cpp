// SPDX-License-Identifier: GPL-3.0-or-later
// Which configurations are refused, by which field, and how --pool is read.
#include "core/config/poolspec.h"
#include "tests/support/words.h"

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
    void checkListsAll();
    void defaults();
    void modes();
    void parse_data();
    void parse();
    void parseRefuses_data();
    void parseRefuses();
};

void TestWorkerConfig::validate_data()
{
    QTest::addColumn<WorkerConfig>("config");
    QTest::addColumn<QStringList>("fields");
    const auto row = [](const char *name, const std::function<void(WorkerConfig &)> &change, const QStringList &fields) {
        WorkerConfig config;
        config.type = s("noop");
        config.mode = ExecutionMode::Auto;
        change(config);
        QTest::newRow(name) << config << fields;
    };
    row("fine", [](WorkerConfig &) {}, {});
    row("direct", [](WorkerConfig &c) { c.mode = ExecutionMode::Direct; }, {});
    row("no type", [](WorkerConfig &c) { c.type.clear(); }, {s("type")});
    row("a blank in the type", [](WorkerConfig &c) { c.type = s("my type"); }, {s("type")});
    row("a path as type", [](WorkerConfig &c) { c.type = s("../x"); }, {s("type")});
    row("a line's end after the type", [](WorkerConfig &c) { c.type = s("noop\n"); c.command = QStringList{s("x")}; }, {s("type")});
    row("a long type", [](WorkerConfig &c) { c.type = QString(65, u'a'); c.command = QStringList{s("x")}; }, {s("type")});
    row("a type of the user's own", [](WorkerConfig &c) { c.type = s("mine"); }, {s("type")});
    row("a type of the user's own with a command", [](WorkerConfig &c) { c.type = s("mine"); c.command = QStringList{s("x")}; }, {});
    row("a command without a name", [](WorkerConfig &c) { c.command = QStringList{s(" "), s("x")}; }, {s("command")});
    row("no workers", [](WorkerConfig &c) { c.count = 0; }, {});
    row("less than none", [](WorkerConfig &c) { c.count = -1; }, {s("count")});
    row("most", [](WorkerConfig &c) { c.count = 1000; }, {});
    row("too many", [](WorkerConfig &c) { c.count = 1001; }, {s("count")});
    row("docker", [](WorkerConfig &c) { c.mode = ExecutionMode::Docker; c.image = s("x"); }, {});
    row("docker without an image", [](WorkerConfig &c) { c.mode = ExecutionMode::Docker; }, {s("image")});
    row("no name of an image", [](WorkerConfig &c) { c.image = s("-x y"); }, {s("image")});
    row("an image of a registry", [](WorkerConfig &c) { c.image = s("localhost:5000/a/b:1.2@sha256:0123"); }, {});
    row("an image makes any type possible", [](WorkerConfig &c) { c.type = s("mine"); c.image = s("mine"); }, {});
    row("no name of a network", [](WorkerConfig &c) { c.network = s("a b"); }, {s("network")});
    row("an empty name of a network", [](WorkerConfig &c) { c.network.clear(); }, {s("network")});
    row("the machine's network", [](WorkerConfig &c) { c.network = s("host"); }, {s("network")});
    row("no network", [](WorkerConfig &c) { c.network = s("none"); }, {});
    row("too few processes", [](WorkerConfig &c) { c.pidsLimit = 3; }, {s("pids")});
    row("too impatient with containers", [](WorkerConfig &c) { c.mode = ExecutionMode::Docker; c.image = s("x"); c.staleAfter = seconds(14); c.hungAfter = seconds(14); },
        {s("stale-after")});
    row("memory", [](WorkerConfig &c) { c.memoryLimitMb = 16; }, {});
    row("less memory than a worker needs", [](WorkerConfig &c) { c.memoryLimitMb = 15; }, {s("memory")});
    row("less memory than none", [](WorkerConfig &c) { c.memoryLimitMb = -1; }, {s("memory")});
    row("no time for a job", [](WorkerConfig &c) { c.maxJobTime = seconds(0); }, {s("max-job-time")});
    row("no time to register", [](WorkerConfig &c) { c.registrationTimeout = seconds(0); }, {s("registration-timeout")});
    row("no grace", [](WorkerConfig &c) { c.stopGrace = seconds(0); }, {});
    row("less grace than none", [](WorkerConfig &c) { c.stopGrace = seconds(-1); }, {s("grace")});
    row("several", [](WorkerConfig &c) { c.type.clear(); c.count = -1; c.maxJobTime = seconds(-5); },
        {s("type"), s("count"), s("max-job-time")});
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

void TestWorkerConfig::checkListsAll()
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
    QVERIFY(config.mode == ExecutionMode::Docker); // in files, as CLX has it; --pool says auto
    QCOMPARE(config.count, 1);
    QCOMPARE(config.maxJobTime, seconds(600));
    QCOMPARE(config.stopGrace, seconds(10));
}

void TestWorkerConfig::modes()
{
    for (const ExecutionMode mode : {ExecutionMode::Auto, ExecutionMode::Direct, ExecutionMode::Docker})
        QVERIFY(executionModeFromString(toString(mode)).value() == mode);
    const auto none = executionModeFromString(s("podman"));
    QCOMPARE(none.error().code, ErrorCode::InvalidArgument);
    QVERIFY(none.error().message.contains(s("podman")));
}

void TestWorkerConfig::parse_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<WorkerConfig>("config");
    const auto row = [](const char *text, const std::function<void(WorkerConfig &)> &change) {
        WorkerConfig config;
        config.mode = ExecutionMode::Auto;
        change(config);
        QTest::newRow(text) << s(text) << config;
    };
    row("noop=16", [](WorkerConfig &c) { c.type = s("noop"); c.count = 16; });
    row("noop=0", [](WorkerConfig &c) { c.type = s("noop"); c.count = 0; });
    row(" plantuml = 2 ", [](WorkerConfig &c) { c.type = s("plantuml"); c.count = 2; });
    row("noop=1,mode=direct", [](WorkerConfig &c) { c.type = s("noop"); c.mode = ExecutionMode::Direct; });
    row("noop=1,mode=docker,image=lifeguard-noop:latest,network=none,pids=64", [](WorkerConfig &c) {
        c.type = s("noop");
        c.mode = ExecutionMode::Docker;
        c.image = s("lifeguard-noop:latest");
        c.network = s("none");
        c.pidsLimit = 64;
    });
    row("noop=1,mode=auto", [](WorkerConfig &c) { c.type = s("noop"); });
    row("noop=1, memory=512 ,max-job-time=30", [](WorkerConfig &c) { c.type = s("noop"); c.memoryLimitMb = 512; c.maxJobTime = seconds(30); });
    row("mine=1,command=/bin/my-worker", [](WorkerConfig &c) { c.type = s("mine"); c.command = QStringList{s("/bin/my-worker")}; });
    row("mine=1,mode=direct,command=worker --list a,b,c=d -x",
        [](WorkerConfig &c) { c.type = s("mine"); c.mode = ExecutionMode::Direct; c.command = QStringList{s("worker"), s("--list"), s("a,b,c=d"), s("-x")}; });
    row("mine=1,command=worker --mode=docker,memory=1", [](WorkerConfig &c) { c.type = s("mine"); c.command = QStringList{s("worker"), s("--mode=docker,memory=1")}; });
    row("mine=1,command=\"/opt/my worker\" \"a, b\" c\"\"\"d", [](WorkerConfig &c) { c.type = s("mine"); c.command = QStringList{s("/opt/my worker"), s("a, b"), s("c\"d")}; });
    row("mine=1, command=worker a,b", [](WorkerConfig &c) { c.type = s("mine"); c.command = QStringList{s("worker"), s("a,b")}; });
    row("noop=1,cpu=1.5,open-files=256,grace=3,registration-timeout=5,stale-after=5,hung-after=20,restart-hung=no,restart=always,"
        "recycle-jobs=100,recycle-memory=300,detach=yes", [](WorkerConfig &c) {
            c.type = s("noop");
            c.cpuLimit = 1.5;
            c.openFilesLimit = 256;
            c.stopGrace = seconds(3);
            c.registrationTimeout = seconds(5);
            c.staleAfter = seconds(5);
            c.hungAfter = seconds(20);
            c.restartHung = false;
            c.restart = RestartMode::Always;
            c.recycleAfterJobs = 100;
            c.recycleAboveMb = 300;
            c.detach = true;
        });
    row("noop=1,cpu=1.2345678901", [](WorkerConfig &c) { c.type = s("noop"); c.cpuLimit = 1.2345678901; });
    row("mine=1,command=python3 -c 'x'", [](WorkerConfig &c) { c.type = s("mine"); c.command = QStringList{s("python3"), s("-c"), s("'x'")}; });
}

void TestWorkerConfig::parse()
{
    QFETCH(QString, text);
    QFETCH(WorkerConfig, config);
    const auto parsed = parsePoolSpec(text);
    QVERIFY2(parsed, parsed ? "" : qPrintable(parsed.error().message));
    QCOMPARE(parsed->type, config.type);
    QCOMPARE(parsed->count, config.count);
    QCOMPARE(parsed->command, config.command);
    QVERIFY(*parsed == config);
    const auto again = parsePoolSpec(toPoolSpec(config));
    QVERIFY2(again, qPrintable(toPoolSpec(config)));
    QVERIFY2(*again == config, qPrintable(toPoolSpec(config)));
}

void TestWorkerConfig::parseRefuses_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("word"); // in the message
    QTest::newRow("empty") << QString() << s("type");
    QTest::newRow("no count") << s("noop") << s("count");
    QTest::newRow("empty count") << s("noop=") << s("count");
    QTest::newRow("word as count") << s("noop=many") << s("many");
    QTest::newRow("fraction as count") << s("noop=1.5") << s("1.5");
    QTest::newRow("negative count") << s("noop=-2") << s("count");
    QTest::newRow("too many") << s("noop=99999") << s("count");
    QTest::newRow("no type") << s("=2") << s("type");
    QTest::newRow("type we cannot convert") << s("mine=2") << s("mine");
    QTest::newRow("unknown mode") << s("noop=1,mode=podman") << s("podman");
    QTest::newRow("docker needs an image") << s("noop=1,mode=docker") << s("image");
    QTest::newRow("unknown key") << s("noop=1,cuont=2") << s("cuont");
    QTest::newRow("memory no number") << s("noop=1,memory=lots") << s("memory");
    QTest::newRow("time no number") << s("noop=1,max-job-time=long") << s("max-job-time");
    QTest::newRow("no time") << s("noop=1,max-job-time=0") << s("max-job-time");
    QTest::newRow("neither yes nor no") << s("noop=1,detach=perhaps") << s("perhaps");
    QTest::newRow("unknown restart") << s("noop=1,restart=sometimes") << s("sometimes");
    QTest::newRow("cpu no number") << s("noop=1,cpu=all") << s("cpu");
    QTest::newRow("too little cpu") << s("noop=1,cpu=0.01") << s("cpu");
    QTest::newRow("negative cpu") << s("noop=1,cpu=-1") << s("cpu");
    QTest::newRow("too few files") << s("noop=1,open-files=10") << s("open-files");
    QTest::newRow("stale too soon") << s("noop=1,stale-after=1") << s("stale-after");
    QTest::newRow("hung before it is suspect") << s("noop=1,hung-after=29") << s("hung-after");
    QTest::newRow("negative jobs") << s("noop=1,recycle-jobs=-1") << s("recycle-jobs");
    QTest::newRow("negative memory") << s("noop=1,recycle-memory=-1") << s("recycle-memory");
    QTest::newRow("recycled when it is killed") << s("noop=1,memory=512,recycle-memory=512") << s("recycle-memory");
    QTest::newRow("empty command") << s("noop=1,command=") << s("command");
    // More than timers, sizes in bytes and machines have room for.
    QTest::newRow("a time no timer counts") << s("noop=1,max-job-time=9223372036854775807") << s("max-job-time");
    QTest::newRow("25 days of grace") << s("noop=1,grace=2160000") << s("grace");
    QTest::newRow("memory beyond bytes") << s("noop=1,memory=9223372036854775807") << s("memory");
    QTest::newRow("recycling beyond bytes") << s("noop=1,recycle-memory=9223372036854775807") << s("recycle-memory");
    QTest::newRow("cpu is nan") << s("noop=1,cpu=nan") << s("cpu");
    QTest::newRow("cpu is infinite") << s("noop=1,cpu=inf") << s("cpu");
}

void TestWorkerConfig::parseRefuses()
{
    QFETCH(QString, text);
    QFETCH(QString, word);
    const auto parsed = parsePoolSpec(text);
    QVERIFY(!parsed);
    QCOMPARE(parsed.error().code, ErrorCode::InvalidArgument);
    QVERIFY2(parsed.error().message.contains(word), qPrintable(parsed.error().message));
}

QTEST_GUILESS_MAIN(TestWorkerConfig)
#include "tst_workerconfig.moc"

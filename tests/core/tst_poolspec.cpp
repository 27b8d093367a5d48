// SPDX-License-Identifier: GPL-3.0-or-later
// The parsing of --pool.
#include "core/config/poolspec.h"
#include "core/config/workervariables.h"
#include "tests/support/testhelpers.h"

#include <QTest>

#include <functional>

using namespace lifeguard;
using namespace lifeguard::test;

Q_DECLARE_METATYPE(WorkerConfig)

class TestPoolSpec : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void parsesModes();
    void parse_data();
    void parse();
    void rejects_data();
    void rejects();
};

void TestPoolSpec::parsesModes()
{
    for (const ExecutionMode mode : {ExecutionMode::Auto, ExecutionMode::Direct, ExecutionMode::Docker})
        QVERIFY(executionModeFromString(toString(mode)).value() == mode);
    const auto unknown = executionModeFromString(s("podman"));
    QCOMPARE(unknown.error().code, ErrorCode::InvalidArgument);
    QVERIFY(unknown.error().message.contains(s("podman")));
}

void TestPoolSpec::parse_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<WorkerConfig>("config");
    const auto row = [](const char *text, const std::function<void(WorkerConfig &)> &change) {
        WorkerConfig config;
        config.mode = ExecutionMode::Auto;
        change(config);
        QTest::newRow(text) << s(text) << config;
    };
    row("noop=16", [](WorkerConfig &c) {
        c.type = s("noop");
        c.count = 16;
    });
    row("noop=0", [](WorkerConfig &c) {
        c.type = s("noop");
        c.count = 0;
    });
    row(" plantuml = 2 ", [](WorkerConfig &c) {
        c.type = s("plantuml");
        c.count = 2;
    });
    row("noop=1,mode=direct", [](WorkerConfig &c) {
        c.type = s("noop");
        c.mode = ExecutionMode::Direct;
    });
    row("noop=1,mode=docker,image=lifeguard-noop:latest,network=none,pids=64", [](WorkerConfig &c) {
        c.type = s("noop");
        c.mode = ExecutionMode::Docker;
        c.image = s("lifeguard-noop:latest");
        c.network = s("none");
        c.pidsLimit = 64;
    });
    row("noop=1,mode=auto", [](WorkerConfig &c) { c.type = s("noop"); });
    row("noop=1, memory=512 ,max-job-time=30", [](WorkerConfig &c) {
        c.type = s("noop");
        c.memoryLimitMb = 512;
        c.maxJobTime = seconds(30);
    });
    row("noop=1,memory=2G,recycle_memory=512M,max_job_time=2h,grace=1m,hung_after=90s,restart_hung=false",
        [](WorkerConfig &c) {
            c.type = s("noop");
            c.memoryLimitMb = 2048;
            c.recycleAboveMb = 512;
            c.maxJobTime = seconds(7200);
            c.stopGrace = seconds(60);
            c.hungAfter = seconds(90);
            c.restartHung = false;
        });
    row("mine=1,command=/bin/my-worker", [](WorkerConfig &c) {
        c.type = s("mine");
        c.command = QStringList{s("/bin/my-worker")};
    });
    row("mine=1,mode=direct,command=worker --list a,b,c=d -x", [](WorkerConfig &c) {
        c.type = s("mine");
        c.mode = ExecutionMode::Direct;
        c.command = QStringList{s("worker"), s("--list"), s("a,b,c=d"), s("-x")};
    });
    row("mine=1,command=worker --mode=docker,memory=1", [](WorkerConfig &c) {
        c.type = s("mine");
        c.command = QStringList{s("worker"), s("--mode=docker,memory=1")};
    });
    row("mine=1,command=\"/opt/my worker\" \"a, b\" c\"\"\"d", [](WorkerConfig &c) {
        c.type = s("mine");
        c.command = QStringList{s("/opt/my worker"), s("a, b"), s("c\"d")};
    });
    row("mine=1, command=worker a,b", [](WorkerConfig &c) {
        c.type = s("mine");
        c.command = QStringList{s("worker"), s("a,b")};
    });
    row("noop=1,cpu=1.5,open-files=256,grace=3,registration-timeout=5,stale-after=5,hung-after=20,restart-hung=no,"
        "restart=always,"
        "recycle-jobs=100,recycle-memory=300,detach=yes",
        [](WorkerConfig &c) {
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
    row("mine=1,mode=docker,image=mine:1,container_root=yes,writable_root=yes,keep_capabilities=yes,new_privileges=yes",
        [](WorkerConfig &c) {
            c.type = s("mine");
            c.mode = ExecutionMode::Docker;
            c.image = s("mine:1");
            c.containerRoot = true;
            c.writableRoot = true;
            c.keepCapabilities = true;
            c.newPrivileges = true;
        });
    row("noop=1,cpu=1.2345678901", [](WorkerConfig &c) {
        c.type = s("noop");
        c.cpuLimit = 1.2345678901;
    });
    row("noop=1,mode=direct,output-roots=/srv/out:/mnt/a%2Cb%3Ac%25/", [](WorkerConfig &c) {
        c.type = s("noop");
        c.mode = ExecutionMode::Direct;
        c.outputRoots = QStringList{s("/srv/out"), s("/mnt/a,b:c%")};
    });
    row("noop=1,output_roots=/srv/out:/srv/out,max_job_time=30", [](WorkerConfig &c) { // underscores, as in files
        c.type = s("noop");
        c.outputRoots = QStringList{s("/srv/out")};
        c.maxJobTime = seconds(30);
    });
    row("noop=1,mode=direct,output_roots=/opt:/workspace/out", [](WorkerConfig &c) {
        c.type = s("noop");
        c.mode = ExecutionMode::Direct;
        c.outputRoots = QStringList{s("/opt"), s("/workspace/out")};
    });
    row("noop=1,allow_network=yes,allow_files=/srv/a:/srv/b/,notebook_rules=clm,notebook_files=*.csv:./data/m.json",
        [](WorkerConfig &c) {
            c.type = s("noop");
            c.converter = {true, {s("/srv/a"), s("/srv/b")}, s("clm"), {s("*.csv"), s("data/m.json")}};
        });
    row("noop=1,mode=direct,nice=-5,io_priority=idle,working-dir=/srv/a%2Cb", [](WorkerConfig &c) {
        c.type = s("noop");
        c.mode = ExecutionMode::Direct;
        c.nice = -5;
        c.ioPriority = IoPriority::Idle;
        c.workingDir = s("/srv/a,b");
    });
    row("noop=1,environment.A=x=1%2C2 50%,environment.B_2=,pass_environment=LANG:TZ,env_file=a.env",
        [](WorkerConfig &c) {
            c.type = s("noop");
            c.environment = {{s("A"), s("x=1,2 50%")}, {s("B_2"), QString()}};
            c.passEnvironment = QStringList{s("LANG"), s("TZ")};
            c.envFile = s("a.env");
        });
    row("noop=1,scaling.min=0,scaling.max=8,scaling.scale-down-after=2s,scaling.schedule=mon+tue 08:00-18:00 min:2",
        [](WorkerConfig &c) {
            c.type = s("noop");
            c.scaling = ScalingConfig{};
            c.scaling->max = 8;
            c.scaling->scaleDownAfter = seconds(2);
            c.scaling->schedule = {
                ScalingPeriod{{Qt::Monday, Qt::Tuesday}, std::chrono::minutes(480), std::chrono::minutes(1080), 2, {}}};
        });
    row("noop=1,scaling=yes", [](WorkerConfig &c) {
        c.type = s("noop");
        c.scaling = ScalingConfig{};
    });
    row("mine=1,command=python3 -c 'x'", [](WorkerConfig &c) {
        c.type = s("mine");
        c.command = QStringList{s("python3"), s("-c"), s("'x'")};
    });
}

void TestPoolSpec::parse()
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
    const auto stored = parseStoredPoolSpec(toStoredPoolSpec(config), toMaskedPoolSpec(config));
    QVERIFY2(stored && *stored == withMaskedVariables(config), qPrintable(toMaskedPoolSpec(config)));
}

void TestPoolSpec::rejects_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("part"); // of the message
    QTest::newRow("empty") << QString() << s("type");
    QTest::newRow("no count") << s("noop") << s("count");
    QTest::newRow("empty count") << s("noop=") << s("count");
    QTest::newRow("word as count") << s("noop=many") << s("many");
    QTest::newRow("fraction as count") << s("noop=1.5") << s("1.5");
    QTest::newRow("negative count") << s("noop=-2") << s("count");
    QTest::newRow("too many") << s("noop=99999") << s("count");
    QTest::newRow("no type") << s("=2") << s("type");
    QTest::newRow("unsupported type") << s("mine=2") << s("mine");
    QTest::newRow("unknown mode") << s("noop=1,mode=podman") << s("podman");
    QTest::newRow("docker needs an image") << s("noop=1,mode=docker") << s("image");
    QTest::newRow("unknown key of a section") << s("noop=1,scaling.mx=2") << s("scaling.mx");
    QTest::newRow("range of a section") << s("noop=1,scaling.max=0") << s("scaling.max: ");
    QTest::newRow("variable without name") << s("noop=1,environment=A") << s("environment.NAME=VALUE");
    QTest::newRow("variable without value") << s("noop=1,environment.A") << s("environment.A=VALUE");
    QTest::newRow("name of a variable") << s("noop=1,environment.1A=x") << s("'1A'");
    QTest::newRow("reserved variable") << s("noop=1,environment.DB_PATH=x") << s("environment.DB_PATH: ");
    QTest::newRow("reserved variables") << s("noop=1,environment.LIFEGUARD_X=x") << s("LIFEGUARD_X");
    QTest::newRow("reserved variable to pass") << s("noop=1,pass_environment=WORKER_ID") << s("pass_environment: ");
    QTest::newRow("nice value") << s("noop=1,mode=direct,nice=20") << s("between -20 (favoured) and 19, not 20");
    QTest::newRow("nice containers") << s("noop=1,mode=docker,image=a,nice=5") << s("nice: Containers");
    QTest::newRow("nice value of any mode") << s("noop=1,nice=5") << s("nice: Containers");
    QTest::newRow("I/O priority of any mode") << s("noop=1,io_priority=low") << s("io_priority: Containers");
    QTest::newRow("I/O priority") << s("noop=1,io_priority=high") << s("normal, low, idle");
    QTest::newRow("relative folder in a container") << s("noop=1,working_dir=a") << s("working_dir: ");
    QTest::newRow("unknown key") << s("noop=1,cuont=2") << s("cuont");
    QTest::newRow("memory is not a number") << s("noop=1,memory=lots") << s("memory");
    QTest::newRow("time is not a number") << s("noop=1,max-job-time=long") << s("max_job_time");
    QTest::newRow("zero time") << s("noop=1,max-job-time=0") << s("max_job_time");
    QTest::newRow("neither yes nor no") << s("noop=1,detach=perhaps") << s("perhaps");
    QTest::newRow("protection given up by number") << s("noop=1,container_root=1") << s("container_root");
    QTest::newRow("unknown restart") << s("noop=1,restart=sometimes") << s("sometimes");
    QTest::newRow("memory in an unknown unit") << s("noop=1,memory=512MB") << s("memory: '512MB' is not a size");
    QTest::newRow("memory below a megabyte")
        << s("noop=1,memory=64K") << s("memory: '64K' is not a whole number of megabytes");
    QTest::newRow("time in an unknown unit") << s("noop=1,grace=10min") << s("grace: '10min' is not a duration");
    QTest::newRow("type as a key") << s("noop=1,type=plantuml") << s("'type' is not a known key");
    QTest::newRow("cpu is not a number") << s("noop=1,cpu=all") << s("cpu");
    QTest::newRow("too little cpu") << s("noop=1,cpu=0.01") << s("cpu");
    QTest::newRow("negative cpu") << s("noop=1,cpu=-1") << s("cpu");
    QTest::newRow("too few files") << s("noop=1,open-files=10") << s("open_files");
    QTest::newRow("stale-after too short") << s("noop=1,stale-after=1") << s("stale_after");
    QTest::newRow("hung-after below stale-after") << s("noop=1,hung-after=29") << s("hung_after");
    QTest::newRow("negative jobs") << s("noop=1,recycle-jobs=-1") << s("recycle_jobs");
    QTest::newRow("negative memory") << s("noop=1,recycle-memory=-1") << s("recycle_memory");
    QTest::newRow("recycled at the memory limit") << s("noop=1,memory=512,recycle-memory=512") << s("recycle_memory");
    QTest::newRow("empty command") << s("noop=1,command=") << s("command");
    QTest::newRow("relative folder to read") << s("noop=1,allow_files=shared") << s("allow_files");
    QTest::newRow("folder to read that hides one of the image") << s("noop=1,allow_files=/usr") << s("mode=direct");
    QTest::newRow("absolute file of a notebook") << s("noop=1,notebook_files=/srv/a.csv") << s("notebook_files");
    QTest::newRow("unknown rules") << s("noop=1,notebook_rules=theirs") << s("notebook_rules");
    QTest::newRow("relative output root") << s("noop=1,output_roots=out") << s("output_roots");
    QTest::newRow("everything as output root") << s("noop=1,mode=direct,output_roots=/") << s("output_roots");
    QTest::newRow("output root that hides a folder of the image") << s("noop=1,output_roots=/usr") << s("mode=direct");
    QTest::newRow("output root below a mount") << s("noop=1,output_roots=/workspace/out") << s("mode=direct");
    // Values beyond the range of timers, of sizes in bytes, and of machines.
    QTest::newRow("time beyond the range of timers")
        << s("noop=1,max-job-time=9223372036854775807") << s("max_job_time");
    QTest::newRow("grace period of 25 days") << s("noop=1,grace=2160000") << s("grace");
    QTest::newRow("memory beyond 64 bits") << s("noop=1,memory=9223372036854775807") << s("memory");
    QTest::newRow("recycling memory beyond 64 bits")
        << s("noop=1,recycle-memory=9223372036854775807") << s("recycle_memory");
    QTest::newRow("cpu is nan") << s("noop=1,cpu=nan") << s("cpu");
    QTest::newRow("cpu is infinite") << s("noop=1,cpu=inf") << s("cpu");
}

void TestPoolSpec::rejects()
{
    QFETCH(QString, text);
    QFETCH(QString, part);
    const auto parsed = parsePoolSpec(text);
    QVERIFY(!parsed);
    QCOMPARE(parsed.error().code, ErrorCode::InvalidArgument);
    QVERIFY2(parsed.error().message.contains(part), qPrintable(parsed.error().message));
}

QTEST_GUILESS_MAIN(TestPoolSpec)
#include "tst_poolspec.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
// Reading responses of the engine. The examples are from Engine 20.10 (API 1.41) and Podman 4.3.1 (API 1.41).
#include "core/docker/dockertypes.h"
#include "tests/support/testhelpers.h"

#include <QJsonDocument>
#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;

namespace {

QJsonObject json(const char *text)
{
    const QJsonDocument document = QJsonDocument::fromJson(QByteArray(text));
    Q_ASSERT(document.isObject());
    return document.object();
}

} // namespace

class TestDockerTypes : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void listedImage();
    void inspectedImage();
    void danglingImage();
    void listedContainer();
    void inspectedContainer();
    void containerStates_data();
    void containerStates();
    void health_data();
    void health();
    void events();
    void eventsOfPodman_data();
    void eventsOfPodman();
    void namesOfAnImage_data();
    void namesOfAnImage();
    void samples();
    void sampleWithCgroupV2();
    void firstSample();
    void emptySample();
    void implausibleSamples_data();
    void implausibleSamples();
    void unexpectedTypes();
};

void TestDockerTypes::listedImage()
{
    const DockerImage image = DockerImage::fromJson(
        json(R"({"Containers":-1,"Created":1690000000,"Id":"sha256:abc","Labels":{"org.x":"y"},
        "ParentId":"","RepoDigests":null,"RepoTags":["noop:latest","noop:1"],"SharedSize":-1,"Size":4261550,"VirtualSize":4261550})"));
    QCOMPARE(image.id, QStringLiteral("sha256:abc"));
    QCOMPARE(image.tags, QStringList({s("noop:latest"), s("noop:1")}));
    QCOMPARE(image.bytes, 4261550);
    QCOMPARE(image.createdAt, QDateTime(QDate(2023, 7, 22), QTime(4, 26, 40), Qt::UTC));
    QCOMPARE(image.labels.value(s("org.x")), QStringLiteral("y"));
}

void TestDockerTypes::inspectedImage()
{
    const DockerImage image = DockerImage::fromJson(
        json(R"({"Id":"sha256:abc","RepoTags":["noop:latest"],"Created":"2023-07-22T04:26:40.123456789Z",
        "Config":{"User":"1000:1000","Entrypoint":["/bin/a","b"],"Labels":{"l":"m"}},"Size":7})"));
    QCOMPARE(image.createdAt.toString(Qt::ISODateWithMs), QStringLiteral("2023-07-22T04:26:40.123Z"));
    QCOMPARE(image.user, QStringLiteral("1000:1000"));
    QCOMPARE(image.entrypoint, QStringList({s("/bin/a"), s("b")}));
    QCOMPARE(image.labels.value(s("l")), QStringLiteral("m"));
}

void TestDockerTypes::danglingImage()
{
    QVERIFY(DockerImage::fromJson(json(R"({"Id":"x","RepoTags":["<none>:<none>"],"Labels":null})")).tags.isEmpty());
    QVERIFY(DockerImage::fromJson(json(R"({"Id":"x","RepoTags":null})")).tags.isEmpty());
}

void TestDockerTypes::listedContainer()
{
    const DockerContainer container = DockerContainer::fromJson(
        json(R"({"Id":"abc","Names":["/other/alias","/worker-1"],"Image":"noop",
        "ImageID":"sha256:1","Command":"x","Created":1690000000,"Ports":[],"Labels":{"a":"b"},"State":"running","Status":"Up 2 seconds"})"));
    QCOMPARE(container.id, QStringLiteral("abc"));
    QCOMPARE(container.name, QStringLiteral("worker-1"));
    QCOMPARE(container.image, QStringLiteral("noop"));
    QCOMPARE(container.labels.value(s("a")), QStringLiteral("b"));
    QCOMPARE(container.state, QStringLiteral("running"));
    QVERIFY(container.isRunning());
}

void TestDockerTypes::inspectedContainer()
{
    const DockerContainer container = DockerContainer::fromJson(
        json(R"({"Id":"abc","Name":"/worker-1","Image":"sha256:1",
        "State":{"Status":"exited","Running":false,"OOMKilled":true,"Dead":false,"Pid":0,"ExitCode":137,"Error":"no such file",
                 "StartedAt":"2023-07-22T04:26:40.5Z","FinishedAt":"2023-07-22T06:26:41.123456789+02:00"},
        "Config":{"Image":"noop","Tty":true,"Labels":{"a":"b"}}})"));
    QCOMPARE(container.name, QStringLiteral("worker-1"));
    QCOMPARE(container.image, QStringLiteral("noop"));
    QCOMPARE(container.labels.value(s("a")), QStringLiteral("b"));
    QVERIFY(!container.isRunning());
    QCOMPARE(container.exitCode, 137);
    QVERIFY(container.outOfMemory);
    QVERIFY(container.hasTty);
    QCOMPARE(container.error, QStringLiteral("no such file"));
    QCOMPARE(container.startedAt, QDateTime(QDate(2023, 7, 22), QTime(4, 26, 40, 500), Qt::UTC));
    QCOMPARE(container.finishedAt.timeSpec(), Qt::UTC);
    QCOMPARE(container.finishedAt.toString(QStringLiteral("HH:mm:ss.zzz")), QStringLiteral("04:26:41.123"));
}

void TestDockerTypes::containerStates_data()
{
    QTest::addColumn<QString>("state");
    QTest::addColumn<bool>("expected");
    for (const char *state : {"created", "restarting", "removing", "exited", "dead"})
        QTest::newRow(state) << s(state) << false;
    for (const char *state : {"running", "paused"})
        QTest::newRow(state) << s(state) << true;
}

void TestDockerTypes::containerStates()
{
    QFETCH(QString, state);
    QFETCH(bool, expected);
    const DockerContainer container = DockerContainer::fromJson(
        {{s("State"), QJsonObject{{s("Status"), state},
                                  {s("Pid"), 7},
                                  {s("StartedAt"), s("0001-01-01T00:00:00Z")},
                                  {s("FinishedAt"), s("2023-07-22T04:26:40Z")}}}});
    QCOMPARE(container.state, state);
    QCOMPARE(container.isRunning(), expected);
    QCOMPARE(container.finishedAt.isValid(), !expected); // of its previous run
    QVERIFY(!container.startedAt.isValid());
    QCOMPARE(container.pid, 7);
}

void TestDockerTypes::health_data()
{
    QTest::addColumn<QString>("reported");
    QTest::addColumn<QString>("health");
    QTest::newRow("none") << s("none") << QString();
    QTest::newRow("healthy") << s("healthy") << s("healthy");
    QTest::newRow("starting") << s("starting") << s("starting");
}

void TestDockerTypes::health()
{
    QFETCH(QString, reported);
    QFETCH(QString, health);
    const QJsonObject state{{s("Status"), s("running")},
                            {s("Health"), QJsonObject{{s("Status"), reported}, {s("FailingStreak"), 0}}}};
    QCOMPARE(DockerContainer::fromJson({{s("State"), state}}).health, health);
}

void TestDockerTypes::events()
{
    const auto event = ContainerEvent::fromJson(
        json(R"({"status":"die","id":"abc","from":"noop","Type":"container","Action":"die",
        "Actor":{"ID":"abc","Attributes":{"exitCode":"137","image":"noop","name":"worker-1","lifeguard":"x"}},"scope":"local",
        "time":1690000000,"timeNano":1690000000123456789})"));
    QVERIFY(event.has_value());
    QCOMPARE(event->action, QStringLiteral("die"));
    QCOMPARE(event->id, QStringLiteral("abc"));
    QCOMPARE(event->attributes.value(s("exitCode")), QStringLiteral("137"));
    QCOMPARE(event->attributes.size(), 4);
    QCOMPARE(event->timeNano, 1690000000123456789LL); // not representable as double
    QVERIFY(!ContainerEvent::fromJson(json(R"({"Type":"network","Action":"connect","Actor":{"ID":"abc"}})")));
    QVERIFY(!ContainerEvent::fromJson({}));
}

void TestDockerTypes::eventsOfPodman_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QString>("action");
    QTest::addColumn<QString>("exitCode");
    // Recorded from 4.3.1, which sends containerExitCode with every event.
    QTest::newRow("4.3.1, die") << QByteArray(R"({"status":"die","id":"abc","from":"localhost/noop:latest",
        "Type":"container","Action":"die","Actor":{"ID":"abc","Attributes":{"containerExitCode":"137","exitCode":"137",
        "image":"localhost/noop:latest","name":"worker-1","podId":""}},"scope":"local","timeNano":1795992368216541609})")
                                << s("die") << s("137");
    QTest::newRow("4.3.1, remove") << QByteArray(R"({"status":"remove","id":"abc","Type":"container","Action":"remove",
        "Actor":{"ID":"abc","Attributes":{"containerExitCode":"0","image":"localhost/noop:latest","name":"worker-1",
        "podId":""}},"scope":"local","timeNano":1795992368763483461})")
                                   << s("destroy") << QString();
    QTest::newRow("died") << QByteArray(R"({"Type":"container","Action":"died","Actor":{"ID":"abc",
        "Attributes":{"containerExitCode":"3","name":"worker-1"}},"timeNano":1})")
                          << s("die") << s("3");
    QTest::newRow("died, exit code unknown") << QByteArray(R"({"Type":"container","Action":"died","Actor":{"ID":"abc",
        "Attributes":{"name":"worker-1"}},"timeNano":1})")
                                             << s("die") << QString();
    QTest::newRow("health") << QByteArray(R"({"Type":"container","Action":"health_status","HealthStatus":"unhealthy",
        "Actor":{"ID":"abc","Attributes":{"name":"worker-1"}},"timeNano":1})")
                            << s("health_status: unhealthy") << QString();
    QTest::newRow("cleanup") << QByteArray(R"({"Type":"container","Action":"cleanup","Actor":{"ID":"abc",
        "Attributes":{"containerExitCode":"0"}},"timeNano":1})")
                             << s("cleanup") << QString();
}

/// Podman's events are reported under the names of Docker.
void TestDockerTypes::eventsOfPodman()
{
    QFETCH(QByteArray, text);
    const auto event = ContainerEvent::fromJson(json(text.constData()));
    QVERIFY(event.has_value());
    QTEST(event->action, "action");
    QCOMPARE(event->id, s("abc"));
    QTEST(event->attributes.value(s("exitCode")), "exitCode");
}

void TestDockerTypes::namesOfAnImage_data()
{
    QTest::addColumn<QString>("tag");
    QTest::addColumn<QString>("name");
    QTest::addColumn<bool>("expected");
    QTest::newRow("same") << s("noop:latest") << s("noop:latest") << true;
    QTest::newRow("default tag") << s("noop:latest") << s("noop") << true;
    QTest::newRow("other tag") << s("noop:1") << s("noop") << false;
    QTest::newRow("Podman, built or imported") << s("localhost/noop:latest") << s("noop") << true;
    QTest::newRow("Podman, full name") << s("localhost/noop:latest") << s("localhost/noop:latest") << true;
    QTest::newRow("Podman, through Docker's API") << s("docker.io/library/noop:latest") << s("noop:latest") << true;
    QTest::newRow("Podman, of a user") << s("docker.io/me/noop:1") << s("me/noop:1") << true;
    QTest::newRow("Docker, full name requested") << s("noop:latest") << s("docker.io/library/noop") << true;
    QTest::newRow("local name requested") << s("docker.io/library/noop:latest") << s("localhost/noop") << false;
    QTest::newRow("registry with a port") << s("localhost:5000/noop:latest") << s("localhost:5000/noop") << true;
    QTest::newRow("other registry") << s("quay.io/noop:latest") << s("noop") << false;
    QTest::newRow("id") << s("noop:latest") << s("sha256:1") << true;
}

void TestDockerTypes::namesOfAnImage()
{
    QFETCH(QString, tag);
    QFETCH(QString, name);
    QFETCH(bool, expected);
    DockerImage image;
    image.id = s("sha256:1");
    image.tags = QStringList{s("unrelated:1"), tag};
    QCOMPARE(image.hasName(name), expected);
}

void TestDockerTypes::samples()
{
    const auto sample = ContainerSample::fromJson(json(R"({"read":"2023-07-22T04:26:40Z","pids_stats":{"current":3},
        "cpu_stats":{"cpu_usage":{"total_usage":3500000000,"percpu_usage":[1,2]},"system_cpu_usage":200000000000,"online_cpus":2},
        "precpu_stats":{"cpu_usage":{"total_usage":3000000000},"system_cpu_usage":198000000000,"online_cpus":2},
        "memory_stats":{"usage":1000000,"limit":9223372036854771712,"stats":{"inactive_file":1,"total_inactive_file":300000}}})"));
    QVERIFY(sample.has_value());
    QCOMPARE(sample->cpuPercent, 50.0);
    QCOMPARE(sample->cpuSeconds, 3.5);
    QCOMPARE(sample->memoryBytes, 700000);
    QCOMPARE(sample->memoryLimit, 0);
    QCOMPARE(sample->processes, 3);
}

void TestDockerTypes::sampleWithCgroupV2()
{
    const auto sample = ContainerSample::fromJson(json(R"({"cpu_stats":{"cpu_usage":{"total_usage":1}},
        "memory_stats":{"usage":1000000,"limit":2000000,"stats":{"inactive_file":400000}}})"));
    QCOMPARE(sample->memoryBytes, 600000);
    QCOMPARE(sample->memoryLimit, 2000000);
}

void TestDockerTypes::firstSample()
{
    const auto sample = ContainerSample::fromJson(
        json(R"({"cpu_stats":{"cpu_usage":{"total_usage":3500000000},"system_cpu_usage":200000000000,
        "online_cpus":2},"precpu_stats":{"cpu_usage":{"total_usage":0},"throttling_data":{}},"memory_stats":{"usage":5}})"));
    QCOMPARE(sample->cpuPercent, 0.0);
    QCOMPARE(sample->cpuSeconds, 3.5);
}

void TestDockerTypes::emptySample()
{
    QVERIFY(!ContainerSample::fromJson(
        json(R"({"read":"0001-01-01T00:00:00Z","preread":"0001-01-01T00:00:00Z","pids_stats":{},"num_procs":0,
        "cpu_stats":{"cpu_usage":{"total_usage":0,"usage_in_kernelmode":0},"throttling_data":{}},"precpu_stats":{},"memory_stats":{}})")));
    QVERIFY(!ContainerSample::fromJson({}));
}

void TestDockerTypes::implausibleSamples_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::newRow("decreasing") << QByteArray(R"({"cpu_stats":{"cpu_usage":{"total_usage":5},"system_cpu_usage":10},
        "precpu_stats":{"cpu_usage":{"total_usage":6},"system_cpu_usage":9},"memory_stats":{"usage":5,"stats":{"inactive_file":7}}})");
    QTest::newRow("system time unchanged")
        << QByteArray(R"({"cpu_stats":{"cpu_usage":{"total_usage":7},"system_cpu_usage":9},
        "precpu_stats":{"cpu_usage":{"total_usage":6},"system_cpu_usage":9},"memory_stats":{"usage":5}})");
    QTest::newRow("negative") << QByteArray(
        R"({"cpu_stats":{"cpu_usage":{"total_usage":-7},"system_cpu_usage":-9,"online_cpus":-2},
        "memory_stats":{"usage":5,"limit":-1},"pids_stats":{"current":-1}})");
    QTest::newRow("huge") << QByteArray(R"({"cpu_stats":{"cpu_usage":{"total_usage":1e300},"system_cpu_usage":1e300},
        "memory_stats":{"usage":5,"limit":1e300},"pids_stats":{"current":1e300}})");
}

void TestDockerTypes::implausibleSamples()
{
    QFETCH(QByteArray, text);
    const auto sample = ContainerSample::fromJson(json(text.constData()));
    QVERIFY(sample.has_value());
    QCOMPARE(sample->cpuPercent, 0.0);
    QCOMPARE(sample->memoryBytes, 5);
    QCOMPARE(sample->memoryLimit, 0);
    QVERIFY(sample->processes >= 0);
    QVERIFY(sample->cpuSeconds >= 0);
}

void TestDockerTypes::unexpectedTypes()
{
    const QJsonObject odd = json(
        R"({"Id":7,"RepoTags":{"a":1},"Size":"large","Created":[],"Labels":["x"],"Config":"none","Names":"x","State":12,"Image":null})");
    QVERIFY(DockerImage::fromJson(odd) == DockerImage());
    QVERIFY(DockerContainer::fromJson(odd) == DockerContainer());
    QVERIFY(DockerImage::fromJson({}) == DockerImage());
    QVERIFY(DockerContainer::fromJson({}) == DockerContainer());
}

QTEST_GUILESS_MAIN(TestDockerTypes)
#include "tst_dockertypes.moc"

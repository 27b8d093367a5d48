// SPDX-License-Identifier: GPL-3.0-or-later
// Tests the client of the Engine API, with a fake engine.
#include "core/docker/dockerclient.h"
#include "core/docker/enginemessages.h"
#include "tests/support/clientworld.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QPointer>
#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;
using World = ClientWorld;

class TestDockerClient : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void engine();
    void ping();
    void rootless_data();
    void rootless();
    void versions_data();
    void versions();
    void otherServer();
    void reconnectsAfterAnOutage();
    void renegotiatesAfterStatus400();
    void errors_data();
    void errors();
    void unreachable_data();
    void unreachable();
    void missingSocket();
    void images();
    void encodesNames();
    void create();
    void start();
    void sendsSignals();
    void remove_data();
    void remove();
    void inspect();
    void listsContainers();
    void wait();
    void destructionCancelsCalls();
};

void TestDockerClient::engine()
{
    World world;
    QVERIFY(world.ready);
    QCOMPARE(world.engine.connectionCount(), 0); // the first call opens the first connection
    ANSWER(info, world.client->engineInfo());
    QVERIFY(info);
    QCOMPARE(info->version, QStringLiteral("20.10.24+dfsg1"));
    QCOMPARE(info->apiVersion, QStringLiteral("1.41"));
    QCOMPARE(info->operatingSystem, QStringLiteral("linux"));
    QCOMPARE(info->architecture, QStringLiteral("amd64"));
    QCOMPARE(world.engine.lines(), QList<QByteArray>({"GET /version"}));
}

void TestDockerClient::ping()
{
    World world;
    ANSWER(missing, world.client->ping());
    QVERIFY(!missing);
    world.engine.on("GET /v1.41/_ping",
                    [](const FakeRequest &, FakePeer &peer) { peer.send(FakeEngine::answer(200, "OK")); });
    ANSWER(answered, world.client->ping());
    QVERIFY(answered);
}

void TestDockerClient::rootless_data()
{
    QTest::addColumn<QByteArray>("info");
    QTest::addColumn<bool>("expected");
    QTest::newRow("engine of root") << QByteArray(R"({"SecurityOptions": ["name=seccomp,profile=default"]})") << false;
    QTest::newRow("engine of a user") << QByteArray(
        R"({"SecurityOptions": ["name=seccomp,profile=default", "name=rootless", "name=cgroupns"]})")
                                      << true;
    QTest::newRow("Podman of root") << QByteArray(R"({"SecurityOptions": ["name=seccomp,profile=default"],
        "Rootless": false})") << false;
    QTest::newRow("Podman of a user") << QByteArray(R"({"SecurityOptions": ["name=seccomp,profile=default"],
        "Rootless": true})") << true;
    QTest::newRow("no security options") << QByteArray("{}") << false;
}

void TestDockerClient::rootless()
{
    QFETCH(QByteArray, info);
    QFETCH(bool, expected);
    World world;
    world.engine.on("GET /v1.41/info", 200, info);
    ANSWER(answer, world.client->isRootless());
    QVERIFY(answer);
    QCOMPARE(*answer, expected);
}

void TestDockerClient::versions_data()
{
    QTest::addColumn<QString>("newest");
    QTest::addColumn<QString>("oldest");
    QTest::addColumn<QString>("negotiated");
    QTest::newRow("older") << s("1.41") << s("1.12") << s("1.41");
    QTest::newRow("same") << s("1.43") << s("1.24") << s("1.43");
    QTest::newRow("newer") << s("1.50") << s("1.24") << s("1.43");
    QTest::newRow("much newer") << s("1.52") << s("1.44") << s("1.44");
    QTest::newRow("compared by components") << s("1.9") << s("1.1") << s("1.9");
    QTest::newRow("oldest version unknown") << s("1.50") << QString() << s("1.43");
    QTest::newRow("newest below oldest") << s("1.40") << s("1.60") << s("1.40");
    QTest::newRow("empty") << QString() << s("1.24") << QString();
    QTest::newRow("text") << s("new") << s("old") << QString();
}

void TestDockerClient::versions()
{
    QFETCH(QString, newest);
    QFETCH(QString, oldest);
    QFETCH(QString, negotiated);
    QCOMPARE(negotiatedApiVersion(newest, oldest), negotiated);
}

void TestDockerClient::otherServer()
{
    World world;
    world.engine.on("GET /version", 200, R"({"hello":"world"})");
    ANSWER(images, world.client->images());
    QVERIFY(!images);
    QVERIFY(images.error().code == ErrorCode::ToolFailed);
    world.engine.on("GET /version", [](const FakeRequest &, FakePeer &peer) { peer.send("hello\r\n\r\n"); });
    ANSWER(again, world.client->images());
    QVERIFY(!again);
    QVERIFY(again.error().code == ErrorCode::ToolFailed);
    QVERIFY2(again.error().message.contains(world.engine.endpoint().toString()), qPrintable(again.error().message));
}

void TestDockerClient::reconnectsAfterAnOutage()
{
    World world;
    world.engine.on("GET /v1.41/images/json", 200, "[]");
    world.engine.on("GET /v1.40/images/json", 200, "[]");
    ANSWER(before, world.client->images());
    QVERIFY(before);
    world.engine.stop();
    ANSWER(duringOutage, world.client->images());
    QVERIFY(!duringOutage);
    QVERIFY(duringOutage.error().code == ErrorCode::Io);
    world.engine.setVersion("1.40");
    QVERIFY(world.engine.listen());
    ANSWER(after, world.client->images());
    QVERIFY(after);
    QCOMPARE(world.engine.lines().constLast(), QByteArray("GET /v1.40/images/json"));
}

void TestDockerClient::renegotiatesAfterStatus400()
{
    // A newer engine has started at the same address while no call was made.
    World world;
    world.engine.on("GET /v1.41/images/json", 400,
                    R"({"message":"client version 1.41 is too old. Minimum supported API version is 1.44"})");
    world.engine.on("GET /v1.44/images/json", 200, "[]");
    ANSWER(first, world.client->images());
    QVERIFY(!first);
    world.engine.setVersion("1.52", "1.44");
    ANSWER(second, world.client->images());
    QVERIFY(second);
}

void TestDockerClient::errors_data()
{
    QTest::addColumn<int>("status");
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<int>("code");
    QTest::addColumn<QString>("message");
    QTest::newRow("400") << 400 << QByteArray(R"({"message":"invalid reference format"})")
                         << int(ErrorCode::InvalidArgument) << s("invalid reference format");
    QTest::newRow("401") << 401 << QByteArray(R"({"message":"unauthorized"})") << int(ErrorCode::PermissionDenied)
                         << s("unauthorized");
    QTest::newRow("403") << 403 << QByteArray(R"({"message":"no"})") << int(ErrorCode::PermissionDenied) << s("no");
    QTest::newRow("404") << 404 << QByteArray(R"({"message":"No such container: x"})") << int(ErrorCode::NotFound)
                         << s("No such container: x");
    QTest::newRow("409") << 409 << QByteArray(R"({"message":"in use"})") << int(ErrorCode::Busy) << s("in use");
    QTest::newRow("500") << 500 << QByteArray(R"({"message":"OCI runtime create failed"})")
                         << int(ErrorCode::ToolFailed) << s("OCI runtime create failed");
    // Podman answers 500 to some conflicts.
    QTest::newRow("Podman, name in use")
        << 500
        << QByteArray(
               R"({"cause":"that name is already in use","message":"the container name \"x\" is already in use","response":500})")
        << int(ErrorCode::Busy) << s("the container name \"x\" is already in use");
    QTest::newRow("Podman, not running")
        << 500
        << QByteArray(
               R"({"cause":"container state improper","message":"can only kill running containers","response":500})")
        << int(ErrorCode::Busy) << s("can only kill running containers");
    QTest::newRow("Podman, other cause")
        << 500 << QByteArray(R"({"cause":"OCI permission denied","message":"runc: failed","response":500})")
        << int(ErrorCode::ToolFailed) << s("runc: failed");
    QTest::newRow("plain text") << 500 << QByteArray("Client sent an HTTP request to an HTTPS server.\n")
                                << int(ErrorCode::ToolFailed) << s("Client sent an HTTP request to an HTTPS server.");
    QTest::newRow("empty body") << 503 << QByteArray() << int(ErrorCode::ToolFailed)
                                << s("The Docker engine answered 503 Status.");
    QTest::newRow("JSON without a message")
        << 503 << QByteArray("{}") << int(ErrorCode::ToolFailed) << s("The Docker engine answered 503 Status.");
    QTest::newRow("redirection") << 301 << QByteArray() << int(ErrorCode::ToolFailed)
                                 << s("The Docker engine answered 301 Status.");
}

void TestDockerClient::errors()
{
    QFETCH(int, status);
    QFETCH(QByteArray, body);
    QFETCH(int, code);
    QFETCH(QString, message);
    World world;
    world.engine.on("GET /v1.41/containers/x/json", status, body);
    ANSWER(container, world.client->inspectContainer(s("x")));
    QVERIFY(!container);
    QCOMPARE(int(container.error().code), code);
    QCOMPARE(container.error().message, message);
    QVERIFY(container.error().detail.startsWith(QString::number(status)));
}

void TestDockerClient::unreachable_data()
{
    QTest::addColumn<QString>("host");
    QTest::addColumn<QNetworkReply::NetworkError>("error");
    QTest::addColumn<InstalledEngine>("installed");
    QTest::addColumn<int>("code");
    QTest::addColumn<QString>("text");
    const QString local = s("unix:///var/run/docker.sock");
    const QString tcp = s("tcp://engine:1");
    QTest::newRow("not installed") << local << QNetworkReply::HostNotFoundError << InstalledEngine::None
                                   << int(ErrorCode::Io) << s("not installed");
    QTest::newRow("only Podman installed") << local << QNetworkReply::HostNotFoundError << InstalledEngine::Podman
                                           << int(ErrorCode::Io) << s("systemctl --user enable --now podman.socket");
    QTest::newRow("no socket")
        << local << QNetworkReply::HostNotFoundError << InstalledEngine::Docker << int(ErrorCode::Io)
        << s("nothing listens at unix:///var/run/docker.sock. Start it with: systemctl start docker");
    QTest::newRow("rootless") << s("unix:///run/user/1000/docker.sock") << QNetworkReply::HostNotFoundError
                              << InstalledEngine::Docker << int(ErrorCode::Io) << s("systemctl --user start docker");
    QTest::newRow("refused") << local << QNetworkReply::ConnectionRefusedError << InstalledEngine::None
                             << int(ErrorCode::Io) << s("systemctl start docker");
    QTest::newRow("no permission") << local << QNetworkReply::ContentAccessDenied << InstalledEngine::Docker
                                   << int(ErrorCode::PermissionDenied) << s("sudo usermod -aG docker $USER");
    QTest::newRow("Podman") << s("unix:///run/podman/podman.sock") << QNetworkReply::ConnectionRefusedError
                            << InstalledEngine::None << int(ErrorCode::Io) << s("systemctl start podman.socket");
    QTest::newRow("Podman of a user") << s("unix:///run/user/1000/podman/podman.sock")
                                      << QNetworkReply::HostNotFoundError << InstalledEngine::Docker
                                      << int(ErrorCode::Io) << s("systemctl --user start podman.socket");
    QTest::newRow("Podman, no permission")
        << s("unix:///run/podman/podman.sock") << QNetworkReply::ContentAccessDenied << InstalledEngine::Docker
        << int(ErrorCode::PermissionDenied) << s("systemctl --user enable --now podman.socket");
    QTest::newRow("tcp refused") << tcp << QNetworkReply::ConnectionRefusedError << InstalledEngine::Docker
                                 << int(ErrorCode::Io) << s("nothing listens at tcp://engine:1 (DOCKER_HOST)");
    QTest::newRow("tcp host") << tcp << QNetworkReply::HostNotFoundError << InstalledEngine::None << int(ErrorCode::Io)
                              << s("the host is unknown");
    QTest::newRow("timeout") << tcp << QNetworkReply::TimeoutError << InstalledEngine::Docker
                             << int(ErrorCode::TimedOut) << s("does not respond");
    QTest::newRow("tls") << tcp << QNetworkReply::SslHandshakeFailedError << InstalledEngine::Docker
                         << int(ErrorCode::Io) << s("the detail");
    QTest::newRow("interrupted") << local << QNetworkReply::RemoteHostClosedError << InstalledEngine::Docker
                                 << int(ErrorCode::Io) << s("interrupted");
    QTest::newRow("not HTTP") << local << QNetworkReply::ProtocolFailure << InstalledEngine::Docker
                              << int(ErrorCode::ToolFailed) << s("does not respond like a Docker engine");
    QTest::newRow("cancelled") << local << QNetworkReply::OperationCanceledError << InstalledEngine::Docker
                               << int(ErrorCode::Cancelled) << s("was cancelled");
}

void TestDockerClient::unreachable()
{
    QFETCH(QString, host);
    QFETCH(QNetworkReply::NetworkError, error);
    QFETCH(InstalledEngine, installed);
    QFETCH(int, code);
    QFETCH(QString, text);
    DockerEndpoint endpoint = DockerEndpoint::parse(host).value();
    endpoint.source = s("DOCKER_HOST");
    const Error reported = connectionError(endpoint, error, s("the detail"), installed);
    QCOMPARE(int(reported.code), code);
    QVERIFY2(reported.message.contains(text), qPrintable(reported.message));
    QCOMPARE(reported.detail, s("the detail"));
}

void TestDockerClient::missingSocket()
{
    DockerEndpoint endpoint;
    endpoint.socketPath = s("/nowhere/docker.sock");
    DockerClient client(endpoint);
    ANSWER(info, client.engineInfo());
    QVERIFY(!info);
    QVERIFY(info.error().code == ErrorCode::Io);
    QCOMPARE(info.error().message.contains(s("not installed")), installedEngine() != InstalledEngine::Docker);
}

void TestDockerClient::images()
{
    World world;
    world.engine.on("GET /v1.41/images/json", 200,
                    R"([{"Id":"a","RepoTags":["x:1"]},{"Id":"b","RepoTags":["<none>:<none>"]}])");
    ANSWER(images, world.client->images());
    QVERIFY(images);
    QCOMPARE(images->size(), 2);
    QCOMPARE(images->at(0).tags, QStringList({s("x:1")}));
    QVERIFY(images->at(1).tags.isEmpty());
}

void TestDockerClient::encodesNames()
{
    World world;
    world.engine.on("GET /v1.41/images/host%3A5000/a/b%40sha256%3Ac/json", 200, R"({"Id":"a"})");
    ANSWER(image, world.client->inspectImage(s("host:5000/a/b@sha256:c")));
    QVERIFY(image);
    ANSWER(container, world.client->inspectContainer(s("a?b#c d\u00e4%2F")));
    QVERIFY(!container);
    QCOMPARE(world.engine.requests.last().target, QByteArray("/v1.41/containers/a%3Fb%23c%20d%C3%A4%252F/json"));
}

void TestDockerClient::create()
{
    World world;
    world.engine.on("POST /v1.41/containers/create", 201, R"({"Id":"abc","Warnings":[]})");
    const QJsonObject configuration{{s("Image"), s("noop")}, {s("Tty"), true}};
    ANSWER(id, world.client->createContainer(s("a+b&c"), configuration));
    QVERIFY(id);
    QCOMPARE(*id, QStringLiteral("abc"));
    const FakeRequest request = world.engine.requests.last();
    QCOMPARE(request.target, QByteArray("/v1.41/containers/create?name=a%2Bb%26c"));
    QCOMPARE(request.headers.value("content-type"), QByteArray("application/json"));
    QCOMPARE(QJsonDocument::fromJson(request.body).object(), configuration);
    world.engine.on("POST /v1.41/containers/create", 404, R"({"message":"No such image: noop:latest"})");
    ANSWER(none, world.client->createContainer(s("x"), configuration));
    QVERIFY(none.error().code == ErrorCode::NotFound);
}

void TestDockerClient::start()
{
    World world;
    world.engine.on("POST /v1.41/containers/x/start", 204, {});
    world.engine.on("POST /v1.41/containers/y/start", 304, {});
    world.engine.on("POST /v1.41/containers/z/start", 500, R"({"message":"no such program"})");
    ANSWER(started, world.client->startContainer(s("x")));
    QVERIFY(started);
    ANSWER(already, world.client->startContainer(s("y")));
    QVERIFY(already);
    ANSWER(failed, world.client->startContainer(s("z")));
    QCOMPARE(failed.error().message, QStringLiteral("no such program"));
}

void TestDockerClient::sendsSignals()
{
    World world;
    world.engine.on("POST /v1.41/containers/x/kill", 204, {});
    ANSWER(sent, world.client->signalContainer(s("x"), s("TERM")));
    QVERIFY(sent);
    QCOMPARE(parameter(world.engine.requests.last(), s("signal")), QStringLiteral("TERM"));
    world.engine.on("POST /v1.41/containers/x/kill", 409, R"({"message":"Container x is not running"})");
    ANSWER(stopped, world.client->signalContainer(s("x"), s("TERM")));
    QVERIFY(stopped.error().code == ErrorCode::Busy);
}

void TestDockerClient::remove_data()
{
    QTest::addColumn<int>("status");
    QTest::addColumn<QByteArray>("message");
    QTest::addColumn<bool>("succeeds");
    QTest::newRow("removed") << 204 << QByteArray() << true;
    QTest::newRow("does not exist") << 404 << QByteArray("No such container: x") << true;
    QTest::newRow("being removed") << 409 << QByteArray("removal of container x is already in progress") << true;
    QTest::newRow("conflict") << 409 << QByteArray("container x is in use") << false;
    QTest::newRow("failure") << 500 << QByteArray("driver failed") << false;
}

void TestDockerClient::remove()
{
    QFETCH(int, status);
    QFETCH(QByteArray, message);
    QFETCH(bool, succeeds);
    World world;
    world.engine.on("DELETE /v1.41/containers/x", status,
                    status == 204 ? QByteArray() : R"({"message":")" + message + R"("})");
    ANSWER(removed, world.client->removeContainer(s("x")));
    QCOMPARE(removed.has_value(), succeeds);
    QCOMPARE(world.engine.requests.last().target, QByteArray("/v1.41/containers/x?force=1&v=1"));
}

void TestDockerClient::inspect()
{
    World world;
    world.engine.on("GET /v1.41/containers/x/json", 200,
                    R"({"Id":"abc","State":{"Status":"running","Pid":7},"Config":{"Image":"noop"}})");
    ANSWER(container, world.client->inspectContainer(s("x")));
    QVERIFY(container);
    QCOMPARE(container->pid, 7);
    QCOMPARE(container->image, QStringLiteral("noop"));
    ANSWER(whole, world.client->inspectContainerJson(s("x")));
    QVERIFY(whole);
    QVERIFY(whole->contains(QLatin1String("Config")));
}

void TestDockerClient::listsContainers()
{
    World world;
    world.engine.on("GET /v1.41/containers/json", 200,
                    R"([{"Id":"abc","State":"exited"},{"Id":"def","State":"running"}])");
    ANSWER(containers, world.client->containers({s("a"), s("b=c d&\"+")}));
    QVERIFY(containers);
    QCOMPARE(containers->size(), 2);
    const FakeRequest request = world.engine.requests.last();
    QCOMPARE(parameter(request, s("all")), QStringLiteral("1"));
    QVERIFY(!request.target.contains('+'));
    const QJsonObject filters = QJsonDocument::fromJson(parameter(request, s("filters")).toUtf8()).object();
    QCOMPARE(filters, (QJsonObject{{s("label"), QJsonArray{s("a"), s("b=c d&\"+")}}}));
    ANSWER(all, world.client->containers({}));
    QVERIFY(all);
    QVERIFY(!world.engine.requests.last().target.contains("filters"));
}

void TestDockerClient::wait()
{
    World world;
    world.engine.on("POST /v1.41/containers/x/wait", 200, R"({"StatusCode":137,"Error":null})");
    ANSWER(code, world.client->waitContainer(s("x")));
    QVERIFY(code);
    QCOMPARE(*code, 137);
    world.engine.on("POST /v1.41/containers/x/wait", 200, R"({"StatusCode":0,"Error":{"Message":"lost"}})");
    ANSWER(lost, world.client->waitContainer(s("x")));
    QCOMPARE(lost.error().message, QStringLiteral("lost"));
}

void TestDockerClient::destructionCancelsCalls()
{
    World world;
    world.engine.on("POST /v1.41/containers/x/wait", [](const FakeRequest &, FakePeer &) {});
    auto waiting = world.client->waitContainer(s("x"));
    EVENTUALLY(world.engine.requests.size() == 2);
    auto early = world.client->images();
    world.client.reset();
    QVERIFY(waiting.isFinished() && early.isFinished());
    QVERIFY(waiting.result().error().code == ErrorCode::Cancelled);
    QVERIFY(early.result().error().code == ErrorCode::Cancelled);
    EVENTUALLY(world.engine.connectionCount() == 0);
}

QTEST_GUILESS_MAIN(TestDockerClient)
#include "tst_dockerclient.moc"

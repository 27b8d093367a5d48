// SPDX-License-Identifier: GPL-3.0-or-later
// What the client is told in streams, by something that answers as an engine would.
#include "core/docker/dockerclient.h"
#include "tests/support/clientworld.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QPointer>
#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;
using World = ClientWorld;

namespace {

const QByteArray streamHead("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
const QByteArray lastChunk("0\r\n\r\n");

/// What a stream told, until it ended.
struct Story
{
    explicit Story(DockerStream *told) : stream(told)
    {
        QObject::connect(told, &DockerStream::started, told, [this] { ++begun; });
        QObject::connect(told, &DockerStream::objectReceived, told, [this](const QJsonObject &object) { objects.append(object); });
        QObject::connect(told, &DockerStream::dataReceived, told, [this](const QByteArray &bytes) { data += bytes; });
        QObject::connect(told, &DockerStream::ended, told, [this](const Error &error) {
            ++ended;
            end = error;
        });
    }
    ~Story() { delete stream; }

    QPointer<DockerStream> stream;
    int begun = 0;
    int ended = 0;
    QList<QJsonObject> objects;
    QByteArray data;
    Error end;
};

QByteArray frame(char kind, const QByteArray &payload)
{
    QByteArray header(8, 0);
    header[0] = kind;
    header[7] = char(payload.size());
    return header + payload;
}

} // namespace

class TestEngineStreams : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void callsWaitForVersion();
    void events();
    void eventsSince();
    void stats();
    void logs();
    void brokenFrames();
    void brokenObjects();
    void streamBreaks();
    void streamRefused();
    void streamWithoutEngine();
    void streamDeletedInSlot();
    void clientGoesFirst();
    void pull_data();
    void pull();
    void pullFails();
};

void TestEngineStreams::callsWaitForVersion()
{
    World world;
    QPointer<FakePeer> asked;
    world.engine.on("GET /version", [&](const FakeRequest &, FakePeer &peer) { asked = &peer; });
    world.engine.on("GET /v1.30/images/json", 200, "[]");
    auto first = world.client->images();
    auto second = world.client->images();
    Story story(world.client->events({}, 0, nullptr));
    EVENTUALLY(asked);
    QCOMPARE(world.engine.lines(), QList<QByteArray>({"GET /version"})); // once for all three
    asked->send(FakeEngine::answer(200, R"({"ApiVersion":"1.30"})"));
    EVENTUALLY(first.isFinished() && second.isFinished() && story.ended);
    QVERIFY(first.result() && second.result());
    QCOMPARE(world.engine.requests.size(), 4);
}

void TestEngineStreams::events()
{
    World world;
    QPointer<FakePeer> teller;
    bool isTold = false;
    world.engine.on("GET /v1.41/events", [&](const FakeRequest &, FakePeer &peer) {
        teller = &peer;
        peer.send(streamHead);
    });
    Story story(world.client->events({s("a=b")}, 0, nullptr));
    EVENTUALLY(story.begun == 1);
    QCOMPARE(QJsonDocument::fromJson(parameter(world.engine.requests.last(), s("filters")).toUtf8()).object(),
             (QJsonObject{{s("type"), QJsonArray{s("container")}}, {s("label"), QJsonArray{s("a=b")}}}));
    QVERIFY(!world.engine.requests.last().target.contains("since"));
    teller->sendSlowly(FakeEngine::chunk(R"({"Type":"container","Action":"start"})" "\n" R"({"Type":"container",)") + FakeEngine::chunk(R"("Action":"die"})" "\n"),
                       [&] { isTold = true; });
    EVENTUALLY(story.objects.size() == 2);
    QCOMPARE(ContainerEvent::fromJson(story.objects.at(1))->action, QStringLiteral("die"));
    EVENTUALLY(isTold);
    teller->send(lastChunk);
    EVENTUALLY(story.ended);
    QVERIFY(story.end.message.isEmpty());
    QCOMPARE(story.begun, 1);
}

void TestEngineStreams::eventsSince()
{
    World world;
    Story story(world.client->events({}, 1'690'000'000'012'345'678, nullptr));
    EVENTUALLY(story.ended);
    QCOMPARE(parameter(world.engine.requests.last(), s("since")), QStringLiteral("1690000000.012345678"));
}

void TestEngineStreams::stats()
{
    World world;
    world.engine.on("GET /v1.41/containers/x/stats", [](const FakeRequest &, FakePeer &peer) {
        peer.send(streamHead + FakeEngine::chunk(R"({"pids_stats":{"current":3},"cpu_stats":{"cpu_usage":{"total_usage":5}}})") + lastChunk);
    });
    Story story(world.client->stats(s("x"), nullptr));
    EVENTUALLY(story.ended);
    QCOMPARE(parameter(world.engine.requests.last(), s("stream")), QStringLiteral("1"));
    QCOMPARE(story.objects.size(), 1);
    QCOMPARE(ContainerSample::fromJson(story.objects.first())->processes, 3);
}

void TestEngineStreams::logs()
{
    World world;
    world.engine.on("GET /v1.41/containers/x/logs", [](const FakeRequest &, FakePeer &peer) {
        peer.sendSlowly(streamHead + FakeEngine::chunk(frame(1, "one\n") + frame(2, "two\n").left(5)) + FakeEngine::chunk(frame(2, "two\n").mid(5)) + lastChunk);
    });
    Story framed(world.client->logs(s("x"), false, 1'500'000'000, nullptr));
    EVENTUALLY(framed.ended);
    QCOMPARE(framed.data, QByteArray("one\ntwo\n"));
    QVERIFY(framed.end.message.isEmpty());
    const FakeRequest request = world.engine.requests.last();
    QCOMPARE(request.target, QByteArray("/v1.41/containers/x/logs?stdout=1&stderr=1&follow=1&since=1.500000000"));

    world.engine.on("GET /v1.41/containers/x/logs", [](const FakeRequest &, FakePeer &peer) {
        peer.send("HTTP/1.0 200 OK\r\n\r\nhello\r\n");
        peer.close();
    });
    Story raw(world.client->logs(s("x"), true, 0, nullptr));
    EVENTUALLY(raw.ended);
    QCOMPARE(raw.data, QByteArray("hello\r\n"));
    QVERIFY(!world.engine.requests.last().target.contains("since"));
}

void TestEngineStreams::brokenFrames()
{
    World world;
    world.engine.on("GET /v1.41/containers/x/logs", [](const FakeRequest &, FakePeer &peer) { peer.send(streamHead + FakeEngine::chunk(frame(1, "good") + "no frame")); });
    Story story(world.client->logs(s("x"), false, 0, nullptr));
    EVENTUALLY(story.ended);
    QCOMPARE(story.data, QByteArray("good"));
    QVERIFY(story.end.code == ErrorCode::ToolFailed);
    EVENTUALLY(world.engine.connectionCount() == 1); // the one of /version
}

void TestEngineStreams::brokenObjects()
{
    World world;
    world.engine.on("GET /v1.41/events", [](const FakeRequest &, FakePeer &peer) { peer.send(streamHead + FakeEngine::chunk("{}hello")); });
    Story story(world.client->events({}, 0, nullptr));
    EVENTUALLY(story.ended);
    QCOMPARE(story.objects.size(), 1);
    QVERIFY(story.end.code == ErrorCode::ToolFailed);
}

void TestEngineStreams::streamBreaks()
{
    World world;
    world.engine.on("GET /v1.41/events", [](const FakeRequest &, FakePeer &peer) {
        peer.send(streamHead + FakeEngine::chunk("{}"));
        peer.close();
    });
    world.engine.on("GET /v1.41/containers/x/stats", [](const FakeRequest &, FakePeer &peer) { peer.send(streamHead + FakeEngine::chunk("{\"a\":") + lastChunk); });
    Story story(world.client->events({}, 0, nullptr));
    EVENTUALLY(story.ended);
    QCOMPARE(story.objects.size(), 1);
    QVERIFY(story.end.code == ErrorCode::Io);
    Story cut(world.client->stats(s("x"), nullptr));
    EVENTUALLY(cut.ended);
    QVERIFY(cut.end.code == ErrorCode::Io);
}

void TestEngineStreams::streamRefused()
{
    World world;
    world.engine.on("GET /v1.41/containers/x/logs", 404, R"({"message":"No such container: x"})");
    Story story(world.client->logs(s("x"), false, 0, nullptr));
    EVENTUALLY(story.ended);
    QCOMPARE(story.begun, 0);
    QVERIFY(story.data.isEmpty());
    QVERIFY(story.end.code == ErrorCode::NotFound);
    QCOMPARE(story.end.message, QStringLiteral("No such container: x"));
}

void TestEngineStreams::streamWithoutEngine()
{
    World world;
    world.engine.stop();
    Story story(world.client->events({}, 0, nullptr));
    EVENTUALLY(story.ended);
    QVERIFY(story.end.code == ErrorCode::Io);
}

void TestEngineStreams::streamDeletedInSlot()
{
    World world;
    world.engine.on("GET /v1.41/events", [](const FakeRequest &, FakePeer &peer) { peer.send(streamHead + FakeEngine::chunk("{}{}{}")); });
    for (const bool early : {true, false}) {
        QPointer<DockerStream> stream = world.client->events({}, 0, nullptr);
        int objects = 0;
        const auto end = [&] {
            ++objects;
            delete stream;
        };
        if (early)
            connect(stream, &DockerStream::started, this, end);
        else
            connect(stream, &DockerStream::objectReceived, this, end);
        EVENTUALLY(!stream);
        QCOMPARE(objects, 1);
        EVENTUALLY(world.engine.connectionCount() == 1);
    }
}

void TestEngineStreams::clientGoesFirst()
{
    World world;
    world.engine.on("GET /v1.41/events", [](const FakeRequest &, FakePeer &peer) { peer.send(streamHead); });
    Story story(world.client->events({}, 0, nullptr));
    EVENTUALLY(story.begun);
    Story fresh(world.client->events({}, 0, nullptr));
    world.client.reset();
    QCOMPARE(story.ended, 1);
    QCOMPARE(fresh.ended, 1);
    QVERIFY(story.end.code == ErrorCode::Cancelled);
    QVERIFY(story.stream);
    EVENTUALLY(world.engine.connectionCount() == 0);
}

void TestEngineStreams::pull_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("image");
    QTest::addColumn<QString>("tag");
    QTest::newRow("bare") << s("noop") << s("noop") << s("latest");
    QTest::newRow("tag") << s("org/noop:1.2") << s("org/noop") << s("1.2");
    QTest::newRow("port") << s("host:5000/noop") << s("host:5000/noop") << s("latest");
    QTest::newRow("port and tag") << s("host:5000/noop:1") << s("host:5000/noop") << s("1");
    QTest::newRow("digest") << s("host:5000/noop@sha256:abc") << s("host:5000/noop") << s("sha256:abc");
}

void TestEngineStreams::pull()
{
    QFETCH(QString, name);
    QFETCH(QString, image);
    QFETCH(QString, tag);
    World world;
    world.engine.on("POST /v1.41/images/create", [](const FakeRequest &, FakePeer &peer) {
        peer.send(streamHead + FakeEngine::chunk("{\"status\":\"Pulling\"}\r\n{\"status\":\"Done\"}\r\n") + lastChunk);
    });
    Story story(world.client->pullImage(name, nullptr));
    EVENTUALLY(story.ended);
    QVERIFY(story.end.message.isEmpty());
    QCOMPARE(story.objects.size(), 2);
    QCOMPARE(parameter(world.engine.requests.last(), s("fromImage")), image);
    QCOMPARE(parameter(world.engine.requests.last(), s("tag")), tag);
}

void TestEngineStreams::pullFails()
{
    World world;
    world.engine.on("POST /v1.41/images/create", [](const FakeRequest &, FakePeer &peer) {
        peer.send(streamHead + FakeEngine::chunk("{\"status\":\"Pulling\"}\r\n{\"errorDetail\":{\"message\":\"d\"},\"error\":\"no space left\"}\r\n") + lastChunk);
    });
    Story story(world.client->pullImage(s("noop"), nullptr));
    EVENTUALLY(story.ended);
    QVERIFY(story.end.code == ErrorCode::ToolFailed);
    QCOMPARE(story.end.message, QStringLiteral("no space left"));
    QCOMPARE(story.objects.size(), 2);
}

QTEST_GUILESS_MAIN(TestEngineStreams)
#include "tst_enginestreams.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
// The streams of the client, with a fake engine.
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

/// Records the signals of a stream.
struct StreamRecord
{
    explicit StreamRecord(DockerStream *source) : stream(source)
    {
        QObject::connect(source, &DockerStream::started, source, [this] { ++begun; });
        QObject::connect(source, &DockerStream::objectReceived, source,
                         [this](const QJsonObject &object) { objects.append(object); });
        QObject::connect(source, &DockerStream::dataReceived, source,
                         [this](const QByteArray &bytes) { data += bytes; });
        QObject::connect(source, &DockerStream::ended, source, [this](const Error &error) {
            ++ended;
            end = error;
        });
    }
    ~StreamRecord() { delete stream; }

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
    void callsWaitForTheVersion();
    void events();
    void pastEvents();
    void stats();
    void logs();
    void invalidFrames();
    void invalidObjects();
    void interruptedStreams();
    void rejectedStream();
    void streamWithoutEngine();
    void streamDeletedInSlot();
    void clientDestroyedFirst();
    void pull_data();
    void pull();
    void failedPull();
};

void TestEngineStreams::callsWaitForTheVersion()
{
    World world;
    QPointer<FakePeer> versionRequest;
    world.engine.on("GET /version", [&](const FakeRequest &, FakePeer &peer) { versionRequest = &peer; });
    world.engine.on("GET /v1.30/images/json", 200, "[]");
    auto first = world.client->images();
    auto second = world.client->images();
    StreamRecord record(world.client->events({}, 0, nullptr));
    EVENTUALLY(versionRequest);
    QCOMPARE(world.engine.lines(), QList<QByteArray>({"GET /version"})); // one request for all three calls
    versionRequest->send(FakeEngine::answer(200, R"({"ApiVersion":"1.30"})"));
    EVENTUALLY(first.isFinished() && second.isFinished() && record.ended);
    QVERIFY(first.result() && second.result());
    QCOMPARE(world.engine.requests.size(), 4);
}

void TestEngineStreams::events()
{
    World world;
    QPointer<FakePeer> sender;
    bool isSent = false;
    world.engine.on("GET /v1.41/events", [&](const FakeRequest &, FakePeer &peer) {
        sender = &peer;
        peer.send(streamHead);
    });
    StreamRecord record(world.client->events({s("a=b")}, 0, nullptr));
    EVENTUALLY(record.begun == 1);
    QCOMPARE(QJsonDocument::fromJson(parameter(world.engine.requests.last(), s("filters")).toUtf8()).object(),
             (QJsonObject{{s("type"), QJsonArray{s("container")}}, {s("label"), QJsonArray{s("a=b")}}}));
    QVERIFY(!world.engine.requests.last().target.contains("since"));
    sender->sendSlowly(FakeEngine::chunk(R"({"Type":"container","Action":"start"})"
                                         "\n"
                                         R"({"Type":"container",)")
                           + FakeEngine::chunk(R"("Action":"die"})"
                                               "\n"),
                       [&] { isSent = true; });
    EVENTUALLY(record.objects.size() == 2);
    QCOMPARE(ContainerEvent::fromJson(record.objects.at(1))->action, QStringLiteral("die"));
    EVENTUALLY(isSent);
    sender->send(lastChunk);
    EVENTUALLY(record.ended);
    QVERIFY(record.end.message.isEmpty());
    QCOMPARE(record.begun, 1);
}

void TestEngineStreams::pastEvents()
{
    World world;
    StreamRecord record(world.client->events({}, 1'690'000'000'012'345'678, nullptr));
    EVENTUALLY(record.ended);
    QCOMPARE(parameter(world.engine.requests.last(), s("since")), QStringLiteral("1690000000.012345678"));
}

void TestEngineStreams::stats()
{
    World world;
    world.engine.on("GET /v1.41/containers/x/stats", [](const FakeRequest &, FakePeer &peer) {
        peer.send(streamHead
                  + FakeEngine::chunk(R"({"pids_stats":{"current":3},"cpu_stats":{"cpu_usage":{"total_usage":5}}})")
                  + lastChunk);
    });
    StreamRecord record(world.client->stats(s("x"), nullptr));
    EVENTUALLY(record.ended);
    QCOMPARE(parameter(world.engine.requests.last(), s("stream")), QStringLiteral("1"));
    QCOMPARE(record.objects.size(), 1);
    QCOMPARE(ContainerSample::fromJson(record.objects.first())->processes, 3);
}

void TestEngineStreams::logs()
{
    World world;
    world.engine.on("GET /v1.41/containers/x/logs", [](const FakeRequest &, FakePeer &peer) {
        peer.sendSlowly(streamHead + FakeEngine::chunk(frame(1, "one\n") + frame(2, "two\n").left(5))
                        + FakeEngine::chunk(frame(2, "two\n").mid(5)) + lastChunk);
    });
    StreamRecord framed(world.client->logs(s("x"), false, 1'500'000'000, nullptr));
    EVENTUALLY(framed.ended);
    QCOMPARE(framed.data, QByteArray("one\ntwo\n"));
    QVERIFY(framed.end.message.isEmpty());
    const FakeRequest request = world.engine.requests.last();
    QCOMPARE(request.target, QByteArray("/v1.41/containers/x/logs?stdout=1&stderr=1&follow=1&since=1.500000000"));

    world.engine.on("GET /v1.41/containers/x/logs", [](const FakeRequest &, FakePeer &peer) {
        peer.send("HTTP/1.0 200 OK\r\n\r\nhello\r\n");
        peer.close();
    });
    StreamRecord raw(world.client->logs(s("x"), true, 0, nullptr));
    EVENTUALLY(raw.ended);
    QCOMPARE(raw.data, QByteArray("hello\r\n"));
    QVERIFY(!world.engine.requests.last().target.contains("since"));
}

void TestEngineStreams::invalidFrames()
{
    World world;
    world.engine.on("GET /v1.41/containers/x/logs", [](const FakeRequest &, FakePeer &peer) {
        peer.send(streamHead + FakeEngine::chunk(frame(1, "good") + "no frame"));
    });
    StreamRecord record(world.client->logs(s("x"), false, 0, nullptr));
    EVENTUALLY(record.ended);
    QCOMPARE(record.data, QByteArray("good"));
    QVERIFY(record.end.code == ErrorCode::ToolFailed);
    EVENTUALLY(world.engine.connectionCount() == 1); // the connection of /version
}

void TestEngineStreams::invalidObjects()
{
    World world;
    world.engine.on("GET /v1.41/events",
                    [](const FakeRequest &, FakePeer &peer) { peer.send(streamHead + FakeEngine::chunk("{}hello")); });
    StreamRecord record(world.client->events({}, 0, nullptr));
    EVENTUALLY(record.ended);
    QCOMPARE(record.objects.size(), 1);
    QVERIFY(record.end.code == ErrorCode::ToolFailed);
}

void TestEngineStreams::interruptedStreams()
{
    World world;
    world.engine.on("GET /v1.41/events", [](const FakeRequest &, FakePeer &peer) {
        peer.send(streamHead + FakeEngine::chunk("{}"));
        peer.close();
    });
    world.engine.on("GET /v1.41/containers/x/stats", [](const FakeRequest &, FakePeer &peer) {
        peer.send(streamHead + FakeEngine::chunk("{\"a\":") + lastChunk);
    });
    StreamRecord record(world.client->events({}, 0, nullptr));
    EVENTUALLY(record.ended);
    QCOMPARE(record.objects.size(), 1);
    QVERIFY(record.end.code == ErrorCode::Io);
    StreamRecord cut(world.client->stats(s("x"), nullptr));
    EVENTUALLY(cut.ended);
    QVERIFY(cut.end.code == ErrorCode::Io);
}

void TestEngineStreams::rejectedStream()
{
    World world;
    world.engine.on("GET /v1.41/containers/x/logs", 404, R"({"message":"No such container: x"})");
    StreamRecord record(world.client->logs(s("x"), false, 0, nullptr));
    EVENTUALLY(record.ended);
    QCOMPARE(record.begun, 0);
    QVERIFY(record.data.isEmpty());
    QVERIFY(record.end.code == ErrorCode::NotFound);
    QCOMPARE(record.end.message, QStringLiteral("No such container: x"));
}

void TestEngineStreams::streamWithoutEngine()
{
    World world;
    world.engine.stop();
    StreamRecord record(world.client->events({}, 0, nullptr));
    EVENTUALLY(record.ended);
    QVERIFY(record.end.code == ErrorCode::Io);
}

void TestEngineStreams::streamDeletedInSlot()
{
    World world;
    world.engine.on("GET /v1.41/events",
                    [](const FakeRequest &, FakePeer &peer) { peer.send(streamHead + FakeEngine::chunk("{}{}{}")); });
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

void TestEngineStreams::clientDestroyedFirst()
{
    World world;
    world.engine.on("GET /v1.41/events", [](const FakeRequest &, FakePeer &peer) { peer.send(streamHead); });
    StreamRecord record(world.client->events({}, 0, nullptr));
    EVENTUALLY(record.begun);
    StreamRecord fresh(world.client->events({}, 0, nullptr));
    world.client.reset();
    QCOMPARE(record.ended, 1);
    QCOMPARE(fresh.ended, 1);
    QVERIFY(record.end.code == ErrorCode::Cancelled);
    QVERIFY(record.stream);
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
    StreamRecord record(world.client->pullImage(name, nullptr));
    EVENTUALLY(record.ended);
    QVERIFY(record.end.message.isEmpty());
    QCOMPARE(record.objects.size(), 2);
    QCOMPARE(parameter(world.engine.requests.last(), s("fromImage")), image);
    QCOMPARE(parameter(world.engine.requests.last(), s("tag")), tag);
}

void TestEngineStreams::failedPull()
{
    World world;
    world.engine.on("POST /v1.41/images/create", [](const FakeRequest &, FakePeer &peer) {
        peer.send(
            streamHead
            + FakeEngine::chunk(
                "{\"status\":\"Pulling\"}\r\n{\"errorDetail\":{\"message\":\"d\"},\"error\":\"no space left\"}\r\n")
            + lastChunk);
    });
    StreamRecord record(world.client->pullImage(s("noop"), nullptr));
    EVENTUALLY(record.ended);
    QVERIFY(record.end.code == ErrorCode::ToolFailed);
    QCOMPARE(record.end.message, QStringLiteral("no space left"));
    QCOMPARE(record.objects.size(), 2);
}

QTEST_GUILESS_MAIN(TestEngineStreams)
#include "tst_enginestreams.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
// HTTP over the sockets of an engine, with a fake engine.
#include "core/docker/dockernetwork.h"
#include "tests/support/networkworld.h"

#include <QBuffer>
#include <QSignalSpy>
#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;
using Kind = DockerEndpoint::Kind;
using World = NetworkWorld;

namespace {

/// A sequential device that is filled while it is read.
class Channel : public QIODevice
{
public:
    Channel() { open(QIODevice::ReadOnly); }
    void add(const QByteArray &bytes)
    {
        m_bytes += bytes;
        Q_EMIT readyRead();
    }
    void finish()
    {
        m_finished = true;
        Q_EMIT readChannelFinished();
    }
    [[nodiscard]] bool isSequential() const override { return true; }
    [[nodiscard]] bool atEnd() const override { return m_finished && bytesAvailable() == 0; }
    [[nodiscard]] qint64 bytesAvailable() const override { return QIODevice::bytesAvailable() + m_bytes.size(); }

protected:
    qint64 readData(char *data, qint64 maxSize) override
    {
        const qint64 count = qMin<qint64>(maxSize, m_bytes.size());
        memcpy(data, m_bytes.constData(), size_t(count));
        m_bytes.remove(0, count);
        return count;
    }
    qint64 writeData(const char *, qint64) override { return -1; }

private:
    QByteArray m_bytes;
    bool m_finished = false;
};

} // namespace

class TestDockerNetwork : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void verbs_data();
    void verbs();
    void bodies_data();
    void bodies();
    void requestHead();
    void invalidVerb();
    void largeUpload();
    void sequentialUpload();
    void otherUrls();
    void orderOfSignals();
    void statusErrors_data();
    void statusErrors();
    void reusesConnections();
    void closedIdleConnection();
    void resendsOnAStaleConnection();
    void postUsesANewConnection();
    void streamsUseTheirOwnConnections();
    void readsLines();
};

void TestDockerNetwork::verbs_data()
{
    QTest::addColumn<Kind>("kind");
    QTest::newRow("local") << Kind::Local;
    QTest::newRow("tcp") << Kind::Tcp;
    QTest::newRow("tls") << Kind::Tls;
}

void TestDockerNetwork::verbs()
{
    QFETCH(Kind, kind);
    World world(kind);
    QVERIFY(world.ready);
    for (const QByteArray &verb : {QByteArray("GET"), QByteArray("HEAD"), QByteArray("PUT"), QByteArray("POST"),
                                   QByteArray("DELETE"), QByteArray("PATCH")}) {
        world.engine.on(verb + " /a", [](const FakeRequest &request, FakePeer &peer) {
            QByteArray bytes = FakeEngine::answer(200, request.verb + ' ' + request.body);
            if (request.verb == "HEAD")
                bytes = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n";
            peer.send(bytes);
        });
    }
    const QNetworkRequest request = world.request("/a");
    DockerNetwork &network = world.network;
    const QList<std::pair<QByteArray, std::function<QNetworkReply *()>>> cases{
        {"GET ", [&] { return network.get(request); }},
        {"", [&] { return network.head(request); }},
        {"PUT body", [&] { return network.put(request, QByteArray("body")); }},
        {"POST body", [&] { return network.post(request, QByteArray("body")); }},
        {"POST ", [&] { return network.post(request, QByteArray()); }},
        {"DELETE ", [&] { return network.deleteResource(request); }},
        {"PATCH body", [&] { return network.sendCustomRequest(request, "PATCH", QByteArray("body")); }},
    };
    for (const auto &[expected, send] : cases) {
        const Reply reply(send());
        QVERIFY(reply->manager() == &network);
        FINISHED(reply);
        QVERIFY2(reply->error() == QNetworkReply::NoError, qPrintable(reply->errorString()));
        QCOMPARE(statusOf(reply), 200);
        QCOMPARE(reply->readAll(), expected);
        QCOMPARE(reply->attribute(QNetworkRequest::ConnectionEncryptedAttribute).toBool(), kind == Kind::Tls);
    }
}

void TestDockerNetwork::bodies_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<bool>("closes");
    QTest::addColumn<int>("status");
    QTest::addColumn<QByteArray>("body");
    QTest::newRow("length") << QByteArray("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello") << false << 200
                            << QByteArray("hello");
    QTest::newRow("chunks") << QByteArray(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n")
                            << false << 200 << QByteArray("hello");
    QTest::newRow("until the connection ends")
        << QByteArray("HTTP/1.0 200 OK\r\n\r\nhello") << true << 200 << QByteArray("hello");
    QTest::newRow("204") << QByteArray("HTTP/1.1 204 No Content\r\n\r\n") << false << 204 << QByteArray();
    QTest::newRow("304") << QByteArray("HTTP/1.1 304 Not Modified\r\n\r\n") << false << 304 << QByteArray();
    QTest::newRow("provisional") << QByteArray(
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")
                                 << false << 200 << QByteArray("hi");
}

void TestDockerNetwork::bodies()
{
    QFETCH(QByteArray, bytes);
    QFETCH(bool, closes);
    QFETCH(int, status);
    QFETCH(QByteArray, body);
    for (const bool slowly : {false, true}) {
        World world;
        QVERIFY(world.ready);
        world.engine.on("GET /a", [=](const FakeRequest &, FakePeer &peer) {
            const auto end = [&peer, closes] {
                if (closes)
                    peer.close();
            };
            if (slowly)
                return peer.sendSlowly(bytes, end);
            peer.send(bytes);
            end();
        });
        const Reply reply = world.get("/a");
        FINISHED(reply);
        QVERIFY2(reply->error() == QNetworkReply::NoError, qPrintable(reply->errorString()));
        QCOMPARE(statusOf(reply), status);
        QCOMPARE(reply->readAll(), body);
        QCOMPARE(world.network.pool().idleCount(), closes ? 0 : 1);
    }
}

void TestDockerNetwork::requestHead()
{
    World world(Kind::Tcp);
    world.engine.on("GET /v1.41/a%2Fb%20c", 200, "{}");
    QNetworkRequest request = world.request("/v1.41/a%2Fb%20c?filters=%7B%22a%22%3A%5B%22b%2Bc%22%5D%7D");
    request.setRawHeader("X-One", "1");
    request.setRawHeader("X-Two", "2\r\nX-Three: 3");
    request.setRawHeader("Connection", "close");
    const Reply reply(world.network.get(request));
    FINISHED(reply);
    QVERIFY(reply->error() == QNetworkReply::NoError);
    QCOMPARE(reply->rawHeader("content-type"), QByteArray("application/json"));
    QCOMPARE(reply->attribute(QNetworkRequest::HttpReasonPhraseAttribute).toString(), QStringLiteral("Status"));
    const FakeRequest received = world.engine.requests.value(0);
    QCOMPARE(received.target, QByteArray("/v1.41/a%2Fb%20c?filters=%7B%22a%22%3A%5B%22b%2Bc%22%5D%7D"));
    QCOMPARE(received.headers.value("host"), "127.0.0.1:" + QByteArray::number(world.engine.endpoint().port));
    QCOMPARE(received.headers.value("x-one"), QByteArray("1"));
    QVERIFY(!received.headers.contains("x-two"));
    QVERIFY(!received.headers.contains("x-three"));
    QVERIFY(!received.headers.contains("connection"));
    QVERIFY(!received.headers.contains("content-length"));
}

void TestDockerNetwork::invalidVerb()
{
    World world;
    const Reply reply(world.network.sendCustomRequest(world.request("/a"), "GET / HTTP/1.1\r\nX: y"));
    FINISHED(reply);
    QVERIFY(reply->error() == QNetworkReply::ProtocolInvalidOperationError);
    QVERIFY(world.engine.requests.isEmpty());
}

void TestDockerNetwork::largeUpload()
{
    World world;
    QByteArray body(3'000'000, 'x');
    body += "end";
    world.engine.on("PUT /a", [](const FakeRequest &request, FakePeer &peer) {
        peer.send(FakeEngine::answer(200, QByteArray::number(request.body.size()) + request.body.right(3)));
    });
    QBuffer buffer(&body);
    QVERIFY(buffer.open(QIODevice::ReadOnly));
    QVERIFY(buffer.seek(1000));
    const Reply reply(world.network.put(world.request("/a"), &buffer));
    FINISHED(reply);
    QCOMPARE(reply->readAll(), QByteArray("2999003end"));
}

void TestDockerNetwork::sequentialUpload()
{
    World world;
    world.engine.on("POST /a", [](const FakeRequest &request, FakePeer &peer) {
        peer.send(FakeEngine::answer(200, request.body));
    });
    Channel channel;
    const Reply reply(world.network.post(world.request("/a"), &channel));
    channel.add("one ");
    EVENTUALLY(world.engine.connectionCount() == 1);
    channel.add(QByteArray(100'000, 'x'));
    EVENTUALLY(channel.bytesAvailable() == 0);
    QVERIFY(world.engine.requests.isEmpty());
    channel.finish();
    FINISHED(reply);
    QCOMPARE(world.engine.requests.value(0).headers.value("transfer-encoding"), QByteArray("chunked"));
    QCOMPARE(reply->readAll(), "one " + QByteArray(100'000, 'x'));
}

void TestDockerNetwork::otherUrls()
{
    World world;
    World other(Kind::Tcp);
    other.engine.on("GET /a", 200, "qt");
    const Reply reply(world.network.get(other.request("/a")));
    FINISHED(reply);
    QCOMPARE(reply->readAll(), QByteArray("qt"));
    QVERIFY(other.engine.requests.value(0).headers.value("user-agent").startsWith("Mozilla"));
}

void TestDockerNetwork::orderOfSignals()
{
    World world;
    world.engine.on("GET /a", 404, "no");
    const Reply reply = world.get("/a");
    QStringList order;
    connect(reply.get(), &QNetworkReply::metaDataChanged, this, [&] { order += s("meta"); });
    connect(reply.get(), &QNetworkReply::readyRead, this, [&] { order += s("read"); });
    connect(reply.get(), &QNetworkReply::errorOccurred, this, [&] { order += s("error"); });
    connect(reply.get(), &QNetworkReply::finished, this, [&] { order += s("finished"); });
    const QSignalSpy managerFinished(&world.network, &QNetworkAccessManager::finished);
    FINISHED(reply);
    QCOMPARE(order, QStringList({s("meta"), s("read"), s("error"), s("finished")}));
    QCOMPARE(managerFinished.count(), 1);
    QCOMPARE(reply->readAll(), QByteArray("no"));
    reply->abort(); // has no effect
    QCOMPARE(order.size(), 4);
}

void TestDockerNetwork::statusErrors_data()
{
    QTest::addColumn<int>("status");
    QTest::addColumn<QNetworkReply::NetworkError>("error");
    QTest::newRow("400") << 400 << QNetworkReply::ProtocolInvalidOperationError;
    QTest::newRow("401") << 401 << QNetworkReply::AuthenticationRequiredError;
    QTest::newRow("403") << 403 << QNetworkReply::ContentAccessDenied;
    QTest::newRow("404") << 404 << QNetworkReply::ContentNotFoundError;
    QTest::newRow("405") << 405 << QNetworkReply::ContentOperationNotPermittedError;
    QTest::newRow("409") << 409 << QNetworkReply::ContentConflictError;
    QTest::newRow("416") << 416 << QNetworkReply::UnknownContentError;
    QTest::newRow("500") << 500 << QNetworkReply::InternalServerError;
    QTest::newRow("501") << 501 << QNetworkReply::OperationNotImplementedError;
    QTest::newRow("503") << 503 << QNetworkReply::ServiceUnavailableError;
    QTest::newRow("599") << 599 << QNetworkReply::UnknownServerError;
    QTest::newRow("301") << 301 << QNetworkReply::NoError;
}

void TestDockerNetwork::statusErrors()
{
    QFETCH(int, status);
    QFETCH(QNetworkReply::NetworkError, error);
    World world;
    world.engine.on("GET /a", status, "text");
    const Reply reply = world.get("/a");
    FINISHED(reply);
    QCOMPARE(reply->error(), error);
    QCOMPARE(statusOf(reply), status);
    QCOMPARE(reply->readAll(), QByteArray("text"));
}

void TestDockerNetwork::reusesConnections()
{
    World world;
    world.engine.on("GET /a", 200, "a");
    for (int i = 0; i < 3; ++i) {
        const Reply reply = world.get("/a");
        FINISHED(reply);
        QCOMPARE(world.engine.requests.last().connection, 1);
    }
    // Each concurrent request uses a connection of its own. A few of the connections are kept.
    std::vector<Reply> replies;
    for (int i = 0; i < 20; ++i)
        replies.push_back(world.get("/a"));
    for (const Reply &reply : replies) {
        FINISHED(reply);
        QVERIFY(reply->error() == QNetworkReply::NoError);
    }
    QCOMPARE(world.engine.requests.size(), 23);
    QCOMPARE(world.network.pool().idleCount(), SocketPool::maxIdle);
    EVENTUALLY(world.engine.connectionCount() == SocketPool::maxIdle);
    EVENTUALLY(world.engine.connectionCount() == 0); // idle connections are closed after a while
    QCOMPARE(world.network.pool().idleCount(), 0);
}

void TestDockerNetwork::closedIdleConnection()
{
    World world;
    world.engine.on("GET /a", [](const FakeRequest &, FakePeer &peer) {
        peer.send(FakeEngine::answer(200, "a"));
        peer.close();
    });
    const Reply reply = world.get("/a");
    FINISHED(reply);
    EVENTUALLY(world.network.pool().idleCount() == 0);
    const Reply next = world.get("/a");
    FINISHED(next);
    QVERIFY(next->error() == QNetworkReply::NoError);
}

void TestDockerNetwork::resendsOnAStaleConnection()
{
    // The engine closes the idle connection at the moment of its reuse.
    World world;
    world.engine.on("GET /a", 200, "a");
    world.engine.on("PUT /b", [](const FakeRequest &request, FakePeer &peer) {
        if (request.connection == 1)
            peer.drop();
        else
            peer.send(FakeEngine::answer(200, request.body));
    });
    const Reply first = world.get("/a");
    FINISHED(first);
    const Reply reply(world.network.put(world.request("/b"), QByteArray("body")));
    FINISHED(reply);
    QVERIFY2(reply->error() == QNetworkReply::NoError, qPrintable(reply->errorString()));
    QCOMPARE(reply->readAll(), QByteArray("body"));
    QCOMPARE(world.engine.lines(), QList<QByteArray>({"GET /a", "PUT /b", "PUT /b"}));
}

void TestDockerNetwork::postUsesANewConnection()
{
    World world;
    world.engine.on("GET /a", 200, "a");
    world.engine.on("POST /b", 200, "b");
    const Reply first = world.get("/a");
    FINISHED(first);
    const Reply reply(world.network.post(world.request("/b"), QByteArray("body")));
    FINISHED(reply);
    QCOMPARE(world.engine.requests.last().connection, 2);
    const Reply last = world.get("/a"); // reuses the connection of the POST
    FINISHED(last);
    QCOMPARE(world.engine.requests.last().connection, 2);
}

void TestDockerNetwork::streamsUseTheirOwnConnections()
{
    World world(Kind::Tcp); // Qt would open at most six connections to a host
    world.engine.on("GET /stream", [](const FakeRequest &, FakePeer &peer) {
        peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + FakeEngine::chunk("one"));
    });
    world.engine.on("GET /a", 200, "a");
    QNetworkRequest request = world.request("/stream");
    request.setAttribute(DockerNetwork::StreamAttribute, true);
    std::vector<Reply> streams;
    for (int i = 0; i < 30; ++i)
        streams.emplace_back(world.network.get(request));
    for (const Reply &stream : streams)
        EVENTUALLY(stream->bytesAvailable() == 3);
    const Reply reply = world.get("/a");
    FINISHED(reply);
    QCOMPARE(reply->readAll(), QByteArray("a"));
    QCOMPARE(world.engine.requests.value(0).headers.value("connection"), QByteArray("close"));
    streams.clear();
    EVENTUALLY(world.engine.connectionCount() == 1);
    const Reply again(world.network.get(request));
    EVENTUALLY(again->bytesAvailable() == 3);
    QVERIFY(world.engine.requests.last().connection != 31); // the idle connection of /a is not used for a stream
}

void TestDockerNetwork::readsLines()
{
    World world;
    world.engine.on("GET /a", 200, "one\ntwo");
    const Reply reply = world.get("/a");
    FINISHED(reply);
    QVERIFY(reply->canReadLine());
    QCOMPARE(reply->readLine(), QByteArray("one\n"));
    QVERIFY(!reply->canReadLine());
    QCOMPARE(reply->peek(2), QByteArray("tw"));
    QCOMPARE(reply->readAll(), QByteArray("two"));
    QVERIFY(reply->atEnd());
}

QTEST_GUILESS_MAIN(TestDockerNetwork)
#include "tst_dockernetwork.moc"

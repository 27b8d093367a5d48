// SPDX-License-Identifier: GPL-3.0-or-later
// The HTTP server, with clients that are raw sockets: requests split at every byte, limits, timeouts, back-pressure.
#include "core/http/httpexchange.h"
#include "core/http/httpserver.h"
#include "tests/support/testhelpers.h"

#include <QElapsedTimer>
#include <QLocalSocket>
#include <QPointer>
#include <QSignalSpy>
#include <QTcpSocket>
#include <QTemporaryDir>
#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;
using namespace std::chrono_literals;

namespace {

/// A server with some routes, and limits that tests can change before start().
struct World
{
    HttpLimits limits;
    std::unique_ptr<HttpServer> server;
    QPointer<HttpExchange> exchange; ///< the last one of /stream and /upload
    QByteArray uploaded;
    int aborted = 0;
    int calls = 0;
    bool takesUploads = true;

    void start()
    {
        server = std::make_unique<HttpServer>(limits);
        HttpRouter &router = server->router();
        router.add("GET", s("/hello"), [this](const HttpRequest &, const QByteArray &) {
            ++calls;
            return HttpResponse::text(200, "hello\n");
        });
        router.add("POST", s("/echo/{name}"), [](const HttpRequest &request, const QByteArray &body) {
            return HttpResponse::text(200, request.parameters.value(s("name")).toUtf8() + "=" + body);
        });
        router.add("GET", s("/nothing"), [](const HttpRequest &, const QByteArray &) {
            return HttpResponse{204, {}, {}};
        });
        router.addStreamed(
            "GET", s("/stream"),
            [this](HttpExchange &opened) {
                exchange = &opened;
                QObject::connect(&opened, &HttpExchange::aborted, &opened, [this] { ++aborted; });
                opened.beginResponse(200, {});
            },
            0);
        router.addStreamed(
            "PUT", s("/upload"),
            [this](HttpExchange &opened) {
                exchange = &opened;
                QObject::connect(&opened, &HttpExchange::aborted, &opened, [this] { ++aborted; });
                QObject::connect(&opened, &HttpExchange::bodyReceived, &opened, [this] { takeUpload(); });
                takeUpload();
            },
            100'000'000);
        router.addStreamed(
            "PUT", s("/refuse"), [](HttpExchange &opened) { opened.respond(HttpResponse::error(403, "not today")); },
            100'000'000);
        const Status listening = server->listen({QHostAddress(QHostAddress::LocalHost), 0});
        if (!listening)
            qFatal("%s", qPrintable(listening.error().message));
    }

    void takeUpload()
    {
        if (!takesUploads || !exchange)
            return;
        uploaded += exchange->takeBody();
        if (exchange->isBodyComplete())
            exchange->respond(HttpResponse::text(201, QByteArray::number(uploaded.size())));
    }
};

/// A client of which the test sees every byte.
struct Client
{
    QTcpSocket socket;
    QByteArray received;

    explicit Client(const World &world)
    {
        socket.setReadBufferSize(64 * 1024);
        socket.connectToHost(world.server->address().host, world.server->address().port);
    }
    Client &send(const QByteArray &bytes)
    {
        socket.write(bytes);
        return *this;
    }
    bool receives(const QByteArray &text)
    {
        return QTest::qWaitFor(
            [&] {
                received += socket.readAll();
                return received.contains(text);
            },
            patience);
    }
    bool isClosed()
    {
        return QTest::qWaitFor(
            [&] {
                received += socket.readAll();
                return socket.state() == QAbstractSocket::UnconnectedState;
            },
            patience);
    }
    /// Sends requests and reads the answers, one after another. The server, which has one event loop, has meanwhile had
    /// as many occasions to go on with its other connections.
    bool makesRoundTrips(int count)
    {
        bool isGood = true;
        for (int i = 0; i < count && isGood; ++i) {
            received.clear();
            isGood = send("GET /nothing HTTP/1.1\r\nHost: h\r\n\r\n").receives("\r\n\r\n");
        }
        return isGood;
    }
    [[nodiscard]] int status() const { return received.mid(9, 3).toInt(); }
    [[nodiscard]] QByteArray body() const { return received.mid(received.indexOf("\r\n\r\n") + 4); }
};

const QByteArray getHello("GET /hello HTTP/1.1\r\nHost: h\r\n\r\n");

} // namespace

class TestHttpServer : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void answersRequests();
    void answersFragments();
    void answersPipelinedRequestsInOrder();
    void headHasNoBody();
    void oldClients();
    void errors_data();
    void errors();
    void errorWithoutBodyKeepsTheConnection();
    void continuesWhenExpected();
    void refusesAnUploadEarly();
    void streamsAnUpload();
    void pausesAnUploadThatIsNotTaken();
    void streamsAResponse();
    void stopsAtAClientThatDoesNotRead();
    void pipelineOfAClientThatDoesNotReadIsBounded();
    void wrongLengthsCloseTheConnection();
    void slowHeader();
    void slowBody();
    void steadyBody();
    void silentConnection();
    void tooManyConnections();
    void idleConnectionMakesRoom();
    void clientThatLeaves();
    void portInUse();
    void stopsGracefully();
    void stopsAfterTheGracePeriod();
    void localSocket();
};

void TestHttpServer::answersRequests()
{
    World world;
    world.start();
    Client client(world);
    QVERIFY(client.send(getHello).receives("hello\n"));
    QCOMPARE(client.status(), 200);
    QVERIFY(client.received.contains("Content-Length: 6\r\n"));
    QVERIFY(client.received.contains("\r\nDate: "));
    client.received.clear();
    QVERIFY(client.send("POST /echo/a%20b HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc").receives("a b=abc"));
    client.received.clear();
    client.send("POST /echo/x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nde\r\n1\r\nf\r\n0\r\n\r\n");
    QVERIFY(client.receives("x=def"));
    client.received.clear();
    QVERIFY(client.send("GET /nothing HTTP/1.1\r\nHost: h\r\n\r\n").receives("\r\n\r\n"));
    QCOMPARE(client.status(), 204);
    QVERIFY(!client.received.contains("Content-Length"));
    client.received.clear();
    QVERIFY(client.send("GET /hello?x HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n").isClosed());
    QVERIFY(client.received.contains("Connection: close\r\n"));
    QCOMPARE(client.body(), QByteArray("hello\n"));
    EVENTUALLY(world.server->connectionCount() == 0);
}

void TestHttpServer::answersFragments()
{
    World world;
    world.start();
    Client client(world);
    QVERIFY(client.socket.waitForConnected());
    const QByteArray request(
        "POST /echo/x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nde\r\n0\r\n\r\n");
    for (qsizetype split = 1; split < request.size(); ++split) {
        client.received.clear();
        client.send(request.left(split));
        client.socket.flush();
        QTest::qWait(0); // the server reads the first part
        QVERIFY2(client.send(request.mid(split)).receives("x=de"), qPrintable(s("split at %1").arg(split)));
    }
    client.received.clear();
    for (const char byte : request) {
        client.send(QByteArray(1, byte));
        client.socket.flush();
        QTest::qWait(0);
    }
    QVERIFY(client.receives("x=de"));
}

void TestHttpServer::answersPipelinedRequestsInOrder()
{
    World world;
    world.start();
    Client client(world);
    QByteArray requests;
    for (int i = 0; i < 50; ++i)
        requests += "POST /echo/" + QByteArray::number(i) + " HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\nb";
    QVERIFY(client.send(requests).receives("49=b"));
    qsizetype at = 0;
    for (int i = 0; i < 50; ++i) {
        const qsizetype found = client.received.indexOf(QByteArray("\r\n\r\n" + QByteArray::number(i) + "=b"), at);
        QVERIFY2(found >= at, qPrintable(QString::number(i)));
        at = found + 1;
    }
}

void TestHttpServer::headHasNoBody()
{
    World world;
    world.start();
    Client client(world);
    client.send(
        "HEAD /hello HTTP/1.1\r\nHost: h\r\n\r\nHEAD /missing HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    QVERIFY(client.isClosed());
    QCOMPARE(client.received.count("HTTP/1.1 "), 2);
    QVERIFY(client.received.contains("Content-Length: 6\r\n"));
    QVERIFY(!client.received.contains("hello"));
    QVERIFY(client.received.endsWith("\r\n\r\n"));
}

void TestHttpServer::oldClients()
{
    World world;
    world.start();
    Client client(world);
    QVERIFY(client.send("GET /hello HTTP/1.0\r\n\r\n").isClosed());
    QCOMPARE(client.body(), QByteArray("hello\n"));
    Client kept(world);
    QVERIFY(kept.send("GET /hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").receives("hello\n"));
    QVERIFY(kept.received.contains("Connection: keep-alive\r\n"));
    kept.received.clear();
    QVERIFY(kept.send(getHello).receives("hello\n"));
    Client streamed(world);
    QVERIFY(streamed.send("GET /stream HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").receives("\r\n\r\n"));
    world.exchange->write("abc");
    world.exchange->endResponse();
    QVERIFY(streamed.isClosed());
    QCOMPARE(streamed.body(), QByteArray("abc"));
}

void TestHttpServer::errors_data()
{
    QTest::addColumn<QByteArray>("request");
    QTest::addColumn<int>("status");
    QTest::addColumn<QByteArray>("text");

    const QByteArray host(" HTTP/1.1\r\nHost: h\r\n");
    QTest::newRow("garbage") << QByteArray("\x16\x03\x01\x02\r\n\r\n") << 400 << QByteArray();
    QTest::newRow("not found") << "POST /x" + host + "Content-Length: 2\r\n\r\nhi" << 404 << QByteArray();
    QTest::newRow("method") << "PUT /hello" + host + "Content-Length: 2\r\n\r\nhi" << 405
                            << QByteArray("Allow: GET, HEAD\r\n");
    QTest::newRow("no length") << "POST /echo/x" + host + "\r\n" << 411 << QByteArray();
    QTest::newRow("long body") << "POST /echo/x" + host + "Content-Length: 2000000\r\n\r\n" + QByteArray(500000, 'x')
                               << 413 << QByteArray();
    QTest::newRow("long chunks") << "POST /echo/x" + host + "Transfer-Encoding: chunked\r\n\r\nfffff\r\n"
                                        + QByteArray(0xfffff, 'x') + "\r\nff\r\n"
                                 << 413 << QByteArray();
    QTest::newRow("expectation") << "POST /echo/x" + host + "Content-Length: 1\r\nExpect: tea\r\n\r\n"
                                 << 417 << QByteArray();
    QTest::newRow("long header") << "GET /hello" + host + "A: " + QByteArray(100000, 'a') << 431 << QByteArray();
    QTest::newRow("version") << QByteArray("GET / HTTP/3.0\r\n\r\n") << 505 << QByteArray();
}

void TestHttpServer::errors()
{
    QFETCH(QByteArray, request);
    QFETCH(QByteArray, text);
    World world;
    world.start();
    Client client(world);
    QVERIFY(client.send(request).isClosed());
    QTEST(client.status(), "status");
    QVERIFY(client.received.contains("Connection: close\r\n"));
    QVERIFY(client.received.contains(text));
    QVERIFY(client.body().startsWith(QByteArray::number(client.status())));
    Client other(world);
    QVERIFY(other.send(getHello).receives("hello\n"));
}

void TestHttpServer::errorWithoutBodyKeepsTheConnection()
{
    World world;
    world.start();
    Client client(world);
    QVERIFY(client.send("GET /missing HTTP/1.1\r\nHost: h\r\n\r\n").receives("404 Not Found\n"));
    client.received.clear();
    QVERIFY(client.send("DELETE /hello HTTP/1.1\r\nHost: h\r\n\r\n").receives("405 Method Not Allowed\n"));
    client.received.clear();
    QVERIFY(client.send(getHello).receives("hello\n"));
}

void TestHttpServer::continuesWhenExpected()
{
    World world;
    world.start();
    Client client(world);
    client.send("POST /echo/x HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n");
    QVERIFY(client.receives("HTTP/1.1 100 Continue\r\n\r\n"));
    QVERIFY(client.send("abc").receives("x=abc"));
    Client refused(world);
    refused.send("POST /echo/x HTTP/1.1\r\nHost: h\r\nContent-Length: 3000000\r\nExpect: 100-continue\r\n\r\n");
    QVERIFY(refused.isClosed());
    QCOMPARE(refused.status(), 413);
}

/// The client is still sending when the answer comes. It must get the answer, not a reset of the connection.
void TestHttpServer::refusesAnUploadEarly()
{
    World world;
    world.start();
    Client client(world);
    client.send("PUT /refuse HTTP/1.1\r\nHost: h\r\nContent-Length: 600000\r\n\r\n" + QByteArray(600000, 'x'));
    QVERIFY(client.isClosed());
    QCOMPARE(client.status(), 403);
    QVERIFY(client.body().contains("not today"));
}

void TestHttpServer::streamsAnUpload()
{
    World world;
    world.start();
    Client client(world);
    QByteArray body;
    for (int i = 0; i < 500'000; ++i)
        body += QByteArray::number(i);
    client.send("PUT /upload HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n");
    for (qsizetype at = 0; at < body.size(); at += 50'000) {
        const QByteArray piece = body.mid(at, 50'000);
        client.send(QByteArray::number(piece.size(), 16) + "\r\n" + piece + "\r\n");
    }
    QVERIFY(client.send("0\r\n\r\n").receives(QByteArray::number(body.size())));
    QCOMPARE(client.status(), 201);
    QVERIFY(world.uploaded == body);
    QCOMPARE(world.aborted, 0);
    client.received.clear();
    QVERIFY(client.send(getHello).receives("hello\n"));
}

void TestHttpServer::pausesAnUploadThatIsNotTaken()
{
    World world;
    world.takesUploads = false;
    world.limits.bodyTimeout = 100ms; // does not run while the handler is what is slow
    world.start();
    Client client(world);
    constexpr qsizetype size = 20'000'000;
    client.send("PUT /upload HTTP/1.1\r\nHost: h\r\nContent-Length: " + QByteArray::number(size) + "\r\n\r\n"
                + QByteArray(size, 'x'));
    Client other(world);
    qint64 unsent = size;
    EVENTUALLY([&] { // nothing more leaves the client
        const qint64 before = std::exchange(unsent, client.socket.bytesToWrite());
        return unsent < size && unsent == before && other.makesRoundTrips(20) && client.socket.bytesToWrite() == unsent;
    }());
    QVERIFY2(unsent > size / 4, qPrintable(QString::number(unsent)));
    // The time of a body that began later, and whose client is what is slow, runs out.
    Client slow(world);
    slow.send("POST /echo/x HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\na");
    QVERIFY(slow.receives("408 Request Timeout"));
    QCOMPARE(world.aborted, 0);
    QCOMPARE(client.socket.bytesToWrite(), unsent);
    QVERIFY(world.exchange);
    QVERIFY(!world.exchange->isBodyComplete());
    world.takesUploads = true;
    world.takeUpload();
    QVERIFY(client.receives(QByteArray::number(size)));
    QCOMPARE(client.status(), 201);
}

void TestHttpServer::streamsAResponse()
{
    World world;
    world.start();
    Client client(world);
    QVERIFY(client.send("GET /stream HTTP/1.1\r\nHost: h\r\n\r\n").receives("\r\n\r\n"));
    QVERIFY(client.received.contains("Transfer-Encoding: chunked\r\n"));
    world.exchange->write("first");
    QVERIFY(client.receives("5\r\nfirst\r\n"));
    world.exchange->write("second");
    world.exchange->endResponse();
    QVERIFY(client.receives("6\r\nsecond\r\n0\r\n\r\n"));
    client.received.clear();
    QVERIFY(client.send(getHello).receives("hello\n"));
    QCOMPARE(world.aborted, 0);
}

void TestHttpServer::stopsAtAClientThatDoesNotRead()
{
    World world;
    world.limits.writeTimeout = 300ms;
    world.start();
    Client client(world);
    QVERIFY(client.send("GET /stream HTTP/1.1\r\nHost: h\r\n\r\n").receives("\r\n\r\n"));
    qint64 written = 0;
    const QByteArray piece(50'000, 'x');
    const auto write = [&] {
        while (world.exchange && world.exchange->isWritable() && written < 200'000'000) {
            world.exchange->write(piece);
            written += piece.size();
        }
    };
    connect(world.exchange, &HttpExchange::writable, this, write);
    write();
    EVENTUALLY(world.aborted == 1); // the client reads only its buffer of 64 KB
    QVERIFY2(written < 100'000'000, qPrintable(QString::number(written)));
    EVENTUALLY(world.server->connectionCount() == 0);
}

/// A client that sends requests and reads no response.
void TestHttpServer::pipelineOfAClientThatDoesNotReadIsBounded()
{
    World world;
    world.limits.writeBuffer = 10'000;
    world.start();
    Client client(world);
    client.send(getHello.repeated(200'000));
    Client other(world);
    int calls = 0;
    EVENTUALLY([&] {
        const int before = std::exchange(calls, world.calls);
        return calls > 0 && calls == before && other.makesRoundTrips(20) && world.calls == calls;
    }());
    QVERIFY2(calls > 0 && calls < 150'000, qPrintable(QString::number(calls)));
}

void TestHttpServer::wrongLengthsCloseTheConnection()
{
    World world;
    world.start();
    world.server->router().addStreamed(
        "GET", s("/short"),
        [](HttpExchange &exchange) {
            exchange.beginResponse(200, {}, 10);
            exchange.write("abc");
            exchange.endResponse();
        },
        0);
    QTest::ignoreMessage(QtWarningMsg, "A response is shorter than its Content-Length.");
    Client client(world);
    QVERIFY(client.send("GET /short HTTP/1.1\r\nHost: h\r\n\r\n").isClosed());
}

void TestHttpServer::slowHeader()
{
    World world;
    world.limits.headerTimeout = 200ms;
    world.start();
    Client client(world);
    QTimer drip; // a byte now and then does not help
    connect(&drip, &QTimer::timeout, &client.socket, [&] { client.send("a"); });
    client.send("GET /hello HTTP/1.1\r\nA: ");
    drip.start(20);
    QVERIFY(client.receives("408 Request Timeout"));
    drip.stop();
    QVERIFY(client.isClosed());
}

void TestHttpServer::slowBody()
{
    World world;
    world.limits.bodyTimeout = 200ms;
    world.start();
    Client client(world);
    QTimer drip;
    connect(&drip, &QTimer::timeout, &client.socket, [&] { client.send("a"); });
    client.send("PUT /upload HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n\r\n");
    drip.start(20);
    QVERIFY(client.receives("408 Request Timeout"));
    drip.stop();
    QCOMPARE(world.aborted, 1);
    QVERIFY(client.isClosed());
}

/// A body that takes longer than the timeout is accepted if it makes progress. The pieces come in the tenth part of the
/// timeout, so that a busy machine does not delay one for too long.
void TestHttpServer::steadyBody()
{
    World world;
    world.limits.bodyTimeout = 1000ms;
    world.start();
    Client steady(world);
    constexpr int pieces = 20;
    steady.send("PUT /upload HTTP/1.1\r\nHost: h\r\nContent-Length: 100000\r\n\r\n");
    QElapsedTimer sinceBegin;
    sinceBegin.start();
    QTimer drip;
    int sent = 0;
    connect(&drip, &QTimer::timeout, &steady.socket, [&] {
        if (sent++ < pieces)
            steady.send(QByteArray(100'000 / pieces, 'x'));
    });
    drip.start(100ms);
    QVERIFY(steady.receives("100000"));
    QVERIFY(sinceBegin.elapsed() > world.limits.bodyTimeout.count());
    QCOMPARE(steady.status(), 201);
}

void TestHttpServer::silentConnection()
{
    World world;
    world.limits.headerTimeout = 100ms;
    world.limits.idleTimeout = 150ms;
    world.start();
    Client silent(world);
    QVERIFY(silent.isClosed());
    QVERIFY(silent.received.isEmpty());
    Client idle(world);
    QVERIFY(idle.send(getHello).receives("hello\n"));
    QVERIFY(idle.isClosed());
    QCOMPARE(idle.received.count("HTTP/1.1"), 1);
}

void TestHttpServer::tooManyConnections()
{
    World world;
    world.limits.connections = 2;
    world.start();
    std::vector<std::unique_ptr<Client>> busy;
    for (int i = 0; i < 2; ++i) {
        busy.push_back(std::make_unique<Client>(world));
        QVERIFY(busy.back()->send("GET /stream HTTP/1.1\r\nHost: h\r\n\r\n").receives("\r\n\r\n"));
    }
    Client refused(world);
    QVERIFY(refused.send(getHello).isClosed());
    QCOMPARE(refused.status(), 503);
    QVERIFY(refused.received.contains("Retry-After: "));
    busy.clear();
    EVENTUALLY(world.server->connectionCount() == 0);
    QCOMPARE(world.aborted, 2);
    Client accepted(world);
    QVERIFY(accepted.send(getHello).receives("hello\n"));
}

void TestHttpServer::idleConnectionMakesRoom()
{
    World world;
    world.limits.connections = 2;
    world.start();
    Client first(world);
    QVERIFY(first.send(getHello).receives("hello\n"));
    QTest::qWait(5); // idle for longer than the second one: the server counts milliseconds
    Client second(world);
    QVERIFY(second.send(getHello).receives("hello\n"));
    Client third(world);
    QVERIFY(third.send(getHello).receives("hello\n"));
    QVERIFY(first.isClosed());
    QCOMPARE(second.socket.state(), QAbstractSocket::ConnectedState);
}

void TestHttpServer::clientThatLeaves()
{
    World world;
    world.start();
    {
        Client client(world);
        QVERIFY(client.send("GET /stream HTTP/1.1\r\nHost: h\r\n\r\n").receives("\r\n\r\n"));
    }
    EVENTUALLY(world.aborted == 1);
    EVENTUALLY(!world.exchange);
    {
        Client client(world);
        client.send("PUT /upload HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nabc");
        EVENTUALLY(world.uploaded == "abc");
    }
    EVENTUALLY(world.aborted == 2);
    EVENTUALLY(world.server->connectionCount() == 0);
}

void TestHttpServer::portInUse()
{
    World world;
    world.start();
    HttpServer other;
    const Status status = other.listen(world.server->address());
    QVERIFY(!status);
    QVERIFY2(status.error().message.contains(s("another program uses it")), qPrintable(status.error().message));
    QVERIFY(status.error().message.contains(world.server->address().toString()));
    const Status foreign = other.listen({QHostAddress(s("192.0.2.1")), 0});
    QVERIFY(!foreign);
    QVERIFY2(foreign.error().message.contains(s("does not have it")), qPrintable(foreign.error().message));
}

void TestHttpServer::stopsGracefully()
{
    World world;
    world.start();
    Client idle(world);
    QVERIFY(idle.send(getHello).receives("hello\n"));
    Client busy(world);
    QVERIFY(busy.send("GET /stream HTTP/1.1\r\nHost: h\r\n\r\n").receives("\r\n\r\n"));
    QSignalSpy stopped(world.server.get(), &HttpServer::stopped);
    world.server->stop(1h);
    QVERIFY(idle.isClosed());
    Client late(world);
    QVERIFY(late.isClosed());
    QVERIFY(stopped.isEmpty());
    world.exchange->write("last");
    world.exchange->endResponse();
    QVERIFY(busy.isClosed());
    QVERIFY(busy.received.endsWith("last\r\n0\r\n\r\n"));
    EVENTUALLY(stopped.size() == 1);
}

void TestHttpServer::stopsAfterTheGracePeriod()
{
    World world;
    world.start();
    Client busy(world);
    QVERIFY(busy.send("GET /stream HTTP/1.1\r\nHost: h\r\n\r\n").receives("\r\n\r\n"));
    QSignalSpy stopped(world.server.get(), &HttpServer::stopped);
    world.server->stop(50ms);
    EVENTUALLY(stopped.size() == 1);
    QCOMPARE(world.aborted, 1);
    QVERIFY(busy.isClosed());
}

void TestHttpServer::localSocket()
{
    const QTemporaryDir folder;
    HttpServer server;
    server.router().add("GET", s("/"),
                        [](const HttpRequest &, const QByteArray &) { return HttpResponse::text(200, "local"); });
    QVERIFY(server.listenLocal(folder.filePath(s("s"))));
    QLocalSocket client;
    client.connectToServer(folder.filePath(s("s")));
    client.write("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    QByteArray received;
    EVENTUALLY([&] {
        received += client.readAll();
        return client.state() == QLocalSocket::UnconnectedState;
    }());
    QVERIFY(received.endsWith("\r\n\r\nlocal"));
}

QTEST_GUILESS_MAIN(TestHttpServer)
#include "tst_httpserver.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
// The limits of the HTTP server, with clients that are raw sockets: timeouts, back-pressure, numbers of connections,
// and its end.
#include "core/http/httpexchange.h"
#include "core/http/httpserver.h"
#include "tests/support/httpworld.h"
#include "tests/support/testhelpers.h"

#include <QElapsedTimer>
#include <QLocalSocket>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;
using namespace std::chrono_literals;

class TestHttpLimits : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void pausesAnUploadThatIsNotTaken();
    void stopsAtAClientThatDoesNotRead();
    void pipelineOfAClientThatDoesNotReadIsBounded();
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

void TestHttpLimits::pausesAnUploadThatIsNotTaken()
{
    HttpWorld world;
    world.takesUploads = false;
    world.limits.bodyTimeout = 100ms; // does not run while the handler is what is slow
    world.start();
    RawHttpClient client(world);
    constexpr qsizetype size = 20'000'000;
    client.send("PUT /upload HTTP/1.1\r\nHost: h\r\nContent-Length: " + QByteArray::number(size) + "\r\n\r\n"
                + QByteArray(size, 'x'));
    RawHttpClient other(world);
    qint64 unsent = size;
    EVENTUALLY([&] { // nothing more leaves the client
        const qint64 before = std::exchange(unsent, client.socket.bytesToWrite());
        return unsent < size && unsent == before && other.makesRoundTrips(20) && client.socket.bytesToWrite() == unsent;
    }());
    QVERIFY2(unsent > size / 4, qPrintable(QString::number(unsent)));
    // The time of a body that began later, and whose client is what is slow, runs out.
    RawHttpClient slow(world);
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

void TestHttpLimits::stopsAtAClientThatDoesNotRead()
{
    HttpWorld world;
    world.limits.writeTimeout = 300ms;
    world.start();
    RawHttpClient client(world);
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
void TestHttpLimits::pipelineOfAClientThatDoesNotReadIsBounded()
{
    HttpWorld world;
    world.limits.writeBuffer = 10'000;
    world.start();
    RawHttpClient client(world);
    client.send(getHello.repeated(200'000));
    RawHttpClient other(world);
    int calls = 0;
    EVENTUALLY([&] {
        const int before = std::exchange(calls, world.calls);
        return calls > 0 && calls == before && other.makesRoundTrips(20) && world.calls == calls;
    }());
    QVERIFY2(calls > 0 && calls < 150'000, qPrintable(QString::number(calls)));
}

void TestHttpLimits::slowHeader()
{
    HttpWorld world;
    world.limits.headerTimeout = 200ms;
    world.start();
    RawHttpClient client(world);
    QTimer drip; // a byte now and then does not help
    connect(&drip, &QTimer::timeout, &client.socket, [&] { client.send("a"); });
    client.send("GET /hello HTTP/1.1\r\nA: ");
    drip.start(20);
    QVERIFY(client.receives("408 Request Timeout"));
    drip.stop();
    QVERIFY(client.isClosed());
}

void TestHttpLimits::slowBody()
{
    HttpWorld world;
    world.limits.bodyTimeout = 200ms;
    world.start();
    RawHttpClient client(world);
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
void TestHttpLimits::steadyBody()
{
    HttpWorld world;
    world.limits.bodyTimeout = 1000ms;
    world.start();
    RawHttpClient steady(world);
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

void TestHttpLimits::silentConnection()
{
    HttpWorld world;
    world.limits.headerTimeout = 100ms;
    world.limits.idleTimeout = 150ms;
    world.start();
    RawHttpClient silent(world);
    QVERIFY(silent.isClosed());
    QVERIFY(silent.received.isEmpty());
    RawHttpClient idle(world);
    QVERIFY(idle.send(getHello).receives("hello\n"));
    QVERIFY(idle.isClosed());
    QCOMPARE(idle.received.count("HTTP/1.1"), 1);
}

void TestHttpLimits::tooManyConnections()
{
    HttpWorld world;
    world.limits.connections = 2;
    world.start();
    std::vector<std::unique_ptr<RawHttpClient>> busy;
    for (int i = 0; i < 2; ++i) {
        busy.push_back(std::make_unique<RawHttpClient>(world));
        QVERIFY(busy.back()->send("GET /stream HTTP/1.1\r\nHost: h\r\n\r\n").receives("\r\n\r\n"));
    }
    RawHttpClient refused(world);
    QVERIFY(refused.send(getHello).isClosed());
    QCOMPARE(refused.status(), 503);
    QVERIFY(refused.received.contains("Retry-After: "));
    busy.clear();
    EVENTUALLY(world.server->connectionCount() == 0);
    QCOMPARE(world.aborted, 2);
    RawHttpClient accepted(world);
    QVERIFY(accepted.send(getHello).receives("hello\n"));
}

void TestHttpLimits::idleConnectionMakesRoom()
{
    HttpWorld world;
    world.limits.connections = 2;
    world.start();
    RawHttpClient first(world);
    QVERIFY(first.send(getHello).receives("hello\n"));
    QTest::qWait(5); // idle for longer than the second one: the server counts milliseconds
    RawHttpClient second(world);
    QVERIFY(second.send(getHello).receives("hello\n"));
    RawHttpClient third(world);
    QVERIFY(third.send(getHello).receives("hello\n"));
    QVERIFY(first.isClosed());
    QCOMPARE(second.socket.state(), QAbstractSocket::ConnectedState);
}

void TestHttpLimits::clientThatLeaves()
{
    HttpWorld world;
    world.start();
    {
        RawHttpClient client(world);
        QVERIFY(client.send("GET /stream HTTP/1.1\r\nHost: h\r\n\r\n").receives("\r\n\r\n"));
    }
    EVENTUALLY(world.aborted == 1);
    EVENTUALLY(!world.exchange);
    {
        RawHttpClient client(world);
        client.send("PUT /upload HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nabc");
        EVENTUALLY(world.uploaded == "abc");
    }
    EVENTUALLY(world.aborted == 2);
    EVENTUALLY(world.server->connectionCount() == 0);
}

void TestHttpLimits::portInUse()
{
    HttpWorld world;
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

void TestHttpLimits::stopsGracefully()
{
    HttpWorld world;
    world.start();
    RawHttpClient idle(world);
    QVERIFY(idle.send(getHello).receives("hello\n"));
    RawHttpClient busy(world);
    QVERIFY(busy.send("GET /stream HTTP/1.1\r\nHost: h\r\n\r\n").receives("\r\n\r\n"));
    QSignalSpy stopped(world.server.get(), &HttpServer::stopped);
    world.server->stop(1h);
    QVERIFY(idle.isClosed());
    RawHttpClient late(world);
    QVERIFY(late.isClosed());
    QVERIFY(stopped.isEmpty());
    world.exchange->write("last");
    world.exchange->endResponse();
    QVERIFY(busy.isClosed());
    QVERIFY(busy.received.endsWith("last\r\n0\r\n\r\n"));
    EVENTUALLY(stopped.size() == 1);
}

void TestHttpLimits::stopsAfterTheGracePeriod()
{
    HttpWorld world;
    world.start();
    RawHttpClient busy(world);
    QVERIFY(busy.send("GET /stream HTTP/1.1\r\nHost: h\r\n\r\n").receives("\r\n\r\n"));
    QSignalSpy stopped(world.server.get(), &HttpServer::stopped);
    world.server->stop(50ms);
    EVENTUALLY(stopped.size() == 1);
    QCOMPARE(world.aborted, 1);
    QVERIFY(busy.isClosed());
}

void TestHttpLimits::localSocket()
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

QTEST_GUILESS_MAIN(TestHttpLimits)
#include "tst_httplimits.moc"

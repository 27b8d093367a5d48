// SPDX-License-Identifier: GPL-3.0-or-later
// The HTTP server, with clients that are raw sockets: requests split at every byte, errors, uploads and streams.
#include "core/http/httpexchange.h"
#include "tests/support/httpworld.h"
#include "tests/support/testhelpers.h"

#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;
using namespace std::chrono_literals;

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
    void streamsAResponse();
    void wrongLengthsCloseTheConnection();
};

void TestHttpServer::answersRequests()
{
    HttpWorld world;
    world.start();
    RawHttpClient client(world);
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
    HttpWorld world;
    world.start();
    RawHttpClient client(world);
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
    HttpWorld world;
    world.start();
    RawHttpClient client(world);
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
    HttpWorld world;
    world.start();
    RawHttpClient client(world);
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
    HttpWorld world;
    world.start();
    RawHttpClient client(world);
    QVERIFY(client.send("GET /hello HTTP/1.0\r\n\r\n").isClosed());
    QCOMPARE(client.body(), QByteArray("hello\n"));
    RawHttpClient kept(world);
    QVERIFY(kept.send("GET /hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").receives("hello\n"));
    QVERIFY(kept.received.contains("Connection: keep-alive\r\n"));
    kept.received.clear();
    QVERIFY(kept.send(getHello).receives("hello\n"));
    RawHttpClient streamed(world);
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
    HttpWorld world;
    world.start();
    RawHttpClient client(world);
    QVERIFY(client.send(request).isClosed());
    QTEST(client.status(), "status");
    QVERIFY(client.received.contains("Connection: close\r\n"));
    QVERIFY(client.received.contains(text));
    QVERIFY(client.body().startsWith(QByteArray::number(client.status())));
    RawHttpClient other(world);
    QVERIFY(other.send(getHello).receives("hello\n"));
}

void TestHttpServer::errorWithoutBodyKeepsTheConnection()
{
    HttpWorld world;
    world.start();
    RawHttpClient client(world);
    QVERIFY(client.send("GET /missing HTTP/1.1\r\nHost: h\r\n\r\n").receives("404 Not Found\n"));
    client.received.clear();
    QVERIFY(client.send("DELETE /hello HTTP/1.1\r\nHost: h\r\n\r\n").receives("405 Method Not Allowed\n"));
    client.received.clear();
    QVERIFY(client.send(getHello).receives("hello\n"));
}

void TestHttpServer::continuesWhenExpected()
{
    HttpWorld world;
    world.start();
    RawHttpClient client(world);
    client.send("POST /echo/x HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n");
    QVERIFY(client.receives("HTTP/1.1 100 Continue\r\n\r\n"));
    QVERIFY(client.send("abc").receives("x=abc"));
    RawHttpClient refused(world);
    refused.send("POST /echo/x HTTP/1.1\r\nHost: h\r\nContent-Length: 3000000\r\nExpect: 100-continue\r\n\r\n");
    QVERIFY(refused.isClosed());
    QCOMPARE(refused.status(), 413);
}

/// The client is still sending when the answer comes. It must get the answer, not a reset of the connection.
void TestHttpServer::refusesAnUploadEarly()
{
    HttpWorld world;
    world.start();
    RawHttpClient client(world);
    client.send("PUT /refuse HTTP/1.1\r\nHost: h\r\nContent-Length: 600000\r\n\r\n" + QByteArray(600000, 'x'));
    QVERIFY(client.isClosed());
    QCOMPARE(client.status(), 403);
    QVERIFY(client.body().contains("not today"));
}

void TestHttpServer::streamsAnUpload()
{
    HttpWorld world;
    world.start();
    RawHttpClient client(world);
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

void TestHttpServer::streamsAResponse()
{
    HttpWorld world;
    world.start();
    RawHttpClient client(world);
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

void TestHttpServer::wrongLengthsCloseTheConnection()
{
    HttpWorld world;
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
    RawHttpClient client(world);
    QVERIFY(client.send("GET /short HTTP/1.1\r\nHost: h\r\n\r\n").isClosed());
}

QTEST_GUILESS_MAIN(TestHttpServer)
#include "tst_httpserver.moc"

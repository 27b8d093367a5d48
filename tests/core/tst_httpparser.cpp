// SPDX-License-Identifier: GPL-3.0-or-later
// HTTP responses, both complete and split at every byte.
#include "core/docker/httpparser.h"
#include "tests/support/testhelpers.h"

#include <QTest>

using namespace lifeguard;
using State = HttpParser::State;

class TestHttpParser : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void responses_data();
    void responses();
    void invalidResponses_data();
    void invalidResponses();
    void limits();
    void bodyIsPassedOnImmediately();
    void headersAndReason();
    void emptyResponse();
};

void TestHttpParser::responses_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<bool>("head");
    QTest::addColumn<bool>("ends"); // the body extends to the end of the connection
    QTest::addColumn<int>("status");
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<bool>("keepsAlive");

    const QByteArray ok("HTTP/1.1 200 OK\r\n");
    QTest::newRow("length") << QByteArray(ok + "Content-Length: 5\r\n\r\nhello") << false << false << 200
                            << QByteArray("hello") << true;
    QTest::newRow("length 0") << QByteArray(ok + "Content-Length: 0\r\n\r\n") << false << false << 200 << QByteArray()
                              << true;
    QTest::newRow("chunks") << QByteArray(ok
                                          + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n1;x=y\r\n!\r\n0\r\n\r\n")
                            << false << false << 200 << QByteArray("hello!") << true;
    QTest::newRow("trailer") << QByteArray(ok
                                           + "Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nA: b\r\nC: d\r\n\r\n")
                             << false << false << 200 << QByteArray("hi") << true;
    QTest::newRow("no chunks") << QByteArray(ok + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n") << false << false
                               << 200 << QByteArray() << true;
    QTest::newRow("until the connection ends")
        << QByteArray(ok + "\r\nhello") << false << true << 200 << QByteArray("hello") << false;
    QTest::newRow("closed connection") << QByteArray(ok + "Connection: close\r\nContent-Length: 2\r\n\r\nhi") << false
                                       << false << 200 << QByteArray("hi") << false;
    QTest::newRow("1.0") << QByteArray("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nhi") << false << false << 200
                         << QByteArray("hi") << false;
    QTest::newRow("204") << QByteArray("HTTP/1.1 204 No Content\r\n\r\n") << false << false << 204 << QByteArray()
                         << true;
    QTest::newRow("304") << QByteArray("HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\n\r\n") << false << false
                         << 304 << QByteArray() << true;
    QTest::newRow("HEAD") << QByteArray(ok + "Content-Length: 7\r\n\r\n") << true << false << 200 << QByteArray()
                          << true;
    QTest::newRow("provisional") << QByteArray(
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + ok + "Content-Length: 2\r\n\r\nhi")
                                 << false << false << 200 << QByteArray("hi") << true;
    QTest::newRow("data after the response") << QByteArray(ok + "Content-Length: 2\r\n\r\nhi and more") << false
                                             << false << 200 << QByteArray("hi") << false;
    QTest::newRow("no reason") << QByteArray("HTTP/1.1 404 \r\nContent-Length: 2\r\n\r\nno") << false << false << 404
                               << QByteArray("no") << true;
}

void TestHttpParser::responses()
{
    QFETCH(QByteArray, bytes);
    QFETCH(bool, head);
    QFETCH(bool, ends);
    QFETCH(int, status);
    QFETCH(QByteArray, body);
    QFETCH(bool, keepsAlive);

    for (qsizetype cut = 0; cut <= bytes.size(); ++cut) { // in the last round, each byte is passed separately
        HttpParser parser(head);
        QByteArray got;
        if (cut == bytes.size()) {
            for (const char byte : std::as_const(bytes)) {
                parser.feed(QByteArray(1, byte));
                got += parser.takeBody();
            }
        } else {
            parser.feed(bytes.left(cut));
            got += parser.takeBody();
            parser.feed(bytes.mid(cut));
            got += parser.takeBody();
        }
        QVERIFY(parser.hasBegun());
        if (ends) {
            QVERIFY(parser.state() == State::Body);
            parser.end();
        }
        QVERIFY2(parser.state() == State::Done, qPrintable(parser.error()));
        QCOMPARE(parser.status(), status);
        QCOMPARE(got, body);
        QCOMPARE(parser.keepsAlive(), keepsAlive);
        parser.end(); // has no effect
        QVERIFY(parser.state() == State::Done);
    }
}

void TestHttpParser::invalidResponses_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<bool>("ends");

    const QByteArray chunked("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    QTest::newRow("not HTTP") << QByteArray("220 mail.example ESMTP\r\n\r\n") << false;
    QTest::newRow("HTTP/2") << QByteArray("HTTP/2.0 200 OK\r\n\r\n") << false;
    QTest::newRow("invalid status") << QByteArray("HTTP/1.1 2x0 OK\r\n\r\n") << false;
    QTest::newRow("another protocol") << QByteArray("HTTP/1.1 101 Switching Protocols\r\n\r\n") << false;
    QTest::newRow("status 0") << QByteArray("HTTP/1.1 099 ?\r\nContent-Length: 0\r\n\r\n") << false;
    QTest::newRow("status 0, until the connection ends") << QByteArray("HTTP/1.1 000 ?\r\n\r\n") << false;
    QTest::newRow("invalid length") << QByteArray("HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n") << false;
    QTest::newRow("two lengths") << QByteArray("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n")
                                 << false;
    QTest::newRow("invalid chunk length") << QByteArray(chunked + "xyz\r\n") << false;
    QTest::newRow("invalid end of a chunk") << QByteArray(chunked + "2\r\nhello\r\n") << false;
    QTest::newRow("truncated header") << QByteArray("HTTP/1.1 200 OK\r\nContent-Le") << true;
    QTest::newRow("truncated body") << QByteArray("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel") << true;
    QTest::newRow("truncated chunk") << QByteArray(chunked + "5\r\nhel") << true;
    QTest::newRow("no last chunk") << QByteArray(chunked + "5\r\nhello\r\n") << true;
    QTest::newRow("only a provisional response") << QByteArray("HTTP/1.1 100 Continue\r\n\r\n") << true;
}

void TestHttpParser::invalidResponses()
{
    QFETCH(QByteArray, bytes);
    QFETCH(bool, ends);

    for (qsizetype cut = 0; cut < bytes.size(); ++cut) {
        HttpParser parser;
        parser.feed(bytes.left(cut));
        parser.feed(bytes.mid(cut));
        QCOMPARE(parser.state() == State::Broken, !ends);
        parser.end();
        QVERIFY(parser.state() == State::Broken);
        QVERIFY(!parser.error().isEmpty());
        QVERIFY(!parser.keepsAlive());
        parser.feed("HTTP/1.1 200 OK\r\n\r\n");
        QVERIFY(parser.state() == State::Broken);
    }
}

void TestHttpParser::limits()
{
    HttpParser endless;
    endless.feed("HTTP/1.1 200 OK\r\nX: ");
    for (int i = 0; i < 20 && endless.state() == State::Header; ++i)
        endless.feed(QByteArray(10000, 'x'));
    QVERIFY(endless.state() == State::Broken);

    HttpParser many;
    many.feed("HTTP/1.1 200 OK\r\n");
    for (int i = 0; i < 20000 && many.state() == State::Header; ++i)
        many.feed("A: b\r\n");
    QVERIFY(many.state() == State::Broken);

    HttpParser chunk;
    chunk.feed("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;");
    for (int i = 0; i < 20 && chunk.state() == State::Body; ++i)
        chunk.feed(QByteArray(10000, 'x'));
    QVERIFY(chunk.state() == State::Broken);

    HttpParser large;
    large.feed("HTTP/1.1 200 OK\r\nX: " + QByteArray(30000, 'x') + "\r\nContent-Length: 20000000\r\n\r\n");
    qint64 got = 0;
    for (int i = 0; i < 200; ++i) {
        large.feed(QByteArray(100000, 'x'));
        got += large.takeBody().size();
    }
    QVERIFY2(large.state() == State::Done, qPrintable(large.error()));
    QCOMPARE(got, 20000000);
}

void TestHttpParser::bodyIsPassedOnImmediately()
{
    HttpParser parser;
    parser.feed("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n64\r\nhel");
    QCOMPARE(parser.takeBody(), QByteArray("hel"));
    parser.feed("lo");
    QCOMPARE(parser.takeBody(), QByteArray("lo"));
    QVERIFY(parser.state() == State::Body);
}

void TestHttpParser::headersAndReason()
{
    HttpParser parser;
    QCOMPARE(parser.status(), 0);
    parser.feed("HTTP/1.1 409 In Conflict\r\nApi-Version: 1.41\r\nSERVER:Docker/20.10 (linux)  \r\nTransfer-Encoding: "
                "chunked\r\n\r\n");
    parser.feed("0\r\nLate: no\r\n\r\n");
    QCOMPARE(parser.reason(), QByteArray("In Conflict"));
    const QList<std::pair<QByteArray, QByteArray>> expected{{"Api-Version", "1.41"},
                                                            {"SERVER", "Docker/20.10 (linux)"},
                                                            {"Transfer-Encoding", "chunked"}};
    QCOMPARE(parser.headers(), expected);
}

void TestHttpParser::emptyResponse()
{
    HttpParser parser;
    parser.feed({});
    QVERIFY(!parser.hasBegun());
    parser.end();
    QVERIFY(parser.state() == State::Broken);
}

QTEST_GUILESS_MAIN(TestHttpParser)
#include "tst_httpparser.moc"

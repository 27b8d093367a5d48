// SPDX-License-Identifier: GPL-3.0-or-later
// HTTP requests, both complete and split at every byte, and addresses of servers.
#include "core/http/httpaddress.h"
#include "core/http/httprequestparser.h"
#include "core/http/httpresponse.h"
#include "tests/support/testhelpers.h"

#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;
using State = HttpRequestParser::State;

class TestHttpRequestParser : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void requests_data();
    void requests();
    void invalidRequests_data();
    void invalidRequests();
    void malformedHeaderInPieces_data();
    void malformedHeaderInPieces();
    void headersInPiecesAreLimited_data();
    void headersInPiecesAreLimited();
    void targets();
    void pipeline();
    void addresses_data();
    void addresses();
    void responseHeadsCannotBeSplit();
};

namespace {

struct Reading
{
    State state = State::Header;
    int errorStatus = 0;
    HttpRequest request;
    QByteArray body;
};

Reading read(const QByteArray &bytes, qsizetype split, qsizetype pieceSize, qint64 bodyLimit = 100)
{
    HttpRequestParser parser(1000);
    Reading reading;
    const auto feed = [&](const QByteArray &piece) {
        parser.feed(piece);
        if (parser.state() == State::HeaderDone)
            parser.acceptBody(bodyLimit);
        reading.body += parser.takeBody();
    };
    feed(bytes.left(split));
    for (qsizetype at = split; at < bytes.size(); at += pieceSize)
        feed(bytes.mid(at, pieceSize));
    reading.state = parser.state();
    reading.errorStatus = parser.errorStatus();
    reading.request = parser.request();
    return reading;
}

} // namespace

void TestHttpRequestParser::requests_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QByteArray>("method");
    QTest::addColumn<QStringList>("segments");
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<bool>("keepsAlive");

    const QByteArray host("Host: h\r\n");
    QTest::newRow("get") << "GET /a/b HTTP/1.1\r\n" + host + "\r\n"
                         << QByteArray("GET") << QStringList{s("a"), s("b")} << QByteArray() << true;
    QTest::newRow("root") << "GET / HTTP/1.1\r\n" + host + "\r\n"
                          << QByteArray("GET") << QStringList() << QByteArray() << true;
    QTest::newRow("close") << "GET / HTTP/1.1\r\nConnection: close\r\n" + host + "\r\n"
                           << QByteArray("GET") << QStringList() << QByteArray() << false;
    QTest::newRow("1.0") << QByteArray("GET / HTTP/1.0\r\n\r\n") << QByteArray("GET") << QStringList() << QByteArray()
                         << false;
    QTest::newRow("1.0, kept") << QByteArray("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n") << QByteArray("GET")
                               << QStringList() << QByteArray() << true;
    QTest::newRow("length") << "POST /x HTTP/1.1\r\nContent-Length: 5\r\n" + host + "\r\nhello" << QByteArray("POST")
                            << QStringList{s("x")} << QByteArray("hello") << true;
    QTest::newRow("length 0") << "POST /x HTTP/1.1\r\nContent-Length: 0\r\n" + host + "\r\n"
                              << QByteArray("POST") << QStringList{s("x")} << QByteArray() << true;
    QTest::newRow("chunks") << "PUT /x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n" + host
                                   + "\r\n5;a=b\r\nhello\r\n1\r\n!\r\n0\r\nT: t\r\n\r\n"
                            << QByteArray("PUT") << QStringList{s("x")} << QByteArray("hello!") << true;
    QTest::newRow("empty chunks") << "PUT /x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n" + host + "\r\n0\r\n\r\n"
                                  << QByteArray("PUT") << QStringList{s("x")} << QByteArray() << true;
    QTest::newRow("other method") << "PURGE /x HTTP/1.1\r\n" + host + "\r\n"
                                  << QByteArray("PURGE") << QStringList{s("x")} << QByteArray() << true;
    QTest::newRow("escapes") << "GET /a%20b/%C3%A4?q=1#f HTTP/1.1\r\n" + host + "\r\n"
                             << QByteArray("GET") << QStringList{s("a b"), s("ä")} << QByteArray() << true;
    QTest::newRow("absolute form") << "GET http://h:1/a HTTP/1.1\r\n" + host + "\r\n"
                                   << QByteArray("GET") << QStringList{s("a")} << QByteArray() << true;
}

void TestHttpRequestParser::requests()
{
    QFETCH(QByteArray, bytes);
    for (qsizetype split = 0; split <= bytes.size(); ++split) {
        for (const qsizetype pieceSize : {qsizetype(1), bytes.size()}) {
            const Reading reading = read(bytes, split, pieceSize);
            QVERIFY2(reading.state == State::Done, qPrintable(s("split at %1").arg(split)));
            QTEST(reading.request.method, "method");
            QTEST(reading.request.segments, "segments");
            QTEST(reading.body, "body");
            QTEST(reading.request.keepsAlive, "keepsAlive");
        }
    }
}

void TestHttpRequestParser::invalidRequests_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<int>("status");

    const QByteArray get("GET / HTTP/1.1\r\nHost: h\r\n");
    const QByteArray post("POST / HTTP/1.1\r\nHost: h\r\n");
    QTest::newRow("TLS") << QByteArray("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11) << 400;
    QTest::newRow("no version") << QByteArray("GET /\r\n\r\n") << 400;
    QTest::newRow("version 2") << QByteArray("GET / HTTP/2.0\r\nHost: h\r\n\r\n") << 505;
    QTest::newRow("no host") << QByteArray("GET / HTTP/1.1\r\n\r\n") << 400;
    QTest::newRow("two hosts") << get + "Host: i\r\n\r\n" << 400;
    QTest::newRow("long header") << get + "A: " + QByteArray(2000, 'a') + "\r\n\r\n" << 431;
    QTest::newRow("many headers") << get + QByteArray("A: b\r\n").repeated(400) + "\r\n" << 431;
    QTest::newRow("long line") << "GET /" + QByteArray(2000, 'a') << 431;
    QTest::newRow("long body") << post + "Content-Length: 101\r\n\r\n" << 413;
    QTest::newRow("long chunk") << post + "Transfer-Encoding: chunked\r\n\r\n65\r\n" << 413;
    QTest::newRow("many chunks") << post + "Transfer-Encoding: chunked\r\n\r\n" + QByteArray("1\r\na\r\n").repeated(101)
                                 << 413;
    QTest::newRow("huge chunk") << post + "Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n" << 413;
    QTest::newRow("long trailer") << post + "Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n"
                                         + QByteArray("A: b\r\n").repeated(400) + "\r\n"
                                  << 431;
    QTest::newRow("long complete chunk header")
        << post + "Transfer-Encoding: chunked\r\n\r\n1;a=" + QByteArray(2000, 'a') + "\r\nb\r\n0\r\n\r\n"
        << 431;
    QTest::newRow("long line and long fields")
        << "GET /" + QByteArray(800, 'a') + " HTTP/1.1\r\nHost: h\r\nA: " + QByteArray(800, 'a') + "\r\n\r\n"
        << 431;
    QTest::newRow("long chunk header") << post + "Transfer-Encoding: chunked\r\n\r\n1;" + QByteArray(2000, 'a') << 431;
    QTest::newRow("no number") << post + "Content-Length: x\r\n\r\n" << 400;
    QTest::newRow("negative") << post + "Content-Length: -1\r\n\r\n" << 400;
    QTest::newRow("overflow") << post + "Content-Length: 99999999999999999999999\r\n\r\n" << 400;
    QTest::newRow("two lengths") << post + "Content-Length: 1\r\nContent-Length: 2\r\n\r\n" << 400;
    QTest::newRow("length and chunks") << post + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n" << 400;
    QTest::newRow("chunks and length") << post + "Transfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n" << 400;
    QTest::newRow("gzip") << post + "Transfer-Encoding: gzip, chunked\r\n\r\n" << 501;
    QTest::newRow("chunks in 1.0") << QByteArray("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n") << 400;
    QTest::newRow("bad chunk") << post + "Transfer-Encoding: chunked\r\n\r\nxyz\r\n" << 400;
    QTest::newRow("space in name") << get + "A : b\r\n\r\n" << 400;
    QTest::newRow("dot segments") << QByteArray("GET /a/../b HTTP/1.1\r\nHost: h\r\n\r\n") << 400;
    QTest::newRow("encoded dot segments") << QByteArray("GET /a/%2e%2e/b HTTP/1.1\r\nHost: h\r\n\r\n") << 400;
    QTest::newRow("encoded slash") << QByteArray("GET /a%2fb HTTP/1.1\r\nHost: h\r\n\r\n") << 400;
    QTest::newRow("NUL") << QByteArray("GET /a%00b HTTP/1.1\r\nHost: h\r\n\r\n") << 400;
    QTest::newRow("bad escape") << QByteArray("GET /a%2 HTTP/1.1\r\nHost: h\r\n\r\n") << 400;
    QTest::newRow("bad UTF-8") << QByteArray("GET /%ff HTTP/1.1\r\nHost: h\r\n\r\n") << 400;
    QTest::newRow("asterisk") << QByteArray("OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n") << 400;
}

void TestHttpRequestParser::invalidRequests()
{
    QFETCH(QByteArray, bytes);
    for (qsizetype split = 0; split <= bytes.size(); split += 1 + bytes.size() / 300) {
        for (const qsizetype pieceSize : {qsizetype(1), bytes.size()}) {
            const Reading reading = read(bytes, split, pieceSize);
            QVERIFY2(reading.state == State::Broken, qPrintable(s("split at %1").arg(split)));
            QTEST(reading.errorStatus, "status");
            QVERIFY(reading.body.size() <= 100);
        }
    }
}

void TestHttpRequestParser::malformedHeaderInPieces_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::newRow("method") << QByteArray("GETS( / HTTP/1.1\r\nHost: h\r\n");
    QTest::newRow("target") << QByteArray("GET  HTTP/1.1\r\nHost: h\r\n");
    QTest::newRow("name") << QByteArray("GET / HTTP/1.1\r\nHost: h\r\nA : b\r\n");
    QTest::newRow("value") << QByteArray("GET / HTTP/1.1\r\nHost: h\r\nA: \x01\r\n");
    QTest::newRow("length") << QByteArray("GET / HTTP/1.1\r\nHost: h\r\nContent-Length: x\r\nA: b\r\n");
}

/// Beast reports an error in a header at once if it gets the header at once. After an incomplete piece, it waits for
/// the end of the header. If a later version does not, the comment of the class and fuzz_httprequest.cpp can be
/// stricter.
void TestHttpRequestParser::malformedHeaderInPieces()
{
    QFETCH(QByteArray, bytes);
    const Reading whole = read(bytes, bytes.size(), 1);
    QCOMPARE(whole.state, State::Broken);
    QCOMPARE(whole.errorStatus, 400);
    QCOMPARE(read(bytes, 0, 1).state, State::Header);
    const Reading pieces = read(bytes + "\r\n", 0, 1);
    QCOMPARE(pieces.state, State::Broken);
    QCOMPARE(pieces.errorStatus, 400);
}

/// Each piece ends with the first byte of the next field. Beast then parses and forgets the fields before it, so its
/// own limit is never reached.
void TestHttpRequestParser::headersInPiecesAreLimited_data()
{
    QTest::addColumn<QByteArray>("begin");
    QTest::newRow("header") << QByteArray("GET / HTTP/1.1\r\nHost: h\r\nA");
    QTest::newRow("trailer") << QByteArray("PUT / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nA");
}

void TestHttpRequestParser::headersInPiecesAreLimited()
{
    QFETCH(QByteArray, begin);
    HttpRequestParser parser(1000);
    parser.feed(begin);
    if (parser.state() == State::HeaderDone)
        parser.acceptBody(100);
    int fields = 0;
    for (; fields < 1000 && parser.state() != State::Broken; ++fields)
        parser.feed(": b\r\nA");
    QCOMPARE(parser.state(), State::Broken);
    QCOMPARE(parser.errorStatus(), 431);
    QVERIFY2(fields > 100 && fields <= 1000 / 6 + 1, qPrintable(QString::number(fields)));
}

void TestHttpRequestParser::targets()
{
    HttpRequest request;
    QVERIFY(request.setTarget("/a?x=1&y=a%20b"));
    QCOMPARE(request.query.queryItemValue(s("x")), s("1"));
    QCOMPARE(request.query.queryItemValue(s("y"), QUrl::FullyDecoded), s("a b"));
    QVERIFY(request.setTarget("/a/"));
    QCOMPARE(request.segments, (QStringList{s("a"), QString()}));
    QVERIFY(!request.setTarget("a"));
    QVERIFY(!request.setTarget(""));
}

void TestHttpRequestParser::pipeline()
{
    const QByteArray bytes("POST /1 HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nhi"
                           "GET /2 HTTP/1.1\r\nHost: h\r\n\r\nGET /3 HT");
    HttpRequestParser parser(1000);
    parser.feed(bytes);
    QCOMPARE(parser.state(), State::HeaderDone);
    parser.acceptBody(10);
    QCOMPARE(parser.state(), State::Done);
    QCOMPARE(parser.takeBody(), QByteArray("hi"));
    parser.startNext();
    QCOMPARE(parser.state(), State::HeaderDone);
    QCOMPARE(parser.request().target, QByteArray("/2"));
    parser.acceptBody(10);
    QCOMPARE(parser.state(), State::Done);
    parser.startNext();
    QCOMPARE(parser.state(), State::Header);
    QVERIFY(parser.hasBegun());
}

void TestHttpRequestParser::addresses_data()
{
    QTest::addColumn<QString>("expected"); // empty: refused

    QTest::newRow("127.0.0.1:9464") << s("127.0.0.1:9464");
    QTest::newRow("[::1]:9464") << s("[::1]:9464");
    QTest::newRow("localhost:9464") << s("127.0.0.1:9464");
    QTest::newRow(":9464") << s("127.0.0.1:9464"); // loopback, not all addresses
    QTest::newRow("9464") << s("127.0.0.1:9464");
    QTest::newRow("0.0.0.0:80") << s("0.0.0.0:80");
    QTest::newRow("[::]:80") << s("[::]:80");
    QTest::newRow("127.0.0.1:0") << s("127.0.0.1:0");
    for (const char *text : {"", ":", "127.0.0.1", "127.0.0.1:", "::1:9464", "[::1]", "[127.0.0.1]:80",
                             "example.org:80", "127.0.0.1:65536", "127.0.0.1:-1", "127.0.0.1:+1", "127.0.0.1:x", "1:80",
                             "256.0.0.1:80", "http://127.0.0.1:80", "127.0.0.1:80/"})
        QTest::newRow(text) << QString();
}

void TestHttpRequestParser::addresses()
{
    QFETCH(QString, expected);
    const QString text = QString::fromLatin1(QTest::currentDataTag());
    const Result<HttpAddress> address = parseHttpAddress(text);
    QCOMPARE(address ? address->toString() : QString(), expected);
    if (!address)
        QVERIFY(address.error().message.contains(s("'%1'").arg(text)));
}

void TestHttpRequestParser::responseHeadsCannotBeSplit()
{
    QTest::ignoreMessage(QtWarningMsg, "A header of a response was left out, because it is malformed.");
    QTest::ignoreMessage(QtWarningMsg, "A header of a response was left out, because it is malformed.");
    const QByteArray head = httpHead(200, {{"A", "b\r\nC: d"}, {"E f", "g"}, {"H", "i"}});
    QCOMPARE(head, QByteArray("HTTP/1.1 200 OK\r\nH: i\r\n\r\n"));
}

QTEST_GUILESS_MAIN(TestHttpRequestParser)
#include "tst_httprequestparser.moc"

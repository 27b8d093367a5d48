// SPDX-License-Identifier: GPL-3.0-or-later
// Errors of connections to an engine.
#include "core/docker/dockernetwork.h"
#include "tests/support/networkworld.h"

#include <QFile>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;
using Kind = DockerEndpoint::Kind;
using World = NetworkWorld;

class TestNetworkErrors : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void noResponse();
    void interruptedResponse_data();
    void interruptedResponse();
    void invalidResponse();
    void noSocket();
    void noListener();
    void refusedConnection();
    void unknownHost();
    void tlsVerifiesTheServer();
    void tlsWithoutVerification();
    void tlsWithoutCertificate();
    void invalidTlsFiles();
};

void TestNetworkErrors::noResponse()
{
    World world;
    world.engine.on("GET /a", [](const FakeRequest &, FakePeer &peer) { peer.close(); });
    const Reply reply = world.get("/a");
    FINISHED(reply);
    QVERIFY(reply->error() == QNetworkReply::RemoteHostClosedError);
    QCOMPARE(world.engine.requests.size(), 1); // a request on a new connection is not repeated
}

void TestNetworkErrors::interruptedResponse_data()
{
    QTest::addColumn<Kind>("kind");
    QTest::addColumn<QByteArray>("bytes");
    for (const auto &[name, kind] : {std::pair("local", Kind::Local), std::pair("tcp", Kind::Tcp), std::pair("tls", Kind::Tls)}) {
        QTest::addRow("%s header", name) << kind << QByteArray("HTTP/1.1 200 OK\r\nConte");
        QTest::addRow("%s length", name) << kind << QByteArray("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello");
        QTest::addRow("%s chunks", name) << kind << QByteArray("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
    }
}

void TestNetworkErrors::interruptedResponse()
{
    QFETCH(Kind, kind);
    QFETCH(QByteArray, bytes);
    World world(kind);
    world.engine.on("GET /a", [bytes](const FakeRequest &, FakePeer &peer) {
        peer.send(bytes);
        peer.close();
    });
    const Reply reply = world.get("/a");
    FINISHED(reply);
    QCOMPARE(reply->error(), QNetworkReply::RemoteHostClosedError);
    QCOMPARE(reply->readAll(), bytes.contains("hello") ? QByteArray("hello") : QByteArray());
    QCOMPARE(world.network.pool().idleCount(), 0);
}

void TestNetworkErrors::invalidResponse()
{
    World world;
    world.engine.on("GET /a", [](const FakeRequest &, FakePeer &peer) { peer.send("220 mail.example ESMTP\r\n\r\n"); });
    world.engine.on("GET /b", [](const FakeRequest &, FakePeer &peer) {
        peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhelloxxxx");
    });
    const Reply reply = world.get("/a");
    FINISHED(reply);
    QCOMPARE(reply->error(), QNetworkReply::ProtocolFailure);
    const Reply later = world.get("/b");
    FINISHED(later);
    QCOMPARE(later->error(), QNetworkReply::ProtocolFailure);
    EVENTUALLY(world.engine.connectionCount() == 0);
}

void TestNetworkErrors::noSocket()
{
    World world;
    world.engine.stop();
    const Reply reply = world.get("/a");
    const QSignalSpy errors(reply.get(), &QNetworkReply::errorOccurred);
    FINISHED(reply);
    QCOMPARE(reply->error(), QNetworkReply::HostNotFoundError);
    QCOMPARE(errors.count(), 1);
    QCOMPARE(statusOf(reply), 0);
}

void TestNetworkErrors::noListener()
{
    // The path of the socket is a regular file.
    QTemporaryDir folder;
    QFile file(folder.filePath(QStringLiteral("file")));
    QVERIFY(file.open(QIODevice::WriteOnly));
    DockerEndpoint endpoint;
    endpoint.socketPath = file.fileName();
    DockerNetwork network(endpoint);
    const Reply reply(network.get(QNetworkRequest(QUrl(QStringLiteral("unix+http://localhost/a")))));
    FINISHED(reply);
    QCOMPARE(reply->error(), QNetworkReply::ConnectionRefusedError);
}

void TestNetworkErrors::refusedConnection()
{
    World world(Kind::Tcp);
    world.engine.stop();
    const Reply reply = world.get("/a");
    FINISHED(reply);
    QCOMPARE(reply->error(), QNetworkReply::ConnectionRefusedError);
}

void TestNetworkErrors::unknownHost()
{
    DockerEndpoint endpoint;
    endpoint.kind = Kind::Tcp;
    endpoint.host = QStringLiteral("no-such-host.invalid");
    endpoint.port = 2375;
    DockerNetwork network(endpoint);
    const Reply reply(network.get(QNetworkRequest(QUrl(QStringLiteral("http://no-such-host.invalid:2375/a")))));
    FINISHED(reply);
    QCOMPARE(reply->error(), QNetworkReply::HostNotFoundError);
}

void TestNetworkErrors::tlsVerifiesTheServer()
{
    FakeEngine engine(Kind::Tls);
    QVERIFY(engine.listen());
    engine.on("GET /a", 200, "a");
    DockerEndpoint endpoint = engine.endpoint();
    endpoint.caFile = engine.certificateFolder() + QStringLiteral("/other-ca.pem");
    DockerNetwork network(endpoint);
    const Reply reply(network.get(QNetworkRequest(endpoint.baseUrl().resolved(QUrl(QStringLiteral("/a"))))));
    FINISHED(reply);
    QCOMPARE(reply->error(), QNetworkReply::SslHandshakeFailedError);
    QVERIFY(engine.requests.isEmpty());
}

void TestNetworkErrors::tlsWithoutVerification()
{
    FakeEngine engine(Kind::Tls);
    QVERIFY(engine.listen());
    engine.on("GET /a", 200, "a");
    DockerEndpoint endpoint = engine.endpoint();
    endpoint.caFile = engine.certificateFolder() + QStringLiteral("/other-ca.pem");
    endpoint.verifiesPeer = false;
    DockerNetwork network(endpoint);
    const Reply reply(network.get(QNetworkRequest(endpoint.baseUrl().resolved(QUrl(QStringLiteral("/a"))))));
    FINISHED(reply);
    QCOMPARE(reply->error(), QNetworkReply::NoError);
}

void TestNetworkErrors::tlsWithoutCertificate()
{
    // The engine requires a client certificate.
    FakeEngine engine(Kind::Tls);
    QVERIFY(engine.listen());
    engine.on("GET /a", 200, "a");
    DockerEndpoint endpoint = engine.endpoint();
    endpoint.certificateFile.clear();
    endpoint.keyFile.clear();
    DockerNetwork network(endpoint);
    const Reply reply(network.get(QNetworkRequest(endpoint.baseUrl().resolved(QUrl(QStringLiteral("/a"))))));
    FINISHED(reply);
    QVERIFY(reply->error() != QNetworkReply::NoError);
    QVERIFY(engine.requests.isEmpty());
}

void TestNetworkErrors::invalidTlsFiles()
{
    FakeEngine engine(Kind::Tls);
    QVERIFY(engine.listen());
    for (QString DockerEndpoint::*file : {&DockerEndpoint::caFile, &DockerEndpoint::certificateFile, &DockerEndpoint::keyFile}) {
        for (const QString &content : {s("/nowhere"), s("/extensions")}) { // a missing file, and a file without certificate and key
            DockerEndpoint endpoint = engine.endpoint();
            endpoint.*file = engine.certificateFolder() + content;
            DockerNetwork network(endpoint);
            const Reply reply(network.get(QNetworkRequest(endpoint.baseUrl().resolved(QUrl(QStringLiteral("/a"))))));
            FINISHED(reply);
            QCOMPARE(reply->error(), QNetworkReply::SslHandshakeFailedError);
            QVERIFY2(reply->errorString().contains(endpoint.*file), qPrintable(reply->errorString()));
        }
    }
}

QTEST_GUILESS_MAIN(TestNetworkErrors)
#include "tst_networkerrors.moc"

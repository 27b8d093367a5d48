// SPDX-License-Identifier: GPL-3.0-or-later
// Responses that are slow, large, aborted or not read.
#include "core/docker/dockernetwork.h"
#include "tests/support/networkworld.h"

#include <QPointer>
#include <QSignalSpy>
#include <QTest>
#include <QTimer>

using namespace lifeguard;
using namespace lifeguard::test;
using Kind = DockerEndpoint::Kind;
using World = NetworkWorld;

class TestNetworkFlow : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void abort();
    void deletedInSlot();
    void networkDestroyedFirst();
    void timesOut_data();
    void timesOut();
    void slowTransferDoesNotTimeOut();
    void backPressure_data();
    void backPressure();
    void connectionEndsBeforeAllIsRead_data();
    void connectionEndsBeforeAllIsRead();
};

void TestNetworkFlow::abort()
{
    World world;
    world.engine.on("GET /a", [](const FakeRequest &, FakePeer &peer) {
        peer.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello");
    });
    for (const bool early : {true, false}) {
        const Reply reply = world.get("/a");
        const QSignalSpy finished(reply.get(), &QNetworkReply::finished);
        if (!early)
            EVENTUALLY(reply->bytesAvailable() == 5);
        reply->abort();
        QCOMPARE(finished.count(), 1);
        QCOMPARE(reply->error(), QNetworkReply::OperationCanceledError);
        EVENTUALLY(world.engine.connectionCount() == 0);
        QCOMPARE(finished.count(), 1);
    }
}

void TestNetworkFlow::deletedInSlot()
{
    World world;
    world.engine.on("GET /a", 404, "hello");
    const QList<void (QNetworkReply::*)()> signals{&QNetworkReply::metaDataChanged, &QNetworkReply::finished};
    for (const auto signal : signals) {
        QPointer<QNetworkReply> reply = world.network.get(world.request("/a"));
        connect(reply, signal, this, [&reply] { delete reply; });
        EVENTUALLY(!reply);
    }
    QPointer<QNetworkReply> reading = world.network.get(world.request("/a"));
    connect(reading, &QIODevice::readyRead, this, [&reading] { delete reading; });
    EVENTUALLY(!reading);
    QPointer<QNetworkReply> failing = world.network.get(world.request("/a"));
    connect(failing, &QNetworkReply::errorOccurred, this, [&failing] { delete failing; });
    EVENTUALLY(!failing);
    QPointer<QNetworkReply> aborting = world.network.get(world.request("/a"));
    connect(aborting, &QIODevice::readyRead, this, [&aborting] { aborting->abort(); });
    EVENTUALLY(aborting->isFinished());
    QCOMPARE(aborting->error(), QNetworkReply::OperationCanceledError);
}

void TestNetworkFlow::networkDestroyedFirst()
{
    FakeEngine engine;
    QVERIFY(engine.listen());
    engine.on("GET /a", [](const FakeRequest &, FakePeer &peer) {
        peer.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello");
    });
    auto network = std::make_unique<DockerNetwork>(engine.endpoint());
    QPointer<QNetworkReply> reply = network->get(QNetworkRequest(QUrl(QStringLiteral("unix+http://localhost/a"))));
    EVENTUALLY(reply->bytesAvailable() == 5);
    network.reset();
    QVERIFY(!reply);
    EVENTUALLY(engine.connectionCount() == 0);
}

void TestNetworkFlow::timesOut_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::newRow("no response") << QByteArray();
    QTest::newRow("incomplete header") << QByteArray("HTTP/1.1 200 OK\r\n");
    QTest::newRow("incomplete body") << QByteArray("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello");
}

void TestNetworkFlow::timesOut()
{
    QFETCH(QByteArray, bytes);
    World world;
    world.engine.on("GET /a", [bytes](const FakeRequest &, FakePeer &peer) { peer.send(bytes); });
    QNetworkRequest request = world.request("/a");
    request.setTransferTimeout(50);
    const Reply reply(world.network.get(request));
    FINISHED(reply);
    QCOMPARE(reply->error(), QNetworkReply::TimeoutError);
    EVENTUALLY(world.engine.connectionCount() == 0);
}

void TestNetworkFlow::slowTransferDoesNotTimeOut()
{
    // The whole transfer takes longer than the timeout, but there is no pause of that length.
    World world;
    world.engine.on("GET /a", [](const FakeRequest &, FakePeer &peer) {
        peer.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n");
        auto *timer = new QTimer(&peer);
        connect(timer, &QTimer::timeout, &peer, [&peer] { peer.send("x"); });
        timer->start(std::chrono::milliseconds(200));
    });
    QNetworkRequest request = world.request("/a");
    request.setTransferTimeout(1500);
    const Reply reply(world.network.get(request));
    FINISHED(reply);
    QCOMPARE(reply->error(), QNetworkReply::NoError);
    QCOMPARE(reply->readAll().size(), 10);
}

void TestNetworkFlow::backPressure_data()
{
    QTest::addColumn<Kind>("kind");
    QTest::newRow("local") << Kind::Local;
    QTest::newRow("tcp") << Kind::Tcp;
    QTest::newRow("tls") << Kind::Tls;
}

void TestNetworkFlow::backPressure()
{
    QFETCH(Kind, kind);
    constexpr int size = 30'000'000;
    constexpr int timeout = isSanitized ? 8000 : 4000; // ms; longer than it takes to encrypt all data in this thread
    World world(kind);
    QPointer<FakePeer> sender;
    world.engine.on("GET /a", [&](const FakeRequest &, FakePeer &peer) {
        sender = &peer;
        peer.send(FakeEngine::answer(200, QByteArray(size, 'x')));
        peer.close();
    });
    QNetworkRequest request = world.request("/a");
    request.setTransferTimeout(timeout); // suspended while the buffer of the reader is full
    const Reply reply(world.network.get(request));
    reply->setReadBufferSize(1000);
    EVENTUALLY(reply->bytesAvailable() == 1000);
    // A request that is never answered shows when the time has passed. An implementation that reads ahead would have
    // received all data by then.
    world.engine.on("GET /silent", [](const FakeRequest &, FakePeer &) {});
    QNetworkRequest silentRequest = world.request("/silent");
    silentRequest.setTransferTimeout(timeout);
    const Reply silent(world.network.get(silentRequest));
    EVENTUALLY(silent->isFinished());
    QCOMPARE(silent->error(), QNetworkReply::TimeoutError);
    QCOMPARE(reply->bytesAvailable(), 1000);
    QVERIFY(sender && sender->bytesToWrite() > size / 2);
    QVERIFY(!reply->isFinished());
    qint64 got = reply->read(500).size();
    EVENTUALLY(reply->bytesAvailable() == 1000);
    reply->setReadBufferSize(100'000);
    connect(reply.get(), &QIODevice::readyRead, this, [&] {
        QVERIFY(reply->bytesAvailable() <= 100'000);
        got += reply->readAll().size();
    });
    QSignalSpy finished(reply.get(), &QNetworkReply::finished);
    QVERIFY(finished.wait(patience)); // EVENTUALLY() would check too rarely
    got += reply->readAll().size();
    QCOMPARE(reply->error(), QNetworkReply::NoError);
    QCOMPARE(got, size);
}

void TestNetworkFlow::connectionEndsBeforeAllIsRead_data()
{
    backPressure_data();
}

void TestNetworkFlow::connectionEndsBeforeAllIsRead()
{
    // The connection ends while data is still buffered.
    QFETCH(Kind, kind);
    World world(kind);
    world.engine.on("GET /a", [](const FakeRequest &, FakePeer &peer) {
        peer.send("HTTP/1.0 200 OK\r\n\r\n" + QByteArray(50'000, 'x'));
        peer.close();
    });
    const Reply reply = world.get("/a");
    reply->setReadBufferSize(1000);
    EVENTUALLY(reply->bytesAvailable() == 1000 && world.engine.connectionCount() == 0);
    QVERIFY(!reply->isFinished());
    qint64 got = 0;
    EVENTUALLY([&] {
        got += reply->read(777).size();
        return reply->isFinished() && reply->bytesAvailable() == 0;
    }());
    QCOMPARE(reply->error(), QNetworkReply::NoError);
    QCOMPARE(got, 50'000);
}

QTEST_GUILESS_MAIN(TestNetworkFlow)
#include "tst_networkflow.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
// The decoders for streams of Docker, with input that is split at every byte.
#include "core/docker/jsonlines.h"
#include "core/docker/logframes.h"

#include <QTest>
#include <QtEndian>

using namespace lifeguard;

namespace {

QByteArray frame(char kind, const QByteArray &payload)
{
    QByteArray header(8, 0);
    header[0] = kind;
    qToBigEndian<quint32>(quint32(payload.size()), header.data() + 4);
    return header + payload;
}

/// Calls feed() with the bytes split at each position in turn, and finally with single bytes.
template<typename Decoder, typename Feed>
void forAllCuts(const QByteArray &bytes, Feed feed)
{
    for (qsizetype cut = 0; cut <= bytes.size(); ++cut) {
        QList<QByteArray> pieces{bytes.left(cut), bytes.mid(cut)};
        if (cut == bytes.size()) {
            pieces.clear();
            for (const char byte : bytes)
                pieces.append(QByteArray(1, byte));
        }
        Decoder decoder;
        feed(decoder, pieces);
    }
}

} // namespace

class TestDockerStreams : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void frames();
    void partialFrames();
    void invalidFrame_data();
    void invalidFrame();
    void objects();
    void invalidObjects_data();
    void invalidObjects();
    void sizeLimit();
};

void TestDockerStreams::frames()
{
    const QByteArray large(70000, 'x');
    const QByteArray bytes = frame(1, "out\n") + frame(2, "error\n") + frame(1, {})
                           + frame(1, QByteArray("\x01\x00\x00\x00", 4)) + frame(3, "late");
    forAllCuts<LogFrames>(bytes, [](LogFrames &decoder, const QList<QByteArray> &pieces) {
        QByteArray payload;
        for (const QByteArray &piece : pieces)
            payload += decoder.feed(piece);
        QCOMPARE(payload, QByteArray("out\nerror\n\x01\x00\x00\x00late", 18));
        QVERIFY(!decoder.isBroken());
        QVERIFY(!decoder.isMidFrame());
    });
    LogFrames decoder;
    QCOMPARE(decoder.feed(frame(1, large)), large);
}

void TestDockerStreams::partialFrames()
{
    LogFrames decoder;
    QVERIFY(!decoder.isMidFrame());
    QCOMPARE(decoder.feed(frame(1, "hello").left(10)), QByteArray("he")); // payload is passed on before the frame is
                                                                          // complete
    QVERIFY(decoder.isMidFrame());
    QCOMPARE(decoder.feed("llo"), QByteArray("llo"));
    QVERIFY(!decoder.isMidFrame());
    QCOMPARE(decoder.feed(frame(1, "x").left(3)), QByteArray());
    QVERIFY(decoder.isMidFrame());
}

void TestDockerStreams::invalidFrame_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::newRow("unknown kind") << frame(4, "x");
    QTest::newRow("negative kind") << frame(-1, "x");
    QTest::newRow("text") << QByteArray("hello, world");
    QTest::newRow("invalid padding") << QByteArray("\x01\x00\x01\x00\x00\x00\x00\x01x", 9);
}

void TestDockerStreams::invalidFrame()
{
    QFETCH(QByteArray, bytes);
    forAllCuts<LogFrames>(frame(1, "good") + bytes, [](LogFrames &decoder, const QList<QByteArray> &pieces) {
        QByteArray payload;
        for (const QByteArray &piece : pieces)
            payload += decoder.feed(piece);
        QCOMPARE(payload, QByteArray("good"));
        QVERIFY(decoder.isBroken());
        QCOMPARE(decoder.feed(frame(1, "more")), QByteArray());
    });
}

void TestDockerStreams::objects()
{
    const QByteArray bytes =
        "{\"a\":1}\n{\"a\":{\"b\":\"}{\\\"\"}}\r\n\r\n{}{\"c\":[{},{\"d\":\"\\\\\"}]} \t{\"e\":\"\xc3\xa4\"}\n";
    forAllCuts<JsonLines>(bytes, [](JsonLines &decoder, const QList<QByteArray> &pieces) {
        QList<QJsonObject> objects;
        for (const QByteArray &piece : pieces)
            objects += decoder.feed(piece);
        QVERIFY(!decoder.isBroken());
        QVERIFY(!decoder.isMidObject());
        QCOMPARE(objects.size(), 5);
        QCOMPARE(objects.at(0).value(QLatin1String("a")).toInt(), 1);
        QCOMPARE(objects.at(1).value(QLatin1String("a")).toObject().value(QLatin1String("b")).toString(),
                 QStringLiteral("}{\""));
        QVERIFY(objects.at(2).isEmpty());
        QVERIFY(objects.at(3).contains(QLatin1String("c")));
        QCOMPARE(objects.at(4).value(QLatin1String("e")).toString(), QStringLiteral("\u00e4"));
    });
    JsonLines decoder;
    QVERIFY(decoder.feed("{\"a\":").isEmpty());
    QVERIFY(decoder.isMidObject());
}

void TestDockerStreams::invalidObjects_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::newRow("text") << QByteArray("hello");
    QTest::newRow("array") << QByteArray("[{}]");
    QTest::newRow("closing brace") << QByteArray("}");
    QTest::newRow("invalid object") << QByteArray("{a}");
    QTest::newRow("not UTF-8") << QByteArray("{\"a\":\"\xff\"}");
    QTest::newRow("nested too deeply") << QByteArray("{\"a\":").repeated(5000) + "1" + QByteArray(5000, '}');
}

void TestDockerStreams::invalidObjects()
{
    QFETCH(QByteArray, bytes);
    JsonLines decoder;
    QCOMPARE(decoder.feed("{\"good\":1}" + bytes + "{\"more\":1}").size(), 1);
    QVERIFY(decoder.isBroken());
    QVERIFY(decoder.feed("{}").isEmpty());
}

void TestDockerStreams::sizeLimit()
{
    const QByteArray fits = "{\"a\":\"" + QByteArray(92, 'x') + "\"}"; // 100 bytes
    JsonLines decoder(100);
    QCOMPARE(decoder.feed(fits + fits + '\n' + fits).size(), 3);
    QVERIFY(!decoder.isBroken());
    QVERIFY(decoder.feed("{\"a\":\"" + QByteArray(93, 'x') + "\"}").isEmpty());
    QVERIFY(decoder.isBroken());
    JsonLines endless(100);
    QVERIFY(endless.feed("{\"a\":\"" + QByteArray(200, 'x')).isEmpty());
    QVERIFY(endless.isBroken()); // before the object is complete
}

QTEST_GUILESS_MAIN(TestDockerStreams)
#include "tst_dockerstreams.moc"

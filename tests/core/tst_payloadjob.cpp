// SPDX-License-Identifier: GPL-3.0-or-later
// Tests jobs that are created from a type and a payload.
#include "core/model/job.h"
#include "core/submit/contenthash.h"
#include "core/submit/payloadjob.h"
#include "tests/support/testhelpers.h"

#include <QJsonObject>
#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;

class TestPayloadJob : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void invalidInputIsRejected_data();
    void invalidInputIsRejected();
    void jobHasTheValuesOfThePayload();
    void emptyPayloadIsAccepted();
};

void TestPayloadJob::invalidInputIsRejected_data()
{
    QTest::addColumn<QString>("type");
    QTest::addColumn<QByteArray>("payload");
    QTest::addColumn<QString>("message");
    QTest::newRow("missing type") << QString() << QByteArray("{}") << s("type");
    QTest::newRow("space in the type") << s("my type") << QByteArray("{}") << s("my type");
    QTest::newRow("type too long") << QString(65, QLatin1Char('a')) << QByteArray("{}") << s("at most 64");
    QTest::newRow("empty payload") << s("noop") << QByteArray() << s("Line 1, column 1");
    QTest::newRow("unfinished object") << s("noop") << QByteArray("{\"a\": 1") << s("Line 1");
    QTest::newRow("error in the second line") << s("noop") << QByteArray("{\"a\": 1,\n \"b\": oops}") << s("Line 2");
    QTest::newRow("columns count characters, not bytes")
        << s("noop") << QByteArray("{\"\xc3\xbc\xc3\xbc\xc3\xbc\": oops}") << s("Line 1, column 9");
    QTest::newRow("a list instead of an object") << s("noop") << QByteArray("[1]") << s("object");
    QTest::newRow("invalid type and invalid payload") << QString() << QByteArray("[1]") << s("type");
}

void TestPayloadJob::invalidInputIsRejected()
{
    QFETCH(QString, type);
    QFETCH(QByteArray, payload);
    QFETCH(QString, message);
    const Result<NewJob> job = payloadJob(type, payload);
    QVERIFY(!job);
    QVERIFY2(job.error().message.contains(message), qPrintable(job.error().message));
    QVERIFY(job.error().code == ErrorCode::InvalidArgument);
}

void TestPayloadJob::jobHasTheValuesOfThePayload()
{
    const QByteArray text = R"({ "output_file": "/w/b.svg", "input_file": "/w/a.puml",
                                 "data": "A -> B", "correlation_id": "c1" })";
    const Result<NewJob> job = payloadJob(s("plantuml"), text, -3);
    QVERIFY(job);
    NewJob expected;
    expected.type = s("plantuml");
    expected.inputFile = s("/w/a.puml");
    expected.outputFile = s("/w/b.svg");
    expected.correlationId = s("c1");
    expected.contentHash = contentHash("A -> B");
    expected.payload = R"({"correlation_id":"c1","data":"A -> B","input_file":"/w/a.puml","output_file":"/w/b.svg"})";
    expected.priority = -3;
    QVERIFY(*job == expected);
}

void TestPayloadJob::emptyPayloadIsAccepted()
{
    // Empty strings, because the columns of CLX are NOT NULL. The hash is that of the whole payload.
    const Result<NewJob> job = payloadJob(s("mine-1.2_x"), "{}");
    QVERIFY(job);
    QCOMPARE(job->payload, QByteArray("{}"));
    QCOMPARE(job->contentHash, contentHash("{}"));
    QVERIFY(job->inputFile.isEmpty());
    QCOMPARE(job->priority, 0);
}

QTEST_GUILESS_MAIN(TestPayloadJob)
#include "tst_payloadjob.moc"

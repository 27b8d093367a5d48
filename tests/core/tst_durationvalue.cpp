// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/config/durationvalue.h"
#include "tests/support/testhelpers.h"

#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;
using namespace std::chrono_literals;

class TestDurationValue : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void parses_data();
    void parses();
    void rejects_data();
    void rejects();
    void formats_data();
    void formats();
    void roundTrip();
};

void TestDurationValue::parses_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<qint64>("count");
    QTest::newRow("plain number") << s("90") << qint64(90);
    QTest::newRow("seconds") << s("90s") << qint64(90);
    QTest::newRow("minutes") << s("10m") << qint64(600);
    QTest::newRow("hours") << s("2h") << qint64(7200);
    QTest::newRow("days") << s("14d") << qint64(14 * 86400);
    QTest::newRow("zero") << s("0") << qint64(0);
    QTest::newRow("zero seconds") << s("0s") << qint64(0);
    QTest::newRow("leading zeros") << s("007m") << qint64(420);
    QTest::newRow("longest") << s("36500d") << qint64(longestDuration.count());
}

void TestDurationValue::parses()
{
    QFETCH(QString, text);
    QFETCH(qint64, count);
    const Result<seconds> duration = parseDuration(text);
    QVERIFY2(duration, duration ? "" : qPrintable(duration.error().message));
    QCOMPARE(qint64(duration->count()), count);
}

void TestDurationValue::rejects_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("part"); // of the message
    const QString units = s("Allowed are whole numbers with the unit s, m, h or d, for example 90s, 10m, 2h or 14d.");
    for (const char *text : {"",   "s",  "-1", "+1",  "-1s",  "1.5h",  "1,5",  "1e3", " 1",  "1 ", "1 s",
                             "1S", "1M", "1w", "1ms", "1min", "1h30m", "0x10", "ten", "inf", "٣s"})
        QTest::newRow(text) << s(text) << units;
    QTest::newRow("one day too long") << s("36501d") << s("at most 36500d");
    QTest::newRow("beyond 64 bits") << s("9223372036854775808") << s("at most 36500d");
    QTest::newRow("beyond 64 bits with the unit") << s("9223372036854775807d") << s("at most 36500d");
    QTest::newRow("many digits") << QString(1000, u'9') << s("at most 36500d");
}

void TestDurationValue::rejects()
{
    QFETCH(QString, text);
    QFETCH(QString, part);
    const Result<seconds> duration = parseDuration(text);
    QVERIFY(!duration);
    QCOMPARE(duration.error().code, ErrorCode::InvalidArgument);
    QVERIFY2(duration.error().message.contains(part), qPrintable(duration.error().message));
    QVERIFY(duration.error().message.contains(u'\'' + text + u'\''));
}

void TestDurationValue::formats_data()
{
    QTest::addColumn<qint64>("count");
    QTest::addColumn<QString>("text");
    QTest::newRow("zero") << qint64(0) << s("0s");
    QTest::newRow("seconds") << qint64(90) << s("90s");
    QTest::newRow("minutes") << qint64(600) << s("10m");
    QTest::newRow("hours") << qint64(7200) << s("2h");
    QTest::newRow("days") << qint64(86400) << s("1d");
    QTest::newRow("minutes of several hours") << qint64(5400) << s("90m");
}

void TestDurationValue::formats()
{
    QFETCH(qint64, count);
    QFETCH(QString, text);
    QCOMPARE(formatDuration(seconds(count)), text);
}

void TestDurationValue::roundTrip()
{
    for (const seconds duration : {0s, 1s, 59s, 60s, 61s, 3599s, 3600s, 86399s, 86400s, 90001s, longestDuration}) {
        const Result<seconds> again = parseDuration(formatDuration(duration));
        QVERIFY(again);
        QVERIFY(*again == duration);
    }
}

QTEST_GUILESS_MAIN(TestDurationValue)
#include "tst_durationvalue.moc"

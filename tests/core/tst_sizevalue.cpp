// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/config/sizevalue.h"
#include "tests/support/testhelpers.h"

#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;

class TestSizeValue : public QObject
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

void TestSizeValue::parses_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<qint64>("bytes");
    QTest::newRow("kilobytes") << s("64K") << qint64(65536);
    QTest::newRow("megabytes") << s("512M") << qint64(536870912);
    QTest::newRow("gigabytes") << s("2G") << qint64(2147483648);
    QTest::newRow("terabytes") << s("1T") << qint64(1099511627776);
    QTest::newRow("bytes") << s("100B") << qint64(100);
    QTest::newRow("zero") << s("0") << qint64(0);
    QTest::newRow("zero megabytes") << s("0M") << qint64(0);
    QTest::newRow("largest") << s("1024T") << largestSize;
}

void TestSizeValue::parses()
{
    QFETCH(QString, text);
    QFETCH(qint64, bytes);
    const Result<qint64> size = parseSize(text);
    QVERIFY2(size, size ? "" : qPrintable(size.error().message));
    QCOMPARE(*size, bytes);
}

void TestSizeValue::rejects_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("part"); // of the message
    const QString units = s("Allowed are whole numbers with the unit B, K, M, G or T, for example 64K, 512M or 2G.");
    for (const char *text : {"", "M", "-1M", "+1M", "1.5G", "1,5G", "1e3M", " 1M", "1M ", "1 M", "1m", "1k", "1MB",
                             "1MiB", "1P", "lots", "0x10M", "٣M"})
        QTest::newRow(text) << s(text) << units;
    QTest::newRow("no unit") << s("512")
                             << s("has no unit. Allowed are whole numbers with the unit B, K, M, G or T, "
                                  "for example 512M.");
    QTest::newRow("too large") << s("1025T") << s("at most 1024T");
    QTest::newRow("beyond 64 bits") << s("9223372036854775808B") << s("at most 1024T");
    QTest::newRow("beyond 64 bits with the unit") << s("9223372036854775807T") << s("at most 1024T");
    QTest::newRow("many digits") << QString(1000, u'9') << s("at most 1024T");
}

void TestSizeValue::rejects()
{
    QFETCH(QString, text);
    QFETCH(QString, part);
    const Result<qint64> size = parseSize(text);
    QVERIFY(!size);
    QCOMPARE(size.error().code, ErrorCode::InvalidArgument);
    QVERIFY2(size.error().message.contains(part), qPrintable(size.error().message));
    QVERIFY(size.error().message.contains(u'\'' + text + u'\''));
}

void TestSizeValue::formats_data()
{
    QTest::addColumn<qint64>("bytes");
    QTest::addColumn<QString>("text");
    QTest::newRow("zero") << qint64(0) << s("0");
    QTest::newRow("bytes") << qint64(1023) << s("1023B");
    QTest::newRow("kilobytes") << qint64(65536) << s("64K");
    QTest::newRow("megabytes") << qint64(1536) * 1024 * 1024 << s("1536M");
    QTest::newRow("gigabytes") << qint64(2147483648) << s("2G");
}

void TestSizeValue::formats()
{
    QFETCH(qint64, bytes);
    QFETCH(QString, text);
    QCOMPARE(formatSize(bytes), text);
}

void TestSizeValue::roundTrip()
{
    for (const qint64 bytes : {qint64(0), qint64(1), qint64(1023), qint64(1024), qint64(1025), qint64(1) << 40,
                               (qint64(1) << 40) + 1, largestSize - 1, largestSize}) {
        const Result<qint64> again = parseSize(formatSize(bytes));
        QVERIFY(again);
        QCOMPARE(*again, bytes);
    }
}

QTEST_GUILESS_MAIN(TestSizeValue)
#include "tst_sizevalue.moc"

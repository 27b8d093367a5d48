// SPDX-License-Identifier: GPL-3.0-or-later
// Stored times are UTC texts without a time zone, whatever the time zone of the machine.
#include "core/base/timestamp.h"

#include <QTest>
#include <QTimeZone>

#include <time.h>

using namespace lifeguard;

class TestTimestamp : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void cleanup() { setZone("UTC"); }
    void readsStoredTimesAsUtc_data();
    void readsStoredTimesAsUtc();
    void unreadableTextIsInvalid_data();
    void unreadableTextIsInvalid();
    void writesUtc();
    void textsSortChronologically();

private:
    static void setZone(const char *zone)
    {
        qputenv("TZ", zone);
        tzset();
    }
};

void TestTimestamp::readsStoredTimesAsUtc_data()
{
    QTest::addColumn<QByteArray>("zone");
    QTest::addColumn<QString>("text");
    QTest::addColumn<QDateTime>("time");
    const auto utc = [](int month, int day, int hour, int minute, int second, int ms = 0) {
        return QDateTime(QDate(2026, month, day), QTime(hour, minute, second, ms), Qt::UTC);
    };
    for (const char *zone : {"UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu"}) {
        const auto row = [&](const char *name, const char *text, const QDateTime &time) {
            QTest::addRow("%s, %s", zone, name) << QByteArray(zone) << QString::fromLatin1(text) << time;
        };
        row("CLX", "2026-07-01 12:30:45", utc(7, 1, 12, 30, 45));
        row("Lifeguard", "2026-07-01 12:30:45.678", utc(7, 1, 12, 30, 45, 678));
        row("microseconds", "2026-07-01 12:30:45.678901", utc(7, 1, 12, 30, 45, 679));
        row("one digit", "2026-07-01 12:30:45.6", utc(7, 1, 12, 30, 45, 600));
        row("Python's isoformat", "2026-07-01T12:30:45.678000", utc(7, 1, 12, 30, 45, 678));
        row("with Z", "2026-07-01T12:30:45Z", utc(7, 1, 12, 30, 45));
        row("with +00:00", "2026-07-01T12:30:45+00:00", utc(7, 1, 12, 30, 45));
        row("with another zone", "2026-07-01T12:30:45+02:00", utc(7, 1, 10, 30, 45));
        row("winter", "2026-01-01 00:00:00", utc(1, 1, 0, 0, 0));
        // Hours that are skipped or repeated when Berlin and New York change their clocks.
        row("skipped in Berlin", "2026-03-29 02:30:00", utc(3, 29, 2, 30, 0));
        row("twice in Berlin", "2026-10-25 02:30:00", utc(10, 25, 2, 30, 0));
        row("skipped in New York", "2026-03-08 02:30:00.500", utc(3, 8, 2, 30, 0, 500));
        row("twice in New York", "2026-11-01 01:30:00", utc(11, 1, 1, 30, 0));
    }
}

void TestTimestamp::readsStoredTimesAsUtc()
{
    QFETCH(QByteArray, zone);
    QFETCH(QString, text);
    QFETCH(QDateTime, time);
    setZone(zone.constData());
    const QDateTime read = fromSqlTime(text);
    QVERIFY(read.isValid());
    QCOMPARE(read.timeSpec(), Qt::UTC);
    QCOMPARE(read.toMSecsSinceEpoch(), time.toMSecsSinceEpoch());
    QCOMPARE(toSqlTime(read), time.toString(QStringLiteral("yyyy-MM-dd HH:mm:ss.zzz")));
    QCOMPARE(fromSqlTime(toSqlTime(read)), read);
}

void TestTimestamp::unreadableTextIsInvalid_data()
{
    QTest::addColumn<QString>("text");
    QTest::newRow("null") << QString();
    QTest::newRow("empty") << QStringLiteral("");
    QTest::newRow("words") << QStringLiteral("yesterday");
    QTest::newRow("no such day") << QStringLiteral("2026-02-30 12:00:00");
    QTest::newRow("no such hour") << QStringLiteral("2026-02-03 25:00:00");
    QTest::newRow("number") << QStringLiteral("1767225600");
}

void TestTimestamp::unreadableTextIsInvalid()
{
    QFETCH(QString, text);
    QVERIFY(!fromSqlTime(text).isValid());
}

void TestTimestamp::writesUtc()
{
    QVERIFY(toSqlTime(QDateTime()).isNull()); // stored as NULL
    setZone("Europe/Berlin");
    const QDateTime local(QDate(2026, 7, 1), QTime(12, 0));
    QCOMPARE(toSqlTime(local), QStringLiteral("2026-07-01 10:00:00.000"));
}

void TestTimestamp::textsSortChronologically()
{
    const QDateTime time(QDate(2026, 12, 31), QTime(23, 59, 59, 999), Qt::UTC);
    QVERIFY(toSqlTime(time) < toSqlTime(time.addMSecs(1)));
    QVERIFY(QStringLiteral("2026-12-31 23:59:59") < toSqlTime(time)); // CLX stores no fraction
    QVERIFY(toSqlTime(time.addMSecs(-999)) < QStringLiteral("2027-01-01 00:00:00"));
}

QTEST_GUILESS_MAIN(TestTimestamp)
#include "tst_timestamp.moc"

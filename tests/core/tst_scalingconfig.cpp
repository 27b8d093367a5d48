// SPDX-License-Identifier: GPL-3.0-or-later
// The key scaling of a pool: its validation and its schedule.
#include "core/config/scalingconfig.h"
#include "core/config/workerconfig.h"
#include "tests/support/testhelpers.h"

#include <QTest>
#include <QTimeZone>

#include <functional>

using namespace lifeguard;
using namespace lifeguard::test;
using namespace std::chrono_literals;

Q_DECLARE_METATYPE(ScalingConfig)
Q_DECLARE_METATYPE(ScalingPeriod)

class TestScalingConfig : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void hasTheDocumentedDefaults();
    void validates_data();
    void validates();
    void periodsContainLocalTimes_data();
    void periodsContainLocalTimes();
    void periodsFollowTheClockOnDaysWithATimeChange();
    void boundsFollowTheSchedule_data();
    void boundsFollowTheSchedule();
    void poolsShareATarget();
    void parsesTimesOfDay_data();
    void parsesTimesOfDay();
    void parsesWeekdays();
};

void TestScalingConfig::hasTheDocumentedDefaults()
{
    const ScalingConfig config;
    QCOMPARE(config.min, 0);
    QVERIFY(!config.max);
    QCOMPARE(config.targetPerWorker, 4);
    QCOMPARE(config.scaleUpAfter, 0s);
    QCOMPARE(config.scaleDownAfter, 300s);
    QVERIFY(config.prefer == ExecutionMode::Direct);
    QVERIFY(config.schedule.isEmpty());
    QVERIFY(config.validate().isEmpty());
}

void TestScalingConfig::validates_data()
{
    QTest::addColumn<ScalingConfig>("config");
    QTest::addColumn<QStringList>("fields");
    const auto row = [](const char *name, const std::function<void(ScalingConfig &)> &change,
                        const QStringList &fields = {}) {
        ScalingConfig config;
        change(config);
        QTest::newRow(name) << config << fields;
    };
    const auto period = [](const std::function<void(ScalingPeriod &)> &change) {
        return [change](ScalingConfig &config) {
            ScalingPeriod entry{{}, 8h, 18h, 1, {}};
            change(entry);
            config.schedule.append(entry);
        };
    };
    row("the smallest values", [](ScalingConfig &c) {
        c.max = 1;
        c.targetPerWorker = 1;
        c.scaleDownAfter = 0s;
    });
    row("the greatest values", [](ScalingConfig &c) {
        c.min = 1000;
        c.max = 1000;
        c.targetPerWorker = 1'000'000;
        c.scaleUpAfter = maxDuration;
        c.scaleDownAfter = maxDuration;
        c.prefer = ExecutionMode::Docker;
    });
    row("a min without max", [](ScalingConfig &c) { c.min = 100; });
    row("a negative min", [](ScalingConfig &c) { c.min = -1; }, {s("scaling.min")});
    row("a large min", [](ScalingConfig &c) { c.min = 1001; }, {s("scaling.min")});
    row("max is 0", [](ScalingConfig &c) { c.max = 0; }, {s("scaling.max")});
    row("a large max", [](ScalingConfig &c) { c.max = 1001; }, {s("scaling.max")});
    row("min above max",
        [](ScalingConfig &c) {
            c.min = 3;
            c.max = 2;
        },
        {s("scaling.max")});
    row("target is 0", [](ScalingConfig &c) { c.targetPerWorker = 0; }, {s("scaling.target_per_worker")});
    row("a large target", [](ScalingConfig &c) { c.targetPerWorker = 1'000'001; }, {s("scaling.target_per_worker")});
    row("negative times",
        [](ScalingConfig &c) {
            c.scaleUpAfter = -1s;
            c.scaleDownAfter = -1s;
        },
        {s("scaling.scale_up_after"), s("scaling.scale_down_after")});
    row("long times",
        [](ScalingConfig &c) {
            c.scaleUpAfter = maxDuration + 1s;
            c.scaleDownAfter = maxDuration + 1s;
        },
        {s("scaling.scale_up_after"), s("scaling.scale_down_after")});
    row("no preferred mode", [](ScalingConfig &c) { c.prefer = ExecutionMode::Auto; }, {s("scaling.prefer")});

    row("a period", period([](ScalingPeriod &) {}));
    row("a period with max 0", period([](ScalingPeriod &p) {
            p.min.reset();
            p.max = 0;
        }));
    row("a period over midnight", period([](ScalingPeriod &p) { p.from = 23h + 59min; }));
    row("a whole day", period([](ScalingPeriod &p) {
            p.from = 0h;
            p.to = 24h;
        }));
    row("an empty period", period([](ScalingPeriod &p) { p.to = p.from; }), {s("scaling.schedule[0].to")});
    row("from 24:00", period([](ScalingPeriod &p) { p.from = 24h; }), {s("scaling.schedule[0].from")});
    row("to 24:01", period([](ScalingPeriod &p) { p.to = 24h + 1min; }), {s("scaling.schedule[0].to")});
    row("negative times of day", period([](ScalingPeriod &p) {
            p.from = -1min;
            p.to = -2min;
        }),
        {s("scaling.schedule[0].from"), s("scaling.schedule[0].to")});
    row("a period without limits", period([](ScalingPeriod &p) { p.min.reset(); }), {s("scaling.schedule[0]")});
    row("limits of a period out of range", period([](ScalingPeriod &p) {
            p.min = -1;
            p.max = 1001;
        }),
        {s("scaling.schedule[0].min"), s("scaling.schedule[0].max")});
    row("no day", period([](ScalingPeriod &p) { p.days = {Qt::DayOfWeek(8)}; }), {s("scaling.schedule[0].days")});
    row("a day twice", period([](ScalingPeriod &p) {
            p.days = {Qt::Monday, Qt::Monday};
        }),
        {s("scaling.schedule[0].days"), s("scaling.schedule[0].days")});
    row("the min of a period above the general max",
        [&](ScalingConfig &c) {
            c.max = 2;
            period([](ScalingPeriod &p) { p.min = 3; })(c);
        },
        {s("scaling.schedule[0].min")});
    row("the max of the second period below the general min",
        [&](ScalingConfig &c) {
            c.min = 2;
            period([](ScalingPeriod &p) { p.min = 3; })(c);
            period([](ScalingPeriod &p) {
                p.min.reset();
                p.max = 1;
            })(c);
        },
        {s("scaling.schedule[1].max")});
}

void TestScalingConfig::validates()
{
    QFETCH(ScalingConfig, config);
    QStringList found;
    for (const ConfigError &error : config.validate()) {
        found.append(error.field);
        QVERIFY2(error.message.endsWith(u'.') && !error.message.contains(u'%'), qPrintable(error.message));
    }
    QTEST(found, "fields");
}

void TestScalingConfig::periodsContainLocalTimes_data()
{
    QTest::addColumn<ScalingPeriod>("period");
    QTest::addColumn<QString>("time");
    QTest::addColumn<bool>("contained");
    const auto row = [](const ScalingPeriod &period, const char *time, bool isContained) {
        QTest::addRow("%s-%s, %lld days, at %s", qPrintable(formatTimeOfDay(period.from)),
                      qPrintable(formatTimeOfDay(period.to)), qlonglong(period.days.size()), time)
            << period << s(time) << isContained;
    };
    // 2026-11-30 is a Monday.
    const ScalingPeriod office{{Qt::Monday, Qt::Friday}, 8h, 18h, {}, {}};
    row(office, "2026-11-30T07:59:59", false);
    row(office, "2026-11-30T08:00:00", true);
    row(office, "2026-11-30T17:59:59", true);
    row(office, "2026-11-30T18:00:00", false);
    row(office, "2026-12-01T12:00:00", false);
    row(office, "2026-12-04T12:00:00", true);
    const ScalingPeriod night{{Qt::Friday}, 22h, 6h, {}, {}};
    row(night, "2026-12-04T05:59:59", false);
    row(night, "2026-12-04T21:59:59", false);
    row(night, "2026-12-04T22:00:00", true);
    row(night, "2026-12-05T05:59:59", true);
    row(night, "2026-12-05T06:00:00", false);
    row(night, "2026-12-05T22:00:00", false);
    const ScalingPeriod always{{}, 0h, 24h, {}, {}};
    row(always, "2026-12-05T00:00:00", true);
    row(always, "2026-12-05T23:59:59", true);
    const ScalingPeriod untilMidnight{{Qt::Sunday}, 20h, 0h, {}, {}};
    row(untilMidnight, "2026-11-29T23:59:59", true);
    row(untilMidnight, "2026-11-30T00:00:00", false);
}

void TestScalingConfig::periodsContainLocalTimes()
{
    QFETCH(ScalingPeriod, period);
    QFETCH(QString, time);
    QTEST(period.contains(QDateTime::fromString(time, Qt::ISODate)), "contained");
}

/// Counts the minutes of a day that a period includes. In Berlin, 2027-03-28 has no hour from 2 to 3, and 2026-10-25
/// has two of them.
void TestScalingConfig::periodsFollowTheClockOnDaysWithATimeChange()
{
    const QTimeZone berlin("Europe/Berlin");
    if (!berlin.isValid())
        QSKIP("The time zone Europe/Berlin is not installed.");
    const auto minutesIn = [&berlin](const QDate &date, const ScalingPeriod &period) {
        const QDateTime end = QDateTime(date.addDays(1), QTime(0, 0), berlin).toUTC();
        int count = 0;
        for (QDateTime at = QDateTime(date, QTime(0, 0), berlin).toUTC(); at < end; at = at.addSecs(60))
            count += period.contains(at.toTimeZone(berlin)) ? 1 : 0;
        return count;
    };
    const QDate spring(2027, 3, 28);
    const QDate autumn(2026, 10, 25);
    const ScalingPeriod skipped{{}, 2h, 3h, {}, {}};
    QCOMPARE(minutesIn(spring, skipped), 0);
    QCOMPARE(minutesIn(autumn, skipped), 120);
    const ScalingPeriod office{{}, 8h, 18h, {}, {}};
    QCOMPARE(minutesIn(spring, office), 600);
    QCOMPARE(minutesIn(autumn, office), 600);
    const ScalingPeriod morning{{Qt::Sunday}, 0h, 6h, {}, {}};
    QCOMPARE(minutesIn(spring, morning), 300);
    QCOMPARE(minutesIn(autumn, morning), 420);
}

void TestScalingConfig::boundsFollowTheSchedule_data()
{
    QTest::addColumn<ScalingConfig>("config");
    QTest::addColumn<QString>("time");
    QTest::addColumn<int>("min");
    QTest::addColumn<int>("max");
    QTest::addColumn<bool>("isCpuCount");
    ScalingConfig config;
    QTest::newRow("defaults: 0 to the number of CPUs") << config << s("12:00") << 0 << 6 << true;
    config.min = 8;
    QTest::newRow("a min above the number of CPUs") << config << s("12:00") << 8 << 8 << false;
    config.min = 1;
    config.max = 4;
    QTest::newRow("no schedule") << config << s("12:00") << 1 << 4 << false;
    config.schedule = {{{}, 8h, 18h, 3, {}}, {{}, 12h, 20h, {}, 10}, {{}, 22h, 23h, 0, 0}};
    QTest::newRow("before the first period") << config << s("07:59") << 1 << 4 << false;
    QTest::newRow("only min is replaced") << config << s("08:00") << 3 << 4 << false;
    QTest::newRow("the first of two periods applies") << config << s("12:00") << 3 << 4 << false;
    QTest::newRow("only max is replaced") << config << s("18:00") << 1 << 10 << false;
    QTest::newRow("between periods") << config << s("21:00") << 1 << 4 << false;
    QTest::newRow("no workers at night") << config << s("22:30") << 0 << 0 << false;
    config.max.reset();
    QTest::newRow("a period with min, and no max") << config << s("08:00") << 3 << 6 << true;
    QTest::newRow("a period with max, and no general max") << config << s("19:00") << 1 << 10 << false;
}

void TestScalingConfig::boundsFollowTheSchedule()
{
    QFETCH(ScalingConfig, config);
    QFETCH(QString, time);
    const QDateTime at(QDate(2026, 11, 30), QTime::fromString(time, s("HH:mm")));
    const ScalingBounds bounds = config.boundsAt(at, 6);
    QTEST(bounds.min, "min");
    QTEST(bounds.max, "max");
    QTEST(bounds.isMaxCpuCount, "isCpuCount");
    QVERIFY(config.boundsAt(at, 0).max >= config.boundsAt(at, 0).min);
}

void TestScalingConfig::poolsShareATarget()
{
    const ScalingConfig config;
    ScalingConfig other;
    other.min = 2;
    other.max = 7;
    other.schedule = {{{}, 8h, 18h, 3, {}}};
    QVERIFY(config.canShareTargetWith(other));
    const std::function<void(ScalingConfig &)> changes[] = {
        [](ScalingConfig &c) { c.targetPerWorker = 5; },
        [](ScalingConfig &c) { c.scaleUpAfter = 1s; },
        [](ScalingConfig &c) { c.scaleDownAfter = 1s; },
        [](ScalingConfig &c) { c.prefer = ExecutionMode::Docker; },
    };
    for (const auto &change : changes) {
        ScalingConfig changed = other;
        change(changed);
        QVERIFY(!config.canShareTargetWith(changed));
    }
}

void TestScalingConfig::parsesTimesOfDay_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<int>("minutes"); // -1: not a time
    QTest::addColumn<QString>("formatted");
    QTest::newRow("midnight") << s("00:00") << 0 << s("00:00");
    QTest::newRow("one digit") << s("8:05") << 485 << s("08:05");
    QTest::newRow("the last minute") << s("23:59") << 1439 << s("23:59");
    QTest::newRow("the end of the day") << s("24:00") << 1440 << s("24:00");
    for (const char *text :
         {"24:01", "25:00", "12:60", "12", "12:5", "12:345", "", "noon", "-1:00", "12:00 ", "12:00\n", "١٢:٠٠"})
        QTest::newRow(text) << s(text) << -1 << QString();
}

void TestScalingConfig::parsesTimesOfDay()
{
    QFETCH(QString, text);
    const std::optional<std::chrono::minutes> time = parseTimeOfDay(text);
    QTEST(time ? int(time->count()) : -1, "minutes");
    QTEST(time ? formatTimeOfDay(*time) : QString(), "formatted");
}

void TestScalingConfig::parsesWeekdays()
{
    for (int day = Qt::Monday; day <= Qt::Sunday; ++day)
        QCOMPARE(parseWeekday(formatWeekday(Qt::DayOfWeek(day))), std::optional(Qt::DayOfWeek(day)));
    QCOMPARE(parseWeekday(s("mon")), std::optional(Qt::Monday));
    QCOMPARE(parseWeekday(s("sun")), std::optional(Qt::Sunday));
    for (const char *text : {"", "Mon", "monday", "0", "1"})
        QVERIFY2(!parseWeekday(s(text)), text);
}

QTEST_GUILESS_MAIN(TestScalingConfig)
#include "tst_scalingconfig.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/config/scalingperiod.h"

#include <QRegularExpression>

#include <algorithm>
#include <array>

namespace lifeguard {
namespace {

using std::chrono::minutes;

constexpr minutes wholeDay{24 * 60};
constexpr std::array<QLatin1String, 7> weekdays{QLatin1String("mon"), QLatin1String("tue"), QLatin1String("wed"),
                                                QLatin1String("thu"), QLatin1String("fri"), QLatin1String("sat"),
                                                QLatin1String("sun")};

} // namespace

bool ScalingPeriod::contains(const QDateTime &localTime) const
{
    const auto beginsOn = [this](const QDate &date) {
        return days.isEmpty() || days.contains(Qt::DayOfWeek(date.dayOfWeek()));
    };
    // Comparing the time of day, instead of adding the length of the period to its begin, is right on days of 23 or 25
    // hours as well.
    const QDate today = localTime.date();
    const minutes time(localTime.time().hour() * 60 + localTime.time().minute());
    if (from < to)
        return beginsOn(today) && from <= time && time < to;
    return (beginsOn(today) && from <= time) || (beginsOn(today.addDays(-1)) && time < to);
}

std::optional<minutes> parseTimeOfDay(const QString &text)
{
    static const QRegularExpression pattern(QStringLiteral("\\A([0-9]{1,2}):([0-9]{2})\\z"));
    const QRegularExpressionMatch match = pattern.match(text);
    if (!match.hasMatch())
        return {};
    const int minute = match.capturedView(2).toInt();
    const minutes time(match.capturedView(1).toInt() * 60 + minute);
    if (minute > 59 || time > wholeDay)
        return {};
    return time;
}

QString formatTimeOfDay(minutes time)
{
    return QStringLiteral("%1:%2")
        .arg(time.count() / 60, 2, 10, QLatin1Char('0'))
        .arg(time.count() % 60, 2, 10, QLatin1Char('0'));
}

std::optional<Qt::DayOfWeek> parseWeekday(const QString &text)
{
    const auto found = std::find(weekdays.begin(), weekdays.end(), text);
    if (found == weekdays.end())
        return {};
    return Qt::DayOfWeek(Qt::Monday + int(found - weekdays.begin()));
}

QString formatWeekday(Qt::DayOfWeek day)
{
    return weekdays.at(size_t(day - Qt::Monday));
}

} // namespace lifeguard

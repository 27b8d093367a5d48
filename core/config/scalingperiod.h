// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDateTime>
#include <QList>
#include <QString>

#include <chrono>
#include <optional>

namespace lifeguard {

/// One entry of scaling.schedule: a period of the day in which other limits apply to the number of workers, for example
/// {days: [mon, tue, wed, thu, fri], from: 08:00, to: 18:00, min: 2}. The times are those that a clock on the wall
/// shows. When the clock is set forward for summer time, the skipped hour does not occur; when it is set back, the
/// repeated hour counts twice. A value type.
struct ScalingPeriod
{
    QList<Qt::DayOfWeek> days; ///< the days on which the period begins; empty: every day
    std::chrono::minutes from{0}; ///< since midnight, 00:00 to 23:59
    std::chrono::minutes to{24 * 60}; ///< since midnight, 00:00 to 24:00, excluded; before from: on the next day
    std::optional<int> min; ///< replaces scaling.min
    std::optional<int> max; ///< replaces scaling.max; 0: no workers

    bool operator==(const ScalingPeriod &) const = default;
    /// Returns whether the period includes this local time. Uses only its date and its time of day.
    [[nodiscard]] bool contains(const QDateTime &localTime) const;
};

/// Parses a time of day, "00:00" to "24:00"; std::nullopt if the text is not one.
[[nodiscard]] std::optional<std::chrono::minutes> parseTimeOfDay(const QString &text);
/// Returns the text that parseTimeOfDay() parses to the same time.
[[nodiscard]] QString formatTimeOfDay(std::chrono::minutes time);
/// Parses the name of a day, "mon" to "sun"; std::nullopt if the text is not one.
[[nodiscard]] std::optional<Qt::DayOfWeek> parseWeekday(const QString &text);
/// Returns "mon" to "sun".
[[nodiscard]] QString formatWeekday(Qt::DayOfWeek day);

} // namespace lifeguard

// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/config/scalingconfig.h"

#include "core/config/workerconfig.h"

#include <QCoreApplication>

#include <algorithm>
#include <tuple>

namespace lifeguard {
namespace {

using std::chrono::minutes;

constexpr minutes wholeDay{24 * 60};

QString tr(const char *text)
{
    return QCoreApplication::translate("lifeguard::ScalingConfig", text);
}

/// Collects the errors of a configuration.
class ErrorList
{
public:
    void add(const QString &field, const QString &message)
    {
        m_errors.append({QStringLiteral("scaling.") + field, message});
    }
    void checkRange(const QString &field, int value, int lowest, int highest)
    {
        if (value < lowest || value > highest)
            add(field, tr("The value must be between %1 and %2, not %3.").arg(lowest).arg(highest).arg(value));
    }
    void checkDuration(const QString &field, seconds value)
    {
        if (value < seconds(0))
            add(field, tr("The time cannot be negative."));
        else if (value > maxDuration)
            add(field,
                tr("%1 s is too long. The maximum is %2 s (24 days).").arg(value.count()).arg(maxDuration.count()));
    }
    /// Checks one entry of the schedule. field: "schedule[0]".
    void checkPeriod(const QString &field, const ScalingPeriod &period, const ScalingConfig &config);
    [[nodiscard]] const QList<ConfigError> &all() const { return m_errors; }

private:
    QList<ConfigError> m_errors;
};

void ErrorList::checkPeriod(const QString &field, const ScalingPeriod &period, const ScalingConfig &config)
{
    for (const Qt::DayOfWeek day : period.days) {
        if (day < Qt::Monday || day > Qt::Sunday)
            add(field + QStringLiteral(".days"), tr("Days are mon, tue, wed, thu, fri, sat and sun."));
        else if (period.days.count(day) > 1)
            add(field + QStringLiteral(".days"), tr("The day '%1' occurs twice.").arg(formatWeekday(day)));
    }
    if (period.from < minutes(0) || period.from >= wholeDay)
        add(field + QStringLiteral(".from"), tr("The time must be between 00:00 and 23:59."));
    if (period.to < minutes(0) || period.to > wholeDay) {
        add(field + QStringLiteral(".to"), tr("The time must be between 00:00 and 24:00."));
    } else if (period.to == period.from) {
        add(field + QStringLiteral(".to"),
            tr("The period is empty. Use 'from: 00:00' and 'to: 24:00' for the whole day."));
    }
    if (!period.min && !period.max)
        add(field, tr("The period changes nothing. Set min or max."));
    if (period.min)
        checkRange(field + QStringLiteral(".min"), *period.min, poollimits::scalingMin.min, ScalingConfig::maxWorkers);
    if (period.max)
        checkRange(field + QStringLiteral(".max"), *period.max, 0, ScalingConfig::maxWorkers);
    const int min = period.min.value_or(config.min);
    const std::optional<int> max = period.max ? period.max : config.max;
    if ((period.min || period.max) && max && min > *max) {
        add(field + (period.max ? QStringLiteral(".max") : QStringLiteral(".min")),
            tr("In this period, min (%1) is greater than max (%2).").arg(min).arg(*max));
    }
}

} // namespace

QList<ConfigError> ScalingConfig::validate() const
{
    ErrorList errors;
    errors.checkRange(QStringLiteral("min"), min, 0, maxWorkers);
    if (max) {
        errors.checkRange(QStringLiteral("max"), *max, 1, maxWorkers);
        if (min > *max)
            errors.add(QStringLiteral("max"), tr("max (%1) is less than min (%2).").arg(*max).arg(min));
    }
    errors.checkRange(QStringLiteral("target_per_worker"), targetPerWorker, 1, maxTargetPerWorker);
    errors.checkDuration(QStringLiteral("scale_up_after"), scaleUpAfter);
    errors.checkDuration(QStringLiteral("scale_down_after"), scaleDownAfter);
    if (prefer == ExecutionMode::Auto)
        errors.add(QStringLiteral("prefer"), tr("Choose direct or docker."));
    for (qsizetype i = 0; i < schedule.size(); ++i)
        errors.checkPeriod(QStringLiteral("schedule[%1]").arg(i), schedule.at(i), *this);
    return errors.all();
}

ScalingBounds ScalingConfig::boundsAt(const QDateTime &localTime, int cpuCount) const
{
    const auto current = std::find_if(schedule.cbegin(), schedule.cend(),
                                      [&localTime](const ScalingPeriod &period) { return period.contains(localTime); });
    std::optional<int> lowest = min;
    std::optional<int> highest = max;
    if (current != schedule.cend()) {
        lowest = current->min ? current->min : lowest;
        highest = current->max ? current->max : highest;
    }
    ScalingBounds bounds;
    bounds.min = *lowest;
    bounds.isMaxCpuCount = !highest && cpuCount >= *lowest;
    bounds.max = std::max(*lowest, highest.value_or(std::max(1, cpuCount)));
    return bounds;
}

bool ScalingConfig::canShareTargetWith(const ScalingConfig &other) const
{
    const auto shared = [](const ScalingConfig &config) {
        return std::tie(config.targetPerWorker, config.scaleUpAfter, config.scaleDownAfter, config.prefer);
    };
    return shared(*this) == shared(other);
}

} // namespace lifeguard

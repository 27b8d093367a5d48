// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/config/durationvalue.h"

#include "core/config/unitvalue.h"

#include <QCoreApplication>

#include <array>

namespace lifeguard {
namespace {

constexpr std::array units{ValueUnit{'d', 24 * 3600}, ValueUnit{'h', 3600}, ValueUnit{'m', 60}, ValueUnit{'s', 1}};

QString tr(const char *text)
{
    return QCoreApplication::translate("lifeguard::DurationValue", text);
}

} // namespace

Result<seconds> parseDuration(const QString &text)
{
    const UnitValue value = parseUnitValue(text, units);
    if (value.state == UnitValue::State::Invalid)
        return failure(ErrorCode::InvalidArgument,
                       tr("'%1' is not a duration. Allowed are whole numbers with the unit s, m, h or d, for example "
                          "90s, 10m, 2h or 14d. A number without a unit is in seconds.")
                           .arg(text));
    if (value.state == UnitValue::State::TooLarge || value.number > longestDuration.count())
        return failure(ErrorCode::InvalidArgument, tr("The duration '%1' is too long. Allowed are at most %2.")
                                                       .arg(text, formatDuration(longestDuration)));
    return seconds(value.number);
}

QString formatDuration(seconds duration)
{
    return formatUnitValue(duration.count(), units);
}

} // namespace lifeguard

// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/config/sizevalue.h"

#include "core/config/unitvalue.h"

#include <QCoreApplication>

#include <array>

namespace lifeguard {
namespace {

constexpr std::array units{ValueUnit{'T', 1LL << 40}, ValueUnit{'G', 1LL << 30}, ValueUnit{'M', 1LL << 20},
                           ValueUnit{'K', 1LL << 10}, ValueUnit{'B', 1}};

QString tr(const char *text)
{
    return QCoreApplication::translate("lifeguard::SizeValue", text);
}

} // namespace

Result<qint64> parseSize(const QString &text)
{
    const UnitValue value = parseUnitValue(text, units);
    if (value.state == UnitValue::State::Invalid)
        return failure(
            ErrorCode::InvalidArgument,
            tr("'%1' is not a size. Allowed are whole numbers with the unit B, K, M, G or T, for example 64K, 512M or "
               "2G.")
                .arg(text));
    if (value.state == UnitValue::State::TooLarge || value.number > largestSize)
        return failure(ErrorCode::InvalidArgument,
                       tr("The size '%1' is too large. Allowed are at most %2.").arg(text, formatSize(largestSize)));
    if (!value.hasUnit && value.number != 0)
        return failure(ErrorCode::InvalidArgument,
                       tr("The size '%1' has no unit. Allowed are whole numbers with the unit B, K, M, G or T, for "
                          "example %1M.")
                           .arg(text));
    return value.number;
}

QString formatSize(qint64 bytes)
{
    return bytes == 0 ? QStringLiteral("0") : formatUnitValue(bytes, units);
}

} // namespace lifeguard

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <span>

namespace lifeguard {

/// A unit of durations or sizes.
struct ValueUnit
{
    char letter; ///< as in "10m"
    qint64 factor; ///< how many of the smallest unit
};

/// The result of parseUnitValue().
struct UnitValue
{
    enum class State { Valid, Invalid, TooLarge };

    State state = State::Invalid;
    qint64 number = 0; ///< in the smallest unit; valid only in the state Valid
    bool hasUnit = false;

    bool operator==(const UnitValue &) const = default;
};

/// Parses a whole number of ASCII digits that one of the units may follow. Without a unit, the number is in the
/// smallest unit. Signs, fractions and spaces are invalid. TooLarge: the number exceeds 64 bits.
[[nodiscard]] UnitValue parseUnitValue(const QString &text, std::span<const ValueUnit> units);

/// Returns the number with the largest unit of which it is a multiple. units: the largest one first; the factor of the
/// last one is 1.
[[nodiscard]] QString formatUnitValue(qint64 number, std::span<const ValueUnit> units);

} // namespace lifeguard

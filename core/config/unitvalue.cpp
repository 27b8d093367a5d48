// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/config/unitvalue.h"

#include <algorithm>
#include <limits>

namespace lifeguard {

UnitValue parseUnitValue(const QString &text, std::span<const ValueUnit> units)
{
    constexpr qint64 largest = std::numeric_limits<qint64>::max();
    UnitValue value;
    QString digits = text;
    qint64 factor = 1;
    const auto unit = std::find_if(units.begin(), units.end(),
                                   [&text](const ValueUnit &each) { return text.endsWith(QLatin1Char(each.letter)); });
    if (unit != units.end()) {
        digits.chop(1);
        factor = unit->factor;
        value.hasUnit = true;
    }
    const bool isNumber = std::all_of(digits.cbegin(), digits.cend(), [](QChar c) { return c >= u'0' && c <= u'9'; });
    if (digits.isEmpty() || !isNumber)
        return value;
    value.state = UnitValue::State::TooLarge;
    qint64 number = 0;
    for (const QChar c : digits) {
        const qint64 digit = c.unicode() - u'0';
        if (number > (largest - digit) / 10)
            return value;
        number = number * 10 + digit;
    }
    if (number > largest / factor)
        return value;
    value.state = UnitValue::State::Valid;
    value.number = number * factor;
    return value;
}

QString formatUnitValue(qint64 number, std::span<const ValueUnit> units)
{
    const auto unit = std::find_if(units.begin(), units.end(), [number](const ValueUnit &each) {
        return each.factor == 1 || (number != 0 && number % each.factor == 0);
    });
    Q_ASSERT(unit != units.end());
    return QString::number(number / unit->factor) + QLatin1Char(unit->letter);
}

} // namespace lifeguard

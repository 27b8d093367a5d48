// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QTest>

#include <concepts>
#include <type_traits>

namespace QTest {

/// Lets QCOMPARE compare enums that have a toString() of Lifeguard, which returns a QString. Qt's template finds that
/// function instead of QTest::toString() and does not compile.
template<typename Enum>
requires std::is_enum_v<Enum> && requires(Enum value)
{
    {
        toString(value)
        } -> std::same_as<QString>;
}
bool qCompare(const Enum &actual, const Enum &expected, const char *actualText, const char *expectedText,
              const char *file, int line)
{
    // Values without a name are compared as numbers.
    const auto text = [](Enum value) {
        const QString name = toString(value);
        return name.isEmpty() ? QString::number(static_cast<int>(value)) : name;
    };
    return qCompare(text(actual), text(expected), actualText, expectedText, file, line);
}

} // namespace QTest

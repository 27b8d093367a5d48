// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/config/fieldvalue.h"

#include <functional>

namespace lifeguard {

/// What is known about a configuration key, without the type of the values that it belongs to. The help, the errors and
/// the schema of files are made from it.
struct FieldInfo
{
    enum class Kind {
        Text,
        Number, ///< a whole number
        Decimal,
        Duration,
        Size,
        YesNo,
        Choice, ///< one of choices
        Paths, ///< a list of paths; as one text: separated by colons (core/config/outputroots.h)
        Arguments, ///< a program and its arguments; as one text: a command line
    };

    QString key; ///< with underscores; the same in files, in --pool and in JSON
    QString oldKey; ///< as pool specifications of older versions write it; empty if that is the same
    Kind kind = Kind::Text;
    QStringList choices; ///< of Choice; for other kinds, words that are allowed besides
    QString description; ///< a phrase for the help and for editors, with the unit

    [[nodiscard]] bool isList() const { return kind == Kind::Paths || kind == Kind::Arguments; }
};

/// A configuration key: reads its value into a struct, and formats it. The functions are independent of the locale.
template<typename Owner>
struct ConfigField : FieldInfo
{
    /// Assigns the value that the text describes. Fails with a sentence that names the text and what is allowed.
    /// Spelling::Old accepts the spelling of older versions as well. Ranges are checked by the validation of the
    /// struct.
    std::function<Status(Owner &, const QString &, Spelling)> parse;
    /// Returns the text that parse() reads with the same spelling.
    std::function<QString(const Owner &, Spelling)> format;
    /// Assigns the items of a list. Empty unless isList().
    std::function<Status(Owner &, const QStringList &)> parseList;
    /// Returns the items of a list. Empty unless isList().
    std::function<QStringList(const Owner &)> list;
};

template<typename T>
constexpr FieldInfo::Kind kindOf()
{
    using Kind = FieldInfo::Kind;
    if constexpr (std::is_same_v<T, QString>)
        return Kind::Text;
    else if constexpr (std::is_same_v<T, int>)
        return Kind::Number;
    else if constexpr (std::is_same_v<T, double>)
        return Kind::Decimal;
    else if constexpr (std::is_same_v<T, bool>)
        return Kind::YesNo;
    else
        return Kind::Duration;
}

/// Returns a field whose kind follows from the type of the member.
template<typename Owner, typename T>
ConfigField<Owner> valueField(const char *key, T Owner::*member, const QString &description)
{
    ConfigField<Owner> result;
    result.key = QString::fromLatin1(key);
    result.kind = kindOf<T>();
    result.description = description;
    if constexpr (std::is_same_v<T, std::optional<seconds>>)
        result.choices = {QStringLiteral("forever")};
    result.parse = [member](Owner &owner, const QString &text, Spelling) { return parseValue(text, owner.*member); };
    result.format = [member](const Owner &owner, Spelling spelling) {
        if constexpr (std::is_same_v<T, seconds>) {
            if (spelling == Spelling::Old)
                return QString::number((owner.*member).count());
        }
        return formatValue(owner.*member);
    };
    return result;
}

/// Returns a field for a size that the member stores in MB.
template<typename Owner>
ConfigField<Owner> megabytesField(const char *key, qint64 Owner::*member, const QString &description)
{
    ConfigField<Owner> result;
    result.key = QString::fromLatin1(key);
    result.kind = FieldInfo::Kind::Size;
    result.description = description;
    result.parse = [member](Owner &owner, const QString &text, Spelling spelling) {
        return parseMegabytes(text, owner.*member, spelling);
    };
    result.format = [member](const Owner &owner, Spelling spelling) {
        return formatMegabytes(owner.*member, spelling);
    };
    return result;
}

/// Returns a field for an enumeration whose values toString() names.
template<typename Owner, typename Enum>
ConfigField<Owner> choiceField(const char *key, Enum Owner::*member, const QList<Enum> &values,
                               const QString &description)
{
    ConfigField<Owner> result;
    result.key = QString::fromLatin1(key);
    result.kind = FieldInfo::Kind::Choice;
    result.description = description;
    for (const Enum value : values)
        result.choices.append(toString(value));
    result.parse = [member, values, choices = result.choices](Owner &owner, const QString &text, Spelling) -> Status {
        const qsizetype index = choices.indexOf(text);
        if (index < 0)
            return notAChoice(text, choices);
        owner.*member = values.at(index);
        return {};
    };
    result.format = [member](const Owner &owner, Spelling) { return toString(owner.*member); };
    return result;
}

} // namespace lifeguard

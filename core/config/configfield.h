// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/config/fieldvalue.h"
#include "core/config/poollimits.h"

#include <QMap>

#include <functional>
#include <optional>
#include <vector>

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
        Path,
        TimeOfDay, ///< "08:00"
        Paths, ///< a list of paths; as one text: separated by colons (core/config/outputroots.h)
        Names, ///< a list of names; as one text: separated by colons
        Choices, ///< a list of choices; as one text: separated by plus signs
        Arguments, ///< a program and its arguments; as one text: a command line
        Map, ///< texts by names that the user chooses; they are secrets
        Section, ///< a map with the keys in fields; or "yes", with all defaults, or "no"
        Sections, ///< a list of maps with the keys in fields; as one text: see the field
    };

    QString key; ///< with underscores; the same in files, in --pool and in JSON
    QString oldKey; ///< as pool specifications of older versions write it; empty if that is the same
    bool isUnknownToOldVersions = false; ///< older versions refuse pool specifications with this key
    Kind kind = Kind::Text;
    QStringList choices; ///< of Choice and Choices; for other kinds, words that are allowed besides
    QString description; ///< a phrase for the help and for editors, with the unit
    std::optional<double> minimum; ///< of Number, Decimal, Duration (in seconds) and Size (in bytes)
    std::optional<double> maximum;
    bool allowsZero = false; ///< 0 is allowed too, although it is below the minimum
    std::vector<FieldInfo> fields; ///< of Section and Sections

    /// Returns whether the value is a list of texts.
    [[nodiscard]] bool isList() const
    {
        return kind == Kind::Paths || kind == Kind::Names || kind == Kind::Choices || kind == Kind::Arguments;
    }
    [[nodiscard]] bool hasFields() const { return kind == Kind::Section || kind == Kind::Sections; }
};

/// A configuration key: reads its value into a struct, and formats it. The functions are independent of the locale.
template<typename Owner>
struct ConfigField : FieldInfo
{
    /// Assigns the value that the text describes. Fails with a sentence that names the text and what is allowed.
    /// Spelling::Old accepts the spelling of older versions as well. Ranges are checked by the validation of the
    /// struct. Empty for Map.
    std::function<Status(Owner &, const QString &, Spelling)> parse;
    /// Returns the text that parse() reads with the same spelling. Empty for Map.
    std::function<QString(const Owner &, Spelling)> format;
    /// Assigns the items of a list. Empty unless isList().
    std::function<Status(Owner &, const QStringList &)> parseList;
    /// Returns the items of a list. Empty unless isList().
    std::function<QStringList(const Owner &)> list;
    /// Sets one text of a map. Empty unless the kind is Map.
    std::function<void(Owner &, const QString &name, const QString &text)> setEntry;
    /// Returns the texts of a map. Empty unless the kind is Map.
    std::function<QMap<QString, QString>(const Owner &)> entries;
    /// Returns how many maps there are: of Section 0 or 1. Empty unless hasFields().
    std::function<qsizetype(const Owner &)> size;
    /// Begins a map: sets the section to its defaults, or adds an item to the list. Empty unless hasFields().
    std::function<void(Owner &)> begin;
    /// The keys in fields. Of Section, they belong to the section, which they add if there is none. Of Sections, they
    /// belong to the last item of the list.
    std::vector<ConfigField> members;
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

/// Returns a field for a whole number that may be missing; the word stands for that.
template<typename Owner>
ConfigField<Owner> optionalNumberField(const char *key, std::optional<int> Owner::*member, const QString &word,
                                       const QString &description)
{
    ConfigField<Owner> result;
    result.key = QString::fromLatin1(key);
    result.kind = FieldInfo::Kind::Number;
    result.choices = QStringList{word};
    result.description = description;
    result.parse = [member, word](Owner &owner, const QString &text, Spelling) -> Status {
        int number = 0;
        if (text != word) {
            if (const Status parsed = parseValue(text, number); !parsed)
                return alsoAllowing(parsed, word);
            owner.*member = number;
        } else {
            (owner.*member).reset();
        }
        return {};
    };
    result.format = [member, word](const Owner &owner, Spelling) {
        return (owner.*member) ? formatValue(*(owner.*member)) : word;
    };
    return result;
}

/// Returns the field with the range that its validation checks.
template<typename Owner, typename T>
ConfigField<Owner> limited(ConfigField<Owner> field, const ValueRange<T> &range)
{
    const auto number = [&field](const T &value) {
        if constexpr (std::is_same_v<T, seconds>)
            return double(value.count());
        else
            return double(value) * (field.kind == FieldInfo::Kind::Size ? 1 << 20 : 1); // members are in MB
    };
    field.minimum = number(range.min);
    field.maximum = number(range.max);
    field.allowsZero = range.allowsZero;
    return field;
}

/// Returns the field of a part of the owner as a field of the owner. change: returns the part to change; adds it if
/// there is none. part: returns the part, or nullptr.
template<typename Owner, typename Part>
ConfigField<Owner> partField(const ConfigField<Part> &field, const std::function<Part &(Owner &)> &change,
                             const std::function<const Part *(const Owner &)> &part)
{
    const auto read = [part](const auto &function) {
        return [part, function](const Owner &owner, auto... arguments) {
            const Part *existing = part(owner);
            return existing ? function(*existing, arguments...) : function(Part(), arguments...);
        };
    };
    const auto write = [change](const auto &function) {
        return [change, function](Owner &owner, const auto &...arguments) {
            return function(change(owner), arguments...);
        };
    };
    ConfigField<Owner> result;
    static_cast<FieldInfo &>(result) = static_cast<const FieldInfo &>(field);
    if (field.parse)
        result.parse = write(field.parse);
    if (field.format)
        result.format = read(field.format);
    if (field.parseList)
        result.parseList = write(field.parseList);
    if (field.list)
        result.list = read(field.list);
    if (field.setEntry)
        result.setEntry = write(field.setEntry);
    if (field.entries)
        result.entries = read(field.entries);
    if (field.size)
        result.size = read(field.size);
    if (field.begin)
        result.begin = write(field.begin);
    for (const ConfigField<Part> &member : field.members)
        result.members.push_back(partField(member, change, part));
    return result;
}

/// Returns the fields with the members of sections, whose keys are then "SECTION.KEY".
template<typename Owner>
QList<ConfigField<Owner>> flatFields(const QList<ConfigField<Owner>> &fields)
{
    QList<ConfigField<Owner>> flat;
    for (const ConfigField<Owner> &field : fields) {
        flat.append(field);
        if (field.kind != FieldInfo::Kind::Section)
            continue;
        for (ConfigField<Owner> member : field.members) {
            member.key = field.key + u'.' + member.key;
            member.isUnknownToOldVersions = field.isUnknownToOldVersions;
            flat.append(member);
        }
    }
    return flat;
}

} // namespace lifeguard

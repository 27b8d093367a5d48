// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/config/yamlnode.h"

#include <QByteArray>

namespace lifeguard {

/// Writes values as YAML or JSON, to be inserted into a file.
class YamlWriter
{
public:
    /// isJson: keys and texts are in double quotes. lineBreak: of the file.
    YamlWriter(bool isJson, QByteArray lineBreak) : m_isJson(isJson), m_lineBreak(std::move(lineBreak)) {}

    /// Returns the value on one line, for example {count: 2, command: [a, b]}.
    [[nodiscard]] QByteArray inlineValue(const YamlNode &node) const;
    /// Returns the key with its value, without a line break at the end. A map becomes a block whose lines are indented
    /// by two spaces more than the key. indent: the column of the key, from 0.
    [[nodiscard]] QByteArray blockEntry(const QString &key, const YamlNode &value, qsizetype indent) const;
    /// Returns "KEY: VALUE" on one line.
    [[nodiscard]] QByteArray inlineEntry(const QString &key, const YamlNode &value) const;

private:
    [[nodiscard]] QByteArray text(const QString &value, bool isQuoted) const;

    bool m_isJson;
    QByteArray m_lineBreak;
};

/// Returns YAML that is read back as this text: the text itself, or the text in double quotes.
[[nodiscard]] QString yamlScalar(const QString &text);

} // namespace lifeguard

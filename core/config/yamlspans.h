// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/config/yamlnode.h"

#include <QByteArray>

#include <optional>

namespace lifeguard {

/// A part of a text, in bytes.
struct TextSpan
{
    qsizetype begin = 0;
    qsizetype end = 0; ///< excluded

    bool operator==(const TextSpan &) const = default;
};

/// Finds where the values of a YAML file begin and end. The reader knows only where they begin. Results are
/// std::nullopt where the text has a form that is not supported, such as plain text over several lines.
class YamlSpans
{
public:
    /// text: without a byte order mark. It must outlive this object.
    explicit YamlSpans(const QByteArray &text) : m_text(text) {}

    /// Returns the offset behind the colon of a key of a map.
    [[nodiscard]] std::optional<qsizetype> behindColon(const YamlNode &node) const;
    /// Returns whether the value of a key is written in braces or brackets, and where. An alias or a scalar is not.
    [[nodiscard]] std::optional<TextSpan> flowCollection(qsizetype begin) const;
    /// Returns the span of a value that begins on the line of its key: a scalar, an alias, a map in braces, a list in
    /// brackets. Empty, behind the colon, for a value that is not written. isInFlow: within braces or brackets.
    [[nodiscard]] std::optional<TextSpan> inlineValue(const YamlNode &node, bool isInFlow) const;
    /// Returns whether the value of a key begins on a later line than its key.
    [[nodiscard]] bool isBlock(const YamlNode &node) const;
    /// Returns the lines of an entry of a block map: from the beginning of the line of its key to the beginning of the
    /// line behind its last line. std::nullopt if something else is on the line before the key.
    [[nodiscard]] std::optional<TextSpan> entryLines(const YamlNode &node) const;
    /// Returns the beginning of the line behind the last line of a block map or list. begin: where its first key is.
    [[nodiscard]] qsizetype endOfBlock(qsizetype begin) const;

    [[nodiscard]] qsizetype lineBegin(qsizetype offset) const;
    /// Returns the beginning of the next line, or the end of the text.
    [[nodiscard]] qsizetype nextLine(qsizetype offset) const;
    /// Returns the number of bytes between the beginning of the line and the offset.
    [[nodiscard]] qsizetype column(qsizetype offset) const { return offset - lineBegin(offset); }

private:
    [[nodiscard]] std::optional<qsizetype> endOfQuotes(qsizetype begin) const;
    [[nodiscard]] qsizetype skipSpaces(qsizetype offset) const;
    [[nodiscard]] qsizetype skipAnchor(qsizetype offset) const;
    [[nodiscard]] std::optional<qsizetype> endOfPlain(qsizetype begin, const QByteArray &content, bool isInFlow) const;
    [[nodiscard]] bool isAt(qsizetype offset, char c) const { return offset < m_text.size() && m_text[offset] == c; }
    [[nodiscard]] bool isLineEnd(qsizetype offset) const;
    /// Returns the indentation of a line; -1 for an empty line and for a comment.
    [[nodiscard]] qsizetype indentation(qsizetype begin) const;
    [[nodiscard]] bool isListItem(qsizetype lineBegin) const;

    const QByteArray &m_text;
};

} // namespace lifeguard

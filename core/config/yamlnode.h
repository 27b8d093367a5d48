// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <vector>

namespace lifeguard {

/// A place in a text. Lines and columns begin at 1 and count characters; 0: the place is unknown.
struct YamlPosition
{
    int line = 0;
    int column = 0;
    qsizetype offset = -1; ///< in bytes from the beginning of the file, without a byte order mark

    bool operator==(const YamlPosition &) const = default;
};

/// A value in a YAML or JSON file, with its place.
struct YamlNode
{
    enum class Kind {
        Null, ///< "~", "null" or nothing
        Text, ///< also numbers and truth values, as they are written
        List,
        Map,
    };

    Kind kind = Kind::Null;
    QString text; ///< of Text
    bool isQuoted = false; ///< Text that is in quotes or a block, and therefore no number and no truth value
    YamlPosition position; ///< of the value; if that is nothing: of the key
    QString key; ///< of a value in a map
    YamlPosition keyPosition; ///< of a value in a map
    std::vector<YamlNode> children; ///< the items of a list; the values of a map in the order of the file

    bool operator==(const YamlNode &) const = default;

    /// Returns the value of a map, or nullptr.
    [[nodiscard]] const YamlNode *child(const QString &name) const;
    [[nodiscard]] YamlNode *child(const QString &name);
    /// Returns the number of nodes, with this one.
    [[nodiscard]] qsizetype size() const;
};

} // namespace lifeguard

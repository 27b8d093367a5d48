// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/config/yamlnode.h"

#include <QByteArray>
#include <QList>
#include <QStringList>

#include <optional>

namespace lifeguard {

/// A change of one value in a YAML or JSON file.
struct YamlEdit
{
    QStringList keys; ///< that lead to the value, through maps
    /// The new value. Maps on the way to it are added. Text that is not quoted stands for a number or a truth value; it
    /// is written in quotes only where that is necessary. std::nullopt: the key is removed.
    std::optional<YamlNode> value;
};

/// Returns the file with these changes. Only the places of changed values are modified: all other bytes, with comments,
/// order, quotes and line breaks, remain as they are. Afterwards the file is parsed again, and the result compared with
/// what it must contain. InvalidArgument: the file has errors, or a value is written in a way that cannot be changed
/// without side effects (plain text over several lines, for example); the message names the key.
[[nodiscard]] Result<QByteArray> editYaml(const QByteArray &file, const QList<YamlEdit> &edits);

/// Returns the tree with this change.
[[nodiscard]] YamlNode editedTree(YamlNode root, const YamlEdit &edit);

/// Returns a text as a value for an edit. isQuoted: it is no number and no truth value.
[[nodiscard]] YamlNode yamlText(const QString &text, bool isQuoted);
/// Returns a list of texts as a value for an edit.
[[nodiscard]] YamlNode yamlList(const QStringList &texts);

} // namespace lifeguard

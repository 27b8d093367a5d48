// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/config/yamlnode.h"

#include <QByteArray>
#include <QList>

namespace lifeguard {

/// The limits of a YAML file. They bound the memory and the time that reading takes, also for files made to exceed
/// them by aliases of aliases.
struct YamlLimits
{
    qsizetype bytes = 1 << 20;
    int depth = 32; ///< maps and lists within each other
    int aliases = 100;
    qsizetype nodes = 20'000; ///< values, after aliases have been replaced by copies of what they refer to

    bool operator==(const YamlLimits &) const = default;
};

/// An error in a YAML file.
struct YamlError
{
    YamlPosition position;
    QString path; ///< the keys that lead to the place, separated by dots; may be empty
    QString message; ///< whole sentences: what is wrong, and what is allowed

    bool operator==(const YamlError &) const = default;
};

/// The content of a YAML file.
struct YamlDocument
{
    YamlNode root; ///< meaningful only if there are no errors
    QList<YamlError> errors; ///< in the order of the file

    bool operator==(const YamlDocument &) const = default;
};

/// Parses a file of YAML or JSON, in UTF-8, that contains one document. Aliases are replaced by copies. Keys that occur
/// twice in a map, keys that are no texts, tags, merge keys ("<<") and quotes that are not closed are errors. After a
/// syntax error, which ends parsing, there may be no further errors.
[[nodiscard]] YamlDocument readYaml(const QByteArray &file, const YamlLimits &limits = {});

} // namespace lifeguard

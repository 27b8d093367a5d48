// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/config/yamlnode.h"

#include <QHash>
#include <QString>
#include <QStringList>

namespace lifeguard {

/// Where an effective value of a configuration comes from. In this order, later ones override earlier ones.
struct ConfigSource
{
    enum class Kind {
        Default,
        File, ///< outside of profiles
        Profile,
        Variable, ///< LIFEGUARD__…
        Argument, ///< of the command line
    };

    Kind kind = Kind::Default;
    QString name; ///< of the profile, variable or option
    YamlPosition position; ///< of File and Profile

    bool operator==(const ConfigSource &) const = default;
};

/// A configuration as a tree of values, in which values from several sources are merged. A path is the keys that lead
/// to a value, separated by dots: "pools.plantuml.count".
class ConfigTree
{
public:
    /// root: of a file, with or without profiles, which are removed. A root that is no map is replaced by an empty one.
    explicit ConfigTree(YamlNode root);

    [[nodiscard]] const YamlNode &root() const { return m_root; }
    /// Returns the names of the pools in the order of the file, with those that a profile adds.
    [[nodiscard]] QStringList poolNames() const;
    /// Returns where the value comes from: Default if no source has it.
    [[nodiscard]] ConfigSource source(const QString &path) const;

    /// Merges a profile: its maps are merged key by key, all other values replace those of the tree.
    void mergeProfile(const QString &name, const YamlNode &profile);
    /// Sets a value of the map at the path that the keys before the last one form. Missing maps are added.
    void setText(const QStringList &keys, const QString &text, const ConfigSource &source);

private:
    void merge(YamlNode &into, const YamlNode &from, const QString &path, const QString &profile);
    void setSource(const YamlNode &node, const QString &path, const ConfigSource &source);
    void collect(const YamlNode &node, const QString &path);

    YamlNode m_root;
    QHash<QString, ConfigSource> m_sources; ///< by path
};

/// Returns "PATH.KEY", or only the key if the path is empty.
[[nodiscard]] QString configPath(const QString &path, const QString &key);

} // namespace lifeguard

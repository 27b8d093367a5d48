// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/config/configtree.h"
#include "core/config/configuration.h"

namespace lifeguard {

/// An error in a configuration.
struct ConfigFileError
{
    QString source; ///< the path of the file, or the name of the variable or option that has the wrong value
    int line = 0; ///< begins at 1; 0: the error has no place in the file
    int column = 0; ///< in characters, begins at 1
    QString key; ///< "pools.plantuml.count"; empty if the error belongs to no key
    QString message; ///< sentences: what was found, what is allowed

    bool operator==(const ConfigFileError &) const = default;

    /// Returns the error as one line: "FILE:LINE:COLUMN: KEY: MESSAGE".
    [[nodiscard]] QString toString() const;
};

/// Returns what was found instead of an allowed value, as a sentence: "Found a list." Long texts are shortened, and
/// secrets are masked.
[[nodiscard]] QString foundText(const YamlNode &node);

/// Converts a tree of values to a configuration, and collects all errors. Values in messages are shortened, and secrets
/// in them are masked.
class ConfigParser
{
public:
    /// file: the path that errors name. Both must outlive this object.
    ConfigParser(const ConfigTree &tree, const QString &file);

    /// Checks keys and types, and the ranges of values if checksRanges.
    [[nodiscard]] Configuration parse(bool checksRanges);
    /// Returns the errors of parse().
    [[nodiscard]] const QList<ConfigFileError> &errors() const { return m_errors; }

private:
    template<typename Owner>
    void parseMap(const YamlNode &map, const QString &path, const QList<ConfigField<Owner>> &fields, Owner &owner,
                  const QStringList &otherKeys = {});
    template<typename Owner>
    void parseTexts(const ConfigField<Owner> &field, const YamlNode &node, const QString &path, Owner &owner);
    template<typename Owner>
    [[nodiscard]] bool parseMaps(const ConfigField<Owner> &field, const YamlNode &node, const QString &path,
                                 Owner &owner);
    template<typename Owner>
    void parseSection(const QString &key, const QList<ConfigField<Owner>> &fields, Owner &owner);
    template<typename Owner>
    [[nodiscard]] Status parseValueOf(const ConfigField<Owner> &field, const YamlNode &node, Owner &owner) const;
    void parsePools(Configuration &configuration);
    void checkSharedTarget(const YamlNode &node, const QString &path, const WorkerConfig &config,
                           const QList<NamedPool> &earlier);
    void checkRanges(const QString &path, const YamlNode &map, const QList<ConfigError> &errors, bool hadErrors);
    [[nodiscard]] bool isMap(const YamlNode &node, const QString &path, const QString &allowed);
    void addError(const QString &path, const YamlPosition &position, const QString &message);

    const ConfigTree &m_tree;
    const QString &m_file;
    bool m_checksRanges = true;
    QList<ConfigFileError> m_errors;
};

} // namespace lifeguard

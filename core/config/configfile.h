// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/config/configparser.h"

#include <QByteArray>
#include <QProcessEnvironment>

namespace lifeguard {

/// A value that the command line overrides.
struct ConfigArgument
{
    QStringList keys; ///< {"pools", "plantuml", "count"}
    QString text;
    QString option; ///< as the user knows it: "--db"

    bool operator==(const ConfigArgument &) const = default;
};

/// What is applied to the content of a file, in this order, which is the order of precedence: the profile, the
/// variables LIFEGUARD__…, the command line. Later ones override earlier ones, and all override the file; defaults
/// apply to what is left.
struct ConfigOptions
{
    QString profile; ///< empty: the one that LIFEGUARD_PROFILE names, if any
    QProcessEnvironment environment;
    QList<ConfigArgument> arguments;
};

/// An effective value and its source, to be displayed.
struct EffectiveValue
{
    QString path; ///< "pools.plantuml.count"
    QString text; ///< as in a file; secrets are masked
    ConfigSource source;

    bool operator==(const EffectiveValue &) const = default;
};

/// A configuration that has been read.
struct LoadedConfiguration
{
    Configuration configuration;
    QString profile; ///< empty: none
    QStringList profiles; ///< all that the file has
    QList<EffectiveValue> values; ///< all keys, with their defaults; of maps and sections, those that are set

    bool operator==(const LoadedConfiguration &) const = default;
};

/// A configuration or all errors of its file, in the order of the file. Those of variables and arguments are last.
using ConfigFileResult = tl::expected<LoadedConfiguration, QList<ConfigFileError>>;

/// Reads a configuration file in YAML or JSON (lifeguard.yaml). A file that other users can change is refused
/// (core/base/trustedfile.h). Relative paths in the file start in its folder. Profiles that are not selected are
/// checked for wrong keys and types too. Does not block on named pipes, but on slow disks.
[[nodiscard]] ConfigFileResult readConfigFile(const QString &path, const ConfigOptions &options = {});

/// Parses the content of a configuration file. path: for errors and relative paths; the file is not accessed. Files
/// from which the content takes secrets are read.
[[nodiscard]] ConfigFileResult parseConfigFile(const QByteArray &content, const QString &path,
                                               const ConfigOptions &options = {});

} // namespace lifeguard

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QProcessEnvironment>
#include <QString>

#include <functional>
#include <optional>

namespace lifeguard {

/// Where configuration files are searched for. A value; tests construct their own.
struct ConfigPlaces
{
    QString option; ///< the value of --config; empty: not given
    QString variable; ///< the value of LIFEGUARD_CONFIG; empty: not set
    QString workspace; ///< absolute path; empty: not searched
    QString userFolder; ///< $XDG_CONFIG_HOME/lifeguard; empty: not searched
    QString currentFolder; ///< the start of relative paths in option and variable

    bool operator==(const ConfigPlaces &) const = default;

    /// Returns the places of this process: the variables LIFEGUARD_CONFIG, XDG_CONFIG_HOME and HOME, and the current
    /// folder.
    [[nodiscard]] static ConfigPlaces of(const QProcessEnvironment &environment, const QString &option,
                                         const QString &workspace);
};

/// A configuration file that was found. It may not exist if the user named it.
struct FoundConfig
{
    enum class Origin {
        Option, ///< --config
        Variable, ///< LIFEGUARD_CONFIG
        Workspace, ///< WORKSPACE/lifeguard.yaml
        UserFolder, ///< ~/.config/lifeguard/lifeguard.yaml
    };

    QString path; ///< absolute and clean
    Origin origin = Origin::Option;

    bool operator==(const FoundConfig &) const = default;

    /// Returns whether the user must agree to the content before it is applied: the user neither named the file nor put
    /// it into the own configuration folder. A workspace may come from another person, and a configuration can name
    /// commands.
    [[nodiscard]] bool needsConsent() const { return origin == Origin::Workspace; }
};

/// Returns the file that applies, or nothing. A file that the option or the variable names is returned even if it does
/// not exist, so that reading it reports the wrong path. exists: tells whether there is a file with this path.
[[nodiscard]] std::optional<FoundConfig> findConfigFile(const ConfigPlaces &places,
                                                        const std::function<bool(const QString &)> &exists);
/// The same with the files of this machine.
[[nodiscard]] std::optional<FoundConfig> findConfigFile(const ConfigPlaces &places);

} // namespace lifeguard

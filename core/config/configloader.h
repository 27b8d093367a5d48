// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/config/configfile.h"
#include "core/config/configsearch.h"
#include "core/config/configtrust.h"

#include <optional>

namespace lifeguard {

/// A configuration file that was searched for and read.
struct ConfigSelection
{
    FoundConfig found;
    QByteArray content; ///< what was parsed, so that a consent refers to exactly this content
    ConfigFileResult result; ///< the configuration, or the errors of the file
    bool isAgreedTo = true; ///< false: the user must agree to the content before it is applied

    /// Returns whether the configuration can be applied.
    [[nodiscard]] bool isUsable() const { return isAgreedTo && result.has_value(); }
};

/// Reads a file that was found. The consent is read from trust if the file needs one. Blocks while files are read.
[[nodiscard]] ConfigSelection loadConfig(const FoundConfig &found, const ConfigOptions &options,
                                         const ConfigTrust &trust);
/// Searches for the file and reads it. Returns nothing if there is no file.
[[nodiscard]] std::optional<ConfigSelection> loadConfig(const ConfigPlaces &places, const ConfigOptions &options,
                                                        const ConfigTrust &trust);

/// Returns the sentences that explain a missing consent: which file, why, and the command to agree.
[[nodiscard]] QString consentText(const QString &path);
/// Returns the errors, one in each line.
[[nodiscard]] QString errorLines(const QList<ConfigFileError> &errors);
/// Returns the pools and the hooks of a configuration with their programs, one line for each, without secrets, for a
/// user who decides whether to agree: "plantuml: 2 × plantuml, direct, lifeguard-worker".
[[nodiscard]] QStringList programSummaries(const Configuration &configuration);

} // namespace lifeguard

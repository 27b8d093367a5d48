// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/dashboardsession.h"

#include <optional>

namespace lifeguard {

/// Searches for the configuration file of a workspace and reads it. option: the file that the user has named; empty:
/// none. options: their environment and arguments. Returns nothing if there is no file. Blocks while files are read.
[[nodiscard]] std::optional<RunningConfig> findConfig(const QString &option, const QString &workspace,
                                                      ConfigOptions options);

/// Returns the options with which a file is read that belongs to this database and workspace: as for the arguments
/// --db and --workspace, which override the keys of the file.
[[nodiscard]] ConfigOptions configOptionsFor(const QString &database, const QString &workspace);

/// Applies a configuration that was read without errors and that the user has agreed to, except its paths and the
/// settings of the process. Its pools run unless the options contain pools or are read-only.
void useConfig(DashboardOptions &options, const RunningConfig &config);

/// Sets the message about a configuration file with errors, which is not used.
void reportConfigProblem(DashboardOptions &options, const RunningConfig &config);

/// Returns the keys of the file that are only applied at the start of the program and that have another value in this
/// process: "log_level", "docker".
[[nodiscard]] QStringList keysForNextStart(const LoadedConfiguration &loaded);

} // namespace lifeguard

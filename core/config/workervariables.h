// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/config/workerconfig.h"

namespace lifeguard {

// The environment variables that a configuration sets for the workers of a pool.

/// The maximum length of a value, in bytes. The kernel allows 128 KiB.
inline constexpr qsizetype maxVariableBytes = 32 * 1024;
/// The maximum number of variables in a configuration, and of those in a file.
inline constexpr qsizetype maxVariables = 1000;

/// Stands for the value of a variable in stored and displayed configurations, because the values are secrets. Workers
/// cannot be started with it.
inline constexpr QLatin1String maskedVariable("***");

/// Returns the configuration with maskedVariable as the value of each variable.
[[nodiscard]] WorkerConfig withMaskedVariables(WorkerConfig config);

/// Returns the variables whose values were not stored.
[[nodiscard]] QStringList maskedVariables(const WorkerConfig &config);

/// Returns whether Lifeguard itself sets the variable for each worker (docs/protocol.md), so that a configuration must
/// not: LIFEGUARD_…, DB_PATH, WORKER_ID, ….
[[nodiscard]] bool isReservedVariable(const QString &name);

/// Returns what is wrong with the name of a variable, as a sentence for the user; empty if nothing is.
[[nodiscard]] QString variableNameProblem(const QString &name);

/// Returns what is wrong with the value of a variable, as a sentence for the user that does not contain the value;
/// empty if nothing is.
[[nodiscard]] QString variableValueProblem(const QString &name, const QString &value);

} // namespace lifeguard

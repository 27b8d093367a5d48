// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/config/workerconfig.h"

namespace lifeguard {

/// Parses the argument of the option --pool, "TYPE=COUNT[,KEY=VALUE…]"; poolSpecKeys() returns the keys. The key
/// command comes last: its value is the rest of the text and is split as by QProcess::splitCommand(). The mode defaults
/// to auto. Values are written as in configuration files (core/config/poolfields.h): "max_job_time=10m,memory=512M". A
/// key in a section is written with a dot: "scaling.max=8", "environment.NAME=VALUE". In paths and in the values of
/// environment, commas are written as %2C and percent signs as %25. The spelling of older versions is read as well:
/// hyphens in keys, and memory as a number of MB. Lists of paths and names are separated by colons. The result is
/// validated.
[[nodiscard]] Result<WorkerConfig> parsePoolSpec(const QString &text);

/// Parses the argument of --pool, like parsePoolSpec(), and makes its relative paths absolute: env_file, and the
/// working_dir of direct workers, begin at the current folder.
[[nodiscard]] Result<WorkerConfig> parsePoolOption(const QString &text);

/// Returns the text that parsePoolSpec() parses to the same configuration. Contains only the values that differ from
/// the defaults.
[[nodiscard]] QString toPoolSpec(const WorkerConfig &config);

/// Returns the text to store in the database, where other users and reports may read it: like toPoolSpec(), but the
/// values of variables are replaced by maskedVariable, and the secrets in the command are masked. The command of a
/// detached pool is not masked, because the manager that adopts the pool must be able to run it.
[[nodiscard]] QString toMaskedPoolSpec(const WorkerConfig &config);

/// Returns the text to store for managers of older versions, which can adopt the pool too: like toMaskedPoolSpec(), but
/// in their spelling and without the keys that they do not know. If these keys set variables or the working folder,
/// such a manager must not start other workers of the pool without them; so the text contains restart=never.
[[nodiscard]] QString toStoredPoolSpec(const WorkerConfig &config);

/// Parses what was stored for a pool: the text of toMaskedPoolSpec(), or, if that is missing or from a newer version
/// with other keys, the text of toStoredPoolSpec(). The values of variables are maskedVariable.
[[nodiscard]] Result<WorkerConfig> parseStoredPoolSpec(const QString &stored, const QString &current);

/// Returns "mode", "image", "environment.NAME", "scaling.min", … in the order in which the help shows them, without
/// "command".
[[nodiscard]] QStringList poolSpecKeys();

} // namespace lifeguard

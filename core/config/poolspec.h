// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/config/workerconfig.h"

namespace lifeguard {

/// Parses the argument of the option --pool, "TYPE=COUNT[,KEY=VALUE…]"; poolSpecKeys() returns the keys. The key
/// command comes last: its value is the rest of the text and is split as by QProcess::splitCommand(). The mode defaults
/// to auto. Values are written as in configuration files (core/config/poolfields.h): "max_job_time=10m,memory=512M".
/// The spelling of older versions is read as well: hyphens in keys, and memory as a number of MB. output_roots is a
/// list of paths separated by colons. The result is validated.
[[nodiscard]] Result<WorkerConfig> parsePoolSpec(const QString &text);

/// Returns the text that parsePoolSpec() parses to the same configuration. Contains only the values that differ from
/// the defaults.
[[nodiscard]] QString toPoolSpec(const WorkerConfig &config);

/// Returns the text to store in the database, where other users and reports may read it: like toPoolSpec(), but with
/// the secrets in the command masked, and in the spelling of older versions, whose managers can adopt the pool too. The
/// command of a detached pool is not masked, because the manager that adopts the pool must be able to run it.
[[nodiscard]] QString toStoredPoolSpec(const WorkerConfig &config);

/// Returns "mode", "image", "memory", "open_files", … in the order in which the help shows them, without "command".
[[nodiscard]] QStringList poolSpecKeys();

} // namespace lifeguard

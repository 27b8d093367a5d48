// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/config/workerconfig.h"

namespace lifeguard {

/// Reads "TYPE=COUNT[,KEY=VALUE…]" as the option --pool has it; poolSpecKeys() tells the keys. A command comes last: it takes
/// the rest of the text and is split as QProcess::splitCommand does. The mode defaults to auto. Durations are in seconds,
/// memory in MB.
[[nodiscard]] Result<WorkerConfig> parsePoolSpec(const QString &text);

/// The text from which parsePoolSpec() makes the same configuration again; only what differs from the defaults is in it.
[[nodiscard]] QString toPoolSpec(const WorkerConfig &config);

/// "mode", "image", "memory", …, in the order in which help shows them; without "command".
[[nodiscard]] QStringList poolSpecKeys();

} // namespace lifeguard

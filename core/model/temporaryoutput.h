// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace lifeguard {

/// Returns the path of the temporary file in which a worker creates an output: beside the target, and different for
/// each attempt at a job. The name is short enough for all file systems. A pure function.
[[nodiscard]] QString temporaryOutput(const QString &target, qint64 jobId, int attempt);

} // namespace lifeguard

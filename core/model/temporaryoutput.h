// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace lifeguard {

/// Returns the path of the temporary file in which a worker creates an output: beside the target, and different for
/// each attempt at a job. The name is short enough for all file systems. A pure function.
[[nodiscard]] QString temporaryOutput(const QString &target, qint64 jobId, int attempt);

/// Returns the path of the temporary file of the further output with this number, counted from 1, of a job whose output
/// has this temporary file. A pure function.
[[nodiscard]] QString temporaryFurtherOutput(const QString &temporary, int number);

/// Removes the temporary file and those of further outputs. Their numbers must be without a gap. Accesses files.
void removeTemporaryOutputs(const QString &temporary);

} // namespace lifeguard

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/doctor/finding.h"

#include <QHash>

namespace lifeguard {

/// Examines the tools that direct workers of each job type need, and lifeguard-worker itself. Only checks whether files
/// exist.
[[nodiscard]] QList<Finding> checkTools();

/// Returns the findings about the tools. workerProgram: path of lifeguard-worker; empty if it is missing. missing: by
/// job type, the sentence of missingTools().
[[nodiscard]] QList<Finding> toolFindings(const QString &workerProgram, const QHash<QString, QString> &missing);

} // namespace lifeguard

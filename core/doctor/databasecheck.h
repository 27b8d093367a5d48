// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/doctor/finding.h"

namespace lifeguard {

/// Examines a database: whether it can be opened, its integrity, the locks on it, the size of its write-ahead log, and
/// which managers use it. Changes nothing. Reads the whole file if checksAllPages is true. Blocks.
[[nodiscard]] QList<Finding> checkDatabase(const QString &path, bool checksAllPages);

} // namespace lifeguard

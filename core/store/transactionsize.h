// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QtGlobal>

namespace lifeguard {

class Database;

/// The size at which a bulk change ends its transaction and begins another one. The write-ahead log cannot become
/// smaller during a transaction (docs/architecture/store.md, "The write-ahead log").
constexpr qint64 transactionBytes = 8 * 1024 * 1024;

/// An estimate of what a job's row takes in addition to its payload, with its index entries.
constexpr qint64 rowBytes = 1000;

/// Returns about how many bytes are written when the job is changed: SQLite writes the whole row.
[[nodiscard]] Result<qint64> rowSize(Database &database, qint64 jobId);

} // namespace lifeguard

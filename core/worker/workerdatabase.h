// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/store/database.h"

#include <chrono>
#include <memory>
#include <optional>

namespace lifeguard {

struct WorkerOptions;

/// Opens the database of a worker. NotFound if a manager of Lifeguard has started the worker, but its row is missing in
/// lifeguard_workers: the manager has recorded it before the start, so the file was replaced in between; or if the file
/// is not the one that the manager has opened (WorkerOptions::databaseFile). Such a file is not changed. Other codes:
/// those of Database::open(). timeout: how long to wait for a locked database. file: for another connection, the file
/// of the first one; any other file is refused as well.
[[nodiscard]] Result<std::unique_ptr<Database>> openWorkerDatabase(const WorkerOptions &options,
                                                                   std::chrono::milliseconds timeout,
                                                                   const std::optional<FileIdentity> &file = {});

} // namespace lifeguard

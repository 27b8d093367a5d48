// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace lifeguard {

/// The status of a worker as stored in workers.status. Which states a user sees follows from it and from more: WorkerState.
enum class WorkerStatus {
    None, ///< no row in workers yet
    Created, ///< inserted by a parent of CLM's before the worker registered itself
    Idle,
    Busy,
    Hung,
    Dead,
};

/// Returns the stored text of the status ("idle"); empty for None.
[[nodiscard]] QString toString(WorkerStatus status);
/// Returns the status with this stored text; None for an empty or unknown text.
[[nodiscard]] WorkerStatus workerStatusFromString(const QString &text);

} // namespace lifeguard

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace lifeguard {

/// The status of a worker as stored in workers.status. The state that users see (WorkerState) also depends on other
/// facts.
enum class WorkerStatus {
    None, ///< no row in workers yet
    Created, ///< inserted by a CLM manager before the worker has registered
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

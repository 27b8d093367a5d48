// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace lifeguard {

/// Returns the state of a process for display: "S (sleeping)", "T (stopped by a signal)", "D (waiting for I/O)".
[[nodiscard]] QString processStateText(char state);

/// Returns what a process with this wait channel (/proc/PID/wchan) waits for, as the object of "waiting for": "another
/// thread", "input from a pipe"; empty for an unknown kernel function.
[[nodiscard]] QString waitReasonText(const QString &waitChannel);

/// Returns whether a process with this wait channel waits for a file lock.
[[nodiscard]] bool isFileLockWait(const QString &waitChannel);

/// Returns whether a process with this wait channel is frozen together with its control group (as by `docker pause`).
[[nodiscard]] bool isFrozen(const QString &waitChannel);

} // namespace lifeguard

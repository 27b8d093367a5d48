// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace lifeguard {

/// The states of a worker that users see (docs/protocol.md, "States").
enum class WorkerState { Starting, Idle, Busy, Suspect, Hung, Stopping, Dead, Stopped, Unknown };
/// Returns the name of the state ("idle"), as in the output of programs.
[[nodiscard]] QString toString(WorkerState state);

} // namespace lifeguard

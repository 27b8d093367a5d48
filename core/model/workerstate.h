// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace lifeguard {

/// What a user sees of a worker (shared/PROTOCOL.md, "States").
enum class WorkerState { Starting, Idle, Busy, Suspect, Hung, Stopping, Dead, Stopped, Unknown };
[[nodiscard]] QString toString(WorkerState state);

} // namespace lifeguard

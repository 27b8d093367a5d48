// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QStringList>

namespace lifeguard {

/// Returns the program and the arguments that run a command in a new window of a terminal emulator: $TERMINAL, the
/// default of the system, or one of the common ones. Fails with ToolMissing if none is installed.
[[nodiscard]] Result<QStringList> inTerminalEmulator(const QStringList &command);

} // namespace lifeguard

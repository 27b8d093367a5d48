// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtGlobal>

namespace lifeguard {

/// The memory of this machine in bytes; 0 where the system does not say.
[[nodiscard]] qint64 machineMemory();

} // namespace lifeguard

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtGlobal>

namespace lifeguard {

/// Returns the physical memory of this machine in bytes; 0 if it is unknown.
[[nodiscard]] qint64 systemMemory();
/// Returns the bytes that programs can use without swapping; 0 if they are unknown.
[[nodiscard]] qint64 availableMemory();

} // namespace lifeguard

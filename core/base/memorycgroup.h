// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace lifeguard {

/// The memory cgroup of a process, in v1 or v2, whichever has the controller.
struct MemoryCgroup
{
    QString folder; ///< empty if it is not visible
    bool isUnified = false; ///< in the v2 hierarchy
    qint64 limit = 0; ///< bytes; 0: none

    /// Reads /proc and /sys, which takes some tens of microseconds. Any thread.
    [[nodiscard]] static MemoryCgroup of(qint64 pid);
};

} // namespace lifeguard

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace lifeguard {

/// The heartbeat and the load of a direct worker, which its manager copies into the worker's row.
struct BeatRow
{
    QString executorId;
    double cpuPercent = 0;
    double memoryMb = 0;
    bool beats = true; ///< false for the user's own commands, which store their heartbeat themselves: only the load is
                       ///< stored
};

} // namespace lifeguard

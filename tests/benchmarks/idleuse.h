// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "measuring.h"

#include <QHash>
#include <QtGlobal>

namespace lifeguard::bench {

/// What processes use per second.
struct UsePerSecond
{
    double cpuPercent = 0; ///< of a core
    double bytesWritten = 0; ///< to the disk
    double bytesPassedToWrite = 0; ///< including pipes and sockets
    double bytesReadFromDisk = 0;
    double bytesRead = 0; ///< including /proc, pipes and sockets

    UsePerSecond &operator+=(const UsePerSecond &other);
};

/// What a manager, its workers and the programs that the workers have started use per second.
struct PoolUse
{
    UsePerSecond manager;
    UsePerSecond workers;
    UsePerSecond tools;
    int toolProcesses = 0;

    [[nodiscard]] UsePerSecond sum() const;
    /// Measures a manager and all its descendants for this time. Processes that end in the meantime do not count.
    [[nodiscard]] static PoolUse of(qint64 manager, double seconds);
};

} // namespace lifeguard::bench

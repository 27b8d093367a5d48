// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QCoreApplication>

#include <chrono>
#include <optional>

namespace lifeguard::chaos {

/// What a run does. The same seed gives the same jobs and the same sequence of faults; which process a fault hits, and
/// what the process is doing at that moment, also depends on the machine.
struct Options
{
    int workers = 8;
    int crowd = 300; ///< workers of the manager that is added for a time in some phases
    int seconds = 30; ///< how long faults are injected
    int phases = 3; ///< each phase but the last ends with a database that is deleted, moved or replaced
    std::chrono::milliseconds longLock{10'000}; ///< how long the database is locked at a stage of a worker's life
    quint32 seed = 0;
    bool keep = false; ///< keep the folder with the database and the logs

    /// Reads the command line. Returns nothing, after printing why, if an option has an invalid value.
    [[nodiscard]] static std::optional<Options> read(const QCoreApplication &app);
};

} // namespace lifeguard::chaos

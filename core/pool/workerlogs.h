// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace lifeguard {

/// Keeps the log files of workers from filling the disk.
class WorkerLogs
{
public:
    static constexpr int retentionDays = 7;
    static constexpr qint64 maxSize = 64LL * 1024 * 1024; ///< bytes

    /// Deletes the logs in the folder that were not written to for the retention time. Any thread.
    static void removeOld(const QString &folder);
    /// Empties the log if it has grown too large. Workers append to their logs, so what follows is at the new end.
    static void limitSize(const QString &path);
};

} // namespace lifeguard

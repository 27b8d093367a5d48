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

    /// Deletes the logs in the folder that no worker has written to for retentionDays. Any thread.
    static void removeOld(const QString &folder);
    /// Empties the log if it is larger than maxSize. Workers open their logs for appending, so they continue at the new
    /// end.
    static void limitSize(const QString &path);
};

} // namespace lifeguard

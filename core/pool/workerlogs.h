// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <chrono>

namespace lifeguard {

/// Keeps the log files of workers from filling the disk.
class WorkerLogs
{
public:
    static constexpr int retentionDays = 7;
    static constexpr qint64 maxSize = 64LL * 1024 * 1024; ///< bytes
    static constexpr qint64 keptSize = maxSize / 2; ///< bytes that are kept of a log that is larger than maxSize

    /// Deletes the logs in the folder that no worker has written to for this time, except for those of living workers,
    /// which hold a shared lock (flock()) on their log. Any thread.
    static void removeOld(const QString &folder, std::chrono::seconds kept = std::chrono::hours(24 * retentionDays));
    /// Removes the beginning of the log if it is larger than this, so that its newest half is left. Workers open their
    /// logs for appending, so they continue at the new end. If the file system cannot remove the beginning of a file,
    /// the end is copied, and lines that are written at that moment may be lost or change their order. Blocks; any
    /// thread.
    static void limitSize(const QString &path, qint64 largest = maxSize);
};

} // namespace lifeguard

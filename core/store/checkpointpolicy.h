// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtGlobal>

#include <chrono>

namespace lifeguard {

/// Decides when a connection that is about to write moves the content of the write-ahead log to the database first
/// (docs/architecture/store.md, "The write-ahead log"). The size of the log is the only thing that connections of
/// different processes have in common, so each of them decides by it. A value class, without SQL and clocks.
class CheckpointPolicy
{
public:
    using milliseconds = std::chrono::milliseconds;

    /// From this number of pages in the log on, a writer begins a checkpoint in the background. SQLite's default for
    /// automatic checkpoints (PRAGMA wal_autocheckpoint).
    static constexpr int backgroundPages = 1000;
    /// From this size on, writers attempt checkpoints between two transactions.
    static constexpr qint64 softLimit = 16 * 1024 * 1024;
    /// From this size on, no writer begins a transaction before a checkpoint was completed.
    static constexpr qint64 hardLimit = 48 * 1024 * 1024;

    enum class Step {
        Write, ///< no checkpoint is due
        TryOnce, ///< attempt a checkpoint, then write in any case
        Wait, ///< repeat the attempt until it succeeds
    };

    /// Returns the next step for a log of this size. now: any monotonic time.
    [[nodiscard]] Step next(qint64 logSize, milliseconds now) const;

    /// Returns whether a checkpoint is due in the background, after a commit with this number of pages in the log. If
    /// it is, the next one is due when the log has grown as much again, or has started anew.
    [[nodiscard]] bool isBackgroundDue(int pages);

    /// The log was emptied.
    void onCompleted();
    /// An attempt failed, because another connection was writing, reading or checkpointing.
    void onFailed(milliseconds now);
    /// Waiting for a completed checkpoint timed out: a reader prevents it. The connection no longer waits until a
    /// checkpoint succeeds.
    void onTimeout(milliseconds now);
    [[nodiscard]] bool isPrevented() const { return m_isPrevented; }

private:
    milliseconds m_nextAttempt{0};
    int m_pages = 0; ///< in the log after the latest commit
    int m_backgroundFrom = backgroundPages; ///< the number of pages at which the next checkpoint is due
    bool m_isPrevented = false;
};

} // namespace lifeguard

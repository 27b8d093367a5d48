// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"

#include <QString>
#include <QtGlobal>

#include <atomic>
#include <memory>
#include <optional>

namespace lifeguard {

/// Reads the time limit of the jobs that the program under a guard is processing, which may differ from that of its
/// pool (lifeguard_jobs.max_job_time). The database may be locked, or its file system may not respond, so a thread of
/// its own reads it, and is left behind when the guard ends: use endProcess() then. Use it on one thread.
class GuardedJobs
{
public:
    /// poolLimit: for jobs without a limit of their own. The database and the worker are those of the environment
    /// (DB_PATH, LIFEGUARD_EXECUTOR_ID).
    explicit GuardedJobs(seconds poolLimit);
    ~GuardedJobs();
    Q_DISABLE_COPY_MOVE(GuardedJobs)

    /// Begins to read, unless this was done before. Creates a QCoreApplication, which Qt's SQL module requires.
    void beginReading();
    /// Returns a file descriptor that becomes readable once the limit has been read.
    [[nodiscard]] int fileDescriptor() const { return m_shared->readable; }
    /// Returns the longest limit of the jobs; std::nullopt if there is no job, or until it has been read.
    [[nodiscard]] std::optional<seconds> limit() const;
    /// Ends this process without destroying objects that the thread may be using, if it was started; does nothing
    /// otherwise.
    void endProcess(int exitCode) const;

private:
    struct Shared
    {
        ~Shared();
        std::atomic<qint64> limit{0}; ///< seconds; 0: not known
        int readable = -1; ///< an eventfd
    };
    static void read(const QString &database, const QString &executorId, seconds poolLimit, Shared &shared);

    const seconds m_poolLimit;
    const std::shared_ptr<Shared> m_shared; ///< also owned by the thread
    bool m_isReading = false;
};

} // namespace lifeguard

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtGlobal>

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>

namespace lifeguard {

class LockQueue;

/// Determines how long an operation waits for a database that another connection has locked.
struct LockPolicy
{
    std::chrono::milliseconds timeout{5000};
    bool namesHolders = true; ///< whether errors name the processes that hold the lock. Reading /proc/locks stops all
                              ///< locking on the machine for a moment: not for workers, of which hundreds may wait
    std::function<void()> onLocked; ///< called once an operation has waited for 300 ms; on its thread
    std::shared_ptr<const std::atomic<bool>> hurry; ///< while true (set by any thread), no operation waits longer than
                                                    ///< 1 s
};

/// The wait of one operation for a locked database. SQLite's busy handler is unfair and starves some of many waiting
/// processes; here, they wait in a queue, or, without one, make their attempts after short random pauses.
class LockRetry
{
public:
    /// queue: may be null. Must be null while this connection holds the write lock.
    explicit LockRetry(const LockPolicy &policy, LockQueue *queue = nullptr) : m_policy(policy), m_queue(queue) {}
    ~LockRetry();
    Q_DISABLE_COPY_MOVE(LockRetry)

    /// Waits before the first attempt, if other programs are waiting already.
    void queueUp();
    /// Sleeps before the next attempt: at first for about 0.1 ms, since most transactions take less than that, then for
    /// up to 3 ms. Without a queue, waits of more than 50 ms have pauses of up to 60 ms, so that many waiting processes
    /// do not use up the processor. Returns false at once when the timeout has passed.
    [[nodiscard]] bool pause();

private:
    [[nodiscard]] bool mayWait();

    const LockPolicy &m_policy;
    LockQueue *m_queue;
    std::chrono::steady_clock::time_point m_since = std::chrono::steady_clock::now();
    int m_attempts = 0;
    bool m_isFirst = false; ///< in the queue
    bool m_hasReported = false;
};

} // namespace lifeguard

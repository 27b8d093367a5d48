// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>

namespace lifeguard {

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
/// processes; short random pauses between the attempts serve them in turn.
class LockRetry
{
public:
    explicit LockRetry(const LockPolicy &policy) : m_policy(policy) {}

    /// Sleeps before the next attempt: at first for about 0.1 ms, since most transactions take less than that, then for
    /// up to 3 ms, and in waits of more than 50 ms for up to 60 ms, so that many waiting processes do not use up the
    /// processor. Returns false at once when the timeout has passed.
    [[nodiscard]] bool pause();

private:
    const LockPolicy &m_policy;
    std::chrono::steady_clock::time_point m_since = std::chrono::steady_clock::now();
    int m_attempts = 0;
    bool m_hasReported = false;
};

} // namespace lifeguard

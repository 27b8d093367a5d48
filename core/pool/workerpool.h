// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/message.h"
#include "core/model/poolinfo.h"
#include "core/pool/restartpolicy.h"

#include <optional>

namespace lifeguard {

/// One pool: what it should be, its state, and what follows the ends of its workers. Decides only; it starts, stops and
/// writes nothing, and it does not know its workers. A value. now is Clock::steadyNow().
class WorkerPool
{
public:
    /// What has to be done to bring the pool to its count.
    struct Adjustment
    {
        int start = 0; ///< workers to start, if wait is 0
        int stop = 0; ///< workers to stop
        milliseconds wait{0}; ///< the back-off before the next start

        bool operator==(const Adjustment &) const = default;
    };

    /// Creates a pool that a user launches. It has no workers until its mode is settled.
    WorkerPool(QString name, const WorkerConfig &requested);
    /// Creates the pool of adopted workers, whose mode is known.
    [[nodiscard]] static WorkerPool adopted(const QString &name, const WorkerConfig &config);

    [[nodiscard]] const QString &name() const { return m_name; }
    /// Returns the configuration of its workers. Mode and image are those that were settled, once they are.
    [[nodiscard]] const WorkerConfig &config() const { return m_config; }
    /// Returns the configuration with the mode and the image that the user requested.
    [[nodiscard]] WorkerConfig requestedConfig() const;
    [[nodiscard]] PoolState state() const { return m_state; }
    /// Returns why it is crash-looping or stopped, or what it waits for; empty if there is nothing to explain.
    [[nodiscard]] Message reason(milliseconds now) const;
    /// Returns everything that is known without its workers.
    [[nodiscard]] PoolInfo info(milliseconds now) const;

    // The execution mode.
    [[nodiscard]] bool isSettled() const { return m_settling == Settling::Done; }
    /// Begins to settle the mode; no worker is started meanwhile. round: identifies this attempt, unique over all
    /// pools.
    void beginSettling(int round);
    /// Returns whether this attempt is the latest one and has no result yet.
    [[nodiscard]] bool isSettling(int round) const
    {
        return m_settling == Settling::Pending && m_settlingRound == round;
    }
    /// Shows what the settling waits for, such as the progress of a pull.
    void setSettlingProgress(const Message &progress);
    /// Sets the mode. reason: why it was chosen; empty: the user chose it.
    void settle(ExecutionMode mode, const Message &reason);
    /// Notes that the pool cannot run in any mode. Returns whether it is crash-looping now; false if it was being
    /// stopped.
    [[nodiscard]] bool failSettling(const Message &reason);

    // Commands. Those that return bool return false, and change nothing, if they do not apply in the current state.
    /// Starts again, with a new history.
    void launchAgain();
    [[nodiscard]] bool pause();
    /// hasRegistered: whether a living worker has registered.
    [[nodiscard]] bool resume(bool hasRegistered);
    [[nodiscard]] bool beginStopping();
    /// Call it when the last worker of a stopping pool has ended.
    void completeStopping();
    /// Changes the count. Ended workers that were not to be replaced are replaced now.
    [[nodiscard]] bool setCount(int count);
    /// A worker ends for good: the pool has one less from now on.
    void lowerCount();
    /// Requests that the pool is removed when it has stopped.
    void removeWhenStopped() { m_isRemovalRequested = true; }
    [[nodiscard]] bool isRemovable() const { return m_isRemovalRequested && m_state == PoolState::Stopped; }
    /// Returns whether this is an adopted pool that nobody has launched yet, and that does what the configuration
    /// requests.
    [[nodiscard]] bool canBeReused(const WorkerConfig &requested) const;
    /// Launches an adopted pool: it takes the new configuration and keeps its mode, its image and its workers.
    void reuse(const WorkerConfig &requested);

    // What happens to its workers.
    /// Returns what has to be done. kept: its living workers that are not being ended.
    [[nodiscard]] Adjustment adjustment(int kept, milliseconds now) const;
    /// A worker has registered. Returns whether the pool is running from now on and was not before.
    [[nodiscard]] bool noteRegistration();
    /// A worker has finished a job: earlier deaths do not count any more.
    void noteFinishedJob() { m_history = {0, true}; }
    /// A worker has ended without being stopped. Applies the restart policy; after Action::Restart, adjustment() says
    /// what to do. isLast: no other worker of the pool lives.
    RestartDecision::Action noteEnding(WorkerEnding ending, const Message &reason, bool isLast, milliseconds now);
    /// A worker has ended and is not replaced. The pool stops with the last one.
    void declineReplacement(const Message &reason, bool isLast);
    /// The container engine is reachable again. When it is stopped, containers end as if they had been asked to; those
    /// workers are replaced now. Returns whether the pool has to be adjusted.
    [[nodiscard]] bool noteEngineReconnected();

private:
    enum class Origin { Launched, Adopted };
    enum class Settling { Pending, Done };

    [[nodiscard]] bool isStartingOrRunning() const
    {
        return m_state == PoolState::Starting || m_state == PoolState::Running;
    }

    QString m_name;
    WorkerConfig m_config;
    ExecutionMode m_requestedMode;
    QString m_requestedImage;
    Origin m_origin = Origin::Launched;
    bool m_isRemovalRequested = false;

    PoolState m_state = PoolState::Starting;
    Message m_reason;

    Settling m_settling = Settling::Pending;
    int m_settlingRound = 0;
    Message m_modeReason;

    PoolHistory m_history;
    milliseconds m_lastDeath{0};
    Message m_lastDeathReason;
    milliseconds m_startAfter{0}; ///< no worker is started before (back-off)
    int m_declined = 0; ///< ended workers that are not replaced
};

} // namespace lifeguard

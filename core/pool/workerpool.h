// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/message.h"
#include "core/model/poolinfo.h"
#include "core/pool/restartpolicy.h"

#include <optional>

namespace lifeguard {

/// One pool: its configuration, its state, and the decisions after the ends of its workers. This class only decides: it
/// starts, stops and writes nothing, and has no references to workers. A value. now is Clock::steadyNow().
class WorkerPool
{
public:
    /// The steps that bring the pool to its count.
    struct Adjustment
    {
        int start = 0; ///< workers to start, if wait is 0
        int stop = 0; ///< workers to stop
        milliseconds wait{0}; ///< the back-off before the next start

        bool operator==(const Adjustment &) const = default;
    };

    /// Creates a pool that a user launches. It has no workers until its mode is settled. A pool with scaling has a
    /// count of 0 until the first decision.
    WorkerPool(QString name, const WorkerConfig &requested);
    /// Creates the pool of adopted workers, whose mode is known.
    [[nodiscard]] static WorkerPool adopted(const QString &name, const WorkerConfig &config);

    [[nodiscard]] const QString &name() const { return m_name; }
    /// Returns the configuration of its workers, with the settled mode and image once the mode is settled.
    [[nodiscard]] const WorkerConfig &config() const { return m_config; }
    /// Returns the configuration with the mode and the image that the user requested.
    [[nodiscard]] WorkerConfig requestedConfig() const;
    [[nodiscard]] PoolState state() const { return m_state; }
    /// Returns why the pool is crash-looping or stopped, or what it is waiting for; empty if there is nothing to
    /// explain.
    [[nodiscard]] Message reason(milliseconds now) const;
    /// Returns why the mode was chosen; empty: the user has chosen it.
    [[nodiscard]] const Message &modeReason() const { return m_modeReason; }
    /// Returns what last set the count.
    [[nodiscard]] CountSource countSource() const { return m_countSource; }
    /// Returns the description of the pool for the views, without the fields that depend on its workers.
    [[nodiscard]] PoolInfo info(milliseconds now) const;

    // The execution mode.
    [[nodiscard]] bool isSettled() const { return m_settling == Settling::Done; }
    /// Begins to settle the mode; no worker is started before it is settled. round: identifies this attempt, unique
    /// over all pools.
    void beginSettling(int round);
    /// Returns whether this attempt is the latest one and has no result yet.
    [[nodiscard]] bool isSettling(int round) const
    {
        return m_settling == Settling::Pending && m_settlingRound == round;
    }
    /// Sets the progress text of the settling, such as the progress of a pull.
    void setSettlingProgress(const Message &progress);
    /// Sets the mode. reason: why it was chosen; empty: the user chose it.
    void settle(ExecutionMode mode, const Message &reason);
    /// Handles the result that the pool cannot run in any mode. Returns whether the pool is now crash-looping; false if
    /// it was being stopped.
    [[nodiscard]] bool failSettling(const Message &reason);

    // Commands. Those that return bool return false, and change nothing, if they do not apply in the current state.
    /// Starts the pool again with an empty history. Ends a suspension of scaling. hasWorkers: whether some of its
    /// workers live.
    void launchAgain(bool hasWorkers = false);
    [[nodiscard]] bool pause();
    /// Sets when the pause of a paused pool ends (steady time), with a reason that says so; std::nullopt: a user ends
    /// it. The caller resumes the pool.
    void limitPause(std::optional<milliseconds> end, const Message &reason);
    /// Returns when the pause of a paused pool ends (steady time); std::nullopt: only a user ends it.
    [[nodiscard]] std::optional<milliseconds> pauseEnd() const
    {
        return m_state == PoolState::Paused ? m_pauseEnd : std::nullopt;
    }
    /// Ends a pause, or a blockage. hasRegistered: whether a living worker has registered.
    [[nodiscard]] bool resume(bool hasRegistered);
    [[nodiscard]] bool beginStopping();
    /// Call it when the last worker of a stopping pool has ended.
    void completeStopping();
    /// Changes the count. Also replaces ended workers whose replacement had been declined. A count set by hand suspends
    /// scaling; the count of a file does not apply to a pool with scaling.
    [[nodiscard]] bool setCount(int count, CountSource source = CountSource::Hand);
    /// Lowers the count by one, because a user ends a worker, which must not be replaced. Suspends scaling.
    void lowerCount();
    /// Sets where the present count comes from. A pool with scaling scales unless the count was set by hand.
    void setCountSource(CountSource source);
    /// Takes a new configuration of the same type; the mode must be settled again. Its living workers keep the old one.
    void reconfigure(const WorkerConfig &requested);
    /// Requests the removal of the pool after it has stopped.
    void removeWhenStopped() { m_isRemovalRequested = true; }
    [[nodiscard]] bool isRemovable() const { return m_isRemovalRequested && m_state == PoolState::Stopped; }
    /// Returns whether this is an adopted pool that has not been launched yet and matches the requested configuration.
    [[nodiscard]] bool canBeReused(const WorkerConfig &requested) const;
    /// Launches an adopted pool: it takes the new configuration and keeps its mode, its image and its workers.
    void reuse(const WorkerConfig &requested);

    // Scaling (PoolScaler).
    /// Returns whether the count follows the pending jobs: the pool has a configuration of scaling, and no count that
    /// was set otherwise suspends it.
    [[nodiscard]] bool isScaling() const { return m_countSource == CountSource::Scaling; }
    /// Returns whether the pool can start workers: it is neither stopped, paused, blocked nor crash-looping, and its
    /// mode is settled.
    [[nodiscard]] bool canStart() const { return isSettled() && isStartingOrRunning() && !isBlocked(); }
    /// Ends the suspension of scaling. Returns false if the pool is not suspended.
    [[nodiscard]] bool resumeScaling();
    /// Sets the present range, for the views.
    void setScalingBounds(const ScalingBounds &bounds) { m_scalingBounds = bounds; }
    [[nodiscard]] bool hasScalingDecision() const { return !m_scalingDecision.isEmpty(); }
    /// Sets the decision that the views show. Returns whether it differs from the one before.
    bool setScalingDecision(const Message &decision);

    // Blockages: its jobs cannot be converted for a reason that is not their fault (PoolBlockages). A blocked pool is
    // shown as paused. Workers that end are replaced.
    [[nodiscard]] bool isBlocked() const { return !m_blockage.isEmpty() && isStartingOrRunning(); }
    /// Blocks the pool, or replaces the reason. Returns false, and changes nothing, if it is neither starting nor
    /// running.
    [[nodiscard]] bool block(const Message &reason);
    void unblock() { m_blockage = {}; }

    // Limits (PoolReconciler).
    /// Returns how many of its workers a limit keeps from being started.
    [[nodiscard]] int heldBack() const { return m_heldBack; }
    /// Sets the number and the limit. Returns whether they differ from those before.
    bool setHeldBack(int workers, const Message &limit);

    // What happens to its workers.
    /// Returns the steps that bring the pool to its count. kept: the number of its living workers that are not being
    /// ended.
    [[nodiscard]] Adjustment adjustment(int kept, milliseconds now) const;
    /// Handles the registration of a worker. Returns whether the pool has become running.
    [[nodiscard]] bool handleRegistration();
    /// Handles a finished job: earlier deaths no longer count.
    void handleFinishedJob() { m_history = {0, true}; }
    /// Handles the end of a worker whose end was not requested, by applying the restart policy. After Action::Restart,
    /// adjustment() returns the next steps. isLast: no other worker of the pool is alive. advice: what the user can do
    /// if all workers end like this, as sentences; may be empty.
    RestartDecision::Action handleEnding(WorkerEnding ending, const Message &reason, bool isLast, milliseconds now,
                                         const Message &advice = {});
    /// Handles the end of a worker that is not replaced. The pool stops with its last worker.
    void declineReplacement(const Message &reason, bool isLast);
    /// Handles that the container engine is reachable again. When an engine is stopped, its containers end as if they
    /// had been stopped on request; these workers are replaced now. Returns whether the pool must be adjusted.
    [[nodiscard]] bool handleEngineReconnected();

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
    CountSource m_countSource = CountSource::Launch;
    Origin m_origin = Origin::Launched;
    bool m_isRemovalRequested = false;

    PoolState m_state = PoolState::Starting;
    Message m_reason;
    std::optional<milliseconds> m_pauseEnd; ///< steady time; of a paused pool
    Message m_blockage; ///< empty: not blocked

    std::optional<ScalingBounds> m_scalingBounds; ///< std::nullopt: unknown, or no scaling
    Message m_scalingDecision; ///< empty: none yet

    Settling m_settling = Settling::Pending;
    int m_settlingRound = 0;
    Message m_modeReason;

    PoolHistory m_history;
    milliseconds m_lastDeath{0};
    Message m_lastDeathReason;
    milliseconds m_startAfter{0}; ///< no worker is started before this time (back-off)
    int m_declined = 0; ///< ended workers that are not replaced
    int m_heldBack = 0; ///< workers that a limit keeps from being started
    Message m_limit;
};

} // namespace lifeguard

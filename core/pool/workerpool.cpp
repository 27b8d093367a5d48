// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pool/workerpool.h"

#include "core/executor/containerspec.h"
#include "core/model/durationtext.h"

#include <algorithm>

namespace lifeguard {

using namespace std::chrono_literals;

WorkerPool::WorkerPool(QString name, const WorkerConfig &requested)
    : m_name(std::move(name))
    , m_config(requested)
    , m_requestedMode(requested.mode)
    , m_requestedImage(requested.image)
{
    if (m_config.scaling) {
        m_config.count = 0;
        m_countSource = CountSource::Scaling;
    }
}

WorkerPool WorkerPool::adopted(const QString &name, const WorkerConfig &config)
{
    Q_ASSERT(config.mode != ExecutionMode::Auto);
    WorkerPool pool(name, config);
    pool.m_config.count = config.count; // of its living workers, also with scaling
    pool.m_origin = Origin::Adopted;
    pool.m_settling = Settling::Done;
    return pool;
}

WorkerConfig WorkerPool::requestedConfig() const
{
    WorkerConfig config = m_config;
    config.mode = m_requestedMode;
    config.image = m_requestedImage;
    return config;
}

Message WorkerPool::reason(milliseconds now) const
{
    if (isBlocked())
        return m_blockage;
    const milliseconds wait = m_startAfter - now;
    if (isStartingOrRunning() && wait <= 0ms && m_heldBack > 0)
        return Message("pool_held_back", m_heldBack, {m_limit.asArgument()});
    if (!isStartingOrRunning() || wait <= 0ms)
        return m_reason;
    return Message("back_off", m_history.deathsInARow,
                   {durationMessage(std::chrono::ceil<seconds>(wait)).asArgument(), m_lastDeathReason.asArgument()});
}

PoolInfo WorkerPool::info(milliseconds now) const
{
    PoolInfo info;
    info.name = m_name;
    info.config = m_config;
    info.countSource = m_countSource;
    info.state = isBlocked() ? PoolState::Paused : m_state;
    info.reason = reason(now).translatedText();
    if (isSettled())
        info.mode = toString(m_config.mode);
    info.modeReason = m_modeReason.translatedText();
    info.countSource = m_countSource;
    info.scalingBounds = m_scalingBounds;
    if (isScaling())
        info.scalingDecision = m_scalingDecision.translatedText();
    // Nothing is being started if no jobs are pending.
    if (isScaling() && canStart() && m_config.count == 0)
        info.state = PoolState::Running;
    return info;
}

void WorkerPool::beginSettling(int round)
{
    m_settling = Settling::Pending;
    m_settlingRound = round;
}

void WorkerPool::setSettlingProgress(const Message &progress)
{
    if (!isSettled() && m_state == PoolState::Starting)
        m_reason = progress;
}

void WorkerPool::settle(ExecutionMode mode, const Message &reason)
{
    Q_ASSERT(!isSettled() && mode != ExecutionMode::Auto);
    m_settling = Settling::Done;
    m_reason = {};
    m_modeReason = reason;
    m_config.mode = mode;
    if (mode != ExecutionMode::Docker)
        return;
    m_config.image = imageOf(m_config);
    // The configuration of an automatic pool was validated before its mode was known.
    m_config.staleAfter = std::max(m_config.staleAfter, minStaleAfterInContainers);
    m_config.hungAfter = std::max(m_config.hungAfter, m_config.staleAfter);
}

bool WorkerPool::failSettling(const Message &reason)
{
    Q_ASSERT(!isSettled());
    m_settlingRound = 0;
    m_reason = {};
    m_modeReason = reason;
    if (!isStartingOrRunning() && m_state != PoolState::Paused)
        return false;
    m_state = PoolState::CrashLooping;
    m_reason = reason;
    return true;
}

void WorkerPool::launchAgain(bool hasWorkers)
{
    m_state = PoolState::Starting;
    m_reason = {};
    m_blockage = {};
    m_history = {};
    m_startAfter = 0ms;
    m_declined = 0;
    m_isRemovalRequested = false;
    if (m_config.scaling) {
        m_config.count = hasWorkers ? m_config.count : 0;
        m_countSource = CountSource::Scaling;
    } else {
        m_config.count = std::max(1, m_config.count);
    }
}

bool WorkerPool::pause()
{
    if (!isStartingOrRunning())
        return false;
    m_state = PoolState::Paused;
    m_reason = {};
    m_pauseEnd = {};
    return true;
}

void WorkerPool::limitPause(std::optional<milliseconds> end, const Message &reason)
{
    Q_ASSERT(m_state == PoolState::Paused);
    m_pauseEnd = end;
    m_reason = reason;
}

bool WorkerPool::resume(bool hasRegistered)
{
    if (m_state != PoolState::Paused && !isBlocked())
        return false;
    m_blockage = {};
    m_reason = {};
    m_state = hasRegistered ? PoolState::Running : PoolState::Starting;
    return true;
}

bool WorkerPool::block(const Message &reason)
{
    Q_ASSERT(!reason.isEmpty());
    if (!isStartingOrRunning())
        return false;
    m_blockage = reason;
    return true;
}

bool WorkerPool::beginStopping()
{
    if (m_state == PoolState::Stopped)
        return false;
    m_blockage = {};
    m_state = PoolState::Stopping;
    m_declined = 0;
    m_reason = {};
    return true;
}

void WorkerPool::completeStopping()
{
    Q_ASSERT(m_state == PoolState::Stopping);
    m_state = PoolState::Stopped;
}

bool WorkerPool::setCount(int count, CountSource source)
{
    if (m_config.scaling && source == CountSource::File)
        return false;
    const bool suspendsScaling = isScaling() && source != CountSource::Scaling;
    if (count == m_config.count && !suspendsScaling) {
        m_countSource = source;
        return false;
    }
    WorkerConfig changed = m_config;
    changed.count = count;
    if (!changed.check())
        return false;
    m_config = changed;
    m_countSource = source;
    m_declined = 0;
    return true;
}

void WorkerPool::lowerCount()
{
    m_config.count = std::max(0, m_config.count - 1);
    m_countSource = CountSource::Hand;
}

void WorkerPool::setCountSource(CountSource source)
{
    m_countSource = m_config.scaling && source != CountSource::Hand ? CountSource::Scaling : source;
}

bool WorkerPool::resumeScaling()
{
    if (!m_config.scaling || isScaling())
        return false;
    m_countSource = CountSource::Scaling;
    m_scalingDecision = {};
    return true;
}

bool WorkerPool::setScalingDecision(const Message &decision)
{
    if (m_scalingDecision == decision)
        return false;
    m_scalingDecision = decision;
    return true;
}

void WorkerPool::reconfigure(const WorkerConfig &requested)
{
    Q_ASSERT(requested.type == m_config.type);
    const int count = requested.scaling ? m_config.count : requested.count;
    m_config = requested;
    m_config.count = count;
    m_scalingBounds.reset();
    m_scalingDecision = {};
    m_requestedMode = requested.mode;
    m_requestedImage = requested.image;
    m_origin = Origin::Launched;
    m_settling = Settling::Pending;
    m_settlingRound = 0;
    m_modeReason = {};
    m_declined = 0;
    m_startAfter = 0ms;
}

bool WorkerPool::canBeReused(const WorkerConfig &requested) const
{
    const bool isSameMode = requested.mode == ExecutionMode::Auto || requested.mode == m_config.mode;
    const bool isSameImage = requested.image.isEmpty() || requested.image == m_config.image;
    return m_origin == Origin::Adopted && requested.type == m_config.type && requested.command == m_config.command
        && isSameMode && isSameImage;
}

void WorkerPool::reuse(const WorkerConfig &requested)
{
    Q_ASSERT(canBeReused(requested));
    const ExecutionMode mode = m_config.mode;
    const QString image = m_config.image;
    const int count = requested.scaling ? m_config.count : requested.count;
    m_origin = Origin::Launched;
    m_requestedMode = requested.mode;
    m_requestedImage = requested.image;
    m_config = requested;
    m_config.mode = mode;
    m_config.image = image;
    m_config.count = count;
    m_countSource = requested.scaling ? CountSource::Scaling : CountSource::Launch;
    m_scalingBounds.reset();
    m_scalingDecision = {};
    m_declined = 0;
}

WorkerPool::Adjustment WorkerPool::adjustment(int kept, milliseconds now) const
{
    if (!isSettled() || !isStartingOrRunning())
        return {};
    const int missing = m_config.count - m_declined - kept;
    if (missing == 0)
        return {};
    if (missing < 0)
        return {0, -missing, 0ms};
    return {missing, 0, std::max(0ms, m_startAfter - now)};
}

bool WorkerPool::setHeldBack(int workers, const Message &limit)
{
    const Message shown = workers > 0 ? limit : Message();
    if (m_heldBack == workers && m_limit == shown)
        return false;
    m_heldBack = workers;
    m_limit = shown;
    return true;
}

bool WorkerPool::handleRegistration()
{
    if (m_state != PoolState::Starting)
        return false;
    m_state = PoolState::Running;
    return true;
}

RestartDecision::Action WorkerPool::handleEnding(WorkerEnding ending, const Message &reason, bool isLast,
                                                 milliseconds now, const Message &advice)
{
    const RestartMode mode = m_config.restart;
    if (ending == WorkerEnding::ExitedAfterWork)
        handleFinishedJob();
    if (RestartPolicy::countsAsDeath(mode, ending)) {
        if (m_history.deathsInARow > 0 && now - m_lastDeath > RestartPolicy::resetAfter)
            m_history.deathsInARow = 0;
        m_lastDeath = now;
        ++m_history.deathsInARow;
    }
    if (!isStartingOrRunning())
        return RestartDecision::Action::Restart; // adjustment() starts nothing in these states
    const RestartDecision decision = RestartPolicy::decide(mode, ending, m_history);
    switch (decision.action) {
    case RestartDecision::Action::CrashLoop:
        m_state = PoolState::CrashLooping;
        // The advice comes first, because a terminal cuts the end of a long reason.
        if (!advice.isEmpty())
            m_reason = Message("crash_loop_advice", m_history.deathsInARow, {advice.asArgument(), reason.asArgument()});
        else if (ending == WorkerEnding::CannotStart)
            m_reason = reason;
        else
            m_reason = Message("crash_loop", m_history.deathsInARow, {reason.asArgument()});
        break;
    case RestartDecision::Action::DoNotReplace:
        declineReplacement(reason, isLast);
        break;
    case RestartDecision::Action::Restart:
        m_lastDeathReason = reason;
        if (decision.delay > 0ms)
            m_startAfter = now + decision.delay;
        break;
    }
    return decision.action;
}

void WorkerPool::declineReplacement(const Message &reason, bool isLast)
{
    ++m_declined;
    m_reason = Message("replacement_declined", m_declined, {toString(m_config.restart), reason.asArgument()});
    if (isLast)
        m_state = PoolState::Stopped;
}

bool WorkerPool::handleEngineReconnected()
{
    if (m_config.mode != ExecutionMode::Docker || m_config.restart == RestartMode::Never || m_declined == 0)
        return false;
    m_declined = 0;
    m_reason = {};
    if (m_state == PoolState::Stopped)
        m_state = PoolState::Starting;
    return true;
}

} // namespace lifeguard

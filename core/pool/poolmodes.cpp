// SPDX-License-Identifier: GPL-3.0-or-later
// WorkerPoolManager: in which mode a pool runs, and what Docker has to do first.
#include "core/pool/workerpoolmanager.h"

#include "core/base/future.h"
#include "core/executor/containerspec.h"
#include "core/executor/routingworkerexecutor.h"
#include "core/pool/modechoice.h"

namespace lifeguard {

namespace {

using namespace std::chrono_literals;

/// Automatic does not wait longer for an engine that takes connections and does not answer.
constexpr milliseconds autoPatience = 5s;

} // namespace

/// Decides how a starting pool runs, and starts it then. Direct pools go on at once, and never wait for Docker.
void WorkerPoolManager::settleMode(const QString &poolName)
{
    Pool &pool = m_pools.at(poolName);
    pool.isSettled = false;
    const int round = pool.settleRound = ++m_settleRounds;
    WorkerConfig wanted = pool.config;
    wanted.mode = pool.wantedMode;
    wanted.image = pool.wantedImage;
    if (!needsDocker(wanted)) {
        onModeChosen(poolName, chooseMode(wanted, {}));
        return;
    }
    pool.reason = tr("asking Docker for the image %1").arg(imageOf(wanted));
    publishSoon();
    if (wanted.mode == ExecutionMode::Auto) {
        QTimer::singleShot(autoPatience, this, [this, poolName, round, wanted] {
            const ImageInspection silence{Error{ErrorCode::TimedOut, tr("Docker's engine does not answer"), {}}, {}, {}};
            if (isSettling(poolName, round))
                onModeChosen(poolName, chooseMode(wanted, silence));
        });
    }
    whenAnswered(m_executor->look(imageOf(wanted)), this, [this, poolName, round, wanted](const ImageInspection &look) {
        if (!isSettling(poolName, round))
            return;
        const ModeChoice choice = chooseMode(wanted, look);
        const Result<DockerWorkerExecutor *> docker = choice.needsPull ? m_executor->docker() : nullptr;
        if (!docker || !*docker) {
            onModeChosen(poolName, choice);
            return;
        }
        whenAnswered((*docker)->ensureImage(imageOf(wanted)), this, [this, poolName, round, choice](const Status &ensured) {
            if (isSettling(poolName, round))
                onModeChosen(poolName, ensured ? choice : ModeChoice{{}, ensured.error().message});
        });
    });
}

/// Whether that question is still the pool's last one: it may have been stopped, started again or removed meanwhile.
bool WorkerPoolManager::isSettling(const QString &poolName, int round) const
{
    const auto pool = m_pools.find(poolName);
    return pool != m_pools.end() && !pool->second.isSettled && pool->second.settleRound == round;
}

void WorkerPoolManager::onModeChosen(const QString &poolName, const ModeChoice &choice)
{
    Pool &pool = m_pools.at(poolName);
    pool.reason.clear();
    pool.modeReason = choice.reason;
    const bool isWanted = pool.state == PoolState::Starting || pool.state == PoolState::Running || pool.state == PoolState::Paused;
    if (!choice.mode) {
        if (isWanted) {
            pool.state = PoolState::CrashLooping;
            pool.reason = choice.reason;
            recordEvent(QStringLiteral("pool_crash_looping"), tr("Pool %1 cannot start: %2").arg(poolName, pool.reason), poolName);
        }
        publishSoon();
        return;
    }
    pool.isSettled = true;
    pool.config.mode = *choice.mode;
    if (pool.config.mode == ExecutionMode::Docker) {
        pool.config.image = imageOf(pool.config);
        pool.config.staleAfter = std::max(pool.config.staleAfter, leastStaleAfterInContainers); // of auto, nobody could know
        pool.config.hungAfter = std::max(pool.config.hungAfter, pool.config.staleAfter);
    }
    if (!choice.reason.isEmpty())
        recordEvent(QStringLiteral("pool_mode"), tr("Pool %1 runs %2").arg(poolName, choice.reason), poolName);
    reconcile(poolName);
    publishSoon();
}

/// Docker's engine is back. When it is stopped it tells its containers to end, and ours leave as if somebody had wanted it: without this
/// a restart of the engine would empty the pools.
void WorkerPoolManager::onEngineReconnected()
{
    for (auto &[name, pool] : m_pools) {
        const bool leftAll = pool.state == PoolState::Stopped && pool.unreplaced > 0;
        if (pool.config.mode != ExecutionMode::Docker || pool.config.restart == RestartMode::Never || pool.unreplaced == 0)
            continue;
        pool.unreplaced = 0;
        pool.reason.clear();
        if (leftAll)
            pool.state = PoolState::Starting;
        reconcile(name);
    }
    publishSoon();
}

/// What is done before a pool's workers can be started, shown in its row.
void WorkerPoolManager::onPreparing(const QString &image, const QString &what)
{
    for (auto &[name, pool] : m_pools) {
        WorkerConfig wanted = pool.config;
        wanted.image = pool.wantedImage;
        if (!pool.isSettled && pool.state == PoolState::Starting && imageOf(wanted) == image)
            pool.reason = what;
    }
    publishSoon();
}

} // namespace lifeguard

// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/overallstatus.h"

#include "ui/theme/stateshapes.h"

#include <QCoreApplication>
#include <QSet>

#include <algorithm>

namespace lifeguard {

namespace {

/// Provides tr() with a context of its own.
struct Text
{
    Q_DECLARE_TR_FUNCTIONS(lifeguard::OverallStatus)
};

using theme::Hue;
using theme::Shape;

/// Returns the problem of a queue whose jobs no worker of this type can take, unless a pool is about to start such
/// workers.
std::optional<OverallStatus> queueProblem(const QString &type, qint64 pendingJobs, const QList<PoolInfo> &pools)
{
    const auto pool = std::find_if(pools.cbegin(), pools.cend(),
                                   [&type](const PoolInfo &known) { return known.config.type == type; });
    if (pool != pools.cend() && pool->state == PoolState::Starting) {
        return std::nullopt;
    }
    const QString detail = pool != pools.cend() && !pool->reason.isEmpty()
                             ? pool->reason
                             : Text::tr("%Ln job(s) of type %1 waiting. Launch a pool of this type.", nullptr,
                                        int(pendingJobs))
                                   .arg(type);
    return OverallStatus{{Hue::Warning, Shape::Triangle, Text::tr("No workers for %1").arg(type)}, detail};
}

} // namespace

OverallStatus assessOverallStatus(const QList<WorkerInfo> &workers, const QList<PoolInfo> &pools,
                                  const QHash<QString, JobCounts> &counts)
{
    int alive = 0;
    QSet<QString> servedTypes;
    for (const WorkerInfo &worker : workers) {
        if (worker.isAlive()) {
            ++alive;
            servedTypes.insert(worker.type);
        }
        if (worker.state == WorkerState::Hung) {
            return {{Hue::Bad, Shape::Diamond, Text::tr("%1 is hung").arg(worker.name())}, worker.reason};
        }
    }
    for (const PoolInfo &pool : pools) {
        if (pool.state == PoolState::CrashLooping) {
            return {{Hue::Bad, Shape::Triangle, Text::tr("%1 keeps crashing").arg(pool.key())}, pool.reason};
        }
    }
    for (const WorkerInfo &worker : workers) {
        if (worker.state == WorkerState::Unknown) {
            return {{Hue::Warning, Shape::Question, Text::tr("State of %1 is unknown").arg(worker.name())},
                    worker.reason};
        }
        if (worker.state == WorkerState::Suspect) {
            return {{Hue::Warning, Shape::Triangle, Text::tr("%1 is suspect").arg(worker.name())}, worker.reason};
        }
    }
    for (const PoolInfo &pool : pools) {
        if (pool.state == PoolState::Paused && !pool.reason.isEmpty()) {
            return {{Hue::Warning, Shape::Bars, Text::tr("%1 is paused").arg(pool.key())}, pool.reason};
        }
        if (pool.state == PoolState::Paused) {
            return {{Hue::Busy, Shape::Bars, Text::tr("%1 is paused").arg(pool.key())},
                    Text::tr("Its workers do not claim jobs until you resume the pool.")};
        }
    }
    JobCounts jobs;
    QStringList unservedTypes;
    for (auto count = counts.cbegin(); count != counts.cend(); ++count) {
        jobs += count.value();
        if (count->pending > 0 && !servedTypes.contains(count.key())) {
            unservedTypes.append(count.key());
        }
    }
    unservedTypes.sort();
    if (alive == 0 && jobs.pending > 0) {
        return {{Hue::Warning, Shape::Triangle, Text::tr("%Ln job(s) waiting, no workers", nullptr, int(jobs.pending))},
                Text::tr("No worker is alive to process the waiting jobs. Launch a pool.")};
    }
    if (alive == 0) {
        return {{Hue::Neutral, Shape::Square, Text::tr("Nothing running")},
                Text::tr("No worker is alive, and no job is waiting.")};
    }
    for (const QString &type : std::as_const(unservedTypes)) {
        if (const auto problem = queueProblem(type, counts.value(type).pending, pools)) {
            return *problem;
        }
    }
    return {{Hue::Good, Shape::Check, Text::tr("All well")}, {}};
}

} // namespace lifeguard

// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/idlewatch.h"

#include "app/ctl/runprinter.h"
#include "core/base/futurecallbacks.h"
#include "core/config/clmprograms.h"
#include "core/session/managersession.h"
#include "core/store/jobreader.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace lifeguard::ctl {

namespace {

/// Returns whether workers of these modes can claim a job. modes: by job type.
Result<bool> isAnyClaimable(JobReader &reader, const QHash<QString, QStringList> &modes)
{
    for (auto type = modes.cbegin(); type != modes.cend(); ++type) {
        for (const QString &mode : type.value()) {
            const Result<bool> found = reader.isClaimable(type.key(), mode);
            if (!found || *found) {
                return found;
            }
        }
    }
    return false;
}

} // namespace

QSet<QString> IdleWatch::crashLoopingTypes()
{
    QSet<QString> crashLooping;
    QSet<QString> others;
    for (const PoolInfo &pool : m_session.manager()->pools()) {
        (pool.state == PoolState::CrashLooping ? crashLooping : others).insert(pool.config.type);
    }
    return crashLooping - others;
}

void IdleWatch::update(const QHash<QString, JobCounts> &counts, const QSet<QString> &types)
{
    if (m_isStopped || m_isReportingStuckJobs) {
        return;
    }
    const QSet<QString> crashLooping = crashLoopingTypes();
    QStringList stuck;
    QHash<QString, QStringList> modes; // of types with waiting jobs that none of their workers has claimed
    for (const QString &type : types) {
        const JobCounts ofType = counts.value(type);
        if (ofType.pending + ofType.processing == 0) {
            continue;
        }
        if (crashLooping.contains(type)) {
            stuck << type;
            continue;
        }
        const QStringList modesOfType = decidedModes(type);
        if (ofType.processing > 0 || modesOfType.isEmpty()) {
            return; // the jobs of this type can still be run
        }
        modes.insert(type, modesOfType);
    }
    if (!modes.isEmpty()) {
        checkClaims(modes, stuck);
    } else if (stuck.isEmpty()) {
        Q_EMIT idle(ExitCode::Success, tr("no jobs are waiting or running"));
    } else {
        reportStuckJobs(stuck, stuckReason(stuck));
    }
}

QStringList IdleWatch::decidedModes(const QString &type)
{
    QStringList modes;
    for (const PoolInfo &pool : m_session.manager()->pools()) {
        if (pool.config.type != type || pool.state == PoolState::CrashLooping) {
            continue;
        }
        if (pool.mode.isEmpty()) {
            return {};
        }
        modes << claimedMode(pool.config, pool.mode);
    }
    return modes;
}

/// CLM tags jobs with the mode of the workers that may claim them. Jobs that no pool of this manager may claim would
/// keep the command waiting forever.
void IdleWatch::checkClaims(const QHash<QString, QStringList> &modes, const QStringList &stuck)
{
    if (std::exchange(m_isCheckingClaims, true)) {
        return;
    }
    const auto isAnyLeft = [modes](Database &database) -> Result<bool> {
        JobReader reader(database);
        if (const Result<bool> found = isAnyClaimable(reader, modes); !found || *found) {
            return found;
        }
        if (const Result<bool> usedUp = reader.hasUsedUpJobs(); !usedUp || *usedUp) {
            return usedUp;
        }
        // A worker may have claimed the last jobs since the snapshot was read.
        const Result<QList<RunningJob>> running = reader.running();
        if (!running) {
            return failure(running.error());
        }
        const auto isOfThese = [&modes](const RunningJob &job) { return modes.contains(job.type); };
        if (std::any_of(running->cbegin(), running->cend(), isOfThese)) {
            return true;
        }
        // Or has even finished them.
        const Result<QHash<QString, JobCounts>> counts = reader.counts();
        if (!counts) {
            return failure(counts.error());
        }
        for (auto type = modes.cbegin(); type != modes.cend(); ++type) {
            if (counts->value(type.key()).pending == 0) {
                return true;
            }
        }
        return isAnyClaimable(reader, modes); // returned since the first check
    };
    whenFinished(m_session.store().read<bool>(isAnyLeft), this, [this, modes, stuck](const Result<bool> &isLeft) {
        m_isCheckingClaims = false;
        if (!isLeft || *isLeft || m_isStopped || m_isReportingStuckJobs) {
            return; // the next snapshot leads to another check
        }
        const QStringList types = stuck + modes.keys();
        reportStuckJobs(types, stuck.isEmpty() ? unclaimableReason(types) : stuckReason(types));
    });
}

QString IdleWatch::unclaimableReason(const QStringList &types)
{
    for (const PoolInfo &pool : m_session.manager()->pools()) {
        if (types.contains(pool.config.type) && claimedMode(pool.config, pool.mode) != pool.mode) {
            return tr("the waiting jobs are for workers that use CLM's REST interface, which Lifeguard does not offer. "
                      "Set the execution mode of %1 workers to 'direct' in the configuration of CLM")
                .arg(pool.config.type);
        }
    }
    return tr("the waiting jobs are for workers of another mode");
}

QString IdleWatch::stuckReason(const QStringList &types)
{
    return types.size() == 1 ? tr("no worker of type %1 can start").arg(types.first())
                             : tr("no workers of these types can start: %1").arg(types.join(QStringLiteral(", ")));
}

void IdleWatch::reportStuckJobs(const QStringList &types, const QString &reason)
{
    m_isReportingStuckJobs = true;
    m_printer.printPools(m_session.manager()->pools()); // the reason precedes the list of its jobs
    JobFilter pending;
    pending.status = JobStatus::Pending;
    pending.limit = std::numeric_limits<int>::max();
    whenFinished(m_session.store().jobs(pending), this, [this, types, reason](const Result<QList<Job>> &jobs) {
        if (!jobs) {
            Q_EMIT failed(jobs.error());
            return;
        }
        bool isAnyStuck = false;
        for (auto job = jobs->crbegin(); job != jobs->crend(); ++job) { // oldest first
            if (types.contains(job->type)) {
                m_printer.printStuckJob(*job);
                isAnyStuck = true;
            }
        }
        if (isAnyStuck) {
            Q_EMIT idle(ExitCode::JobFailed, reason);
        } else {
            m_isReportingStuckJobs = false; // the last jobs have ended since the snapshot; the next one shows it
        }
    });
}

} // namespace lifeguard::ctl

// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/queuemodel.h"

#include "core/model/job.h"

#include <algorithm>

namespace lifeguard::test {

QString ModelJob::text(qint64 id) const
{
    return QStringLiteral("%1 %2 %3/%4 %5").arg(id).arg(status).arg(attempts).arg(maxAttempts).arg(worker);
}

bool QueueModel::holds(const Lease &lease) const
{
    const ModelJob job = jobs.value(lease.jobId);
    return job.status == QLatin1String("processing") && job.worker == lease.workerId && job.attempts == lease.attempt;
}

QList<qint64> QueueModel::claim(qint64 worker, const QString &type, int limit, qint64 now)
{
    QList<qint64> pending;
    for (auto job = jobs.cbegin(); job != jobs.cend(); ++job) { // oldest first
        if (job->type == type && job->status == QLatin1String("pending") && job->attempts < job->maxAttempts)
            pending.append(job.key());
    }
    std::stable_sort(pending.begin(), pending.end(),
                     [this](qint64 a, qint64 b) { return jobs.value(a).priority > jobs.value(b).priority; });
    pending.resize(std::min<qsizetype>(limit, pending.size()));
    for (const qint64 id : std::as_const(pending)) {
        ModelJob &job = jobs[id];
        job.status = QStringLiteral("processing");
        ++job.attempts;
        job.worker = worker;
        job.startedAt = now;
    }
    return pending;
}

bool QueueModel::acknowledge(const Lease &lease)
{
    if (!holds(lease))
        return false;
    jobs[lease.jobId].status = QStringLiteral("completed");
    return true;
}

bool QueueModel::fail(const Lease &lease)
{
    if (!holds(lease))
        return false;
    jobs[lease.jobId].status = QStringLiteral("failed");
    return true;
}

bool QueueModel::giveBack(const Lease &lease)
{
    if (!holds(lease))
        return false;
    returnJob(jobs[lease.jobId], false);
    return true;
}

int QueueModel::cancel(const QList<qint64> &ids)
{
    int changed = 0;
    for (const qint64 id : ids) {
        ModelJob &job = jobs[id];
        if (job.status != QLatin1String("pending") && job.status != QLatin1String("processing"))
            continue;
        job.status = QStringLiteral("cancelled");
        ++changed;
    }
    return changed;
}

int QueueModel::retry(const QList<qint64> &ids)
{
    int changed = 0;
    for (const qint64 id : ids) {
        ModelJob &job = jobs[id];
        if (job.status != QLatin1String("failed") && job.status != QLatin1String("cancelled"))
            continue;
        job.status = QStringLiteral("pending");
        job.maxAttempts = job.attempts + 3;
        job.worker = 0;
        ++changed;
    }
    return changed;
}

QList<qint64> QueueModel::heldBy(qint64 worker) const
{
    QList<qint64> held;
    for (auto job = jobs.cbegin(); job != jobs.cend(); ++job) {
        if (job->worker == worker && job->status == QLatin1String("processing"))
            held.append(job.key());
    }
    std::stable_sort(held.begin(), held.end(), [this](qint64 a, qint64 b) {
        const ModelJob one = jobs.value(a);
        const ModelJob other = jobs.value(b);
        return std::pair(one.startedAt, -one.priority) < std::pair(other.startedAt, -other.priority);
    });
    return held;
}

void QueueModel::returnJob(ModelJob &job, bool counts)
{
    if (counts) {
        ++job.interrupted;
        if (job.attempts >= job.maxAttempts) {
            job.status = QStringLiteral("failed"); // keeps its last worker
            return;
        }
    } else {
        ++job.returned;
        ++job.maxAttempts;
    }
    job.status = QStringLiteral("pending");
    job.worker = 0;
}

void QueueModel::returnJobsOf(qint64 worker, const ReturnOptions &policy)
{
    const QList<qint64> held = heldBy(worker);
    for (const qint64 id : held) {
        const bool begun = policy.begunJob == 0 ? id == held.first() : id == policy.begunJob;
        returnJob(jobs[id], begun && policy.countBegun);
    }
}

void QueueModel::rescue()
{
    for (auto worker = workers.cbegin(); worker != workers.cend(); ++worker) {
        const bool isManaged = liveManagers.contains(worker->manager);
        if ((worker->hasRow && !worker->isDead) || (worker->hasRow && isManaged))
            continue;
        ReturnOptions policy;
        policy.countBegun = worker->hasRow || !isManaged || worker->isEnded; // a manager records the end of its workers
        returnJobsOf(worker.key(), policy);
    }
    for (ModelJob &job : jobs) {
        if (job.status == QLatin1String("pending") && job.attempts >= job.maxAttempts)
            job.status = QStringLiteral("failed");
    }
}

} // namespace lifeguard::test

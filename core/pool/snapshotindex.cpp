// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pool/snapshotindex.h"

#include <QFileInfo>

#include <algorithm>

namespace lifeguard {

void SnapshotIndex::set(const StoreSnapshot &snapshot)
{
    m_snapshot = snapshot;
    m_byWorker.clear();
    m_byJob.clear();
    for (qsizetype i = 0; i < m_snapshot.running.size(); ++i) {
        const RunningJob &job = m_snapshot.running.at(i);
        if (!m_byWorker.contains(job.workerId))
            m_byWorker.insert(job.workerId, i);
        m_byJob.insert(job.id, i);
    }
}

const RunningJob *SnapshotIndex::runningJobOf(qint64 workerId) const
{
    const auto found = m_byWorker.constFind(workerId);
    return workerId <= 0 || found == m_byWorker.cend() ? nullptr : &m_snapshot.running.at(found.value());
}

QHash<QString, seconds> SnapshotIndex::jobLimits() const
{
    QHash<qint64, seconds> byWorker;
    for (const RunningJob &job : m_snapshot.running) {
        if (job.maxJobTime)
            byWorker[job.workerId] = std::max(byWorker.value(job.workerId, seconds(0)), *job.maxJobTime);
    }
    QHash<QString, seconds> limits;
    if (byWorker.isEmpty())
        return limits;
    for (const WorkerRow &worker : m_snapshot.workers) {
        if (const auto limit = byWorker.constFind(worker.id); limit != byWorker.cend())
            limits.insert(worker.executorId, *limit);
    }
    return limits;
}

QString SnapshotIndex::inputNameOf(qint64 jobId) const
{
    const auto found = m_byJob.constFind(jobId);
    return found == m_byJob.cend() ? QString() : QFileInfo(m_snapshot.running.at(found.value()).inputFile).fileName();
}

Message SnapshotIndex::jobName(qint64 jobId) const
{
    const QString input = inputNameOf(jobId);
    return input.isEmpty() ? Message("job_number", {jobId}) : Message::literal(input);
}

Message SnapshotIndex::jobNameWithNumber(qint64 jobId) const
{
    const QString input = inputNameOf(jobId);
    return input.isEmpty() ? Message("job_number", {jobId}) : Message("job_with_number", {input, jobId});
}

} // namespace lifeguard

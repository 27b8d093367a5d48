// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/model/message.h"
#include "core/model/storesnapshot.h"

#include <QHash>

namespace lifeguard {

/// The newest snapshot of the database, with its running jobs by worker and by id. The index keeps lookups fast for
/// tables with 1,000 workers.
class SnapshotIndex
{
public:
    SnapshotIndex() = default;
    explicit SnapshotIndex(const StoreSnapshot &snapshot) { set(snapshot); }

    void set(const StoreSnapshot &snapshot);
    [[nodiscard]] const StoreSnapshot &snapshot() const { return m_snapshot; }

    /// Returns the job that the worker is processing, the first if there are several; null if there is none. workerId:
    /// workers.id, or 0.
    [[nodiscard]] const RunningJob *runningJobOf(qint64 workerId) const;
    /// Returns the max_job_time of the running jobs that have one of their own, by the executor ids of their workers;
    /// the longest if a worker has several such jobs.
    [[nodiscard]] QHash<QString, seconds> jobLimits() const;
    /// Returns the name of the job: the file name of its input, "classes.puml"; "job 12" if it has none or is not
    /// running.
    [[nodiscard]] Message jobName(qint64 jobId) const;
    /// Returns the name of the job with its number: "classes.puml (job 12)", or "job 12".
    [[nodiscard]] Message jobNameWithNumber(qint64 jobId) const;

private:
    [[nodiscard]] QString inputNameOf(qint64 jobId) const;

    StoreSnapshot m_snapshot;
    QHash<qint64, qsizetype> m_byWorker; ///< index of the running job
    QHash<qint64, qsizetype> m_byJob;
};

} // namespace lifeguard

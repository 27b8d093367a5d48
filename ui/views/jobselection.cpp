// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/jobselection.h"

#include "ui/models/jobsmodel.h"

namespace lifeguard {

JobSelection JobSelection::fromRanges(const QList<RowRange> &ranges, const JobsModel &model)
{
    JobSelection selection;
    selection.ranges = ranges;
    selection.count = rowCount(ranges);
    selection.isEverything = selection.count > 0 && selection.count == model.rowCount();
    selection.isTooLarge = selection.count > maxJobs;
    if (selection.isTooLarge) {
        return selection;
    }
    for (const RowRange &range : ranges) {
        for (qint64 row = range.first; row <= range.last; ++row) {
            if (const Job *job = model.jobAt(int(row))) {
                selection.jobs.append(*job);
            }
        }
    }
    selection.isComplete = selection.jobs.size() == selection.count;
    return selection;
}

bool isRetryable(const Job &job)
{
    return job.status == JobStatus::Failed || job.status == JobStatus::Cancelled;
}

bool hasEnded(const Job &job)
{
    return job.status == JobStatus::Completed || job.status == JobStatus::Failed || job.status == JobStatus::Cancelled;
}

bool isCancellable(const Job &job)
{
    return job.status == JobStatus::Pending || job.status == JobStatus::Processing;
}

QList<qint64> idsWhere(const QList<Job> &jobs, bool (*predicate)(const Job &job))
{
    QList<qint64> ids;
    for (const Job &job : jobs) {
        if (!isDeleted(job) && predicate(job)) {
            ids.append(job.id);
        }
    }
    return ids;
}

qint64 rowCount(const QList<RowRange> &ranges)
{
    qint64 count = 0;
    for (const RowRange &range : ranges) {
        count += range.last - range.first + 1;
    }
    return count;
}

} // namespace lifeguard

// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/cancelcommand.h"

#include "app/ctl/text.h"
#include "core/base/systemclock.h"

namespace lifeguard::ctl {

CancelCommand::CancelCommand()
    : ChangeJobsCommand(
        {QStringLiteral("cancel"), Text::tr("cancel jobs"),
         Text::tr("Cancels jobs that are waiting or running. The worker of a running job stops its tool."),
         CommandLine::Access::Writes})
{
}

Result<int> CancelCommand::change(const CommandLine &line, Database &database, const QList<qint64> &ids) const
{
    Q_UNUSED(line)
    const SystemClock clock;
    return JobQueue(database, clock).cancel(ids, QStringLiteral("lifeguardctl"));
}

Result<int> CancelCommand::changeMatching(const CommandLine &line, Database &database, const JobFilter &filter) const
{
    Q_UNUSED(line)
    const SystemClock clock;
    MatchingJobs jobs(database, clock);
    return inChunks(
        [&](qint64 after) { return jobs.cancel(filter, QStringLiteral("lifeguardctl"), after, chunkSize); });
}

bool CancelCommand::applies(JobStatus status) const
{
    return status == JobStatus::Pending || status == JobStatus::Processing;
}

QString CancelCommand::resultText(const Job &before, const Job &after) const
{
    return after.status == JobStatus::Cancelled && before.status != after.status
             ? Text::tr("Job %1 is now %2. It was %3.")
                   .arg(QString::number(after.id), toString(after.status), toString(before.status))
             : Text::tr("Job %1 was not changed. It is %2.").arg(QString::number(after.id), toString(after.status));
}

QString CancelCommand::countText(int count, bool isDryRun) const
{
    return isDryRun ? Text::tr("%n job(s) would be cancelled.", nullptr, count)
                    : Text::tr("Cancelled %n job(s).", nullptr, count);
}

} // namespace lifeguard::ctl

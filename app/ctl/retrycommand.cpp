// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/retrycommand.h"

#include "app/ctl/text.h"
#include "core/base/systemclock.h"

namespace lifeguard::ctl {

RetryCommand::RetryCommand()
    : ChangeJobsCommand({QStringLiteral("retry"), Text::tr("queue failed and cancelled jobs again"),
                         Text::tr("Queues failed and cancelled jobs again, with three more attempts."),
                         CommandLine::Access::Writes})
{
}

Result<int> RetryCommand::change(const CommandLine &line, Database &database, const QList<qint64> &ids) const
{
    Q_UNUSED(line)
    const SystemClock clock;
    return JobQueue(database, clock).retry(ids);
}

Result<int> RetryCommand::changeMatching(const CommandLine &line, Database &database, const JobFilter &filter) const
{
    Q_UNUSED(line)
    const SystemClock clock;
    MatchingJobs jobs(database, clock);
    return inChunks([&](qint64 after) { return jobs.retry(filter, after, chunkSize); });
}

bool RetryCommand::applies(JobStatus status) const
{
    return status == JobStatus::Failed || status == JobStatus::Cancelled;
}

QString RetryCommand::resultText(const Job &before, const Job &after) const
{
    return after.status == JobStatus::Pending && before.status != after.status
             ? Text::tr("Job %1 is now %2. It was %3.")
                   .arg(QString::number(after.id), toString(after.status), toString(before.status))
             : Text::tr("Job %1 was not changed. It is %2.").arg(QString::number(after.id), toString(after.status));
}

QString RetryCommand::countText(int count, bool isDryRun) const
{
    return isDryRun ? Text::tr("%n job(s) would be queued again.", nullptr, count)
                    : Text::tr("Queued %n job(s) again.", nullptr, count);
}

} // namespace lifeguard::ctl

// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/reruncommand.h"

#include "app/ctl/text.h"
#include "core/base/systemclock.h"

namespace lifeguard::ctl {

RerunCommand::RerunCommand()
    : ChangeJobsCommand({QStringLiteral("rerun"), Text::tr("run finished jobs again"),
                         Text::tr("Queues finished jobs again, also completed ones. An output that is up to date is "
                                  "kept, unless --force is used."),
                         CommandLine::Access::Writes})
{
}

void RerunCommand::declareArguments(CommandLine &line) const
{
    ChangeJobsCommand::declareArguments(line);
    line.addOption(QStringLiteral("force"), Text::tr("Convert inputs that have not changed, too."));
}

Result<int> RerunCommand::change(const CommandLine &line, Database &database, const QList<qint64> &ids) const
{
    const SystemClock clock;
    return JobQueue(database, clock).rerun(ids, line.isSet(QStringLiteral("force")));
}

Result<int> RerunCommand::changeMatching(const CommandLine &line, Database &database, const JobFilter &filter) const
{
    const SystemClock clock;
    MatchingJobs jobs(database, clock);
    const bool isForced = line.isSet(QStringLiteral("force"));
    return inChunks([&](qint64 after) { return jobs.rerun(filter, isForced, after, chunkSize); });
}

bool RerunCommand::applies(JobStatus status) const
{
    return status == JobStatus::Completed || status == JobStatus::Failed || status == JobStatus::Cancelled;
}

QString RerunCommand::resultText(const Job &before, const Job &after) const
{
    return after.status == JobStatus::Pending && before.status != after.status
             ? Text::tr("Job %1 is now %2. It was %3.")
                   .arg(QString::number(after.id), toString(after.status), toString(before.status))
             : Text::tr("Job %1 was not changed. It is %2.").arg(QString::number(after.id), toString(after.status));
}

QString RerunCommand::countText(int count, bool isDryRun) const
{
    return isDryRun ? Text::tr("%n job(s) would run again.", nullptr, count)
                    : Text::tr("Queued %n job(s) again.", nullptr, count);
}

} // namespace lifeguard::ctl

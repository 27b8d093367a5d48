// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/prioritizecommand.h"

#include "app/ctl/text.h"

namespace lifeguard::ctl {

PrioritizeCommand::PrioritizeCommand()
    : ChangeJobsCommand({QStringLiteral("prioritize"), Text::tr("move waiting jobs to the front"),
                         Text::tr("Moves waiting jobs to the front of the queue: in front of all other jobs of their "
                                  "type. Their order does not change."),
                         CommandLine::Access::Writes})
{
}

Result<int> PrioritizeCommand::change(const CommandLine &line, Database &database, const QList<qint64> &ids) const
{
    Q_UNUSED(line)
    return apply(database, JobPrioritizer(database).plan(ids));
}

Result<int> PrioritizeCommand::changeMatching(const CommandLine &line, Database &database,
                                              const JobFilter &filter) const
{
    Q_UNUSED(line)
    return apply(database, JobPrioritizer(database).plan(filter));
}

Result<int> PrioritizeCommand::apply(Database &database, const Result<QList<JobPrioritizer::NewPriority>> &priorities)
{
    if (!priorities) {
        return failure(priorities.error());
    }
    qsizetype next = 0;
    return inChunks([&](qint64) -> Result<JobChunk> {
        JobChunk chunk;
        const Result<int> changed = JobPrioritizer(database).apply(*priorities, next, chunkSize);
        if (!changed) {
            return failure(changed.error());
        }
        chunk.changed = *changed;
        chunk.more = next < priorities->size();
        return chunk;
    });
}

bool PrioritizeCommand::applies(JobStatus status) const
{
    return status == JobStatus::Pending;
}

QString PrioritizeCommand::resultText(const Job &before, const Job &after) const
{
    return before.status == JobStatus::Pending && before.priority != after.priority
             ? Text::tr("Job %1 now has priority %2. It had %3.").arg(after.id).arg(after.priority).arg(before.priority)
             : Text::tr("Job %1 was not changed. It is %2.").arg(QString::number(after.id), toString(after.status));
}

QString PrioritizeCommand::countText(int count, bool isDryRun) const
{
    return isDryRun ? Text::tr("%n job(s) would be moved to the front.", nullptr, count)
                    : Text::tr("Moved %n job(s) to the front.", nullptr, count);
}

} // namespace lifeguard::ctl

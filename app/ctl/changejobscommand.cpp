// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/changejobscommand.h"

#include "app/ctl/console.h"
#include "app/ctl/jobfilteroptions.h"
#include "app/ctl/rowjson.h"
#include "app/ctl/text.h"
#include "core/store/jobpagereader.h"
#include "core/store/jobreader.h"

#include <QHash>

#include <chrono>
#include <thread>

namespace lifeguard::ctl {
namespace {

/// Longer than the pauses of waiting workers, so that they can take the lock.
constexpr std::chrono::milliseconds pauseBetweenChunks{4};

} // namespace

void ChangeJobsCommand::declareArguments(CommandLine &line) const
{
    line.addPositional(QStringLiteral("id"), Text::tr("The numbers of the jobs, as listed by 'lifeguardctl jobs'."),
                       QStringLiteral("[ID…]"));
    addJobFilterOptions(line);
    line.addOption(QStringLiteral("dry-run"), Text::tr("Change nothing; print how many jobs would be changed."));
}

CommandResult ChangeJobsCommand::execute(const CommandLine &line)
{
    const auto ids = jobIdsOf(line);
    if (!ids) {
        return usageError(ids.error().message);
    }
    const auto filter = jobFilterOf(line);
    if (!filter) {
        return usageError(filter.error().message);
    }
    if (ids->isEmpty() && !hasJobFilter(line)) {
        return usageError(Text::tr("Name at least one job by its number, or select jobs with --type, --status, --text "
                                   "or --submission."));
    }
    if (!ids->isEmpty() && hasJobFilter(line)) {
        return usageError(
            Text::tr("The numbers of jobs cannot be combined with --type, --status, --text and --submission."));
    }
    auto database = line.openDatabase(OpenMode::ReadWrite);
    if (!database) {
        return databaseError(database.error());
    }
    return ids->isEmpty() ? changeFiltered(line, **database, *filter) : changeGiven(line, **database, *ids);
}

CommandResult ChangeJobsCommand::changeGiven(const CommandLine &line, Database &database, const QList<qint64> &ids)
{
    const bool isDryRun = line.isSet(QStringLiteral("dry-run"));
    QList<qint64> known;
    QHash<qint64, Job> before;
    bool allKnown = true;
    for (const qint64 id : ids) {
        const auto job = JobReader(database).job(id);
        if (job) {
            known << id;
            before.insert(id, *job);
        } else if (job.error().code == ErrorCode::NotFound) {
            printError(Text::tr("There is no job %1.").arg(id));
            allKnown = false;
        } else {
            return databaseError(job.error());
        }
    }
    if (!isDryRun && !known.isEmpty()) {
        const auto changed = change(line, database, known);
        if (!changed) {
            return databaseError(changed.error());
        }
    }
    QJsonArray rows;
    int applicable = 0;
    for (const qint64 id : known) {
        const auto job = JobReader(database).job(id);
        if (!job) {
            return databaseError(job.error());
        }
        applicable += applies(before.value(id).status) ? 1 : 0;
        rows.append(toJson(*job));
        if (!line.json() && !isDryRun) {
            printText(resultText(before.value(id), *job));
        }
    }
    if (line.json()) {
        printJson(rows);
    } else if (isDryRun) {
        printText(countText(applicable, true));
    }
    return allKnown ? ExitCode::Success : ExitCode::Usage;
}

CommandResult ChangeJobsCommand::changeFiltered(const CommandLine &line, Database &database, JobFilter filter)
{
    const bool isDryRun = line.isSet(QStringLiteral("dry-run"));
    // Jobs that are added from now on are left out; otherwise the command might never end.
    const Result<qint64> newest = JobPageReader(database).newestId();
    if (!newest) {
        return databaseError(newest.error());
    }
    filter.maxId = *newest;
    const Result<int> count = *newest == 0 ? Result<int>(0)
                            : isDryRun     ? countMatching(database, filter)
                                           : changeMatching(line, database, filter);
    if (!count) {
        return databaseError(count.error());
    }
    if (line.json()) {
        printJson(QJsonObject{{QStringLiteral("jobs"), *count}, {QStringLiteral("dry_run"), isDryRun}});
    } else {
        printText(countText(*count, isDryRun));
    }
    return ExitCode::Success;
}

Result<int> ChangeJobsCommand::countMatching(Database &database, const JobFilter &filter) const
{
    int count = 0;
    for (const JobStatus status :
         {JobStatus::Pending, JobStatus::Processing, JobStatus::Completed, JobStatus::Failed, JobStatus::Cancelled}) {
        if (!applies(status) || (filter.status && filter.status != status)) {
            continue;
        }
        JobFilter ofStatus = filter;
        ofStatus.status = status;
        const Result<JobCounts> counts = JobPageReader(database).counts(ofStatus);
        if (!counts) {
            return failure(counts.error());
        }
        count += int(counts->total());
    }
    return count;
}

Result<int> ChangeJobsCommand::inChunks(const std::function<Result<JobChunk>(qint64)> &changeChunk)
{
    int changed = 0;
    qint64 after = 0;
    for (;;) {
        const Result<JobChunk> chunk = changeChunk(after);
        if (!chunk) {
            return failure(chunk.error());
        }
        changed += chunk->changed;
        if (!chunk->more) {
            return changed;
        }
        after = chunk->last;
        std::this_thread::sleep_for(pauseBetweenChunks);
    }
}

} // namespace lifeguard::ctl

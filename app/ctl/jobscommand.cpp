// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/jobscommand.h"

#include "app/ctl/console.h"
#include "app/ctl/displaytext.h"
#include "app/ctl/jobfilteroptions.h"
#include "app/ctl/rowjson.h"
#include "app/ctl/table.h"
#include "app/ctl/text.h"
#include "core/base/systemclock.h"
#include "core/store/jobreader.h"

namespace lifeguard::ctl {

JobsCommand::JobsCommand()
    : Command({QStringLiteral("jobs"), Text::tr("list jobs"), Text::tr("Lists jobs, newest first."),
               CommandLine::Access::Reads})
{
}

void JobsCommand::declareArguments(CommandLine &line) const
{
    addJobFilterOptions(line);
    line.addOption(QStringLiteral("limit"), Text::tr("List at most N jobs. Default: 100."), QStringLiteral("N"));
}

CommandResult JobsCommand::execute(const CommandLine &line)
{
    auto filter = jobFilterOf(line);
    if (!filter) {
        return usageError(filter.error().message);
    }
    const auto limit = line.number(QStringLiteral("limit"), 100, 0);
    if (!limit) {
        return usageError(limit.error().message);
    }
    filter->limit = *limit;
    auto database = line.openDatabase(OpenMode::ReadOnly);
    if (!database) {
        return databaseError(database.error());
    }
    const auto jobs = JobReader(**database).list(*filter);
    if (!jobs) {
        return databaseError(jobs.error());
    }
    if (line.json()) {
        QJsonArray rows;
        for (const Job &job : *jobs) {
            rows.append(toJson(job));
        }
        printJson(rows);
        return ExitCode::Success;
    }
    QList<QStringList> rows;
    for (const Job &job : *jobs) {
        rows.append({QString::number(job.id), toString(job.status), job.type,
                     QStringLiteral("%1/%2").arg(job.attempts).arg(job.maxAttempts), localTime(job.createdAt),
                     textOrDash(job.inputFile),
                     job.error.isEmpty() ? job.notes.join(QLatin1Char(' ')) : errorSummary(job.error)});
    }
    printText(rows.isEmpty() ? Text::tr("No jobs.")
                             : formatTable({Text::tr("ID"), Text::tr("STATUS"), Text::tr("TYPE"), Text::tr("ATTEMPTS"),
                                            Text::tr("CREATED"), Text::tr("INPUT"), Text::tr("ERROR OR NOTE")},
                                           rows));
    return ExitCode::Success;
}

} // namespace lifeguard::ctl

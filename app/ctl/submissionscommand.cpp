// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/submissionscommand.h"

#include "app/ctl/console.h"
#include "app/ctl/displaytext.h"
#include "app/ctl/rowjson.h"
#include "app/ctl/table.h"
#include "app/ctl/text.h"
#include "core/base/systemclock.h"
#include "core/store/submissions.h"

namespace lifeguard::ctl {

SubmissionsCommand::SubmissionsCommand()
    : Command({QStringLiteral("submissions"), Text::tr("list what was submitted together"),
               Text::tr("Lists submissions, newest first: jobs that were added together. Their jobs can be listed and "
                        "changed with the option --submission of jobs, cancel, retry, rerun and prioritize."),
               CommandLine::Access::Reads})
{
}

void SubmissionsCommand::declareArguments(CommandLine &line) const
{
    line.addOption(QStringLiteral("limit"), Text::tr("List at most N submissions. Default: 20."), QStringLiteral("N"));
}

CommandResult SubmissionsCommand::execute(const CommandLine &line)
{
    const auto limit = line.number(QStringLiteral("limit"), 20, 0);
    if (!limit) {
        return usageError(limit.error().message);
    }
    auto database = line.openDatabase(OpenMode::ReadOnly);
    if (!database) {
        return databaseError(database.error());
    }
    const SystemClock clock;
    const auto submissions = Submissions(**database, clock).list(*limit);
    if (!submissions) {
        return databaseError(submissions.error());
    }
    if (line.json()) {
        QJsonArray rows;
        for (const Submission &submission : *submissions) {
            rows.append(toJson(submission));
        }
        printJson(rows);
        return ExitCode::Success;
    }
    QList<QStringList> rows;
    for (const Submission &submission : *submissions) {
        rows.append({QString::number(submission.id), localTime(submission.submittedAt), submission.submitter,
                     submission.counts().translatedText(), textOrDash(submission.title)});
    }
    printText(rows.isEmpty() ? Text::tr("No submissions.")
                             : formatTable({Text::tr("ID"), Text::tr("SUBMITTED"), Text::tr("BY"), Text::tr("JOBS"),
                                            Text::tr("TITLE")},
                                           rows));
    return ExitCode::Success;
}

} // namespace lifeguard::ctl

// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/submitcommand.h"

#include "app/ctl/console.h"
#include "app/ctl/rowjson.h"
#include "app/ctl/text.h"
#include "core/base/systemclock.h"
#include "core/base/username.h"
#include "core/config/durationvalue.h"
#include "core/config/jobtypes.h"
#include "core/config/poollimits.h"
#include "core/store/jobqueue.h"
#include "core/store/jobreader.h"
#include "core/submit/jobplanner.h"
#include "core/submit/payloadjob.h"
#include "core/submit/planexecution.h"

#include <QFileInfo>

#include <limits>
#include <optional>

namespace lifeguard::ctl {

namespace {

/// Returns the value of --max-job-time, which has the same range as max_job_time of a pool; std::nullopt if it is not
/// set.
Result<std::optional<seconds>> maxJobTimeOf(const CommandLine &line)
{
    const QString name = QStringLiteral("max-job-time");
    if (!line.isSet(name)) {
        return std::nullopt;
    }
    const Result<seconds> time = parseDuration(line.value(name));
    if (!time) {
        return failure(ErrorCode::InvalidArgument, Text::tr("--max-job-time: %1").arg(time.error().message));
    }
    if (*time < poollimits::workTime.min || *time > poollimits::workTime.max) {
        return failure(ErrorCode::InvalidArgument,
                       Text::tr("--max-job-time: The time must be from %1 to %2, not '%3'.")
                           .arg(formatDuration(poollimits::workTime.min), formatDuration(poollimits::workTime.max),
                                line.value(name)));
    }
    return *time;
}

/// Reports the drawings of which not all pages are drawn.
void printUndrawnPages(const JobPlan &plan)
{
    for (const UndrawnPages &drawing : plan.undrawnPages) {
        if (drawing.drawn == 0) {
            printError(Text::tr("%1 has %n page(s); only the first is drawn. Use --all-pages to draw all of them, or "
                                "--page-index N to choose another one.",
                                nullptr, drawing.pages)
                           .arg(drawing.path));
        } else {
            printError(Text::tr("%1 has %n page(s); only the one with the index %2 is drawn.", nullptr, drawing.pages)
                           .arg(drawing.path)
                           .arg(drawing.drawn));
        }
    }
}

} // namespace

SubmitCommand::SubmitCommand()
    : Command({QStringLiteral("submit"), Text::tr("add jobs for files and folders, or from a JSON payload"),
               Text::tr("Adds a job for each file that can be converted. Folders are searched for such files; other "
                        "files are reported and "
                        "skipped.\n"
                        "With --payload, adds jobs that need no file, of any type."),
               CommandLine::Access::Writes})
{
}

void SubmitCommand::declareArguments(CommandLine &line) const
{
    line.addPositional(QStringLiteral("path"), Text::tr("Files and folders in the workspace."),
                       QStringLiteral("[PATH…]"));
    line.addOption(QStringLiteral("type"),
                   Text::tr("The type of the jobs. Default: chosen by the suffix of each file."),
                   QStringLiteral("TYPE"));
    line.addOption(QStringLiteral("format"), Text::tr("The output format. Default: the first format of the type."),
                   QStringLiteral("FORMAT"));
    line.addOption(QStringLiteral("kind"),
                   Text::tr("For notebooks: which cells to keep, by their tags. Default: %1. Kinds: %2.")
                       .arg(notebookKinds().constFirst(), notebookKinds().join(QStringLiteral(", "))),
                   QStringLiteral("KIND"));
    line.addOption(
        QStringLiteral("language"),
        Text::tr("For notebooks: the language to keep, such as en. Cells marked with another language are left out."),
        QStringLiteral("LANG"));
    line.addOption(QStringLiteral("output"),
                   Text::tr("The output folder. Default: the folder output in the workspace."), QStringLiteral("DIR"));
    line.addOption(QStringLiteral("priority"),
                   Text::tr("The priority. Jobs with a higher priority are run first. Default: 0."),
                   QStringLiteral("N"));
    line.addOption(QStringLiteral("max-job-time"),
                   Text::tr("The time that each of the jobs may take, such as 30m or 2h. Default: max_job_time of the "
                            "pool."),
                   QStringLiteral("DURATION"));
    line.addOption(QStringLiteral("title"),
                   Text::tr("The title of the submission. Default: the name of the file or folder."),
                   QStringLiteral("TEXT"));
    line.addOption(QStringLiteral("force"),
                   Text::tr("Convert inputs that have not changed, too. Otherwise, outputs that are up to date are "
                            "kept."));
    line.addOption(QStringLiteral("copy-in"), Text::tr("Copy files from outside the workspace to its folder input."));
    line.addOption(QStringLiteral("page-index"),
                   Text::tr("For draw.io: the page to draw, counted from 0. Default: 0. For pages other than the "
                            "first, the index becomes part of the output name: drawing-page1.png."),
                   QStringLiteral("N"));
    line.addOption(
        QStringLiteral("all-pages"),
        Text::tr("For draw.io: draw all pages. Each page becomes a picture that is named after it; a PDF contains "
                 "all pages."));
    line.addOption(QStringLiteral("payload"), Text::tr("The payload of the jobs, a JSON object."),
                   QStringLiteral("JSON"));
    line.addOption(QStringLiteral("count"), Text::tr("With --payload: the number of jobs to add. Default: 1."),
                   QStringLiteral("N"));
}

CommandResult SubmitCommand::execute(const CommandLine &line)
{
    const auto priority = line.number(QStringLiteral("priority"), 0, std::numeric_limits<int>::min());
    if (!priority) {
        return usageError(priority.error().message);
    }
    if (const auto maxJobTime = maxJobTimeOf(line); !maxJobTime) {
        return usageError(maxJobTime.error().message);
    }
    const bool hasPayload = line.isSet(QStringLiteral("payload"));
    const bool hasFiles = !line.positionals().isEmpty();
    if (hasPayload && hasFiles) {
        return usageError(Text::tr("Files cannot be combined with --payload."));
    }
    if (!hasPayload && !hasFiles) {
        return usageError(Text::tr("Nothing to submit. Name files or folders, or use --payload with --type."));
    }
    if (hasFiles && line.isSet(QStringLiteral("count"))) {
        return usageError(Text::tr("The option --count needs --payload."));
    }
    return hasPayload ? submitPayload(line, *priority) : submitFiles(line, *priority);
}

CommandResult SubmitCommand::submitPayload(const CommandLine &line, int priority) const
{
    const QString type = line.value(QStringLiteral("type"));
    if (type.isEmpty()) {
        return usageError(Text::tr("The option --payload needs --type."));
    }
    for (const char *option : {"format", "output", "copy-in", "kind", "language", "page-index", "all-pages"}) {
        if (line.isSet(QLatin1String(option))) {
            return usageError(Text::tr("The option --%1 applies to files and cannot be combined with --payload.")
                                  .arg(QLatin1String(option)));
        }
    }
    if (const QString problem = jobTypeError(type); !problem.isEmpty()) {
        return usageError(problem);
    }
    const auto job = payloadJob(type, line.value(QStringLiteral("payload")).toUtf8(), priority);
    if (!job) {
        return usageError(Text::tr("The option --payload needs a JSON object, such as {\"sleep_ms\": 100}. %1")
                              .arg(job.error().message));
    }
    const auto count = line.number(QStringLiteral("count"), 1, 1);
    if (!count) {
        return usageError(count.error().message);
    }
    return addJobs(line, QList<NewJob>(*count, *job), payloadTitle(type, *count));
}

CommandResult SubmitCommand::submitFiles(const CommandLine &line, int priority) const
{
    // A path that does not exist is a usage error. A file that cannot be converted is only skipped.
    for (const QString &path : line.positionals()) {
        if (!QFileInfo::exists(path)) {
            return usageError(Text::tr("There is no file or folder '%1'. No job was added.").arg(path));
        }
    }
    const auto page = line.number(QStringLiteral("page-index"), 0, 0);
    if (!page) {
        return usageError(page.error().message);
    }
    if (line.isSet(QStringLiteral("all-pages")) && line.isSet(QStringLiteral("page-index"))) {
        return usageError(Text::tr("The options --all-pages and --page-index cannot be combined."));
    }
    PlanOptions options;
    options.workspace = line.workspace();
    options.type = line.value(QStringLiteral("type"));
    options.format = line.value(QStringLiteral("format"));
    options.outputFolder = line.value(QStringLiteral("output"));
    options.kind = line.value(QStringLiteral("kind"));
    options.language = line.value(QStringLiteral("language"));
    options.priority = priority;
    options.pageIndex = *page;
    options.allPages = line.isSet(QStringLiteral("all-pages"));
    options.copyIn = line.isSet(QStringLiteral("copy-in"));
    const auto plan = planJobs(line.positionals(), options);
    if (!plan) {
        return inputError(plan.error());
    }
    for (const SkippedPath &skipped : plan->skipped) {
        printError(skipped.isOutside ? Text::tr("Skipped %1: %2. Use --copy-in to copy it into the workspace.")
                                           .arg(skipped.path, skipped.reason)
                                     : Text::tr("Skipped %1: %2").arg(skipped.path, skipped.reason));
    }
    printUndrawnPages(*plan);
    const auto jobs = executePlan(*plan);
    if (!jobs) {
        return inputError(jobs.error());
    }
    const int copied = int(plan->copied + plan->companions.size());
    if (copied > 0 && !line.json()) {
        printText(Text::tr("Copied %n file(s) to the folder input of the workspace.", nullptr, copied));
    }
    return addJobs(line, *jobs, plan->title);
}

CommandResult SubmitCommand::addJobs(const CommandLine &line, QList<NewJob> jobs, const QString &defaultTitle) const
{
    for (NewJob &job : jobs) {
        job.isForced = line.isSet(QStringLiteral("force"));
        job.maxJobTime = maxJobTimeOf(line).value_or(std::nullopt); // execute() has checked it
    }
    const QString title = line.value(QStringLiteral("title"));
    std::optional<NewSubmission> submission;
    if (!jobs.isEmpty()) {
        submission = NewSubmission{title.isEmpty() ? defaultTitle : title, userName()};
    }
    auto database = line.openDatabase(OpenMode::Create);
    if (!database) {
        return databaseError(database.error());
    }
    SystemClock clock;
    JobQueue queue(**database, clock);
    const auto ids = queue.addMany(jobs, submission);
    if (!ids) {
        return databaseError(ids.error());
    }
    if (line.json()) {
        QJsonArray rows;
        for (const qint64 id : *ids) {
            const auto job = JobReader(**database).job(id);
            if (!job) {
                return databaseError(job.error());
            }
            rows.append(toJson(*job));
        }
        printJson(rows);
    } else if (ids->isEmpty()) {
        printText(Text::tr("There is nothing to submit."));
    } else if (ids->size() == 1) {
        printText(Text::tr("Added job %1.").arg(ids->first()));
    } else {
        //: %1 and %2 are the numbers of the first and the last job
        printText(Text::tr("Added %n job(s): %1 to %2.", nullptr, int(ids->size())).arg(ids->first()).arg(ids->last()));
    }
    return ExitCode::Success;
}

} // namespace lifeguard::ctl

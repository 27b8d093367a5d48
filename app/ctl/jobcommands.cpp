// SPDX-License-Identifier: GPL-3.0-or-later
// What changes jobs: init, submit, cancel, retry.
#include "app/ctl/commandline.h"
#include "app/ctl/commands.h"
#include "app/ctl/output.h"
#include "core/config/jobtypes.h"
#include "core/store/jobqueue.h"
#include "core/submit/jobplanner.h"
#include "core/submit/payloadjob.h"
#include "core/submit/planexecution.h"

#include <QFileInfo>
#include <QJsonArray>
#include <QJsonObject>

#include <functional>
#include <limits>

namespace lifeguard::ctl {

namespace {

/// Adds the jobs and prints them as rows.
int add(const CommandLine &line, const QList<NewJob> &jobs)
{
    auto database = line.openDatabase(OpenMode::Create);
    if (!database) {
        return reportDatabase(database.error());
    }
    SystemClock clock;
    JobQueue queue(**database, clock);
    const auto ids = queue.addMany(jobs);
    if (!ids) {
        return reportDatabase(ids.error());
    }
    if (line.json()) {
        QJsonArray rows;
        for (const qint64 id : *ids) {
            const auto job = queue.job(id);
            if (!job) {
                return reportDatabase(job.error());
            }
            rows.append(toJson(*job));
        }
        printJson(rows);
        return ExitWell;
    }
    printText(ids->isEmpty() ? Text::tr("Nothing to submit.")
              : ids->size() == 1
                  ? Text::tr("Submitted job %1.").arg(ids->first())
                  : Text::tr("Submitted %1 jobs: %2 to %3.").arg(ids->size()).arg(ids->first()).arg(ids->last()));
    return ExitWell;
}

int submitPayload(const CommandLine &line, int priority)
{
    const QString type = line.value(QStringLiteral("type"));
    if (type.isEmpty()) {
        return line.usageError(Text::tr("--payload needs --type."));
    }
    for (const char *option : {"format", "output", "copy-in", "kind", "language", "page-index"}) {
        if (line.isSet(QLatin1String(option))) {
            return line.usageError(Text::tr("--%1 goes with files, not with --payload.").arg(QLatin1String(option)));
        }
    }
    if (const QString wrong = jobTypeError(type); !wrong.isEmpty()) {
        return line.usageError(wrong);
    }
    const auto job = payloadJob(type, line.value(QStringLiteral("payload")).toUtf8(), priority);
    if (!job) {
        return line.usageError(Text::tr("--payload needs a JSON object, such as {\"sleep_ms\": 100}. %1").arg(job.error().message));
    }
    const auto count = line.number(QStringLiteral("count"), 1, 1);
    if (!count) {
        return line.usageError(count.error().message);
    }
    return add(line, QList<NewJob>(*count, *job));
}

int submitPaths(const CommandLine &line, int priority)
{
    // A name that does not exist is a mistake; a file that cannot be converted is only left out.
    for (const QString &path : line.positionals()) {
        if (!QFileInfo::exists(path)) {
            return line.usageError(Text::tr("There is no file or folder '%1'. Nothing was submitted.").arg(path));
        }
    }
    PlanOptions options;
    options.workspace = line.workspace();
    options.type = line.value(QStringLiteral("type"));
    options.format = line.value(QStringLiteral("format"));
    options.outputFolder = line.value(QStringLiteral("output"));
    options.kind = line.value(QStringLiteral("kind"));
    options.language = line.value(QStringLiteral("language"));
    options.priority = priority;
    const auto page = line.number(QStringLiteral("page-index"), 0, 0);
    if (!page) {
        return line.usageError(page.error().message);
    }
    options.pageIndex = *page;
    options.copyIn = line.isSet(QStringLiteral("copy-in"));
    const auto plan = planJobs(line.positionals(), options);
    if (!plan) {
        report(plan.error());
        return ExitUsage;
    }
    for (const SkippedPath &skipped : plan->skipped) {
        const QString text = Text::tr("skipped %1: %2").arg(skipped.path, skipped.reason);
        printError(skipped.isOutside ? Text::tr("%1; --copy-in copies it in").arg(text) : text);
    }
    const auto jobs = executePlan(*plan);
    if (!jobs) {
        report(jobs.error());
        return ExitUsage;
    }
    if (const qsizetype copied = plan->copied + plan->companions.size(); copied > 0 && !line.json()) {
        printText(Text::tr("Copied %1 files into the folder input of the workspace.").arg(copied));
    }
    return add(line, *jobs);
}

/// cancel and retry: changes the jobs and prints what became of each.
int changeJobs(const QString &command, const QString &description, JobStatus wanted,
               const std::function<Result<int>(JobQueue &, const QList<qint64> &)> &change, const QStringList &arguments)
{
    CommandLine line(command, description, CommandLine::Access::Writes);
    line.addPositional(QStringLiteral("id"), Text::tr("The jobs' numbers, as the command jobs prints them."), QStringLiteral("ID…"));
    if (const auto code = line.parse(arguments)) {
        return *code;
    }
    if (line.positionals().isEmpty()) {
        return line.usageError(Text::tr("Which jobs? Name at least one by its number."));
    }
    QList<qint64> ids;
    for (const QString &text : line.positionals()) {
        bool good = false;
        const qint64 id = text.toLongLong(&good);
        if (!good || id <= 0) {
            return line.usageError(Text::tr("'%1' is no job number.").arg(text));
        }
        if (!ids.contains(id)) {
            ids << id;
        }
    }
    auto database = line.openDatabase(OpenMode::ReadWrite);
    if (!database) {
        return reportDatabase(database.error());
    }
    SystemClock clock;
    JobQueue queue(**database, clock);
    QList<qint64> known;
    QHash<qint64, JobStatus> before;
    bool unknown = false;
    for (const qint64 id : ids) {
        const auto job = queue.job(id);
        if (job) {
            known << id;
            before.insert(id, job->status);
        } else if (job.error().code == ErrorCode::NotFound) {
            printError(Text::tr("There is no job %1.").arg(id));
            unknown = true;
        } else {
            return reportDatabase(job.error());
        }
    }
    const auto changed = known.isEmpty() ? Result<int>(0) : change(queue, known);
    if (!changed) {
        return reportDatabase(changed.error());
    }
    QJsonArray rows;
    for (const qint64 id : known) {
        const auto job = queue.job(id);
        if (!job) {
            return reportDatabase(job.error());
        }
        rows.append(toJson(*job));
        if (line.json()) {
            continue;
        }
        const JobStatus was = before.value(id);
        printText(job->status == wanted && was != wanted
                      ? Text::tr("job %1: %2, was %3").arg(QString::number(id), toString(job->status), toString(was))
                      : Text::tr("job %1: left as it is, %2").arg(QString::number(id), toString(job->status)));
    }
    if (line.json()) {
        printJson(rows);
    }
    return unknown ? ExitUsage : ExitWell;
}

} // namespace

int initCommand(const QStringList &arguments)
{
    CommandLine line(QStringLiteral("init"), Text::tr("Makes the database with all its tables. One that is there is kept."),
                     CommandLine::Access::Writes);
    if (const auto code = line.parse(arguments)) {
        return *code;
    }
    if (!line.positionals().isEmpty()) {
        return line.usageError(Text::tr("What is '%1'?").arg(line.positionals().first()));
    }
    const auto database = line.openDatabase(OpenMode::Create);
    if (!database) {
        return reportDatabase(database.error());
    }
    const DatabaseInfo &info = (*database)->info();
    if (line.json()) {
        printJson(QJsonArray{QJsonObject{{QStringLiteral("path"), info.path},
                                         {QStringLiteral("version"), info.clxVersion},
                                         {QStringLiteral("created"), info.created}}});
    } else {
        printText(info.created ? Text::tr("Made %1.").arg(info.path)
                               : Text::tr("%1 is there already (schema version %2).").arg(info.path, QString::number(info.clxVersion)));
    }
    return ExitWell;
}

int submitCommand(const QStringList &arguments)
{
    CommandLine line(QStringLiteral("submit"),
                     Text::tr("Adds jobs: one for each file it can convert. Folders are searched; other files are named and "
                              "skipped.\nWith --payload it adds jobs of any type that need no file."),
                     CommandLine::Access::Writes);
    line.addPositional(QStringLiteral("path"), Text::tr("Files and folders inside the workspace."), QStringLiteral("[PATH…]"));
    line.addOption(QStringLiteral("type"), Text::tr("The jobs' type (default: by each file's suffix)."), QStringLiteral("T"));
    line.addOption(QStringLiteral("format"), Text::tr("The format of the output (default: the type's first)."), QStringLiteral("F"));
    line.addOption(QStringLiteral("kind"),
                   Text::tr("Which cells of notebooks, by their tags: completed (default), code-along, speaker."), QStringLiteral("K"));
    line.addOption(QStringLiteral("language"), Text::tr("Leave out the cells of notebooks that are marked with another language, such as en."),
                   QStringLiteral("L"));
    line.addOption(QStringLiteral("output"), Text::tr("The folder of the output (default: output in the workspace)."),
                   QStringLiteral("DIR"));
    line.addOption(QStringLiteral("priority"), Text::tr("Higher ones are done first (default: 0)."), QStringLiteral("N"));
    line.addOption(QStringLiteral("copy-in"), Text::tr("Copy files from outside the workspace into its folder input."));
    line.addOption(QStringLiteral("page-index"), Text::tr("The page of draw.io's drawings, counted from 0 (default: 0). Others than the first "
                                                          "get it into the output's name: drawing-page1.png."),
                   QStringLiteral("N"));
    line.addOption(QStringLiteral("payload"), Text::tr("What the job is about, as a JSON object."), QStringLiteral("JSON"));
    line.addOption(QStringLiteral("count"), Text::tr("How many such jobs (default: 1); with --payload."), QStringLiteral("N"));
    if (const auto code = line.parse(arguments)) {
        return *code;
    }
    const auto priority = line.number(QStringLiteral("priority"), 0, std::numeric_limits<int>::min());
    if (!priority) {
        return line.usageError(priority.error().message);
    }
    const bool payload = line.isSet(QStringLiteral("payload"));
    if (payload == !line.positionals().isEmpty()) {
        return line.usageError(payload ? Text::tr("Either --payload or files, not both.")
                                       : Text::tr("What? Name files or folders, or use --type with --payload."));
    }
    if (!payload && line.isSet(QStringLiteral("count"))) {
        return line.usageError(Text::tr("--count goes with --payload."));
    }
    return payload ? submitPayload(line, *priority) : submitPaths(line, *priority);
}

int cancelCommand(const QStringList &arguments)
{
    return changeJobs(QStringLiteral("cancel"),
                      Text::tr("Cancels jobs that wait or run; the tool of a running one is stopped by its worker."),
                      JobStatus::Cancelled,
                      [](JobQueue &queue, const QList<qint64> &ids) { return queue.cancel(ids, QStringLiteral("lifeguardctl")); },
                      arguments);
}

int retryCommand(const QStringList &arguments)
{
    return changeJobs(QStringLiteral("retry"), Text::tr("Puts failed and cancelled jobs back to wait, with three more attempts."),
                      JobStatus::Pending, [](JobQueue &queue, const QList<qint64> &ids) { return queue.retry(ids); }, arguments);
}

} // namespace lifeguard::ctl

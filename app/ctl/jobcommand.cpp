// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/jobcommand.h"

#include "app/ctl/console.h"
#include "app/ctl/displaytext.h"
#include "app/ctl/jsonvalue.h"
#include "app/ctl/rowjson.h"
#include "app/ctl/text.h"
#include "core/base/systemclock.h"
#include "core/config/durationvalue.h"
#include "core/store/eventlog.h"
#include "core/store/joberror.h"
#include "core/store/jobreader.h"

#include <QJsonDocument>

namespace lifeguard::ctl {

namespace {

QJsonObject detailsJson(const Job &job, const QList<Event> &events)
{
    QJsonObject object = toJson(job);
    const QJsonDocument payload = QJsonDocument::fromJson(job.payload);
    object.insert(QStringLiteral("payload"),
                  payload.isObject() ? QJsonValue(payload.object()) : QJsonValue(QString::fromUtf8(job.payload)));
    object.insert(QStringLiteral("max_job_time"), valueOrNull(std::optional<milliseconds>(job.maxJobTime)));
    const JobError error = parseJobError(job.error);
    object.insert(QStringLiteral("error_message"), valueOrNull(error.message));
    object.insert(QStringLiteral("error_class"), valueOrNull(error.kind));
    object.insert(QStringLiteral("error_category"), valueOrNull(error.category));
    object.insert(QStringLiteral("error_guidance"), valueOrNull(error.guidance));
    object.insert(QStringLiteral("outputs"), QJsonArray::fromStringList(job.outputs));
    QJsonArray rows;
    for (const Event &event : events) {
        rows.append(toJson(event));
    }
    object.insert(QStringLiteral("events"), rows);
    return object;
}

/// Prints a labelled value; prints nothing if the value is empty. Indents all lines of the value like the first one.
void printField(const QString &label, QString value)
{
    constexpr int labelWidth = 11;
    if (!value.isEmpty()) {
        const QString indentation = QLatin1Char('\n') + QString(labelWidth, QLatin1Char(' '));
        printText(label.leftJustified(labelWidth) + value.replace(QLatin1Char('\n'), indentation));
    }
}

QString timeOrNothing(const QDateTime &time)
{
    return time.isValid() ? localTime(time) : QString();
}

void printDetails(const Job &job, const QList<Event> &events)
{
    const JobError error = parseJobError(job.error);
    //: number, type and status of a job
    printField(Text::tr("job"), Text::tr("%1, %2, %3").arg(QString::number(job.id), job.type, toString(job.status)));
    printField(Text::tr("error"), error.message.trimmed());
    //: label: the class of an exception, such as ValueError
    printField(Text::tr("class"), error.kind);
    printField(Text::tr("category"), error.category);
    //: label: how the user can fix the error
    printField(Text::tr("advice"), error.guidance);
    //: label: further details of an error
    printField(Text::tr("details"), error.rest);
    for (const QString &note : job.notes) {
        //: label: what the user must know about the result of a job
        printField(Text::tr("note"), note);
    }
    printField(Text::tr("input"), job.inputFile);
    printField(Text::tr("output"), job.outputs.size() > 1 ? job.outputs.join(u'\n') : job.outputFile);
    printField(Text::tr("attempts"), Text::tr("%1 of at most %2").arg(job.attempts).arg(job.maxAttempts));
    //: label: the max_job_time of the job itself
    printField(Text::tr("time limit"), job.maxJobTime ? formatDuration(*job.maxJobTime) : QString());
    printField(Text::tr("worker"), job.workerId > 0 ? QString::number(job.workerId) : QString());
    printField(Text::tr("added"), timeOrNothing(job.createdAt));
    printField(Text::tr("started"), timeOrNothing(job.startedAt));
    printField(Text::tr("ended"), timeOrNothing(job.completedAt));
    if (job.cancelledAt.isValid()) {
        //: %1 is a time, %2 the name of a program or user
        printField(Text::tr("cancelled"), Text::tr("%1 by %2").arg(localTime(job.cancelledAt), job.cancelledBy));
    }
    printField(Text::tr("traceback"), job.traceback.trimmed());
    for (const Event &event : events) {
        printField(Text::tr("event"), localTime(event.at) + QStringLiteral("  ") + event.message.translatedText());
    }
}

} // namespace

JobCommand::JobCommand()
    : Command({QStringLiteral("job"), Text::tr("show one job in full, its error first"),
               Text::tr("Shows one job in full: its error, advice on how to fix it, and what happened to the job.\n"
                        "The JSON output also contains the payload."),
               CommandLine::Access::Reads})
{
}

void JobCommand::declareArguments(CommandLine &line) const
{
    line.addPositional(QStringLiteral("id"), Text::tr("The number of the job, as listed by 'lifeguardctl jobs'."),
                       QStringLiteral("ID"));
}

CommandResult JobCommand::execute(const CommandLine &line)
{
    bool isNumber = false;
    const QStringList arguments = line.positionals();
    const qint64 id = arguments.size() == 1 ? arguments.first().toLongLong(&isNumber) : 0;
    if (!isNumber) {
        return usageError(Text::tr("Name one job by its number."));
    }
    auto database = line.openDatabase(OpenMode::ReadOnly);
    if (!database) {
        return databaseError(database.error());
    }
    SystemClock clock;
    const auto job = JobReader(**database).job(id);
    if (!job) {
        return job.error().code == ErrorCode::NotFound ? inputError(job.error()) : databaseError(job.error());
    }
    const auto events = EventLog(**database, clock).ofJob(id);
    if (!events) {
        return databaseError(events.error());
    }
    if (line.json()) {
        printJson(detailsJson(*job, *events));
    } else {
        printDetails(*job, *events);
    }
    return ExitCode::Success;
}

} // namespace lifeguard::ctl

// SPDX-License-Identifier: GPL-3.0-or-later
// One job in full: what is known of it, why it failed, and what happened to it.
#include "app/ctl/commandline.h"
#include "app/ctl/commands.h"
#include "app/ctl/output.h"
#include "core/store/eventlog.h"
#include "core/store/joberror.h"
#include "core/store/jobreader.h"

#include <QJsonDocument>

namespace lifeguard::ctl {

namespace {

QJsonValue orNull(const QString &text)
{
    return text.isEmpty() ? QJsonValue(QJsonValue::Null) : QJsonValue(text);
}

QJsonObject inFull(const Job &job, const QList<Event> &events)
{
    QJsonObject object = toJson(job);
    const QJsonDocument payload = QJsonDocument::fromJson(job.payload);
    object.insert(QStringLiteral("payload"), payload.isObject() ? QJsonValue(payload.object()) : QJsonValue(QString::fromUtf8(job.payload)));
    const JobError error = readError(job.error);
    object.insert(QStringLiteral("error_message"), orNull(error.message));
    object.insert(QStringLiteral("error_class"), orNull(error.kind));
    object.insert(QStringLiteral("error_category"), orNull(error.category));
    object.insert(QStringLiteral("error_guidance"), orNull(error.guidance));
    QJsonArray rows;
    for (const Event &event : events) {
        rows.append(toJson(event));
    }
    object.insert(QStringLiteral("events"), rows);
    return object;
}

void print(const Job &job, const QList<Event> &events)
{
    const auto row = [](const QString &what, const QString &value) {
        if (!value.isEmpty()) {
            constexpr int width = 11;
            // Further lines stand under the first.
            printText(what.leftJustified(width) + QString(value).replace(QLatin1Char('\n'), QLatin1Char('\n') + QString(width, QLatin1Char(' '))));
        }
    };
    const auto time = [](const QDateTime &when) { return when.isValid() ? localTime(when) : QString(); };
    row(Text::tr("job"), Text::tr("%1, %2, %3").arg(QString::number(job.id), job.type, toString(job.status)));
    const JobError error = readError(job.error);
    row(Text::tr("error"), error.message.trimmed());
    row(Text::tr("class"), error.kind);
    row(Text::tr("category"), error.category);
    row(Text::tr("to do"), error.guidance);
    row(Text::tr("more"), error.rest);
    row(Text::tr("input"), job.inputFile);
    row(Text::tr("output"), job.outputFile);
    row(Text::tr("attempts"), Text::tr("%1 of at most %2").arg(job.attempts).arg(job.maxAttempts));
    row(Text::tr("worker"), job.workerId > 0 ? QString::number(job.workerId) : QString());
    row(Text::tr("added"), time(job.createdAt));
    row(Text::tr("started"), time(job.startedAt));
    row(Text::tr("ended"), time(job.completedAt));
    row(Text::tr("cancelled"), job.cancelledAt.isValid() ? Text::tr("%1 by %2").arg(localTime(job.cancelledAt), job.cancelledBy) : QString());
    row(Text::tr("traceback"), job.traceback.trimmed());
    for (const Event &event : events) {
        row(Text::tr("event"), localTime(event.at) + QStringLiteral("  ") + event.message.translatedText());
    }
}

} // namespace

int jobCommand(const QStringList &arguments)
{
    CommandLine line(QStringLiteral("job"),
                     Text::tr("Shows one job in full: its error, what to do about it, and what happened to it.\nWith --json also its payload."),
                     CommandLine::Access::Reads);
    line.addPositional(QStringLiteral("id"), Text::tr("The job's number, as the command jobs lists it."), QStringLiteral("ID"));
    if (const auto code = line.parse(arguments)) {
        return *code;
    }
    bool isNumber = false;
    const QStringList named = line.positionals();
    const qint64 id = named.size() == 1 ? named.first().toLongLong(&isNumber) : 0;
    if (!isNumber) {
        return line.usageError(Text::tr("Which job? Give one number."));
    }
    auto database = line.openDatabase(OpenMode::ReadOnly);
    if (!database) {
        return reportDatabase(database.error());
    }
    SystemClock clock;
    const auto job = JobReader(**database).job(id);
    if (!job) {
        return job.error().code == ErrorCode::NotFound ? report(job.error()) : reportDatabase(job.error());
    }
    const auto events = EventLog(**database, clock).ofJob(id);
    if (!events) {
        return reportDatabase(events.error());
    }
    if (line.json()) {
        printJson(inFull(*job, *events));
    } else {
        print(*job, *events);
    }
    return ExitWell;
}

} // namespace lifeguard::ctl

// SPDX-License-Identifier: GPL-3.0-or-later
// What only looks: status, workers, jobs, events.
#include "app/ctl/commandline.h"
#include "app/ctl/commands.h"
#include "app/ctl/output.h"
#include "core/store/eventlog.h"
#include "core/store/jobqueue.h"
#include "core/store/workerregistry.h"

#include <QFileInfo>
#include <QMap>

#include <limits>

namespace lifeguard::ctl {

namespace {

constexpr auto dash = "–";

/// Every worker that the database knows, however long ago it ended.
QDateTime beginningOfTime()
{
    return QDateTime::fromMSecsSinceEpoch(0, Qt::UTC);
}

QString seconds(double value)
{
    return QString::number(value, 'f', 2) + QStringLiteral(" s");
}

/// A comma-separated list of all statuses with their numbers, those that are there first of all.
QString sentence(const QJsonObject &numbers, const QStringList &order)
{
    QStringList parts;
    for (const QString &name : order) {
        parts << QString::number(numbers.value(name).toInteger()) + QLatin1Char(' ') + name;
    }
    return parts.join(QStringLiteral(", "));
}

} // namespace

int statusCommand(const QStringList &arguments)
{
    CommandLine line(QStringLiteral("status"), Text::tr("Counts jobs and workers by status. A missing database is made."),
                     CommandLine::Access::Reads);
    if (const auto code = line.parse(arguments)) {
        return *code;
    }
    // Looking must not write: only a missing database is opened for writing, to make it.
    auto database = line.openDatabase(QFileInfo::exists(line.databasePath()) ? OpenMode::ReadOnly : OpenMode::Create);
    if (!database) {
        return reportDatabase(database.error());
    }
    SystemClock clock;
    const auto counts = JobQueue(**database, clock).counts();
    if (!counts) {
        return reportDatabase(counts.error());
    }
    const auto workers = WorkerRegistry(**database, clock).list(beginningOfTime());
    if (!workers) {
        return reportDatabase(workers.error());
    }
    JobCounts total;
    for (const JobCounts &type : *counts) {
        total += type;
    }
    const QStringList jobStatuses{QStringLiteral("pending"), QStringLiteral("processing"), QStringLiteral("completed"),
                                  QStringLiteral("failed"), QStringLiteral("cancelled")};
    const QStringList workerStatuses{QStringLiteral("idle"), QStringLiteral("busy"), QStringLiteral("hung"), QStringLiteral("dead")};
    const QJsonObject jobs{
        {jobStatuses.at(0), total.pending}, {jobStatuses.at(1), total.processing}, {jobStatuses.at(2), total.completed},
        {jobStatuses.at(3), total.failed},  {jobStatuses.at(4), total.cancelled},
    };
    QMap<QString, qint64> byStatus;
    for (const QString &status : workerStatuses) {
        byStatus.insert(status, 0);
    }
    for (const WorkerRow &worker : *workers) {
        if (worker.status != WorkerStatus::None) { // those that are still starting have no row of their own
            ++byStatus[toString(worker.status)];
        }
    }
    QJsonObject workerNumbers;
    for (auto it = byStatus.cbegin(); it != byStatus.cend(); ++it) {
        workerNumbers.insert(it.key(), it.value());
    }
    if (line.json()) {
        printJson(QJsonObject{{QStringLiteral("jobs"), jobs}, {QStringLiteral("workers"), workerNumbers}});
    } else {
        printText(Text::tr("jobs     %1").arg(sentence(jobs, jobStatuses)));
        QStringList shown = workerStatuses;
        for (const QString &status : byStatus.keys()) { // CLM's newer files also know "created"
            if (!shown.contains(status)) {
                shown << status;
            }
        }
        printText(Text::tr("workers  %1").arg(sentence(workerNumbers, shown)));
    }
    return ExitWell;
}

int workersCommand(const QStringList &arguments)
{
    CommandLine line(QStringLiteral("workers"), Text::tr("Lists workers: those that live, and those that ended within an hour."),
                     CommandLine::Access::Reads);
    line.addOption(QStringLiteral("all"), Text::tr("Also those that ended earlier."));
    if (const auto code = line.parse(arguments)) {
        return *code;
    }
    auto database = line.openDatabase(OpenMode::ReadOnly);
    if (!database) {
        return reportDatabase(database.error());
    }
    SystemClock clock;
    const QDateTime since = line.isSet(QStringLiteral("all")) ? beginningOfTime() : clock.utcNow().addSecs(-3600);
    const auto workers = WorkerRegistry(**database, clock).list(since);
    if (!workers) {
        return reportDatabase(workers.error());
    }
    if (line.json()) {
        QJsonArray rows;
        for (const WorkerRow &worker : *workers) {
            rows.append(toJson(worker));
        }
        printJson(rows);
        return ExitWell;
    }
    QList<QStringList> rows;
    for (const WorkerRow &worker : *workers) {
        rows.append({shownState(worker), shownName(worker), worker.type,
                     worker.executionMode.isEmpty() ? QString::fromUtf8(dash) : worker.executionMode,
                     worker.pid > 0 ? QString::number(worker.pid) : QString::fromUtf8(dash), QString::number(worker.jobsProcessed),
                     QString::number(worker.jobsFailed), seconds(worker.avgProcessingTime), localTime(worker.lastHeartbeat),
                     worker.reason});
    }
    printText(rows.isEmpty() ? Text::tr("No workers.")
                             : table({Text::tr("STATE"), Text::tr("WORKER"), Text::tr("TYPE"), Text::tr("MODE"), Text::tr("PID"),
                                      Text::tr("DONE"), Text::tr("FAILED"), Text::tr("AVERAGE"), Text::tr("LAST BEAT"),
                                      Text::tr("REASON")},
                                     rows));
    return ExitWell;
}

int jobsCommand(const QStringList &arguments)
{
    CommandLine line(QStringLiteral("jobs"), Text::tr("Lists jobs, newest first."), CommandLine::Access::Reads);
    line.addOption(QStringLiteral("status"), Text::tr("Only those that are pending, processing, completed, failed or cancelled."),
                   QStringLiteral("S"));
    line.addOption(QStringLiteral("limit"), Text::tr("At most N of them (default: 100)."), QStringLiteral("N"));
    if (const auto code = line.parse(arguments)) {
        return *code;
    }
    JobFilter filter;
    if (line.isSet(QStringLiteral("status"))) {
        filter.status = jobStatusFromString(line.value(QStringLiteral("status")));
        if (!filter.status) {
            return line.usageError(Text::tr("There is no status '%1': use pending, processing, completed, failed or cancelled.")
                                       .arg(line.value(QStringLiteral("status"))));
        }
    }
    const auto limit = line.number(QStringLiteral("limit"), 100, 0);
    if (!limit) {
        return line.usageError(limit.error().message);
    }
    filter.limit = *limit;
    auto database = line.openDatabase(OpenMode::ReadOnly);
    if (!database) {
        return reportDatabase(database.error());
    }
    SystemClock clock;
    const auto jobs = JobQueue(**database, clock).list(filter);
    if (!jobs) {
        return reportDatabase(jobs.error());
    }
    if (line.json()) {
        QJsonArray rows;
        for (const Job &job : *jobs) {
            rows.append(toJson(job));
        }
        printJson(rows);
        return ExitWell;
    }
    QList<QStringList> rows;
    for (const Job &job : *jobs) {
        rows.append({QString::number(job.id), toString(job.status), job.type,
                     QStringLiteral("%1/%2").arg(job.attempts).arg(job.maxAttempts), localTime(job.createdAt),
                     job.inputFile.isEmpty() ? QString::fromUtf8(dash) : job.inputFile, errorLine(job.error)});
    }
    printText(rows.isEmpty() ? Text::tr("No jobs.")
                             : table({Text::tr("ID"), Text::tr("STATUS"), Text::tr("TYPE"), Text::tr("ATTEMPTS"), Text::tr("CREATED"),
                                      Text::tr("INPUT"), Text::tr("ERROR")},
                                     rows));
    return ExitWell;
}

int eventsCommand(const QStringList &arguments)
{
    CommandLine line(QStringLiteral("events"), Text::tr("Lists what happened to pools, workers and jobs, and why; newest first."),
                     CommandLine::Access::Reads);
    line.addOption(QStringLiteral("limit"), Text::tr("At most N of them (default: 100)."), QStringLiteral("N"));
    if (const auto code = line.parse(arguments)) {
        return *code;
    }
    const auto limit = line.number(QStringLiteral("limit"), 100, 0);
    if (!limit) {
        return line.usageError(limit.error().message);
    }
    auto database = line.openDatabase(OpenMode::ReadOnly);
    if (!database) {
        return reportDatabase(database.error());
    }
    SystemClock clock;
    const auto events = EventLog(**database, clock).list(*limit);
    if (!events) {
        return reportDatabase(events.error());
    }
    if (line.json()) {
        QJsonArray rows;
        for (const Event &event : *events) {
            rows.append(toJson(event));
        }
        printJson(rows);
        return ExitWell;
    }
    QList<QStringList> rows;
    for (const Event &event : *events) {
        rows.append({localTime(event.at), event.kind, event.executorId.isEmpty() ? event.pool : event.executorId, event.message});
    }
    printText(rows.isEmpty() ? Text::tr("No events.")
                             : table({Text::tr("TIME"), Text::tr("EVENT"), Text::tr("OF"), Text::tr("WHAT HAPPENED")}, rows));
    return ExitWell;
}

} // namespace lifeguard::ctl

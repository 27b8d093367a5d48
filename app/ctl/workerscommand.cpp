// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/workerscommand.h"

#include "app/ctl/console.h"
#include "app/ctl/displaytext.h"
#include "app/ctl/rowjson.h"
#include "app/ctl/table.h"
#include "app/ctl/text.h"
#include "core/base/systemclock.h"
#include "core/store/workerregistry.h"

namespace lifeguard::ctl {

WorkersCommand::WorkersCommand()
    : Command({QStringLiteral("workers"), Text::tr("list workers"),
               Text::tr("Lists all live workers, and those that ended within the last hour."), CommandLine::Access::Reads})
{
}

void WorkersCommand::declareArguments(CommandLine &line) const
{
    line.addOption(QStringLiteral("all"), Text::tr("Also list workers that ended earlier."));
}

CommandResult WorkersCommand::execute(const CommandLine &line)
{
    auto database = line.openDatabase(OpenMode::ReadOnly);
    if (!database) {
        return databaseError(database.error());
    }
    SystemClock clock;
    const QDateTime endedSince =
        line.isSet(QStringLiteral("all")) ? QDateTime::fromMSecsSinceEpoch(0, Qt::UTC) : clock.utcNow().addSecs(-3600);
    const auto workers = WorkerRegistry(**database, clock).list(endedSince);
    if (!workers) {
        return databaseError(workers.error());
    }
    if (line.json()) {
        QJsonArray rows;
        for (const WorkerRow &worker : *workers) {
            rows.append(toJson(worker));
        }
        printJson(rows);
        return ExitCode::Success;
    }
    QList<QStringList> rows;
    for (const WorkerRow &worker : *workers) {
        rows.append({workerState(worker), workerName(worker), worker.type, textOrDash(worker.executionMode),
                     worker.pid > 0 ? QString::number(worker.pid) : missingValue(), QString::number(worker.jobsProcessed),
                     QString::number(worker.jobsFailed), Text::tr("%1 s").arg(worker.avgProcessingTime, 0, 'f', 2),
                     localTime(worker.lastHeartbeat), worker.reason.translatedText()});
    }
    if (rows.isEmpty()) {
        printText(Text::tr("No workers."));
        return ExitCode::Success;
    }
    printText(formatTable({Text::tr("STATE"), Text::tr("WORKER"), Text::tr("TYPE"), Text::tr("MODE"), Text::tr("PID"),
                           //: header of a column: number of completed jobs
                           Text::tr("DONE"), Text::tr("FAILED"),
                           //: header of a column: average duration of a job
                           Text::tr("AVERAGE"),
                           //: header of a column: time of the last heartbeat
                           Text::tr("LAST BEAT"), Text::tr("REASON")},
                          rows));
    return ExitCode::Success;
}

} // namespace lifeguard::ctl

// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/statuscommand.h"

#include "app/ctl/console.h"
#include "app/ctl/displaytext.h"
#include "app/ctl/text.h"
#include "core/base/systemclock.h"
#include "core/store/jobreader.h"
#include "core/store/workerregistry.h"

#include <QFileInfo>

namespace lifeguard::ctl {

namespace {

/// Returns "3 pending, 1 processing, …", in the given order.
QString listOfNumbers(const QJsonObject &numbers, const QStringList &order)
{
    QStringList parts;
    for (const QString &status : order) {
        parts << QString::number(numbers.value(status).toInteger()) + QLatin1Char(' ') + status;
    }
    return parts.join(QStringLiteral(", "));
}

} // namespace

StatusCommand::StatusCommand()
    : Command({QStringLiteral("status"), Text::tr("count jobs and workers by status"),
               Text::tr("Counts jobs and workers by status. If there is no database, it is created."),
               CommandLine::Access::Reads})
{
}

CommandResult StatusCommand::execute(const CommandLine &line)
{
    // An existing database is opened read-only: this command must not write to it.
    auto database = line.openDatabase(QFileInfo::exists(line.databasePath()) ? OpenMode::ReadOnly : OpenMode::Create);
    if (!database) {
        return databaseError(database.error());
    }
    SystemClock clock;
    const auto counts = JobReader(**database).counts();
    if (!counts) {
        return databaseError(counts.error());
    }
    const QDateTime beginningOfTime = QDateTime::fromMSecsSinceEpoch(0, Qt::UTC);
    const auto workers = WorkerRegistry(**database, clock).list(beginningOfTime);
    if (!workers) {
        return databaseError(workers.error());
    }
    JobCounts total;
    for (const JobCounts &type : *counts) {
        total += type;
    }
    const QStringList jobStatuses{QStringLiteral("pending"), QStringLiteral("processing"), QStringLiteral("completed"),
                                  QStringLiteral("failed"), QStringLiteral("cancelled")};
    const QJsonObject jobNumbers{
        {jobStatuses.at(0), total.pending}, {jobStatuses.at(1), total.processing}, {jobStatuses.at(2), total.completed},
        {jobStatuses.at(3), total.failed},  {jobStatuses.at(4), total.cancelled},
    };
    // Only databases of newer versions of CLM contain workers with the status "created", so it is printed only if there
    // are any.
    QStringList workerStatuses{QStringLiteral("idle"), QStringLiteral("busy"), QStringLiteral("hung"),
                               QStringLiteral("dead")};
    QJsonObject workerNumbers;
    for (const QString &status : std::as_const(workerStatuses)) {
        workerNumbers.insert(status, 0);
    }
    for (const WorkerRow &worker : *workers) {
        if (worker.status == WorkerStatus::None) {
            continue; // the worker has not registered yet
        }
        const QString status = toString(worker.status);
        workerNumbers.insert(status, workerNumbers.value(status).toInteger() + 1);
        if (!workerStatuses.contains(status)) {
            workerStatuses << status;
        }
    }
    // Distinguishes stopped workers from dead ones; both are "dead" in the database.
    QStringList workerStates = workerStatuses;
    QJsonObject stateNumbers;
    for (const QString &state : std::as_const(workerStates)) {
        stateNumbers.insert(state, 0);
    }
    for (const WorkerRow &worker : *workers) {
        const bool isRegistered = worker.status != WorkerStatus::None;
        if (!isRegistered && !worker.endedAt.isValid()) {
            continue;
        }
        const bool hasEnded = !isRegistered || worker.status == WorkerStatus::Dead;
        const QString state = hasEnded ? workerState(worker) : toString(worker.status);
        stateNumbers.insert(state, stateNumbers.value(state).toInteger() + 1);
        if (!workerStates.contains(state)) {
            workerStates << state;
        }
    }
    if (line.json()) {
        printJson(QJsonObject{{QStringLiteral("jobs"), jobNumbers},
                              {QStringLiteral("workers"), workerNumbers},
                              {QStringLiteral("worker_states"), stateNumbers}});
    } else {
        printText(Text::tr("jobs     %1").arg(listOfNumbers(jobNumbers, jobStatuses)));
        printText(Text::tr("workers  %1").arg(listOfNumbers(stateNumbers, workerStates)));
    }
    return ExitCode::Success;
}

} // namespace lifeguard::ctl

// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/statuscommand.h"

#include "app/ctl/console.h"
#include "app/ctl/databasefollower.h"
#include "app/ctl/displaytext.h"
#include "app/ctl/text.h"
#include "core/base/systemclock.h"
#include "core/store/jobreader.h"
#include "core/store/workerregistry.h"

#include <QFileInfo>

namespace lifeguard::ctl {

namespace {

/// What the command prints.
struct Numbers
{
    QJsonObject json;
    QString text;
};

/// Returns "3 pending, 1 processing, …", in the given order.
QString listOfNumbers(const QJsonObject &numbers, const QStringList &order)
{
    QStringList parts;
    for (const QString &status : order) {
        parts << QString::number(numbers.value(status).toInteger()) + QLatin1Char(' ') + status;
    }
    return parts.join(QStringLiteral(", "));
}

/// Reads the numbers of jobs and workers.
Result<Numbers> readNumbers(Database &database)
{
    SystemClock clock;
    const auto counts = JobReader(database).counts();
    if (!counts) {
        return failure(counts.error());
    }
    const QDateTime beginningOfTime = QDateTime::fromMSecsSinceEpoch(0, Qt::UTC);
    const auto workers = WorkerRegistry(database, clock).list(beginningOfTime);
    if (!workers) {
        return failure(workers.error());
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
    Numbers numbers;
    numbers.json = {{QStringLiteral("jobs"), jobNumbers},
                    {QStringLiteral("workers"), workerNumbers},
                    {QStringLiteral("worker_states"), stateNumbers}};
    numbers.text = Text::tr("jobs     %1").arg(listOfNumbers(jobNumbers, jobStatuses)) + QLatin1Char('\n')
                 + Text::tr("workers  %1").arg(listOfNumbers(stateNumbers, workerStates));
    return numbers;
}

} // namespace

StatusCommand::StatusCommand()
    : Command({QStringLiteral("status"), Text::tr("count jobs and workers by status"),
               Text::tr("Counts jobs and workers by status. If there is no database, it is created."),
               CommandLine::Access::Reads})
{
}

void StatusCommand::declareArguments(CommandLine &line) const
{
    line.addOption(QStringLiteral("watch"), Text::tr("Print the numbers again whenever they change, until Ctrl+C. JSON "
                                                     "is printed as one object per line."));
}

CommandResult StatusCommand::execute(const CommandLine &line)
{
    // An existing database is opened read-only: this command must not write to it.
    auto database = line.openDatabase(QFileInfo::exists(line.databasePath()) ? OpenMode::ReadOnly : OpenMode::Create);
    if (!database) {
        return databaseError(database.error());
    }
    if (!line.isSet(QStringLiteral("watch"))) {
        const Result<Numbers> numbers = readNumbers(**database);
        if (!numbers) {
            return databaseError(numbers.error());
        }
        if (line.json()) {
            printJson(numbers->json);
        } else {
            printText(numbers->text);
        }
        return ExitCode::Success;
    }
    std::optional<Numbers> shown;
    return DatabaseFollower(**database)
        .run(
            [&]() -> std::optional<CommandResult> {
                const Result<Numbers> numbers = readNumbers(**database);
                if (!numbers) {
                    return numbers.error().code == ErrorCode::Busy
                             ? std::nullopt
                             : std::optional(CommandResult(databaseError(numbers.error())));
                }
                if (shown && shown->json == numbers->json) {
                    return {};
                }
                shown = *numbers;
                if (line.json()) {
                    printJsonLine(numbers->json);
                } else {
                    printText(localTime(QDateTime::currentDateTimeUtc()) + QLatin1Char('\n') + numbers->text);
                }
                return {};
            },
            ExitCode::Success);
}

} // namespace lifeguard::ctl

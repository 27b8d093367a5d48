// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/logscommand.h"

#include "app/ctl/console.h"
#include "app/ctl/databasefollower.h"
#include "app/ctl/displaytext.h"
#include "app/ctl/logfollower.h"
#include "app/ctl/text.h"
#include "core/base/systemclock.h"
#include "core/store/workerregistry.h"

#include <algorithm>
#include <limits>

namespace lifeguard::ctl {

namespace {

bool isAlive(const WorkerRow &worker)
{
    return worker.status != WorkerStatus::Dead && !worker.endedAt.isValid();
}

/// Returns the workers that a name means: the worker with this executor id; the newest worker of this name; or the
/// workers of this pool, living ones if there are any. Workers without a log are left out.
QList<WorkerRow> workersNamed(const QString &name, const QList<WorkerRow> &all)
{
    QList<WorkerRow> ofPool;
    QList<WorkerRow> ofName;
    for (const WorkerRow &worker : all) {
        if (worker.logPath.isEmpty()) {
            continue;
        }
        if (worker.executorId == name) {
            return {worker};
        }
        if (workerName(worker) == name) {
            ofName = {worker}; // the list is in the order of registration
        }
        if (worker.pool == name) {
            ofPool << worker;
        }
    }
    if (!ofName.isEmpty()) {
        return ofName;
    }
    if (std::any_of(ofPool.cbegin(), ofPool.cend(), isAlive)) {
        ofPool.erase(std::remove_if(ofPool.begin(), ofPool.end(),
                                    [](const WorkerRow &worker) { return !isAlive(worker); }),
                     ofPool.end());
    }
    return ofPool;
}

} // namespace

LogsCommand::LogsCommand()
    : Command(
        {QStringLiteral("logs"), Text::tr("print the logs of workers"),
         Text::tr("Prints the end of the log of a worker, or of the workers of a pool. Each line of a pool begins "
                  "with the name of its worker."),
         CommandLine::Access::Reads})
{
}

void LogsCommand::declareArguments(CommandLine &line) const
{
    line.addPositional(QStringLiteral("name"),
                       Text::tr("A worker or a pool, as listed by 'lifeguardctl workers': plantuml-0, or plantuml."),
                       QStringLiteral("NAME"));
    line.addOption(QStringLiteral("lines"), Text::tr("Print the last N lines of each log. Default: 20."),
                   QStringLiteral("N"));
    line.addOption(QStringLiteral("follow"),
                   Text::tr("Also print each new line until Ctrl+C, and the logs of workers that are started later."));
}

CommandResult LogsCommand::execute(const CommandLine &line)
{
    const QStringList names = line.positionals();
    if (names.size() != 1) {
        return usageError(Text::tr("Name one worker or one pool."));
    }
    const QString &name = names.constFirst();
    const auto lines = line.number(QStringLiteral("lines"), 20, 0);
    if (!lines) {
        return usageError(lines.error().message);
    }
    auto database = line.openDatabase(OpenMode::ReadOnly);
    if (!database) {
        return databaseError(database.error());
    }
    SystemClock clock;
    LogFollower logs;
    int linesOfNew = *lines;
    const auto addLogs = [&]() -> Result<qsizetype> {
        const auto all = WorkerRegistry(**database, clock).list(QDateTime::fromMSecsSinceEpoch(0, Qt::UTC));
        if (!all) {
            return failure(all.error());
        }
        const QList<WorkerRow> workers = workersNamed(name, *all);
        for (const WorkerRow &worker : workers) {
            const bool isPool = worker.pool == name && workerName(worker) != name && worker.executorId != name;
            logs.add(worker.logPath, isPool ? workerName(worker) + QStringLiteral("  ") : QString(), linesOfNew);
        }
        return workers.size();
    };
    const Result<qsizetype> found = addLogs();
    if (!found) {
        return databaseError(found.error());
    }
    if (*found == 0) {
        return inputError(
            {ErrorCode::NotFound,
             Text::tr("There is no worker and no pool '%1' with a log. 'lifeguardctl workers --all' lists "
                      "the workers.")
                 .arg(name),
             {}});
    }
    if (!line.isSet(QStringLiteral("follow"))) {
        logs.finish();
        return ExitCode::Success;
    }
    linesOfNew = std::numeric_limits<int>::max(); // the log of a worker that is started later, from its beginning
    return DatabaseFollower(**database)
        .run(
            [&]() -> std::optional<CommandResult> {
                const Result<qsizetype> added = addLogs();
                if (!added && added.error().code != ErrorCode::Busy) {
                    return databaseError(added.error());
                }
                logs.readAll();
                return {};
            },
            ExitCode::Success);
}

} // namespace lifeguard::ctl

// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/poolscommand.h"

#include "app/ctl/console.h"
#include "app/ctl/controltargets.h"
#include "app/ctl/displaytext.h"
#include "app/ctl/rowjson.h"
#include "app/ctl/table.h"
#include "app/ctl/text.h"
#include "core/base/systemclock.h"
#include "core/store/publishedpools.h"
#include "core/store/workerregistry.h"

namespace lifeguard::ctl {

namespace {

struct WorkerCounts
{
    int alive = 0;
    int busy = 0;
};

WorkerCounts workersOf(const PublishedPool &pool, const QList<WorkerRow> &workers)
{
    WorkerCounts counts;
    for (const WorkerRow &worker : workers) {
        const bool isAlive = worker.id > 0 && !worker.endedAt.isValid() && worker.status != WorkerStatus::Dead;
        if (isAlive && worker.managerId == pool.managerId && worker.pool == pool.name) {
            ++counts.alive;
            counts.busy += worker.status == WorkerStatus::Busy ? 1 : 0;
        }
    }
    return counts;
}

} // namespace

PoolsCommand::PoolsCommand()
    : Command({QStringLiteral("pools"), Text::tr("list the pools of all managers"),
               Text::tr("Lists the pools of all programs that run pools on this database: 'lifeguardctl run' and the "
                        "dashboard."),
               CommandLine::Access::Reads})
{
}

CommandResult PoolsCommand::execute(const CommandLine &line)
{
    auto database = line.openDatabase(OpenMode::ReadOnly);
    if (!database) {
        return databaseError(database.error());
    }
    SystemClock clock;
    const auto pools = PublishedPools(**database, clock).list();
    if (!pools) {
        return databaseError(pools.error());
    }
    const auto workers = WorkerRegistry(**database, clock).list(clock.utcNow());
    if (!workers) {
        return databaseError(workers.error());
    }
    const Result<ControlTargets> targets = ControlTargets::read(**database);
    if (!targets) {
        return databaseError(targets.error());
    }
    QJsonArray json;
    QList<QStringList> rows;
    for (const PublishedPool &pool : *pools) {
        const WorkerCounts counts = workersOf(pool, *workers);
        const QString manager = targets->managerName(pool.managerId);
        QJsonObject object = toJson(pool);
        object.insert(QStringLiteral("manager"), manager);
        object.insert(QStringLiteral("alive"), counts.alive);
        object.insert(QStringLiteral("busy"), counts.busy);
        json.append(object);
        rows.append({pool.name, manager, pool.state, pool.type, textOrDash(pool.mode),
                     Text::tr("%1 of %2").arg(counts.alive).arg(pool.count), QString::number(counts.busy),
                     toString(pool.countSource), pool.reason.translatedText()});
    }
    if (line.json()) {
        printJson(json);
        return ExitCode::Success;
    }
    if (rows.isEmpty()) {
        printText(Text::tr("No pools."));
        return ExitCode::Success;
    }
    printText(formatTable({Text::tr("POOL"),
                           //: header of a column: the program that runs the pool
                           Text::tr("MANAGER"), Text::tr("STATE"), Text::tr("TYPE"), Text::tr("MODE"),
                           //: header of a column: "2 of 4"
                           Text::tr("WORKERS"),
                           //: header of a column: number of workers that have a job
                           Text::tr("BUSY"),
                           //: header of a column: what set the number of workers
                           Text::tr("SET BY"), Text::tr("REASON")},
                          rows));
    return ExitCode::Success;
}

} // namespace lifeguard::ctl

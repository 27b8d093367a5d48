// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/worker/workerdatabase.h"

#include "core/worker/workeroptions.h"

#include <QCoreApplication>

namespace lifeguard {
namespace {

/// Checks that the database contains the row of this worker.
Status checkOwnRow(Database &database, const QString &executorId)
{
    bool exists = false;
    if (database.hasTable(QStringLiteral("lifeguard_workers"))) {
        const Status read = database.run("owned_exists", {{QStringLiteral("executor_id"), executorId}},
                                         [&exists](const QSqlQuery &) { exists = true; });
        if (!read)
            return read;
    }
    if (exists)
        return {};
    return failure(ErrorCode::NotFound,
                   QCoreApplication::translate("lifeguard::WorkerDatabase",
                                               "%1 does not contain the row that the manager wrote for the worker %2 "
                                               "before it started it: the database was replaced in the meantime. The "
                                               "worker has changed nothing.")
                       .arg(database.info().path, executorId));
}

} // namespace

Result<std::unique_ptr<Database>> openWorkerDatabase(const WorkerOptions &options, std::chrono::milliseconds timeout,
                                                     const std::optional<FileIdentity> &file)
{
    const bool hasManager = options.manager || !options.managerId.isEmpty();
    const auto accept = [&](Database &database) -> Status {
        for (const std::optional<FileIdentity> &required : {file, options.databaseFile}) {
            if (const Status isSame = required ? database.requireFile(*required) : Status(); !isSame)
                return isSame;
        }
        return hasManager ? checkOwnRow(database, options.executorId) : Status();
    };
    auto database = Database::open(options.databasePath, OpenMode::ReadWrite, timeout, IntegrityCheck::Skip, accept);
    if (database)
        (*database)->setHoldersNamed(false);
    return database;
}

} // namespace lifeguard

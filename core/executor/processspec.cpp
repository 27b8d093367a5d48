// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/executor/processspec.h"

#include "core/base/protocol.h"
#include "core/base/servicevariables.h"
#include "core/config/outputroots.h"
#include "core/executor/workersetup.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>
#include <QStandardPaths>

namespace lifeguard {
namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("lifeguard::DirectWorkerExecutor", text);
}

} // namespace

QProcessEnvironment workerEnvironment(const StartRequest &request, const QProcessEnvironment &base,
                                      const ProcessIdentity &manager)
{
    QProcessEnvironment environment;
    QProcessEnvironment inherited = base;
    removeServiceVariables(inherited);
    QMap<QString, QString> variables = inheritedVariables(request.config, inherited, false);
    variables.insert(request.config.environment);
    for (auto variable = variables.cbegin(); variable != variables.cend(); ++variable)
        environment.insert(variable.key(), variable.value());
    environment.insert(QStringLiteral("WORKER_TYPE"), request.config.type);
    environment.insert(QStringLiteral("WORKER_ID"), request.executorId);
    environment.insert(QStringLiteral("DB_PATH"), request.databasePath);
    // The programs of CLM read the path from this variable. In CLM_WORKER_ID they expect the id of a row in workers,
    // which does not exist yet.
    environment.insert(QStringLiteral("CLM_JOBS_DB_PATH"), request.databasePath);
    environment.remove(QStringLiteral("CLM_WORKER_ID"));
    environment.insert(QStringLiteral("WORKSPACE_PATH"), request.workspace);
    if (!environment.contains(QStringLiteral("LOG_LEVEL")))
        environment.insert(QStringLiteral("LOG_LEVEL"), QStringLiteral("INFO"));
    environment.insert(QStringLiteral("USE_SQLITE_QUEUE"), QStringLiteral("true"));
    environment.insert(QStringLiteral("LIFEGUARD_PROTOCOL"), QString::number(protocolVersion));
    environment.insert(QStringLiteral("LIFEGUARD_EXECUTOR_ID"), request.executorId);
    environment.insert(QStringLiteral("LIFEGUARD_MANAGER"), manager.toString());
    environment.remove(QStringLiteral("LIFEGUARD_DETACH"));
    if (request.config.detach)
        environment.insert(QStringLiteral("LIFEGUARD_DETACH"), QStringLiteral("true"));
    environment.insert(QStringLiteral("LIFEGUARD_MAX_JOB_TIME"), QString::number(request.config.maxJobTime.count()));
    environment.remove(QStringLiteral("LIFEGUARD_OUTPUT_ROOTS"));
    if (!request.config.outputRoots.isEmpty())
        environment.insert(QStringLiteral("LIFEGUARD_OUTPUT_ROOTS"), joinOutputRoots(request.config.outputRoots));
    const QMap<QString, QString> converter = request.config.converter.toEnvironment();
    for (auto variable = converter.cbegin(); variable != converter.cend(); ++variable) {
        environment.remove(variable.key());
        if (!variable.value().isEmpty())
            environment.insert(variable.key(), variable.value());
    }
    environment.remove(QStringLiteral("LIFEGUARD_DATABASE_FILE"));
    if (const QString file = request.databaseFile.toString(); !file.isEmpty())
        environment.insert(QStringLiteral("LIFEGUARD_DATABASE_FILE"), file);
    environment.remove(QStringLiteral("LIFEGUARD_BEATS"));
    if (!request.beatPath.isEmpty())
        environment.insert(QStringLiteral("LIFEGUARD_BEATS"),
                           request.beatPath + u':' + QString::number(request.beatSlot));
    return environment;
}

Result<QStringList> workerCommand(const StartRequest &request, const QString &workerProgram)
{
    QStringList command{workerProgram};
    if (!request.config.command.isEmpty()) {
        const QString name = request.config.command.first();
        const QString program = name.contains(u'/') ? QFileInfo(QDir(request.workspace), name).absoluteFilePath()
                                                    : QStandardPaths::findExecutable(name);
        if (program.isEmpty() || !QFileInfo(program).isExecutable() || QFileInfo(program).isDir())
            return failure(ErrorCode::NotFound, tr("the program '%1' does not exist or is not executable").arg(name));
        command += {QStringLiteral("--guard"),
                    QStringLiteral("--max-job-time"),
                    QString::number(request.config.maxJobTime.count()),
                    QStringLiteral("--grace"),
                    QString::number(request.config.stopGrace.count()),
                    QStringLiteral("--"),
                    program};
        command += request.config.command.mid(1);
    }
    if (!QFileInfo(workerProgram).isExecutable())
        return failure(ErrorCode::NotFound,
                       tr("the program lifeguard-worker is missing. Install it in the directory of this program."));
    return command;
}

} // namespace lifeguard

// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/executor/workersetup.h"

#include "core/config/envfile.h"
#include "core/config/workervariables.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>

#include <algorithm>
#include <array>

namespace lifeguard {
namespace {

/// The variables that direct workers always inherit: nearly all programs need them.
constexpr std::array basicVariables{"HOME", "LANG",  "LANGUAGE", "LOGNAME", "LOG_LEVEL",
                                    "PATH", "SHELL", "TMPDIR",   "TZ",      "USER"};
constexpr std::array basicPrefixes{"LC_", "LIFEGUARD_", "XDG_"};
constexpr QLatin1String overridePrefix("LIFEGUARD__");

QString tr(const char *text)
{
    return QCoreApplication::translate("lifeguard::WorkerSetup", text);
}

bool isBasic(const QString &name)
{
    const auto isName = [&name](const char *each) { return name == QLatin1String(each); };
    const auto isPrefix = [&name](const char *each) { return name.startsWith(QLatin1String(each)); };
    return std::any_of(basicVariables.begin(), basicVariables.end(), isName)
        || std::any_of(basicPrefixes.begin(), basicPrefixes.end(), isPrefix);
}

} // namespace

bool needsSetup(const WorkerConfig &config)
{
    return !config.envFile.isEmpty() || (!config.workingDir.isEmpty() && config.mode != ExecutionMode::Docker)
        || !maskedVariables(config).isEmpty();
}

Result<StartRequest> setUpWorker(StartRequest request)
{
    WorkerConfig &config = request.config;
    if (const QStringList names = maskedVariables(config); !names.isEmpty())
        return failure(ErrorCode::InvalidArgument,
                       tr("The values of variables are not stored, and these are missing: %1. Stop the pool, and "
                          "launch it from its configuration file or command line.")
                           .arg(names.join(QStringLiteral(", "))));
    if (!config.envFile.isEmpty()) {
        const QString path = QDir(request.workspace).absoluteFilePath(config.envFile);
        Result<QMap<QString, QString>> variables = readEnvFile(path);
        if (!variables)
            return failure(variables.error());
        variables->insert(config.environment);
        config.environment = *variables;
    }
    if (config.mode != ExecutionMode::Docker && !config.workingDir.isEmpty()) {
        const QFileInfo folder(workingFolder(request));
        if (!folder.isDir())
            return failure(
                ErrorCode::NotFound,
                tr("The working folder %1 does not exist. Create it, or change working_dir.").arg(folder.filePath()));
        if (!folder.isExecutable())
            return failure(ErrorCode::PermissionDenied,
                           tr("The working folder %1 is not accessible to this user.").arg(folder.filePath()));
    }
    return request;
}

QString workingFolder(const StartRequest &request)
{
    const QString &folder = request.config.workingDir;
    return folder.isEmpty() ? request.workspace : QDir::cleanPath(QDir(request.workspace).absoluteFilePath(folder));
}

QMap<QString, QString> inheritedVariables(const WorkerConfig &config, const QProcessEnvironment &own, bool isContainer)
{
    QMap<QString, QString> variables;
    for (const QString &name : own.keys()) {
        const bool isPassed = config.passEnvironment.isEmpty() ? !isContainer : config.passEnvironment.contains(name);
        if ((isPassed || (!isContainer && isBasic(name))) && !name.startsWith(overridePrefix))
            variables.insert(name, own.value(name));
    }
    return variables;
}

} // namespace lifeguard

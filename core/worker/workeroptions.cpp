// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/worker/workeroptions.h"

#include "core/config/workerconfig.h"

#include <QCommandLineParser>
#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>

namespace lifeguard {
namespace {

constexpr qsizetype containerNameLength = 12; ///< of a container's id, as its HOSTNAME has it

QString tr(const char *text)
{
    return QCoreApplication::translate("lifeguard::WorkerOptions", text);
}

void addOptions(QCommandLineParser &parser)
{
    parser.setApplicationDescription(tr("One worker: takes jobs of one type from the queue and converts them."));
    parser.addOptions({
        {QStringLiteral("type"), tr("The type of jobs to take (default: $WORKER_TYPE)."), QStringLiteral("TYPE")},
        {QStringLiteral("db"), tr("The database (default: $DB_PATH)."), QStringLiteral("FILE")},
        {QStringLiteral("workspace"), tr("The folder below which outputs are written (default: $WORKSPACE_PATH)."), QStringLiteral("DIR")},
        {QStringLiteral("id"), tr("The worker's name, used only once (default: $WORKER_ID, else $HOSTNAME)."), QStringLiteral("NAME")},
        {QStringLiteral("max-job-time"), tr("Seconds a job may take (default: $LIFEGUARD_MAX_JOB_TIME, else 600)."), QStringLiteral("S")},
        {{QStringLiteral("h"), QStringLiteral("help")}, tr("Print this help.")},
        {{QStringLiteral("v"), QStringLiteral("version")}, tr("Print the version.")},
    });
}

LogLevel logLevelOf(const QString &name)
{
    const QString upper = name.toUpper();
    if (upper == QLatin1String("DEBUG"))
        return LogLevel::Debug;
    if (upper == QLatin1String("WARNING") || upper == QLatin1String("WARN"))
        return LogLevel::Warning;
    if (upper == QLatin1String("ERROR") || upper == QLatin1String("CRITICAL"))
        return LogLevel::Error;
    return LogLevel::Info;
}

} // namespace

Result<WorkerOptions> WorkerOptions::read(const QStringList &arguments, const QProcessEnvironment &environment)
{
    QCommandLineParser parser;
    addOptions(parser);
    if (!parser.parse(QStringList{QStringLiteral("lifeguard-worker")} + arguments))
        return failure(ErrorCode::InvalidArgument, parser.errorText());
    if (!parser.positionalArguments().isEmpty())
        return failure(ErrorCode::InvalidArgument, tr("'%1' is no option.").arg(parser.positionalArguments().constFirst()));
    const auto value = [&](const char *option, const char *variable) {
        const QString name = QString::fromLatin1(option);
        return parser.isSet(name) ? parser.value(name) : environment.value(QString::fromLatin1(variable));
    };

    WorkerOptions options;
    QStringList wrong;
    options.type = value("type", "WORKER_TYPE");
    if (options.type.isEmpty())
        wrong.append(tr("The job type is missing: set WORKER_TYPE or --type."));
    options.executorId = value("id", "WORKER_ID");
    options.executionMode = QStringLiteral("direct");
    if (options.executorId.isEmpty()) {
        options.executorId = environment.value(QStringLiteral("HOSTNAME")).left(containerNameLength);
        options.executionMode = QStringLiteral("docker");
    }
    if (options.executorId.isEmpty())
        wrong.append(tr("The worker's name is missing: set WORKER_ID (in a container: HOSTNAME) or --id."));
    options.databasePath = value("db", "DB_PATH");
    if (options.databasePath.isEmpty())
        wrong.append(tr("The database is missing: set DB_PATH or --db."));
    const QString workspace = value("workspace", "WORKSPACE_PATH");
    if (workspace.isEmpty())
        wrong.append(tr("The workspace is missing: set WORKSPACE_PATH or --workspace."));
    else if (!QFileInfo(workspace).isDir())
        wrong.append(tr("The workspace %1 is no folder.").arg(workspace));
    else
        options.workspace = QDir::cleanPath(QFileInfo(workspace).absoluteFilePath());
    options.hostWorkspace = environment.value(QStringLiteral("LIFEGUARD_HOST_WORKSPACE"));
    if (!options.hostWorkspace.isEmpty() && !QDir::isAbsolutePath(options.hostWorkspace))
        wrong.append(tr("LIFEGUARD_HOST_WORKSPACE must be an absolute path, not '%1'.").arg(options.hostWorkspace));
    if (const QString text = value("max-job-time", "LIFEGUARD_MAX_JOB_TIME"); !text.isEmpty()) {
        bool good = false;
        const int number = text.toInt(&good);
        if (good && number > 0 && seconds(number) <= maxDuration)
            options.maxJobTime = seconds(number);
        else
            wrong.append(tr("The time a job may take must be a number of seconds, %1 at most, not '%2'.").arg(maxDuration.count()).arg(text));
    }
    if (const QString beats = environment.value(QStringLiteral("LIFEGUARD_BEATS")); !beats.isEmpty()) {
        const qsizetype colon = beats.lastIndexOf(u':');
        bool good = false;
        options.beatSlot = beats.mid(colon + 1).toInt(&good);
        options.beatPath = beats.left(std::max<qsizetype>(0, colon));
        if (!good || options.beatPath.isEmpty() || options.beatSlot < 0)
            wrong.append(tr("LIFEGUARD_BEATS must be FILE:SLOT, not '%1'.").arg(beats));
    }
    if (const QString manager = environment.value(QStringLiteral("LIFEGUARD_MANAGER")); !manager.isEmpty()) {
        options.manager = ProcessIdentity::fromString(manager);
        if (!options.manager)
            wrong.append(tr("LIFEGUARD_MANAGER names no process: '%1'.").arg(manager));
    }
    options.managerId = environment.value(QStringLiteral("LIFEGUARD_MANAGER_ID"));
    options.detach = environment.value(QStringLiteral("LIFEGUARD_DETACH")) == QLatin1String("true");
    options.logLevel = logLevelOf(environment.value(QStringLiteral("LOG_LEVEL")));
    if (!wrong.isEmpty())
        return failure(ErrorCode::InvalidArgument, wrong.join(u'\n'));
    return options;
}

QString WorkerOptions::help()
{
    QCommandLineParser parser;
    addOptions(parser);
    return parser.helpText()
        + tr("\nWith --guard [--max-job-time S] [--grace S] -- PROGRAM ARGS… it runs another worker program and lets nothing\n"
             "that it started outlive it.\n\n"
             "Exit codes: 0 well, 2 usage or configuration, 3 database, 4 another program marked it dead.\n");
}

} // namespace lifeguard

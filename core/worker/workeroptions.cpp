// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/worker/workeroptions.h"

#include "core/base/protocol.h"
#include "core/config/outputroots.h"
#include "core/config/workerconfig.h"

#include <QCommandLineParser>
#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>

namespace lifeguard {
namespace {

constexpr qsizetype containerNameLength = 12; // Docker sets HOSTNAME to the first characters of the container's id

QString tr(const char *text)
{
    return QCoreApplication::translate("lifeguard::WorkerOptions", text);
}

void addOptions(QCommandLineParser &parser)
{
    parser.setApplicationDescription(tr("Runs a worker: takes jobs of one type from the queue and converts them."));
    parser.addOptions({
        {QStringLiteral("type"), tr("The type of the jobs to convert (default: $WORKER_TYPE)."),
         QStringLiteral("TYPE")},
        {QStringLiteral("db"), tr("The database file (default: $DB_PATH, otherwise $CLM_JOBS_DB_PATH)."),
         QStringLiteral("FILE")},
        {QStringLiteral("workspace"), tr("The folder of the inputs and outputs (default: $WORKSPACE_PATH)."),
         QStringLiteral("DIR")},
        {QStringLiteral("output-root"),
         tr("A folder outside the workspace that outputs may be written to. Can be repeated (default: "
            "$LIFEGUARD_OUTPUT_ROOTS, separated by colons)."),
         QStringLiteral("PATH")},
        {QStringLiteral("id"), tr("The unique name of this worker (default: $WORKER_ID, otherwise $HOSTNAME)."),
         QStringLiteral("NAME")},
        {QStringLiteral("max-job-time"),
         tr("The time limit of a job without one of its own, in seconds (default: $LIFEGUARD_MAX_JOB_TIME, otherwise "
            "600)."),
         QStringLiteral("S")},
        {{QStringLiteral("h"), QStringLiteral("help")}, tr("Print this help.")},
        {{QStringLiteral("v"), QStringLiteral("version")}, tr("Print the version.")},
    });
}

LogLevel logLevelFromName(const QString &name)
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
        return failure(ErrorCode::InvalidArgument,
                       tr("Unexpected argument '%1'.").arg(parser.positionalArguments().constFirst()));
    const auto value = [&](const char *option, const char *variable) {
        const QString name = QString::fromLatin1(option);
        return parser.isSet(name) ? parser.value(name) : environment.value(QString::fromLatin1(variable));
    };

    WorkerOptions options;
    QStringList problems;
    options.type = value("type", "WORKER_TYPE");
    if (options.type.isEmpty())
        problems.append(tr("The job type is missing. Set WORKER_TYPE or --type."));
    options.executorId = value("id", "WORKER_ID");
    options.executionMode = QStringLiteral("direct");
    if (options.executorId.isEmpty()) {
        options.executorId = environment.value(QStringLiteral("HOSTNAME")).left(containerNameLength);
        options.executionMode = QStringLiteral("docker");
    }
    if (options.executorId.isEmpty())
        problems.append(tr("The name of the worker is missing. Set WORKER_ID (in a container: HOSTNAME) or --id."));
    if (const QString text = environment.value(QStringLiteral("CLM_WORKER_ID")); !text.isEmpty()) {
        bool isNumber = false;
        options.assignedWorkerId = text.toLongLong(&isNumber);
        if (!isNumber || options.assignedWorkerId <= 0)
            problems.append(tr("CLM_WORKER_ID must be the id of a row in the table workers, not '%1'.").arg(text));
    }
    // A manager of CLM passes its whole environment on, in which DB_PATH may name another database.
    options.databasePath = value("db", options.assignedWorkerId > 0 ? "CLM_JOBS_DB_PATH" : "DB_PATH");
    if (options.databasePath.isEmpty())
        options.databasePath = value("db", options.assignedWorkerId > 0 ? "DB_PATH" : "CLM_JOBS_DB_PATH");
    if (options.databasePath.isEmpty() && environment.contains(QStringLiteral("CLM_API_URL"))) {
        problems.append(tr("CLM offers its queue to this worker only over HTTP (CLM_API_URL), which this program does "
                           "not support. Use the execution mode 'direct' in the configuration of CLM."));
    } else if (options.databasePath.isEmpty()) {
        problems.append(tr("The database is missing. Set DB_PATH, CLM_JOBS_DB_PATH or --db."));
    }
    const QString workspace = value("workspace", "WORKSPACE_PATH");
    if (workspace.isEmpty())
        problems.append(tr("The workspace is missing. Set WORKSPACE_PATH or --workspace."));
    else if (!QFileInfo(workspace).isDir())
        problems.append(tr("The workspace %1 is not an existing folder.").arg(workspace));
    else
        options.workspace = QDir::cleanPath(QFileInfo(workspace).absoluteFilePath());
    if (const auto roots = outputRootsFromOptions(parser.values(QStringLiteral("output-root"))))
        options.outputRoots = *roots;
    else
        problems.append(roots.error().message);
    // These folders need not exist yet: a network share may be unavailable for a while.
    if (!parser.isSet(QStringLiteral("output-root")))
        options.outputRoots = splitOutputRoots(environment.value(QStringLiteral("LIFEGUARD_OUTPUT_ROOTS")));
    for (const QString &root : std::as_const(options.outputRoots)) {
        if (const QString problem = outputRootProblem(root, false); !problem.isEmpty())
            problems.append(problem);
    }
    options.converter = ConverterSettings::fromEnvironment(environment);
    options.hostWorkspace = environment.value(QStringLiteral("LIFEGUARD_HOST_WORKSPACE"));
    if (!options.hostWorkspace.isEmpty() && !QDir::isAbsolutePath(options.hostWorkspace))
        problems.append(tr("LIFEGUARD_HOST_WORKSPACE must be an absolute path, not '%1'.").arg(options.hostWorkspace));
    if (const QString text = environment.value(QStringLiteral("LIFEGUARD_OUTPUT_OWNER")); !text.isEmpty()) {
        options.outputOwner = OutputOwner::fromString(text);
        if (!options.outputOwner)
            problems.append(tr("LIFEGUARD_OUTPUT_OWNER must be UID:GID, not '%1'.").arg(text));
    }
    if (const QString text = value("max-job-time", "LIFEGUARD_MAX_JOB_TIME"); !text.isEmpty()) {
        bool isNumber = false;
        const int number = text.toInt(&isNumber);
        if (isNumber && number > 0 && seconds(number) <= maxDuration)
            options.maxJobTime = seconds(number);
        else
            problems.append(tr("The time limit of a job must be a number of seconds from 1 to %1, not '%2'.")
                                .arg(maxDuration.count())
                                .arg(text));
    }
    if (const QString text = environment.value(QStringLiteral("LIFEGUARD_FILE_TIMEOUT")); !text.isEmpty()) {
        bool isNumber = false;
        const int number = text.toInt(&isNumber);
        if (isNumber && number > 0 && seconds(number) <= maxDuration)
            options.fileLimit = seconds(number);
        else
            problems.append(tr("LIFEGUARD_FILE_TIMEOUT must be a number of seconds from 1 to %1, not '%2'.")
                                .arg(maxDuration.count())
                                .arg(text));
    }
    if (const QString beats = environment.value(QStringLiteral("LIFEGUARD_BEATS")); !beats.isEmpty()) {
        const qsizetype colon = beats.lastIndexOf(u':');
        bool isNumber = false;
        options.beatSlot = beats.mid(colon + 1).toInt(&isNumber);
        options.beatPath = beats.left(std::max<qsizetype>(0, colon));
        if (!isNumber || options.beatPath.isEmpty() || options.beatSlot < 0)
            problems.append(tr("LIFEGUARD_BEATS must be FILE:SLOT, not '%1'.").arg(beats));
    }
    if (const QString file = environment.value(QStringLiteral("LIFEGUARD_DATABASE_FILE")); !file.isEmpty()) {
        options.databaseFile = FileIdentity::fromString(file);
        if (!options.databaseFile)
            problems.append(tr("LIFEGUARD_DATABASE_FILE must be DEVICE:INODE, not '%1'.").arg(file));
    }
    if (const QString manager = environment.value(QStringLiteral("LIFEGUARD_MANAGER")); !manager.isEmpty()) {
        options.manager = ProcessIdentity::fromString(manager);
        if (!options.manager)
            problems.append(tr("LIFEGUARD_MANAGER must be PID:START:BOOT:NAMESPACE, not '%1'.").arg(manager));
    }
    if (const QString protocol = environment.value(QStringLiteral("LIFEGUARD_PROTOCOL"));
        !protocol.isEmpty() && !isSupportedProtocol(protocol.toInt())) {
        problems.append(tr("The manager uses protocol version %1 (LIFEGUARD_PROTOCOL); this worker supports versions "
                           "%2 and %3. Use the worker program of "
                           "the manager's version.")
                            .arg(protocol)
                            .arg(protocolVersion - 1)
                            .arg(protocolVersion));
    }
    options.managerId = environment.value(QStringLiteral("LIFEGUARD_MANAGER_ID"));
    options.detach = environment.value(QStringLiteral("LIFEGUARD_DETACH")) == QLatin1String("true");
    options.largestBatch = environment.value(QStringLiteral("LIFEGUARD_LARGEST_BATCH")).toInt();
    options.logLevel = logLevelFromName(environment.value(QStringLiteral("LOG_LEVEL")));
    if (!problems.isEmpty())
        return failure(ErrorCode::InvalidArgument, problems.join(u'\n'));
    return options;
}

QString WorkerOptions::help()
{
    QCommandLineParser parser;
    addOptions(parser);
    return parser.helpText()
         + tr("\nWith --guard [--max-job-time S] [--grace S] -- PROGRAM ARGS… this program runs another worker "
              "program.\nWhen that program ends, all processes that it has started are killed.\n\n"
              "Exit codes: 0 success, 2 wrong usage or configuration, 3 database error, 4 another program marked this "
              "worker dead, or the row that CLM_WORKER_ID names is not available.\n");
}

} // namespace lifeguard

// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/runcommand.h"

#include "app/ctl/runprinter.h"
#include "app/ctl/runsession.h"
#include "app/ctl/text.h"
#include "core/base/logformat.h"
#include "core/base/unixsignals.h"
#include "core/config/jobtypes.h"
#include "core/config/outputroots.h"
#include "core/config/poolspec.h"

#include <QFileInfo>

#include <csignal>

#ifdef Q_OS_LINUX
#include <sys/prctl.h>
#endif

namespace lifeguard::ctl {

namespace {

/// Returns how a pool of each type begins ("plantuml=").
QStringList poolBeginnings()
{
    QStringList beginnings;
    for (const JobType &type : jobTypes()) {
        beginnings << type.name + QLatin1Char('=');
    }
    return beginnings;
}

/// Returns the options of the session; the error is a sentence for the user.
Result<RunOptions> optionsFrom(const CommandLine &line)
{
    const auto invalid = [](const QString &message) { return failure(ErrorCode::InvalidArgument, message); };
    RunOptions options;
    options.database = line.databasePath();
    options.workspace = line.workspace();
    if (const std::optional<ConfigSelection> &config = line.config()) {
        options.config = RunningConfig{*config, line.configOptions(), ConfigTrust()};
    }
    options.allowNetworkFile = line.isSet(QStringLiteral("allow-network-file"));
    options.untilIdle = line.isSet(QStringLiteral("until-idle"));
    if (!line.positionals().isEmpty()) {
        return invalid(
            Text::tr("Unexpected argument '%1'. Use --pool to name a pool.").arg(line.positionals().constFirst()));
    }
    if (!QFileInfo(options.workspace).isDir()) {
        return invalid(Text::tr("The workspace '%1' is not a folder.").arg(options.workspace));
    }
    const Result<QStringList> roots = outputRootsFromOptions(line.values(QStringLiteral("output-root")));
    if (!roots) {
        return failure(roots.error());
    }
    options.outputRoots = *roots;
    for (const QString &spec : line.values(QStringLiteral("pool"))) {
        const Result<WorkerConfig> pool = parsePoolOption(spec);
        if (!pool) {
            // The values of variables are secrets.
            const bool hasVariables = spec.contains(QStringLiteral("environment."));
            return invalid(
                Text::tr("--pool %1: %2").arg(hasVariables ? spec.section(u',', 0, 0) : spec, pool.error().message));
        }
        options.pools << *pool;
    }
    if (line.isSet(QStringLiteral("timeout"))) {
        const auto timeout = line.number(QStringLiteral("timeout"), 0, 1);
        if (!timeout) {
            return failure(timeout.error());
        }
        options.timeout = seconds(*timeout);
    }
    QString metrics = line.value(QStringLiteral("metrics"));
    if (metrics.isEmpty() && options.config && options.config->selection.isUsable()) {
        metrics = options.config->selection.result->configuration.metrics.listen;
    }
    if (!metrics.isEmpty()) {
        const Result<HttpAddress> address = parseHttpAddress(metrics);
        if (!address) {
            return failure(address.error());
        }
        options.metricsAddress = *address;
    }
    return options;
}

} // namespace

RunCommand::RunCommand()
    : Command({QStringLiteral("run"), Text::tr("run pools of workers"),
               Text::tr("Runs pools of workers until it is stopped with Ctrl+C, and prints what happens to them. Press "
                        "Ctrl+C again to kill workers that have not ended yet, and a third time to end at once.\n"
                        "Without --pool, starts the pools of the configuration file, and follows the file: changed "
                        "pools are changed, and the others keep their workers. With neither, starts a pool of two "
                        "workers for each type that has waiting jobs."),
               CommandLine::Access::Writes})
{
}

void RunCommand::declareArguments(CommandLine &line) const
{
    line.addOption(
        QStringLiteral("pool"),
        Text::tr(
            "A pool: TYPE=COUNT[,KEY=VALUE…][,command=…]. The keys are %1. "
            "Durations are written as 90s, 10m, 2h or 14d, sizes as 512M or 2G. The mode is auto (a container if "
            "Docker has the image, "
            "otherwise a process), direct or docker. The keys image, network and pids apply to containers, as do "
            "container_root, writable_root, keep_capabilities and new_privileges, "
            "which give up a protection; nice and io_priority apply to processes. Commas in paths and variables are "
            "percent-encoded. The command must come last; it extends to the end of the text. Can be "
            "repeated.")
            .arg(poolSpecKeys().join(QStringLiteral(", "))),
        QStringLiteral("SPEC"), poolBeginnings());
    line.addOption(QStringLiteral("output-root"),
                   Text::tr("A folder outside the workspace to which the workers of all pools may write outputs. The "
                            "key output_roots allows it for one pool. Can be repeated."),
                   QStringLiteral("PATH"));
    line.addOption(
        QStringLiteral("until-idle"),
        Text::tr("End when no job of the pools' types is waiting or running, or when no worker of a type can start."));
    line.addOption(QStringLiteral("allow-network-file"),
                   Text::tr("Use a database on a network file system even if managers on other machines are registered "
                            "in it. Only one machine may use it at a time."));
    line.addOption(QStringLiteral("log-format"),
                   Text::tr("How to write the log to stderr: text, json (one object per line) or journald (with the "
                            "priorities of the journal of systemd). Default: text."),
                   QStringLiteral("FORMAT"),
                   {QStringLiteral("text"), QStringLiteral("json"), QStringLiteral("journald")});
    line.addOption(QStringLiteral("metrics"),
                   Text::tr("Serve metrics for Prometheus (/metrics) and the health (/health) at this address, for "
                            "example 127.0.0.1:9464. Without an address, only this machine can read them; use 0.0.0.0 "
                            "or [::] for all."),
                   QStringLiteral("[ADDRESS:]PORT"));
    line.addOption(QStringLiteral("timeout"), Text::tr("End after S seconds, with exit code 4."), QStringLiteral("S"));
}

CommandResult RunCommand::execute(const CommandLine &line)
{
    if (line.config() && !line.config()->isUsable()) {
        return inputError({ErrorCode::PermissionDenied, consentText(line.config()->found.path), {}});
    }
    Result<RunOptions> options = optionsFrom(line);
    if (!options) {
        return usageError(options.error().message);
    }
    std::unique_ptr<ConfigLock> lock;
    if (options->config) {
        if (options->pools.isEmpty()) {
            Result<std::unique_ptr<ConfigLock>> acquired = ConfigLock::acquire(line.config()->found.path);
            if (!acquired) {
                return inputError(acquired.error());
            }
            lock = std::move(*acquired);
        }
        applyProcessSettings(*options->config->selection.result);
    }
    if (line.isSet(QStringLiteral("log-format"))) {
        const QString name = line.value(QStringLiteral("log-format"));
        const std::optional<LogFormat> format = logFormatFromString(name);
        if (!format) {
            return usageError(
                Text::tr("'%1' is not a format of logs. Use text, json or journald with --log-format.").arg(name));
        }
        installLogFormat(*format);
    }
#ifdef Q_OS_LINUX
    // Makes this process the parent of the processes that a killed worker leaves behind, so that they can be found and
    // ended.
    prctl(PR_SET_CHILD_SUBREAPER, 1);
#endif
    RunPrinter printer(line.json());
    RunSession session(std::move(*options), printer);
    UnixSignals unixSignals({SIGINT, SIGTERM, SIGHUP});
    UnixSignals::exitAfter(3);
    QObject::connect(&unixSignals, &UnixSignals::received, &session, [&session](int number) {
        if (number == SIGHUP) {
            session.hangUp(signalName(number));
        } else {
            session.interrupt(signalName(number));
        }
    });
    // Without this, `run | head` would end this program in the middle of its work.
    std::signal(SIGPIPE, SIG_IGN);
    printer.setOnClosed(
        [&session] { QMetaObject::invokeMethod(&session, &RunSession::endWithoutOutput, Qt::QueuedConnection); });
    QObject::connect(&session, &RunSession::finished, &session,
                     [](ExitCode exitCode) { QCoreApplication::exit(static_cast<int>(exitCode)); });
    QMetaObject::invokeMethod(&session, &RunSession::start, Qt::QueuedConnection);
    return static_cast<ExitCode>(QCoreApplication::exec());
}

} // namespace lifeguard::ctl

// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/commandline.h"
#include "app/ctl/commands.h"
#include "app/ctl/output.h"
#include "app/ctl/runprinter.h"
#include "app/ctl/runsession.h"
#include "core/base/unixsignals.h"
#include "core/config/poolspec.h"

#include <QFileInfo>

#include <csignal>

#ifdef Q_OS_LINUX
#include <sys/prctl.h>
#endif

namespace lifeguard::ctl {

int runCommand(const QStringList &arguments)
{
    CommandLine line(QStringLiteral("run"),
                     Text::tr("Runs pools of workers until it is stopped (Ctrl+C), and says what happens to them.\n"
                              "Without --pool: two workers for each type that has jobs waiting."),
                     CommandLine::Access::Writes);
    line.addOption(QStringLiteral("pool"),
                   Text::tr("A pool: TYPE=COUNT[,KEY=VALUE…][,command=…]; keys: %1. Times are in seconds, memory in MB. "
                            "mode is auto (containers where Docker has the image, else direct), direct or docker; image, network and pids are for containers. "
                            "The command takes the rest of the text. May be given often.")
                       .arg(poolSpecKeys().join(QStringLiteral(", "))),
                   QStringLiteral("SPEC"));
    line.addOption(QStringLiteral("until-idle"),
                   Text::tr("End when no job of the pools' types waits or runs, or when no worker of a type can start."));
    line.addOption(QStringLiteral("timeout"), Text::tr("End after S seconds, with exit code 4."), QStringLiteral("S"));
    if (const auto code = line.parse(arguments)) {
        return *code;
    }
    if (!line.positionals().isEmpty()) {
        return line.usageError(Text::tr("What is '%1'? Pools are named with --pool.").arg(line.positionals().first()));
    }
    RunOptions options;
    options.database = line.databasePath();
    options.workspace = line.workspace();
    options.untilIdle = line.isSet(QStringLiteral("until-idle"));
    if (!QFileInfo(options.workspace).isDir()) {
        return line.usageError(Text::tr("The workspace '%1' is not a folder.").arg(options.workspace));
    }
    for (const QString &spec : line.values(QStringLiteral("pool"))) {
        const auto pool = parsePoolSpec(spec);
        if (!pool) {
            return line.usageError(Text::tr("--pool %1: %2").arg(spec, pool.error().message));
        }
        if (const Status good = pool->check(); !good) {
            return line.usageError(Text::tr("--pool %1: %2").arg(spec, good.error().message));
        }
        options.pools << *pool;
    }
    if (line.isSet(QStringLiteral("timeout"))) {
        const auto timeout = line.number(QStringLiteral("timeout"), 0, 1);
        if (!timeout) {
            return line.usageError(timeout.error().message);
        }
        options.timeout = seconds(*timeout);
    }

#ifdef Q_OS_LINUX
    // What a killed worker leaves behind becomes ours, so that it can be found and ended.
    prctl(PR_SET_CHILD_SUBREAPER, 1);
#endif
    RunPrinter printer(line.json());
    RunSession session(std::move(options), printer);
    UnixSignals signalled({SIGINT, SIGTERM, SIGHUP});
    QObject::connect(&signalled, &UnixSignals::received, &session,
                     [&session](int number) { session.stop(signalName(number)); });
    QObject::connect(&session, &RunSession::finished, &session, [](int code) { QCoreApplication::exit(code); });
    QMetaObject::invokeMethod(&session, &RunSession::start, Qt::QueuedConnection);
    return QCoreApplication::exec();
}

} // namespace lifeguard::ctl

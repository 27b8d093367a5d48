// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/processtable.h"
#include "core/base/processtree.h"
#include "core/base/unixsignals.h"
#include "core/worker/guard.h"
#include "core/worker/workerloop.h"

#include <QCoreApplication>
#include <QLoggingCategory>
#include <QThreadPool>

#include <csignal>
#include <cstdio>
#include <cstring>

#include <sys/prctl.h>

using namespace lifeguard;

namespace {

int complain(int code, const QString &message)
{
    for (const QString &line : message.split(QLatin1Char('\n')))
        std::fprintf(stderr, "lifeguard-worker: %s\n", qUtf8Printable(line));
    return code;
}

int runWorker()
{
    const QStringList arguments = QCoreApplication::arguments().mid(1);
    if (arguments.contains(QStringLiteral("--help")) || arguments.contains(QStringLiteral("-h"))) {
        std::fputs(qUtf8Printable(WorkerOptions::help()), stdout);
        return WorkerLoop::ExitWell;
    }
    if (arguments.contains(QStringLiteral("--version")) || arguments.contains(QStringLiteral("-v"))) {
        std::puts("lifeguard-worker " LIFEGUARD_VERSION);
        return WorkerLoop::ExitWell;
    }
    const Result<WorkerOptions> options = WorkerOptions::read(arguments, QProcessEnvironment::systemEnvironment());
    if (!options)
        return complain(WorkerLoop::ExitUsage, options.error().message);
    std::unique_ptr<Converter> converter = makeConverter(options->type);
    if (!converter)
        return complain(WorkerLoop::ExitUsage, QCoreApplication::translate("lifeguard-worker", "There is no converter for the job type '%1'.").arg(options->type));
    if (options->logLevel == LogLevel::Debug)
        QLoggingCategory::setFilterRules(QStringLiteral("lifeguard.*=true"));

    // Signals first: a TERM that comes while the worker registers has to end it well, too.
    UnixSignals signalsReceived({SIGTERM, SIGINT});
    // A second's worth of a locked database at most: TERM is seen in between.
    Result<std::unique_ptr<Database>> database = Database::open(options->databasePath, OpenMode::ReadWrite, std::chrono::seconds(1));
    if (!database)
        return complain(WorkerLoop::ExitDatabase, database.error().message);
    std::unique_ptr<BeatFile> beats;
    if (!options->beatPath.isEmpty()) {
        Result<std::unique_ptr<BeatFile>> opened = BeatFile::open(options->beatPath, true);
        if (opened && options->beatSlot < (*opened)->slotCount())
            beats = std::move(*opened);
        else
            complain(0, opened ? QStringLiteral("the beat file has no slot %1").arg(options->beatSlot) : opened.error().message);
    }

    WorkerLoop loop(*options, std::move(*database), std::move(beats), std::move(converter));
    QObject::connect(&signalsReceived, &UnixSignals::received, &loop, [&loop](int number) { loop.stop(signalName(number)); });
    QObject::connect(&loop, &WorkerLoop::finished, QCoreApplication::instance(), [](int code) { QCoreApplication::exit(code); }, Qt::QueuedConnection);
    QMetaObject::invokeMethod(&loop, &WorkerLoop::start, Qt::QueuedConnection);
    return QCoreApplication::exec();
}

} // namespace

int main(int argc, char *argv[])
{
    if (argc > 1 && std::strcmp(argv[1], "--guard") == 0)
        return runGuard(argc, argv);
    QCoreApplication application(argc, argv);
    QCoreApplication::setApplicationName(QStringLiteral("lifeguard-worker"));
    QCoreApplication::setApplicationVersion(QStringLiteral(LIFEGUARD_VERSION));
    // What a tool starts and lets go of comes to us, and ends with us. The first process of a container gets it anyway, and needs no
    // other init above it: such orphans are reaped after each job, and signals have handlers (one without would be ignored there).
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    const int code = runWorker();
    QThreadPool::globalInstance()->waitForDone();
    killTrees(ProcessTable::read().childrenOf(QCoreApplication::applicationPid()), {});
    return code;
}

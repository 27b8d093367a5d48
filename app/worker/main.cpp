// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/englishplurals.h"
#include "core/base/processtree.h"
#include "core/base/terminaltext.h"
#include "core/base/unixsignals.h"
#include "core/worker/guard.h"
#include "core/worker/workerdatabase.h"
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

void printError(const QString &message)
{
    for (const QString &line : message.split(QLatin1Char('\n')))
        std::fprintf(stderr, "lifeguard-worker: %s\n", qUtf8Printable(terminalRow(line)));
}

/// Opens the worker's beat file. Returns null if there is none or it cannot be used; the worker then stores its
/// heartbeats in the database.
std::unique_ptr<BeatFile> openBeatFile(const WorkerOptions &options)
{
    if (options.beatPath.isEmpty())
        return nullptr;
    Result<std::unique_ptr<BeatFile>> beats = BeatFile::open(options.beatPath, true);
    if (!beats) {
        printError(beats.error().message);
        return nullptr;
    }
    if (options.beatSlot >= (*beats)->slotCount()) {
        printError(QStringLiteral("The beat file %1 has no slot %2.").arg(options.beatPath).arg(options.beatSlot));
        return nullptr;
    }
    return std::move(*beats);
}

int runWorker()
{
    const QStringList arguments = QCoreApplication::arguments().mid(1);
    if (arguments.contains(QStringLiteral("--help")) || arguments.contains(QStringLiteral("-h"))) {
        std::fputs(qUtf8Printable(WorkerOptions::help()), stdout);
        return WorkerLoop::ExitSuccess;
    }
    if (arguments.contains(QStringLiteral("--version")) || arguments.contains(QStringLiteral("-v"))) {
        std::puts("lifeguard-worker " LIFEGUARD_VERSION);
        return WorkerLoop::ExitSuccess;
    }
    const Result<WorkerOptions> options = WorkerOptions::read(arguments, QProcessEnvironment::systemEnvironment());
    if (!options) {
        printError(options.error().message);
        return WorkerLoop::ExitUsage;
    }
    std::unique_ptr<Converter> converter = makeConverter(options->type);
    if (!converter) {
        printError(QCoreApplication::translate("lifeguard-worker", "There is no converter for the job type '%1'.")
                       .arg(options->type));
        return WorkerLoop::ExitUsage;
    }
    if (options->logLevel == LogLevel::Debug)
        QLoggingCategory::setFilterRules(QStringLiteral("lifeguard.*=true"));

    // Signals are handled from here on, so that a TERM during the registration also ends the worker cleanly.
    UnixSignals unixSignals({SIGTERM, SIGINT});
    // Wait at most one second for a locked database, so that signals are handled between two attempts.
    Result<std::unique_ptr<Database>> database = openWorkerDatabase(*options, std::chrono::seconds(1));
    if (!database) {
        printError(database.error().message);
        return WorkerLoop::ExitDatabase;
    }
    WorkerLoop loop(*options, std::move(*database), openBeatFile(*options), std::move(converter));
    QObject::connect(&unixSignals, &UnixSignals::received, &loop,
                     [&loop](int number) { loop.stop(signalName(number)); });
    QObject::connect(
        &loop, &WorkerLoop::finished, QCoreApplication::instance(), [](int code) { QCoreApplication::exit(code); },
        Qt::QueuedConnection);
    QMetaObject::invokeMethod(&loop, &WorkerLoop::start, Qt::QueuedConnection);
    return QCoreApplication::exec();
}

} // namespace

int main(int argc, char *argv[])
{
    if (argc > 1 && std::strcmp(argv[1], "--guard") == 0)
        return runGuard(argc, argv);
    QCoreApplication application(argc, argv);
    EnglishPluralTranslator englishPlurals; // for the notes and errors of jobs
    QCoreApplication::installTranslator(&englishPlurals);
    QCoreApplication::setApplicationName(QStringLiteral("lifeguard-worker"));
    QCoreApplication::setApplicationVersion(QStringLiteral(LIFEGUARD_VERSION));
    // Makes orphans of a tool children of this process, so that they end with it. As the first process of a container,
    // it has this role anyway and needs no init process: it reaps orphans after each job, and handles signals, which
    // the kernel would otherwise not deliver to it.
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    const int exitCode = runWorker();
    QThreadPool::globalInstance()->waitForDone();
    killDescendants();
    return exitCode;
}

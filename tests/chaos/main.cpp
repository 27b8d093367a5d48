// SPDX-License-Identifier: GPL-3.0-or-later
// Runs jobs in real pools while workers, tools and managers are killed and stopped, the database is locked and the disk is filled.
// Then checks from outside the managers that no job was lost and none was completed twice.
#include "core/base/orphanreaper.h"
#include "tests/chaos/faultinjector.h"
#include "tests/chaos/outcome.h"

#include <QCommandLineParser>
#include <QCoreApplication>
#include <QElapsedTimer>
#include <QThread>

#include <cstdio>
#include <random>

#include <sys/prctl.h>

using namespace lifeguard;
using namespace lifeguard::chaos;

namespace {

constexpr int progressTimeout = 120'000; ///< ms; the run ends if no job is completed for this long
constexpr int reportInterval = 10'000; ///< ms

/// Returns nothing if an option has an invalid value.
std::optional<Options> parseOptions(const QCoreApplication &app)
{
    QCommandLineParser parser;
    parser.setApplicationDescription(QStringLiteral("Runs jobs in real pools, injects faults, and checks that no job is lost."));
    parser.addOptions({
        {QStringLiteral("jobs"), QStringLiteral("Number of jobs (default: 2000 for each 30 s)."), QStringLiteral("N")},
        {QStringLiteral("workers"), QStringLiteral("Number of workers (default: 8)."), QStringLiteral("W")},
        {QStringLiteral("seconds"), QStringLiteral("How long faults are injected, in seconds (default: 30)."), QStringLiteral("S")},
        {QStringLiteral("minutes"), QStringLiteral("How long faults are injected, in minutes."), QStringLiteral("M")},
        {QStringLiteral("seed"), QStringLiteral("Seed of the random numbers, to repeat the faults of an earlier run."), QStringLiteral("X")},
        {QStringLiteral("keep"), QStringLiteral("Keep the folder with the database and the logs.")},
    });
    parser.addHelpOption();
    parser.process(app);
    Options options;
    bool isValid = true;
    const auto number = [&](const char *name, int fallback) {
        bool isNumber = true;
        const QString key = QString::fromLatin1(name);
        const int value = parser.isSet(key) ? parser.value(key).toInt(&isNumber) : fallback;
        isValid = isValid && isNumber && value > 0;
        return value;
    };
    options.seconds = parser.isSet(QStringLiteral("minutes")) ? 60 * number("minutes", 1) : number("seconds", 30);
    options.jobs = number("jobs", std::max(1, options.seconds * 2000 / 30));
    options.workers = number("workers", 8);
    options.seed = quint32(number("seed", int(std::random_device()() % 1'000'000'000) + 1));
    options.keep = parser.isSet(QStringLiteral("keep"));
    if (!isValid || options.workers < 2)
        return {};
    return options;
}

/// Processes events and reaps orphans for this many milliseconds.
void processEvents(int ms)
{
    QElapsedTimer timer;
    timer.start();
    while (!timer.hasExpired(ms)) {
        QCoreApplication::processEvents(QEventLoop::AllEvents, 20);
        QThread::msleep(10);
        reapOrphans({}); // workers of killed managers become children of this process
    }
}

} // namespace

int main(int argc, char **argv)
{
    prctl(PR_SET_CHILD_SUBREAPER, 1); // adopts the workers of killed managers, as a service manager does
    QCoreApplication app(argc, argv);
    const std::optional<Options> options = parseOptions(app);
    if (!options) {
        std::fprintf(stderr, "chaos: the options must be positive numbers, and --workers at least 2\n");
        return 2;
    }
    std::setvbuf(stdout, nullptr, _IOLBF, 0);
    Testbed testbed(*options);
    if (const Status created = testbed.create(); !created) {
        std::fprintf(stderr, "chaos: %s\n", qPrintable(created.error().message));
        return 2;
    }
    std::printf("%d jobs, %d workers, faults for %d s, seed %u, in %s\n", options->jobs, options->workers, options->seconds, options->seed,
                qPrintable(testbed.path(QString())));
    if (!testbed.hasSmallDisk())
        std::printf("SKIP   : the disk is not filled, because mounting a tmpfs requires root\n");
    if (!testbed.hasDiagrams())
        std::printf("SKIP   : no diagrams are converted, because PlantUML is not installed\n");

    QElapsedTimer running;
    running.start();
    testbed.startManager();
    FaultInjector injector(testbed);
    injector.start();

    qint64 previouslyCompleted = -1;
    QElapsedTimer sinceProgress;
    sinceProgress.start();
    qint64 reportedAt = 0;
    bool hasStoppedFaults = false;
    for (;;) {
        processEvents(200);
        const qint64 completed = testbed.countJobs(QStringLiteral("completed"));
        if (completed != previouslyCompleted)
            sinceProgress.restart();
        previouslyCompleted = completed;
        testbed.retryJobsFailedByFaults();
        if (running.elapsed() - reportedAt > reportInterval) {
            reportedAt = running.elapsed();
            std::printf("%4lld s: %lld of %d completed\n", running.elapsed() / 1000, completed, options->jobs);
        }
        const bool isTimeOver = running.elapsed() > qint64(options->seconds) * 1000;
        if (!hasStoppedFaults && (isTimeOver || completed == options->jobs)) {
            hasStoppedFaults = true;
            injector.stop();
            // Replace all managers by a new one, whose back-off times are not affected by the faults.
            while (!testbed.managers().empty())
                testbed.killManager(0);
            testbed.startManager();
        }
        testbed.forgetEndedManagers();
        if (hasStoppedFaults && testbed.managers().empty()) // as a supervisor would
            testbed.startManager();
        if (completed == options->jobs || sinceProgress.hasExpired(progressTimeout))
            break;
    }
    const double duration = double(running.elapsed()) / 1000;
    processEvents(1000); // lets the last manager record the ends of workers that were killed just now
    testbed.endManagers();
    processEvents(500);

    const chaos::Outcome outcome = checkOutcome(testbed);
    for (auto fault = injector.counts().cbegin(); fault != injector.counts().cend(); ++fault)
        std::printf("  %-50s %5d\n", qPrintable(fault.key()), fault.value());
    std::printf("%lld of %d jobs completed in %.0f s (%.1f jobs/s)\n", outcome.completed, options->jobs, duration, double(outcome.completed) / duration);
    for (auto death = outcome.deaths.cbegin(); death != outcome.deaths.cend(); ++death)
        std::printf("  %-50s %5lld\n", qPrintable(QStringLiteral("deaths: ") + death.key()), death.value());
    std::printf("jobs begun more than once: %lld, %lld times (worker died: %lld, disk full: %lld, tool killed: %lld); "
                "claims returned before work began: %lld\n",
                outcome.repeatedJobs,
                outcome.restartsByDeath + outcome.restartsByFullDisk + outcome.restartsByKilledTool, outcome.restartsByDeath,
                outcome.restartsByFullDisk, outcome.restartsByKilledTool, outcome.returnedClaims);
    std::printf("results discarded because the lease was lost: %lld\n", outcome.discardedResults);
    for (const QString &violation : outcome.violations)
        std::printf("VIOLATION: %s\n", qPrintable(violation));
    std::printf("jobs lost: %lld\n", outcome.lost);
    return outcome.isGood() ? 0 : 1;
}

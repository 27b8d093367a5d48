// SPDX-License-Identifier: GPL-3.0-or-later
// Runs jobs over real pools while workers, tools and managers are killed and stopped, the database is locked and the disk fills
// up; then checks from the outside that no job was lost and none was finished twice.
#include "core/base/orphanreaper.h"
#include "tests/chaos/mischief.h"
#include "tests/chaos/verdict.h"

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

constexpr int stillTooLong = 120'000; ///< ms without any progress: given up
constexpr int reportEvery = 10'000; ///< ms

std::optional<Options> optionsFrom(const QCoreApplication &app)
{
    QCommandLineParser parser;
    parser.setApplicationDescription(QStringLiteral("Runs jobs over real pools and does them harm; no job may be lost."));
    parser.addOptions({
        {QStringLiteral("jobs"), QStringLiteral("How many jobs (default: 2000 for each 30 s)."), QStringLiteral("N")},
        {QStringLiteral("workers"), QStringLiteral("How many workers (default: 8)."), QStringLiteral("W")},
        {QStringLiteral("seconds"), QStringLiteral("How long harm is done (default: 30)."), QStringLiteral("S")},
        {QStringLiteral("minutes"), QStringLiteral("The same, in minutes."), QStringLiteral("M")},
        {QStringLiteral("seed"), QStringLiteral("The same mischief as in a run before."), QStringLiteral("X")},
        {QStringLiteral("keep"), QStringLiteral("Leave the folder with database and logs.")},
    });
    parser.addHelpOption();
    parser.process(app);
    Options options;
    bool good = true;
    const auto number = [&](const char *name, int fallback) {
        bool isNumber = true;
        const QString key = QString::fromLatin1(name);
        const int value = parser.isSet(key) ? parser.value(key).toInt(&isNumber) : fallback;
        good = good && isNumber && value > 0;
        return value;
    };
    options.seconds = parser.isSet(QStringLiteral("minutes")) ? 60 * number("minutes", 1) : number("seconds", 30);
    options.jobs = number("jobs", std::max(1, options.seconds * 2000 / 30));
    options.workers = number("workers", 8);
    options.seed = quint32(number("seed", int(std::random_device()() % 1'000'000'000) + 1));
    options.keep = parser.isSet(QStringLiteral("keep"));
    if (!good || options.workers < 2)
        return {};
    return options;
}

void spin(int ms)
{
    QElapsedTimer timer;
    timer.start();
    while (!timer.hasExpired(ms)) {
        QCoreApplication::processEvents(QEventLoop::AllEvents, 20);
        QThread::msleep(10);
        reapOrphans({}); // orphans of killed managers come here
    }
}

} // namespace

int main(int argc, char **argv)
{
    prctl(PR_SET_CHILD_SUBREAPER, 1); // orphans of managers that were killed come here, as to a service's manager
    QCoreApplication app(argc, argv);
    const std::optional<Options> options = optionsFrom(app);
    if (!options) {
        std::fprintf(stderr, "chaos: the options must be numbers above 0, --workers at least 2\n");
        return 2;
    }
    std::setvbuf(stdout, nullptr, _IOLBF, 0);
    World world(*options);
    if (const Status built = world.build(); !built) {
        std::fprintf(stderr, "chaos: %s\n", qPrintable(built.error().message));
        return 2;
    }
    std::printf("%d jobs, %d workers, %d s of mischief, seed %u, in %s\n", options->jobs, options->workers, options->seconds, options->seed,
                qPrintable(world.path(QString())));
    if (!world.hasSmallDisk())
        std::printf("SKIP   : the disk is not filled: that takes root, and mounting a tmpfs\n");
    if (!world.hasDiagrams())
        std::printf("SKIP   : no diagrams: PlantUML is not installed\n");

    QElapsedTimer running;
    running.start();
    world.startManager();
    Mischief mischief(world);
    mischief.start();

    qint64 before = -1;
    QElapsedTimer still;
    still.start();
    qint64 reported = 0;
    bool peace = false;
    for (;;) {
        spin(200);
        const qint64 completed = world.count(QStringLiteral("completed"));
        if (completed != before)
            still.restart();
        before = completed;
        world.retryWhatHarmFailed();
        if (running.elapsed() - reported > reportEvery) {
            reported = running.elapsed();
            std::printf("%4lld s: %lld of %d completed\n", running.elapsed() / 1000, completed, options->jobs);
        }
        const bool over = running.elapsed() > qint64(options->seconds) * 1000;
        if (!peace && (over || completed == options->jobs)) {
            peace = true;
            mischief.stop();
            // In peace at last: one manager, new, so that nothing of the past holds it back.
            while (!world.managers().empty())
                world.killManager(0);
            world.startManager();
        }
        world.forgetEndedManagers();
        if (peace && world.managers().empty()) // a supervisor would, too
            world.startManager();
        if (completed == options->jobs || still.hasExpired(stillTooLong))
            break;
    }
    const double took = double(running.elapsed()) / 1000;
    spin(1000); // the last one's rows of what was killed a moment ago
    world.endManagers();
    spin(500);

    const chaos::Verdict verdict = judge(world);
    for (auto deed = mischief.done().cbegin(); deed != mischief.done().cend(); ++deed)
        std::printf("  %-50s %5d\n", qPrintable(deed.key()), deed.value());
    std::printf("%lld of %d jobs completed in %.0f s (%.1f jobs/s)\n", verdict.completed, options->jobs, took, double(verdict.completed) / took);
    for (auto death = verdict.deaths.cbegin(); death != verdict.deaths.cend(); ++death)
        std::printf("  %-50s %5lld\n", qPrintable(QStringLiteral("deaths: ") + death.key()), death.value());
    std::printf("jobs begun more than once: %lld, %lld times (their worker died %lld, the disk was full %lld, their tool was killed %lld); "
                "claimed but not begun: %lld\n",
                verdict.jobsBegunAgain, verdict.counted + verdict.forSpace + verdict.forTool, verdict.counted, verdict.forSpace, verdict.forTool,
                verdict.uncounted);
    std::printf("results that came too late and were dropped: %lld\n", verdict.dropped);
    for (const QString &wrong : verdict.wrong)
        std::printf("WRONG: %s\n", qPrintable(wrong));
    std::printf("jobs lost: %lld\n", verdict.lost);
    return verdict.isGood() ? 0 : 1;
}

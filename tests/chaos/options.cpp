// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/chaos/options.h"

#include <QCommandLineParser>

#include <algorithm>
#include <cstdio>
#include <random>

namespace lifeguard::chaos {
namespace {

constexpr int secondsPerPhase = 40; ///< so that a run of ten minutes has 15 phases

} // namespace

std::optional<Options> Options::read(const QCoreApplication &app)
{
    QCommandLineParser parser;
    parser.setApplicationDescription(
        QStringLiteral("Runs jobs in real pools, injects faults, and checks that no job is lost."));
    parser.addOptions({
        {QStringLiteral("workers"), QStringLiteral("Number of workers (default: 8)."), QStringLiteral("W")},
        {QStringLiteral("crowd"),
         QStringLiteral(
             "Number of workers of a manager that is added for a time (default: 300; 40 in runs below a minute)."),
         QStringLiteral("W")},
        {QStringLiteral("seconds"), QStringLiteral("How long faults are injected, in seconds (default: 30)."),
         QStringLiteral("S")},
        {QStringLiteral("minutes"), QStringLiteral("How long faults are injected, in minutes."), QStringLiteral("M")},
        {QStringLiteral("phases"),
         QStringLiteral("Number of phases (default: one per 40 s, at least 3). Each phase but the last ends with a "
                        "database that is deleted, moved or replaced."),
         QStringLiteral("P")},
        {QStringLiteral("lock-ms"),
         QStringLiteral("How long the database is locked at each stage of a worker's life, in milliseconds (default: "
                        "10000; 2000 in runs below a minute)."),
         QStringLiteral("MS")},
        {QStringLiteral("seed"), QStringLiteral("Seed of the random numbers, to repeat the faults of an earlier run."),
         QStringLiteral("X")},
        {QStringLiteral("keep"), QStringLiteral("Keep the folder with the database and the logs.")},
    });
    parser.addHelpOption();
    parser.process(app);
    bool isValid = true;
    const auto number = [&](const char *name, int fallback) {
        bool isNumber = true;
        const QString key = QString::fromLatin1(name);
        const int value = parser.isSet(key) ? parser.value(key).toInt(&isNumber) : fallback;
        isValid = isValid && isNumber && value > 0;
        return value;
    };
    Options options;
    options.seconds = parser.isSet(QStringLiteral("minutes")) ? 60 * number("minutes", 1) : number("seconds", 30);
    options.workers = number("workers", options.workers);
    options.crowd = number("crowd", options.seconds < 60 ? 40 : options.crowd);
    options.phases = number("phases", std::max(3, options.seconds / secondsPerPhase));
    options.longLock = std::chrono::milliseconds(number("lock-ms", options.seconds < 60 ? 2000 : 10'000));
    options.seed = quint32(number("seed", int(std::random_device()() % 1'000'000'000) + 1));
    options.keep = parser.isSet(QStringLiteral("keep"));
    if (isValid && options.workers >= 4)
        return options;
    std::fprintf(stderr, "chaos: the options must be positive numbers, and --workers at least 4\n");
    return {};
}

} // namespace lifeguard::chaos

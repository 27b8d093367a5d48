// SPDX-License-Identifier: GPL-3.0-or-later
// Fuzzes the command line and the environment of a worker.
#include "core/worker/workeroptions.h"
#include "tests/fuzz/targets/fuzz.h"

#include <chrono>
#include <limits>

using namespace lifeguard;
using namespace lifeguard::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    // Each line is an argument, or an environment variable if it contains "=" and does not begin with "-".
    QStringList arguments;
    QProcessEnvironment environment;
    for (const QByteArray &line : toBytes(data, size).split('\n')) {
        const QString text = QString::fromUtf8(line);
        const qsizetype equals = text.indexOf(QLatin1Char('='));
        if (equals > 0 && !text.startsWith(QLatin1Char('-')))
            environment.insert(text.left(equals), text.mid(equals + 1));
        else
            arguments.append(text);
    }
    const auto options = WorkerOptions::read(arguments, environment);
    if (!options)
        return 0;
    require(!options->type.isEmpty() && !options->executorId.isEmpty() && !options->databasePath.isEmpty(),
            "a worker has a type, an executor id and a database");
    require(options->maxJobTime > seconds(0)
                && std::chrono::milliseconds(options->maxJobTime).count() <= std::numeric_limits<int>::max(),
            "the time limit of a job is positive and fits a timer");
    return 0;
}

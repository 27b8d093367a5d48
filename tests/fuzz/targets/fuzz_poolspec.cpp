// SPDX-License-Identifier: GPL-3.0-or-later
// The text of a pool: on the command line, and in the database for whoever adopts its workers.
#include "core/config/poolspec.h"
#include "tests/fuzz/targets/fuzz.h"

#include <chrono>
#include <limits>

using namespace lifeguard;
using namespace lifeguard::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const auto config = parsePoolSpec(QString::fromUtf8(bytesOf(data, size)));
    if (!config)
        return 0;
    // As the manager uses them: none may overflow.
    for (const seconds time : {config->maxJobTime, config->registrationTimeout, config->stopGrace, config->staleAfter, config->hungAfter})
        promise(time >= seconds(0) && std::chrono::milliseconds(time + seconds(15)).count() <= std::numeric_limits<int>::max(), "a timer can count the times");
    promise(config->memoryLimitMb * 1024 * 1024 >= 0 && config->recycleAboveMb * 1024 * 1024 >= 0, "sizes are not negative");
    promise(config->cpuLimit >= 0 && config->cpuLimit < 1e6, "a share of the CPU is a number");
    const auto again = parsePoolSpec(toPoolSpec(*config));
    promise(again.has_value(), "what is written of a pool can be read");
    promise(*again == *config, "what is written of a pool is that pool");
    return 0;
}

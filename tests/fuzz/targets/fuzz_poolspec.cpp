// SPDX-License-Identifier: GPL-3.0-or-later
// Parses pool specifications, from the command line or from the database when workers are adopted.
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
    // Conversions in the manager must not overflow.
    for (const seconds time : {config->maxJobTime, config->registrationTimeout, config->stopGrace, config->staleAfter, config->hungAfter})
        promise(time >= seconds(0) && std::chrono::milliseconds(time + seconds(15)).count() <= std::numeric_limits<int>::max(), "durations are in the range of timers");
    promise(config->memoryLimitMb * 1024 * 1024 >= 0 && config->recycleAboveMb * 1024 * 1024 >= 0, "sizes are not negative");
    promise(config->cpuLimit >= 0 && config->cpuLimit < 1e6, "the CPU limit is a number");
    const auto again = parsePoolSpec(toPoolSpec(*config));
    promise(again.has_value(), "a formatted specification can be parsed");
    promise(*again == *config, "formatting and parsing a specification yields the same configuration");
    return 0;
}

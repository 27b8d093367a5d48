// SPDX-License-Identifier: GPL-3.0-or-later
// Fuzzes pool specifications from the command line and from the database, where managers that adopt workers read them.
#include "core/config/poolspec.h"
#include "core/config/workervariables.h"
#include "tests/fuzz/targets/fuzz.h"

#include <chrono>
#include <limits>

using namespace lifeguard;
using namespace lifeguard::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const auto config = parsePoolSpec(QString::fromUtf8(toBytes(data, size)));
    if (!config)
        return 0;
    // The manager adds to these times and converts them, which must not overflow.
    for (const seconds time :
         {config->maxJobTime, config->registrationTimeout, config->stopGrace, config->staleAfter, config->hungAfter})
        require(time >= seconds(0)
                    && std::chrono::milliseconds(time + seconds(15)).count() <= std::numeric_limits<int>::max(),
                "the times fit a timer");
    require(config->memoryLimitMb * 1024 * 1024 >= 0 && config->recycleAboveMb * 1024 * 1024 >= 0,
            "sizes in bytes are not negative");
    require(config->cpuLimit >= 0 && config->cpuLimit < 1e6, "the CPU limit is a finite number");
    const auto again = parsePoolSpec(toPoolSpec(*config));
    require(again.has_value(), "a pool that was written as text can be read back");
    require(*again == *config, "a pool that was read back is unchanged");
    WorkerConfig detached = *config;
    detached.detach = true;
    const auto stored = parsePoolSpec(toMaskedPoolSpec(detached));
    require(stored.has_value() && *stored == withMaskedVariables(detached), "a stored pool can be adopted unchanged");
    require(parsePoolSpec(toStoredPoolSpec(detached)).has_value(), "older versions can adopt a stored pool");
    return 0;
}

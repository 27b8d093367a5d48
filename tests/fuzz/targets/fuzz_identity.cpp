// SPDX-License-Identifier: GPL-3.0-or-later
// Fuzzes process identities from the database or the environment.
#include "core/base/processidentity.h"
#include "tests/fuzz/targets/fuzz.h"

using namespace lifeguard;
using namespace lifeguard::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const auto identity = ProcessIdentity::fromString(QString::fromUtf8(toBytes(data, size)));
    if (!identity)
        return 0;
    require(identity->pid > 0, "a process has a positive pid");
    (void)presenceOf(*identity);
    require(ProcessIdentity::fromString(identity->toString()) == identity,
            "an identity that was written as text can be read back");
    return 0;
}

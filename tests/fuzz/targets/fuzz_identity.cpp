// SPDX-License-Identifier: GPL-3.0-or-later
// Parses process identities from the database or the environment.
#include "core/base/processidentity.h"
#include "tests/fuzz/targets/fuzz.h"

using namespace lifeguard;
using namespace lifeguard::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const auto identity = ProcessIdentity::fromString(QString::fromUtf8(bytesOf(data, size)));
    if (!identity)
        return 0;
    promise(identity->pid > 0, "a process has a pid");
    (void)presenceOf(*identity);
    promise(ProcessIdentity::fromString(identity->toString()) == identity, "formatting and parsing an identity yields the same identity");
    return 0;
}

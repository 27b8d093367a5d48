// SPDX-License-Identifier: GPL-3.0-or-later
// Fuzzes the errors of jobs that other programs stored.
#include "core/store/joberror.h"
#include "tests/fuzz/targets/fuzz.h"

using namespace lifeguard;
using namespace lifeguard::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const QString text = QString::fromUtf8(toBytes(data, size));
    const JobError error = parseJobError(text);
    require(text.isEmpty() || !error.message.isEmpty(), "an error has a message");
    require(jobErrorMessage(text) == error.message, "the short text of an error is its message");
    return 0;
}

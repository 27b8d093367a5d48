// SPDX-License-Identifier: GPL-3.0-or-later
// Errors of jobs as other programs stored them.
#include "core/store/joberror.h"
#include "tests/fuzz/targets/fuzz.h"

using namespace lifeguard;
using namespace lifeguard::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const QString text = QString::fromUtf8(bytesOf(data, size));
    const JobError error = readError(text);
    promise(text.isEmpty() || !error.message.isEmpty(), "an error says something");
    promise(errorText(text) == error.message, "an error has one text");
    return 0;
}

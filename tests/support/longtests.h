// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtGlobal>

namespace lifeguard::test {

/// Returns whether tests run in their long form: packaging/test.sh --long, or LIFEGUARD_LONG_TESTS set in the environment. The short
/// form checks the same behaviour with fewer repetitions, rows or variants, so that no test takes longer than a minute.
[[nodiscard]] inline bool isLongRun()
{
    return qEnvironmentVariableIsSet("LIFEGUARD_LONG_TESTS");
}

} // namespace lifeguard::test

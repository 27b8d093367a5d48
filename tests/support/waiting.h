// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/support/testhelpers.h"

#include <functional>

namespace lifeguard::test {

/// Runs the event loop until the condition holds, for at most timeoutMs. Returns whether it holds. Checks after every
/// event and every millisecond, and every 10 ms after a short while. (QTest::qWaitFor() sleeps for 10 ms between two
/// checks, which adds up in tests that wait often for something quick.)
[[nodiscard]] bool waitUntil(const std::function<bool()> &condition, int timeoutMs = patience);

} // namespace lifeguard::test

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "benchmark.h"

namespace lifeguard::bench {

/// Measures how many noop jobs 1 and 4 worker processes finish per second next to a backlog of jobs of the same type
/// with a lower priority, which stays pending, and without one.
void measureBacklog(Report &report, const Sizes &sizes);

} // namespace lifeguard::bench

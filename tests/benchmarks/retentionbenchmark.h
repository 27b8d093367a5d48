// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "benchmark.h"

namespace lifeguard::bench {

/// Measures the deletion of old jobs while workers run at full speed: jobs deleted per second, the rate that the
/// workers lose, and the longest time for which the write lock was held.
void measureRetention(Report &report, const Sizes &sizes);

} // namespace lifeguard::bench

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "benchmark.h"

namespace lifeguard::bench {

/// Measures how long each of 8 and 64 worker processes waits for its turn at the write lock, and how evenly they share
/// noop jobs.
void measureTurns(Report &report, const Sizes &sizes);

} // namespace lifeguard::bench

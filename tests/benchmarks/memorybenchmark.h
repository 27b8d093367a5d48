// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "benchmark.h"

namespace lifeguard::bench {

/// Measures the memory of an idle noop worker, and of the dashboard that shows 1,000,000 jobs and 1,000 workers.
void measureMemory(Report &report, const Sizes &sizes);

} // namespace lifeguard::bench

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "benchmark.h"

namespace lifeguard::bench {

/// Measures the dashboard with 1,000,000 jobs (first rows, jumps, orders, filters), next to bare queries for the same
/// rows, and how long its thread is blocked: with these jobs, with 1,000 workers that all change every second, and with
/// real workers that finish jobs as fast as they can.
void measureTables(Report &report, const Sizes &sizes);

} // namespace lifeguard::bench

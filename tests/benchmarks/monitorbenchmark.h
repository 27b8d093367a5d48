// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "benchmark.h"

namespace lifeguard::bench {

/// Measures the CPU time of a manager per second, while 1,000 direct workers are idle, and of a sample of the usage of
/// as many trees of processes.
void measureMonitor(Report &report, const Sizes &sizes);

} // namespace lifeguard::bench

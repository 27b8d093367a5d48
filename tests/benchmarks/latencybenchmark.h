// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "benchmark.h"

namespace lifeguard::bench {

/// Measures how soon one of 1 to 64 idle workers claims a job that another program adds, next to a thread that does
/// nothing but wait for the commit and claim.
void measureLatency(Report &report, const Sizes &sizes);

} // namespace lifeguard::bench

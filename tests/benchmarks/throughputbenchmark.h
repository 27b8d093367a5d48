// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "benchmark.h"

namespace lifeguard::bench {

/// Measures how many noop jobs 1 to 400 worker processes finish per second, next to a bare loop of claim and
/// acknowledgement on one connection with the same schema, statements and settings.
void measureThroughput(Report &report, const Sizes &sizes);

} // namespace lifeguard::bench

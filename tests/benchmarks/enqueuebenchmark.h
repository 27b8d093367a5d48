// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "benchmark.h"

namespace lifeguard::bench {

/// Measures how many jobs per second are added one by one, in bulk, and by `lifeguardctl submit`, next to a bare loop
/// of prepared statements on the same schema and to reading the same files.
void measureEnqueue(Report &report, const Sizes &sizes);

} // namespace lifeguard::bench

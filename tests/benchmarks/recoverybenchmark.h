// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "benchmark.h"

namespace lifeguard::bench {

/// Measures how soon a manager detects a killed worker, and how soon another worker runs the job of the killed one.
void measureRecovery(Report &report, const Sizes &sizes);

} // namespace lifeguard::bench

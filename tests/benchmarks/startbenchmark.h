// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "benchmark.h"

namespace lifeguard::bench {

/// Measures how long a manager takes to start and to stop 1 to 1,000 noop workers, next to the same programs without a
/// manager.
void measureStart(Report &report, const Sizes &sizes);

} // namespace lifeguard::bench

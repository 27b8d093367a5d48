// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "benchmark.h"

namespace lifeguard::bench {

/// Measures what idle workers of every type, their tools and their manager use, and a manager next to a large backlog
/// of jobs that none of its workers can convert, next to as many processes that only wake once a second.
void measureIdle(Report &report, const Sizes &sizes);

} // namespace lifeguard::bench

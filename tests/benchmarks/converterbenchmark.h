// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "benchmark.h"

namespace lifeguard::bench {

/// Measures how long two workers need for 50 diagrams, 10 notebooks and 10 drawings, from adding the jobs to the last
/// output, next to the tools without Lifeguard: started for each file, two at the same time, and started once for all
/// files. The workers are idle at first, and have started ahead whatever they start before the first job.
void measureConverters(Report &report, const Sizes &sizes);

} // namespace lifeguard::bench

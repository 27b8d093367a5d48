// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "benchmark.h"

namespace lifeguard::bench {

/// Measures how long a manager with 16 idle workers takes to answer a command of another program.
void measureCommands(Report &report, const Sizes &sizes);

} // namespace lifeguard::bench

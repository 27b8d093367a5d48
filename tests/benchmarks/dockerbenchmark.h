// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "benchmark.h"

namespace lifeguard::bench {

/// Measures how long 1 to 64 containers need until their workers have registered, next to `docker run` of as many
/// containers of the same image at the same time. Needs LIFEGUARD_TEST_DOCKER_HOST with the image lifeguard-noop.
void measureDocker(Report &report, const Sizes &sizes);

} // namespace lifeguard::bench

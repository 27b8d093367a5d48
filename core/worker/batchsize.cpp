// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/worker/batchsize.h"

#include <algorithm>

namespace lifeguard {

int batchSize(double averageSeconds)
{
    constexpr double longestBatched = 0.02;
    constexpr double batchSeconds = 0.1;
    constexpr int largest = 32;
    if (!(averageSeconds >= 0) || averageSeconds > longestBatched)
        return 1;
    return static_cast<int>(std::min<double>(largest, batchSeconds / std::max(averageSeconds, 1e-6)));
}

} // namespace lifeguard

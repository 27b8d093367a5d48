// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/worker/batchsizepolicy.h"

#include <algorithm>

namespace lifeguard {

void BatchSizePolicy::recordJob(double seconds)
{
    m_averageSeconds = m_averageSeconds < 0 ? seconds : 0.8 * m_averageSeconds + 0.2 * seconds;
}

int BatchSizePolicy::batchSize() const
{
    constexpr double longestBatchedJob = 0.02; // seconds
    constexpr double batchDuration = 0.1; // seconds
    constexpr int largestBatch = 32;
    if (m_averageSeconds < 0 || m_averageSeconds > longestBatchedJob)
        return 1;
    return static_cast<int>(std::min<double>(largestBatch, batchDuration / std::max(m_averageSeconds, 1e-6)));
}

} // namespace lifeguard

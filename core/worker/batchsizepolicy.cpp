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
    constexpr double batchSeconds = 0.1; // of all its jobs
    // With eight workers that take turns, a worker waits for seven such transactions, less than 50 ms. A transaction of
    // 64 claims and acknowledgements took 46 to 51 us per job on a virtual machine with 2 cores.
    constexpr double transactionSeconds = 0.006;
    constexpr double transactionSecondsPerJob = 60e-6;
    constexpr int largestTransaction = int(transactionSeconds / transactionSecondsPerJob);
    if (m_averageSeconds < 0 || m_averageSeconds > longestBatchedJob)
        return 1;
    const int largest = m_largest > 0 ? std::min(m_largest, largestTransaction) : largestTransaction;
    return std::max(1, static_cast<int>(std::min<double>(largest, batchSeconds / std::max(m_averageSeconds, 1e-6))));
}

bool BatchSizePolicy::mayBeBrief() const
{
    constexpr double briefSeconds = 0.002;
    return m_averageSeconds < briefSeconds;
}

} // namespace lifeguard

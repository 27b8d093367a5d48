// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/worker/batchsizepolicy.h"

#include <algorithm>

namespace lifeguard {
namespace {

double average(double previous, double latest)
{
    return 0.8 * previous + 0.2 * latest;
}

} // namespace

void BatchSizePolicy::recordJob(double seconds)
{
    m_averageSeconds = m_averageSeconds < 0 ? seconds : average(m_averageSeconds, seconds);
}

void BatchSizePolicy::recordTransaction(double seconds, int jobs)
{
    // A transaction of a few jobs takes most of its time for itself.
    constexpr int enoughJobs = 8;
    if (jobs >= std::min(enoughJobs, batchSize()))
        m_secondsPerJob = average(m_secondsPerJob, seconds / jobs);
}

int BatchSizePolicy::batchSize() const
{
    constexpr double longestBatchedJob = 0.02; // seconds
    constexpr double batchSeconds = 0.1; // of all its jobs
    // With eight workers that take turns, a worker waits for seven such transactions, less than 50 ms even if each of
    // them takes longer than expected.
    constexpr double transactionSeconds = 0.004;
    constexpr int largestBatch = 100;
    if (m_averageSeconds < 0 || m_averageSeconds > longestBatchedJob)
        return 1;
    const double size = std::min(batchSeconds / std::max(m_averageSeconds, 1e-6),
                                 transactionSeconds / std::max(m_secondsPerJob, 1e-6));
    return static_cast<int>(
        std::clamp<double>(size, 1, m_largest > 0 ? std::min(m_largest, largestBatch) : largestBatch));
}

bool BatchSizePolicy::mayBeBrief() const
{
    constexpr double briefSeconds = 0.002;
    return m_averageSeconds < briefSeconds;
}

} // namespace lifeguard

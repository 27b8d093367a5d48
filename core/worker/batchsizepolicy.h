// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace lifeguard {

/// Decides how many jobs a worker claims in one transaction. Short jobs are claimed in batches that last about 0.1 s, so
/// that the time between two jobs is not spent on the queue. Longer jobs are claimed one by one, so that no job waits
/// behind another while other workers are idle.
class BatchSizePolicy
{
public:
    /// Records how long a job took, in seconds. The average weights the latest job with 0.2.
    void recordJob(double seconds);
    /// Returns the number of jobs to claim next: 1 until a duration is known, 32 at most.
    [[nodiscard]] int batchSize() const;

private:
    double m_averageSeconds = -1; ///< negative: not known yet
};

} // namespace lifeguard

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace lifeguard {

/// Decides how many jobs a worker claims in one transaction. Short jobs are claimed in batches that last about 0.1 s,
/// so that workers do not spend most of their time on the queue. Longer jobs are claimed one by one, so that no job
/// waits behind another while other workers are idle. The size is a guess: JobBatch returns jobs that would have to
/// wait.
class BatchSizePolicy
{
public:
    /// Records the duration of a conversion in seconds. Do not record jobs whose converter did not run, such as those
    /// with an unchanged output: their duration says nothing about the next jobs. In the average, the latest job has
    /// the weight 0.2.
    void recordJob(double seconds);
    /// Returns the number of jobs to claim next: 1 until a duration is known, 32 at most.
    [[nodiscard]] int batchSize() const;

private:
    double m_averageSeconds = -1; ///< negative: not known yet
};

} // namespace lifeguard

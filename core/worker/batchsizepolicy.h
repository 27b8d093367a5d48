// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace lifeguard {

/// Decides how many jobs a worker claims in one transaction. Short jobs are claimed in batches, so that workers do not
/// spend most of their time on the queue. A batch is limited by two times: the time that its jobs take, so that no job
/// waits long behind another while other workers are idle, and the time for which the transaction that claims and
/// settles them holds the write lock, so that other workers do not wait long for their turn. Both are guesses from
/// earlier jobs: JobBatch returns jobs that would have to wait. In the averages, the latest value has the weight 0.2.
class BatchSizePolicy
{
public:
    /// largest: the largest batch; 0 for no limit but time.
    explicit BatchSizePolicy(int largest = 0) : m_largest(largest) {}

    /// Records the duration of a conversion in seconds. Do not record jobs whose converter did not run, such as those
    /// with an unchanged output: their duration says nothing about the next jobs.
    void recordJob(double seconds);
    /// Records how many seconds a transaction took, without its commit, and the number of jobs that it settled or
    /// claimed, whichever is larger. Transactions of few jobs are not recorded.
    void recordTransaction(double seconds, int jobs);
    /// Returns the number of jobs to claim next: 1 until a duration is known.
    [[nodiscard]] int batchSize() const;
    /// Returns whether the next job may take less than 2 ms: until a duration is known, and if the average does.
    [[nodiscard]] bool mayBeBrief() const;

private:
    int m_largest;
    double m_averageSeconds = -1; ///< of a job; negative: not known yet
    double m_secondsPerJob = 100e-6; ///< of a transaction; at first, that of a virtual machine with 2 slow cores
};

} // namespace lifeguard

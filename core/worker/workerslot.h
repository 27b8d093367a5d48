// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/beatfile.h"
#include "core/model/job.h"

#include <memory>

namespace lifeguard {

/// A worker's slot in the beat file of its manager (docs/protocol.md, "Beats"): publishes what the worker is doing and
/// tells whether its pool is paused. Without a beat file, publishing does nothing and the pool never counts as paused.
/// Use it on the worker's main thread; only the heartbeat counter is written by BeatThread.
class WorkerSlot
{
public:
    /// beats may be null. Otherwise slot must be below its slotCount().
    WorkerSlot(std::unique_ptr<BeatFile> beats, int slot);

    /// Returns the beat file, or null.
    [[nodiscard]] BeatFile *beatFile() const { return m_beats.get(); }
    [[nodiscard]] int slot() const { return m_slot; }

    /// Sets workers.id for the following calls of publish().
    void setWorkerId(qint64 workerId) { m_beat.workerId = workerId; }
    /// Sets the job that has begun, and when it began (Clock::steadyNow()), for the following calls of publish().
    void setJob(const Lease &lease, milliseconds startedAt);
    void clearJob();
    /// Writes the phase together with the worker's id and its job. A manager can read them even if the worker has died.
    void publish(WorkerPhase phase);

    /// Returns whether the manager has paused the pool: the worker then claims no jobs.
    [[nodiscard]] bool isHeld() const;
    /// Ends a pause of the pool, for a worker whose manager is gone and so cannot end it.
    void releaseHold();

private:
    std::unique_ptr<BeatFile> m_beats;
    const int m_slot;
    Beat m_beat;
};

} // namespace lifeguard

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/beatfile.h"
#include "core/model/job.h"

#include <memory>

namespace lifeguard {

/// A worker's slot in the beat file of its manager (docs/protocol.md, "Beats"): publishes the activity of the worker,
/// and returns whether its pool is paused. Without a beat file, publishing does nothing and the pool never counts as
/// paused. Use it on the worker's main thread; only BeatThread writes the heartbeat counter.
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
    /// Sets the begun job and its start time (Clock::steadyNow()) for the following calls of publish().
    void setJob(const Job &job, milliseconds startedAt);
    void clearJob();
    /// Writes the phase together with the worker's id and its job. A manager can read them even if the worker has died.
    void publish(WorkerPhase phase);

    /// Returns whether the manager has paused the pool. A worker of a paused pool claims no jobs.
    [[nodiscard]] bool isHeld() const;
    /// Ends a pause of the pool, for a worker whose manager is gone and can no longer end the pause.
    void releaseHold();

private:
    std::unique_ptr<BeatFile> m_beats;
    const int m_slot;
    Beat m_beat;
};

} // namespace lifeguard

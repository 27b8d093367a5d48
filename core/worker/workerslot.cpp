// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/worker/workerslot.h"

namespace lifeguard {

WorkerSlot::WorkerSlot(std::unique_ptr<BeatFile> beats, int slot)
    : m_beats(std::move(beats))
    , m_slot(slot)
{
    Q_ASSERT(!m_beats || (m_slot >= 0 && m_slot < m_beats->slotCount()));
}

void WorkerSlot::setJob(const Lease &lease, milliseconds startedAt)
{
    m_beat.jobId = lease.jobId;
    m_beat.attempt = lease.attempt;
    m_beat.jobStartedAt = startedAt;
}

void WorkerSlot::clearJob()
{
    m_beat.jobId = 0;
    m_beat.attempt = 0;
    m_beat.jobStartedAt = milliseconds(0);
}

void WorkerSlot::publish(WorkerPhase phase)
{
    if (!m_beats)
        return;
    m_beat.phase = phase;
    m_beats->write(m_slot, m_beat);
}

bool WorkerSlot::isHeld() const
{
    return m_beats && m_beats->isHeld(m_slot);
}

void WorkerSlot::releaseHold()
{
    if (m_beats)
        m_beats->setHold(m_slot, false);
}

} // namespace lifeguard

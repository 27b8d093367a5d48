// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/worker/workerslot.h"

namespace lifeguard {

WorkerSlot::WorkerSlot(std::unique_ptr<BeatFile> beats, int slot) : m_beats(std::move(beats)), m_slot(slot)
{
    Q_ASSERT(!m_beats || (m_slot >= 0 && m_slot < m_beats->slotCount()));
}

void WorkerSlot::setJob(const Job &job, milliseconds startedAt)
{
    m_beat.jobId = job.id;
    m_beat.attempt = job.attempts;
    m_beat.jobStartedAt = startedAt;
    m_beat.jobLimit = job.maxJobTime.value_or(seconds(0));
}

void WorkerSlot::clearJob()
{
    m_beat.jobId = 0;
    m_beat.attempt = 0;
    m_beat.jobStartedAt = milliseconds(0);
    m_beat.jobLimit = seconds(0);
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

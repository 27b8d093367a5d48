// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pool/vitalsigns.h"

namespace lifeguard {

using namespace std::chrono_literals;

void VitalSigns::begin(milliseconds storeNow)
{
    m_begin = storeNow;
}

void VitalSigns::restart(milliseconds now, milliseconds storeNow)
{
    m_inactivity.reset();
    if (m_beatChanged > 0ms)
        m_beatChanged = now;
    m_heartbeatChanged = storeNow;
    if (m_stopped > 0ms)
        m_stopped = now;
}

void VitalSigns::addStats(const WorkerStats &stats, bool isRegistered, milliseconds window, milliseconds now,
                          milliseconds storeNow)
{
    if (!stats.unknownReason.isEmpty()) {
        m_stats.unknownReason = stats.unknownReason;
        m_inactivity.reset();
        m_stopped = 0ms;
        m_heartbeatChanged = storeNow;
        if (!isRegistered)
            m_begin = storeNow;
        return;
    }
    m_stats = stats;
    m_isMeasured = true;
    m_history.add(now, stats.cpuPercent, stats.memoryBytes);
    m_inactivity.add(now, stats.cpuSeconds, stats.outputBytes, window);
    if (stats.state != 'T')
        m_stopped = 0ms;
    else if (m_stopped == 0ms)
        m_stopped = now;
}

void VitalSigns::addBeat(const Beat &beat, milliseconds now)
{
    if (beat.counter == m_beatCounter)
        return;
    m_beatCounter = beat.counter;
    m_beatChanged = now;
}

void VitalSigns::addHeartbeat(const QDateTime &heartbeat, bool isActive, milliseconds storeNow)
{
    if (isActive || heartbeat != m_heartbeat)
        m_heartbeatChanged = storeNow;
    m_heartbeat = heartbeat;
}

void VitalSigns::addJob(const Lease &job, milliseconds age, milliseconds storeNow)
{
    if (job.jobId > 0 && job != m_job) {
        m_jobSeen = storeNow;
        m_jobAgeWhenSeen = age;
    }
    m_job = job;
}

std::optional<milliseconds> VitalSigns::beatAge(milliseconds now) const
{
    if (m_beatCounter == 0 || m_beatChanged == 0ms)
        return {};
    return now - m_beatChanged;
}

void VitalSigns::fill(Observation &observation, milliseconds now, milliseconds storeNow) const
{
    observation.age = storeNow - m_begin;
    observation.memoryBytes = m_stats.memoryBytes;
    observation.processState = m_stats.state;
    observation.unknownReason = m_stats.unknownReason;
    observation.unhealthy = m_stats.unhealthy;
    observation.cpuInactive = m_inactivity.cpuInactive();
    observation.outputInactive = m_inactivity.outputInactive();
    observation.cpuPercent = m_inactivity.cpuPercent();
    observation.stopped = m_stopped > 0ms ? now - m_stopped : 0ms;
    if (m_job.jobId > 0)
        observation.jobAge = m_jobAgeWhenSeen + storeNow - m_jobSeen;
}

} // namespace lifeguard

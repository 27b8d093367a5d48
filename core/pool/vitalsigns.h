// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/beatfile.h"
#include "core/health/inactivitytracker.h"
#include "core/health/observation.h"
#include "core/health/usagehistory.h"
#include "core/model/job.h"
#include "core/model/workerstats.h"

#include <QDateTime>

namespace lifeguard {

/// The signs of life of one worker: when each of them was last seen to change, and its newest measurements. Ages are
/// counted from the moment at which a change was seen; times that other processes wrote are compared, never subtracted.
/// A value.
///
/// now is Clock::steadyNow(), storeNow is StoreClock::now().
class VitalSigns
{
public:
    /// Begins counting the worker's age and its silence.
    void begin(milliseconds storeNow);
    /// Restarts all silences, which would be too long after a clock jump.
    void restart(milliseconds now, milliseconds storeNow);

    /// Adds a measurement of the executor. A measurement with an unknownReason contains no facts about the worker: it
    /// restarts all silences and, unless the worker has registered, the age of the worker. window: the longest
    /// inactivity of interest (hung_after).
    void addStats(const WorkerStats &stats, bool isRegistered, milliseconds window, milliseconds now,
                  milliseconds storeNow);
    /// Adds the beat that the worker wrote into its slot of the beat file.
    void addBeat(const Beat &beat, milliseconds now);
    /// Adds the last_heartbeat of the worker's row. isActive: the worker is known to be alive, regardless of its
    /// heartbeat.
    void addHeartbeat(const QDateTime &heartbeat, bool isActive, milliseconds storeNow);
    /// Adds the job that the worker has begun, or none (jobId 0). age: the age of the job if it is seen for the first
    /// time.
    void addJob(const Lease &job, milliseconds age, milliseconds storeNow);

    /// Copies the ages, the activity and the measurements into the observation.
    void fill(Observation &observation, milliseconds now, milliseconds storeNow) const;

    /// Returns for how long the beat counter has not changed; std::nullopt if it was never seen to change.
    [[nodiscard]] std::optional<milliseconds> beatAge(milliseconds now) const;
    /// Returns for how long the heartbeat in the database has not changed.
    [[nodiscard]] milliseconds heartbeatAge(milliseconds storeNow) const { return storeNow - m_heartbeatChanged; }
    /// Returns the newest measurements; default values if isMeasured() is false.
    [[nodiscard]] const WorkerStats &stats() const { return m_stats; }
    [[nodiscard]] bool isMeasured() const { return m_isMeasured; }
    /// Returns the CPU and memory use of the last five minutes.
    [[nodiscard]] const UsageHistory &history() const { return m_history; }

private:
    milliseconds m_begin{0}; ///< store time
    quint64 m_beatCounter = 0;
    milliseconds m_beatChanged{0}; ///< steady time; 0: never
    QDateTime m_heartbeat;
    milliseconds m_heartbeatChanged{0}; ///< store time
    Lease m_job; ///< jobId 0: none
    milliseconds m_jobSeen{0}; ///< store time at which the job was first seen
    milliseconds m_jobAgeWhenSeen{0};
    InactivityTracker m_inactivity;
    milliseconds m_stopped{0}; ///< steady time at which the process was first seen stopped (T); 0: it is not stopped
    WorkerStats m_stats;
    bool m_isMeasured = false;
    UsageHistory m_history;
};

} // namespace lifeguard

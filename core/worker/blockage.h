// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/worker/joboutcome.h"
#include "core/worker/workerregistration.h"
#include "core/worker/workerslot.h"

#include <QObject>
#include <QTimer>

namespace lifeguard {

/// The pauses of a worker whose jobs cannot be converted for a reason that is not their fault, such as a full disk
/// (docs/protocol.md, rule 9): 5 s, doubled after each further attempt, up to 5 min.
class Blockage : public QObject
{
    Q_OBJECT

public:
    /// All arguments must outlive this object.
    Blockage(WorkerRegistration &registration, const WorkerSlot &slot, const Clock &clock, QObject *parent = nullptr);

    /// Returns the pause after a number of failed attempts in a row. A pure function.
    [[nodiscard]] static milliseconds pauseAfter(int attempts);

    /// Handles the outcome of a job: begins a pause if the job was blocked, and stores the reason for the manager,
    /// which pauses the pool. reason: the text of outcome.error with the paths of the host. A job that was converted
    /// ends the blockage. Errors are ignored: the reason is stored again with the next attempt.
    void update(const JobOutcome &outcome, const QString &reason);
    /// Ends the pause without a further attempt, because the worker ends.
    void stop() { m_poll.stop(); }
    /// Returns whether the worker must not claim jobs at the moment.
    [[nodiscard]] bool isPausing() const { return m_poll.isActive(); }

    /// Checks whether the pause has ended. Called every 100 ms.
    void poll();

Q_SIGNALS:
    /// The pause is over. The end of a pause of the whole pool, ordered by a user or the manager, also ends it.
    void retryDue();

private:
    WorkerRegistration &m_registration;
    const WorkerSlot &m_slot;
    const Clock &m_clock;
    QTimer m_poll;
    milliseconds m_end{0}; ///< steady time
    int m_attempts = 0;
    bool m_wasHeld = false;
};

} // namespace lifeguard

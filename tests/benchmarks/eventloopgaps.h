// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "measuring.h"

#include <QList>
#include <QObject>

#include <functional>

namespace lifeguard::bench {

/// Measures the time between two turns of the event loop of its thread: a click has to wait for the end of a turn. The
/// loop turns once per millisecond at least.
class EventLoopGaps : public QObject
{
public:
    EventLoopGaps();
    void restart(); ///< forgets what was measured
    [[nodiscard]] double longestMs() const { return percentile(m_all, 1); }
    /// Returns the time within which 99 % of the clicks are handled that come at random moments. (The percentile of the
    /// gaps would say nothing: most turns of an idle loop do nothing.)
    [[nodiscard]] double wait99Ms() const;
    /// Returns the most processor time that the thread has used in one turn. A longer gap is a wait, for example for a
    /// processor on a busy machine.
    [[nodiscard]] double longestProcessorMs() const { return m_longestProcessorMs; }

protected:
    void timerEvent(QTimerEvent *event) override;

private:
    Stopwatch m_since;
    QList<double> m_all;
    double m_processorMs = 0; ///< of the thread at the beginning of this turn
    double m_longestProcessorMs = 0;
};

/// Runs the event loop until the condition holds. Exits the program with the text if that takes
/// longer than 2 minutes.
void spinUntil(const std::function<bool()> &condition, const char *what);
/// Runs the event loop for this long.
void spinFor(double seconds);

} // namespace lifeguard::bench

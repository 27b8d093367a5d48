// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"

#include <QObject>
#include <QTimer>

namespace lifeguard {

/// Decides when a view may read from the database again: the longer the last read took, the longer the pause, so that refreshing uses at
/// most a ninth of a core. GUI thread.
class RefreshPacer : public QObject
{
    Q_OBJECT

public:
    static constexpr milliseconds minPause{250};
    static constexpr milliseconds maxPause{20'000};
    static constexpr int pausePerCost = 8; ///< times the duration of the read

    explicit RefreshPacer(QObject *parent = nullptr);

    /// Returns the pause after a read that took this long.
    [[nodiscard]] static milliseconds pauseAfter(milliseconds cost);

    /// Returns whether a refresh may begin now.
    [[nodiscard]] bool mayRefresh() const { return m_immediate || !m_pause.isActive(); }
    /// Returns whether nothing at all may be requested, because the last request failed a moment ago.
    [[nodiscard]] bool isBlockedByFailure() const { return m_failed && m_pause.isActive(); }
    /// Lets the next refresh begin without waiting for the end of the pause.
    void skipPauseOnce() { m_immediate = true; }

    void refreshStarted() { m_immediate = false; }
    /// Begins a pause after a refresh. After other reads, whose cost is given as 0, a pause begins only if none is active.
    void requestSucceeded(milliseconds cost);
    void requestFailed();

Q_SIGNALS:
    /// The pause is over.
    void pauseEnded();

private:
    QTimer m_pause;
    bool m_immediate = false;
    bool m_failed = false;
};

} // namespace lifeguard

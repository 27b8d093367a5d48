// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"

#include <QList>

namespace lifeguard {

/// How many workers were needed in the recent past: the maximum and the minimum over a sliding window. Keeps only the
/// values that can still become the maximum or the minimum, so its size is bounded by their range, not by the length of
/// the window. A value type. now is Clock::steadyNow().
class ScalingHistory
{
public:
    [[nodiscard]] bool isEmpty() const { return m_peaks.isEmpty(); }
    /// Records that this many workers are needed from now on; the value recorded before was valid until now. Forgets
    /// the peaks and the troughs that ended before their window.
    void add(int needed, milliseconds now, milliseconds peakWindow, milliseconds troughWindow);
    /// Returns the maximum over the window of the peaks; the history must not be empty.
    [[nodiscard]] int highest() const { return m_peaks.first().needed; }
    /// Returns the minimum over the window of the troughs; the history must not be empty.
    [[nodiscard]] int lowest() const { return m_troughs.first().needed; }
    /// Returns the number of stored values, for tests.
    [[nodiscard]] qsizetype size() const { return m_peaks.size() + m_troughs.size(); }

    bool operator==(const ScalingHistory &) const = default;

private:
    struct Value
    {
        int needed = 0;
        milliseconds until{0};

        bool operator==(const Value &) const = default;
    };

    template<typename IsSurpassed>
    static void addTo(QList<Value> &values, const Value &value, milliseconds window, IsSurpassed isSurpassed);

    QList<Value> m_peaks; ///< in the order of time, each less than the one before; the last is the present value
    QList<Value> m_troughs; ///< in the order of time, each greater than the one before; the last is the present value
};

} // namespace lifeguard

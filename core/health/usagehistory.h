// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"

#include <QList>

namespace lifeguard {

/// The CPU and memory use of a worker's process tree at one moment.
struct UsageSample
{
    milliseconds at{0}; ///< Clock::steadyNow() at the beginning of the sample
    double cpuPercent = 0; ///< of one core
    qint64 memoryBytes = 0; ///< resident

    bool operator==(const UsageSample &) const = default;
};

/// The CPU and memory use of a worker in the last five minutes, oldest sample first. A value type (3.6 KB at most,
/// implicitly shared). Measurements within the same two seconds are merged into one sample: their mean CPU use, and
/// their maximum memory.
class UsageHistory
{
public:
    static constexpr milliseconds spacing{2000}; ///< between samples
    static constexpr qsizetype capacity = 150; ///< samples: five minutes

    /// Adds a measurement. at: Clock::steadyNow(). If the clock went back, the history starts again.
    void add(milliseconds at, double cpuPercent, qint64 memoryBytes);
    void clear();

    [[nodiscard]] const QList<UsageSample> &samples() const { return m_samples; }
    [[nodiscard]] qsizetype size() const { return m_samples.size(); }
    [[nodiscard]] bool isEmpty() const { return m_samples.isEmpty(); }
    [[nodiscard]] const UsageSample &at(qsizetype index) const { return m_samples.at(index); }
    [[nodiscard]] const UsageSample &last() const { return m_samples.last(); }
    [[nodiscard]] milliseconds span() const; ///< from the first to the last measurement

    bool operator==(const UsageHistory &) const = default;

private:
    QList<UsageSample> m_samples;
    milliseconds m_lastAt{0};
    int m_measurementsInLast = 0;
};

} // namespace lifeguard

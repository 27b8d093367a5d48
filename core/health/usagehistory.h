// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"

#include <QList>
#include <QString>

#include <functional>

namespace lifeguard {

/// What a worker's tree used at one moment.
struct UsageSample
{
    milliseconds at{0}; ///< Clock::steadyNow() when this sample begins
    double cpuPercent = 0; ///< of one core, the whole tree
    qint64 memoryBytes = 0; ///< resident, the whole tree

    bool operator==(const UsageSample &) const = default;
};

/// The last five minutes of a worker's CPU and memory, oldest first. A plain value (3.6 KB at most, shared until it is changed);
/// looks that come faster than a sample each are gathered into one: the mean of their CPU, the most of their memory.
class UsageHistory
{
public:
    static constexpr milliseconds spacing{2000}; ///< of samples
    static constexpr qsizetype capacity = 150; ///< samples: five minutes

    void add(milliseconds at, double cpuPercent, qint64 memoryBytes);
    void clear();

    [[nodiscard]] const QList<UsageSample> &samples() const { return m_samples; }
    [[nodiscard]] qsizetype size() const { return m_samples.size(); }
    [[nodiscard]] bool isEmpty() const { return m_samples.isEmpty(); }
    [[nodiscard]] const UsageSample &at(qsizetype index) const { return m_samples.at(index); }
    [[nodiscard]] const UsageSample &last() const { return m_samples.last(); }
    [[nodiscard]] milliseconds span() const; ///< from the first look to the last one

    bool operator==(const UsageHistory &) const = default;

private:
    QList<UsageSample> m_samples;
    milliseconds m_lastLook{0};
    int m_looksInLast = 0;
};

/// One quantity of a history as people read it.
struct UsageLine
{
    QString graph; ///< "▁▂▃▅▇": from zero to its most, a blank where nothing was measured; empty without samples
    double least = 0;
    double mean = 0;
    double most = 0;
    double now = 0; ///< the newest

    bool operator==(const UsageLine &) const = default;
};

/// Renders cpuPercent or memoryBytes of the samples. width: the most characters; time runs evenly over them. full: what the highest
/// bar stands for at least (so that the noise of a worker at rest does not look like mountains).
[[nodiscard]] UsageLine usageLine(const UsageHistory &history, const std::function<double(const UsageSample &)> &value, double full,
                                  int width = 60);

} // namespace lifeguard

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/health/healthpolicy.h"
#include "core/model/workerstats.h"

#include <QFuture>
#include <QHash>
#include <QObject>
#include <QTimer>

#include <functional>

namespace lifeguard {

/// Measures all workers once a second, lets HealthPolicy assess them and emits the verdicts. Makes no decisions and
/// takes no actions itself. All functions run on the thread on which the monitor lives.
class HealthMonitor : public QObject
{
    Q_OBJECT

public:
    /// Starts measuring all workers. The future returns their stats by executor id.
    using Measure = std::function<QFuture<QHash<QString, WorkerStats>>()>;
    /// Returns what is known about the running workers, including these measurements, by executor id.
    using Observe = std::function<QHash<QString, Observation>(const QHash<QString, WorkerStats> &)>;

    HealthMonitor(Measure measure, Observe observe, QObject *parent = nullptr);

    static constexpr seconds interval{1};
    void start() { m_timer.start(interval); }
    void stop() { m_timer.stop(); }
    /// Measures and assesses now, without waiting for the timer.
    void poll();

Q_SIGNALS:
    void assessed(const QHash<QString, lifeguard::Verdict> &verdicts);

private:
    Measure m_measure;
    Observe m_observe;
    QTimer m_timer;
};

} // namespace lifeguard

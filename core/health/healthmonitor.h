// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/executor/workerexecutor.h"
#include "core/health/healthpolicy.h"

#include <QHash>
#include <QObject>
#include <QTimer>

#include <functional>

namespace lifeguard {

/// Looks at every worker once a second: measures them through their executor, has them judged by HealthPolicy, and tells
/// the verdicts. Decides nothing itself and acts on nothing. On the thread of its executor.
class HealthMonitor : public QObject
{
    Q_OBJECT

public:
    /// What is known of the workers that run, with what was just measured, by executor id.
    using Observe = std::function<QHash<QString, Observation>(const QHash<QString, WorkerStats> &)>;

    HealthMonitor(WorkerExecutor &executor, Observe observe, QObject *parent = nullptr);

    static constexpr seconds interval{1};
    void start() { m_timer.start(interval); }
    void stop() { m_timer.stop(); }
    void look(); ///< now, without waiting for the timer

Q_SIGNALS:
    void assessed(const QHash<QString, lifeguard::Verdict> &verdicts);

private:
    WorkerExecutor &m_executor;
    Observe m_observe;
    QTimer m_timer;
};

} // namespace lifeguard

// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/health/healthmonitor.h"

#include "core/base/futurecallbacks.h"

namespace lifeguard {

HealthMonitor::HealthMonitor(Measure measure, Observe observe, QObject *parent)
    : QObject(parent)
    , m_measure(std::move(measure))
    , m_observe(std::move(observe))
{
    connect(&m_timer, &QTimer::timeout, this, &HealthMonitor::poll);
}

void HealthMonitor::poll()
{
    whenFinished(m_measure(), this, [this](const QHash<QString, WorkerStats> &stats) {
        const QHash<QString, Observation> observations = m_observe(stats);
        QHash<QString, Verdict> verdicts;
        for (auto observation = observations.cbegin(); observation != observations.cend(); ++observation)
            verdicts.insert(observation.key(), HealthPolicy::assess(observation.value()));
        Q_EMIT assessed(verdicts);
    });
}

} // namespace lifeguard

// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/health/healthpolicy.h"

#include <QCoreApplication>

namespace lifeguard {
namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("lifeguard::HealthPolicy", text);
}

qint64 secondsOf(milliseconds duration)
{
    return std::chrono::duration_cast<seconds>(duration).count();
}

} // namespace

QString spokenDuration(milliseconds duration)
{
    const qint64 s = secondsOf(duration);
    if (s < 120)
        return tr("%1 s").arg(s);
    if (s < 2 * 3600)
        return tr("%1 min").arg(s / 60);
    if (s < 48 * 3600)
        return tr("%1 h").arg(s / 3600);
    return tr("%1 days").arg(s / 86400);
}

Verdict HealthPolicy::assess(const Observation &o)
{
    if (!o.processPresent)
        return {WorkerState::Dead, tr("its process is gone"), Remedy::None};
    if (o.stopping)
        return {WorkerState::Stopping, {}, Remedy::None};
    if (o.memoryLimitBytes > 0 && o.memoryBytes > o.memoryLimitBytes) {
        return {o.busy ? WorkerState::Busy : WorkerState::Idle,
                tr("over its memory limit of %1 MB").arg(o.memoryLimitBytes / (1024 * 1024)), Remedy::Kill};
    }
    if (!o.registered) {
        if (o.age > o.registrationTimeout)
            return {WorkerState::Starting, tr("has not registered within %1 s").arg(o.registrationTimeout.count()), Remedy::Stop};
        return {WorkerState::Starting, {}, Remedy::None};
    }
    if (o.busy && o.jobAge && *o.jobAge > o.maxJobTime + limitSlack) {
        return {WorkerState::Hung,
                tr("its job has run for %1, over its limit of %2").arg(spokenDuration(*o.jobAge), spokenDuration(o.maxJobTime)),
                Remedy::Stop};
    }
    const bool judgedByBeat = o.hasBeatChannel || !o.busy;
    if (judgedByBeat && o.beatAge && *o.beatAge > staleAfter) {
        QString reason = tr("no beat for %1").arg(spokenDuration(*o.beatAge));
        if (o.processState == 'T')
            reason += tr(", process is stopped (T)");
        return {WorkerState::Suspect, reason, Remedy::None};
    }
    return {o.busy ? WorkerState::Busy : WorkerState::Idle, {}, Remedy::None};
}

} // namespace lifeguard

// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/health/healthpolicy.h"

#include "core/base/durationtext.h"
#include "core/config/workerconfig.h"

#include <QCoreApplication>
#include <QStringList>

#include <algorithm>

namespace lifeguard {
namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("lifeguard::HealthPolicy", text);
}

/// For how long there has been no sign of life: the beat, where one is to be expected; else a process that is stopped.
std::optional<milliseconds> beatStill(const Observation &o)
{
    const bool judgedByBeat = o.hasBeatChannel || !o.busy;
    if (judgedByBeat && o.beatAge)
        return o.beatAge;
    if (o.stopped > milliseconds(0))
        return o.stopped;
    return {};
}

/// What stands still and for how long, in words.
QString stillWords(const Observation &o)
{
    const bool judgedByBeat = o.hasBeatChannel || !o.busy;
    QStringList words;
    if (judgedByBeat && o.beatAge)
        words.append(tr("no beat for %1").arg(durationText(*o.beatAge)));
    if (o.cpuStill)
        words.append(tr("CPU %1 %").arg(o.cpuPercent, 0, 'f', 1));
    if (o.outputStill)
        words.append(tr("silent for %1").arg(durationText(*o.outputStill)));
    if (o.processState == 'T')
        words.append(tr("process is stopped (T)"));
    else if (o.processState == 't')
        words.append(tr("a debugger holds the process (t)"));
    else if (o.processState == 'D')
        words.append(tr("process waits for a device (D)"));
    return words.join(QStringLiteral(", "));
}

/// The time after which everything will have stood still for hungAfter; nothing where that can never be said.
std::optional<milliseconds> timeUntilHung(const Observation &o, milliseconds noBeat)
{
    // A user's own command that is idle need not beat at all, and what a debugger holds is being looked at by somebody.
    if (!o.cpuStill || !o.outputStill || o.processState == 't' || (!o.hasBeatChannel && o.stopped == milliseconds(0)))
        return {};
    const milliseconds all = std::min({noBeat, *o.cpuStill, *o.outputStill});
    return std::max(milliseconds(0), o.hungAfter - all);
}

} // namespace

Verdict HealthPolicy::assess(const Observation &o)
{
    if (!o.processPresent)
        return {WorkerState::Dead, tr("its process is gone"), Remedy::None, {}};
    if (o.stopping)
        return {WorkerState::Stopping, {}, Remedy::None, {}};
    if (!o.unknownWhy.isEmpty())
        return {WorkerState::Unknown, o.unknownWhy, Remedy::None, {}};
    const WorkerState working = o.busy ? WorkerState::Busy : WorkerState::Idle;
    if (o.memoryLimitBytes > 0 && o.memoryBytes > o.memoryLimitBytes)
        return {working, tr("over its memory limit of %1 MB").arg(o.memoryLimitBytes / (1024 * 1024)), Remedy::Kill, {}};
    if (!o.registered) {
        if (o.age > o.registrationTimeout)
            return {WorkerState::Starting, tr("has not registered within %1 s").arg(o.registrationTimeout.count()), Remedy::Stop, {}};
        return {WorkerState::Starting, {}, Remedy::None, {}};
    }
    const Remedy ofHung = o.restartHung ? Remedy::Stop : Remedy::None;
    if (o.busy && o.jobAge && *o.jobAge > o.maxJobTime + jobLimitSlack) {
        return {WorkerState::Hung,
                tr("its job has run for %1, over its limit of %2").arg(durationText(*o.jobAge), durationText(o.maxJobTime)), ofHung, {}};
    }
    const std::optional<milliseconds> noBeat = beatStill(o);
    if ((!noBeat || *noBeat <= o.staleAfter) && o.unhealthy)
        return {WorkerState::Suspect, tr("its container's own health check fails"), Remedy::None, {}};
    if (!noBeat || *noBeat <= o.staleAfter)
        return {working, {}, Remedy::None, {}};
    const std::optional<milliseconds> left = timeUntilHung(o, *noBeat);
    if (left && *left == milliseconds(0))
        return {WorkerState::Hung, stillWords(o), ofHung, {}};
    return {WorkerState::Suspect, stillWords(o), Remedy::None, left};
}

} // namespace lifeguard

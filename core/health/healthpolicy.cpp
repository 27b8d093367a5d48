// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/health/healthpolicy.h"

#include "core/config/workerconfig.h"
#include "core/model/durationtext.h"

#include <QList>

#include <algorithm>

namespace lifeguard {
namespace {

Message messageWithDuration(const char *code, milliseconds duration)
{
    return Message(code, {durationMessage(duration).asArgument()});
}

/// Returns whether the age of the last beat is significant: custom commands need not beat while they are busy.
bool isJudgedByBeat(const Observation &o)
{
    return o.hasBeatChannel || !o.busy;
}

/// Returns how long there has been no sign of life: no beat, if beats are expected, or a stopped process.
std::optional<milliseconds> silence(const Observation &o)
{
    if (isJudgedByBeat(o) && o.beatAge)
        return o.beatAge;
    if (o.stopped > milliseconds(0))
        return o.stopped;
    return {};
}

/// Lists the missing signs of life, and how long each has been missing.
Message inactivityReason(const Observation &o)
{
    QList<Message> signs;
    if (isJudgedByBeat(o) && o.beatAge)
        signs.append(messageWithDuration("no_beat", *o.beatAge));
    if (o.cpuInactive)
        signs.append(Message("cpu_percent", {QString::number(o.cpuPercent, 'f', 1)}));
    if (o.outputInactive)
        signs.append(messageWithDuration("no_output", *o.outputInactive));
    if (o.processState == 'T')
        signs.append(Message("process_stopped"));
    else if (o.processState == 't')
        signs.append(Message("process_in_debugger"));
    else if (o.processState == 'D')
        signs.append(Message("process_waits_for_io"));
    return Message::list(signs);
}

/// Returns the time after which the worker will have been inactive in every respect for hungAfter; nothing if this
/// cannot be determined.
std::optional<milliseconds> timeUntilHung(const Observation &o, milliseconds silence)
{
    // Custom commands need not beat while idle, and a process in a debugger is being examined by a user.
    if (!o.cpuInactive || !o.outputInactive || o.processState == 't'
        || (!o.hasBeatChannel && o.stopped == milliseconds(0)))
        return {};
    const milliseconds inactive = std::min({silence, *o.cpuInactive, *o.outputInactive});
    return std::max(milliseconds(0), o.hungAfter - inactive);
}

} // namespace

Verdict HealthPolicy::assess(const Observation &o)
{
    if (!o.processPresent)
        return {WorkerState::Dead, Message("process_gone"), Remedy::None, {}};
    if (o.stopping)
        return {WorkerState::Stopping, {}, Remedy::None, {}};
    if (!o.unknownReason.isEmpty())
        return {WorkerState::Unknown, o.unknownReason, Remedy::None, {}};
    const WorkerState healthyState = o.busy ? WorkerState::Busy : WorkerState::Idle;
    if (o.memoryLimitBytes > 0 && o.memoryBytes > o.memoryLimitBytes) {
        constexpr qint64 mebibyte = 1024 * 1024;
        return {healthyState, Message("over_memory_limit", {o.memoryLimitBytes / mebibyte}), Remedy::Kill, {}};
    }
    if (!o.registered) {
        if (o.age > o.registrationTimeout)
            return {WorkerState::Starting,
                    messageWithDuration("not_registered", o.registrationTimeout),
                    Remedy::Stop,
                    {}};
        return {WorkerState::Starting, {}, Remedy::None, {}};
    }
    const Remedy hungRemedy = o.restartHung ? Remedy::Stop : Remedy::None;
    if (o.busy && o.jobAge && *o.jobAge > o.maxJobTime + jobLimitSlack) {
        const Message reason("job_over_time_limit",
                             {durationMessage(*o.jobAge).asArgument(), durationMessage(o.maxJobTime).asArgument()});
        return {WorkerState::Hung, reason, hungRemedy, {}};
    }
    const std::optional<milliseconds> silentFor = silence(o);
    if (!silentFor || *silentFor <= o.staleAfter) {
        if (o.unhealthy)
            return {WorkerState::Suspect, Message("health_check_failed"), Remedy::None, {}};
        return {healthyState, {}, Remedy::None, {}};
    }
    const std::optional<milliseconds> hungIn = timeUntilHung(o, *silentFor);
    Q_ASSERT(!hungIn || *hungIn >= milliseconds(0));
    if (hungIn == milliseconds(0))
        return {WorkerState::Hung, inactivityReason(o), hungRemedy, {}};
    return {WorkerState::Suspect, inactivityReason(o), Remedy::None, hungIn};
}

} // namespace lifeguard

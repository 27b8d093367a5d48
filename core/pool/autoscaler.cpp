// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pool/autoscaler.h"

#include "core/model/durationtext.h"

#include <algorithm>

namespace lifeguard {
namespace {

constexpr qint64 bytesPerMb = 1024 * 1024;

int neededWorkers(const ScalingRequest &request)
{
    const qint64 target = std::max(1, request.config.targetPerWorker);
    const qint64 jobs = std::max<qint64>(0, request.load.pending) + std::max<qint64>(0, request.load.running);
    const qint64 workers = jobs / target + (jobs % target > 0 ? 1 : 0);
    return int(std::clamp<qint64>(workers - request.load.otherWorkers, 0, ScalingConfig::maxWorkers));
}

milliseconds peakWindow(const ScalingRequest &request)
{
    return request.config.scaleDownAfter + request.rank * Autoscaler::rankDelay;
}

milliseconds troughWindow(const ScalingRequest &request)
{
    return request.config.scaleUpAfter + request.rank * Autoscaler::rankDelay;
}

/// Returns the number of workers that fit into the memory; std::nullopt if it is unknown. Present workers that are idle
/// or starting use less than they will need, so all present workers count with what a worker needs.
std::optional<qint64> workersInMemory(const ScalingLimits &limits)
{
    if (limits.machineMemory <= 0 || limits.workerMemory <= 0)
        return {};
    const qint64 reserve = limits.machineMemory / Autoscaler::memoryReserveDivisor;
    return std::max<qint64>(0, limits.availableMemory - reserve + limits.usedMemory) / limits.workerMemory;
}

void lowerTo(ScalingDecision &decision, qint64 highest, ScalingLimit limit)
{
    if (decision.to > highest) {
        decision.to = int(std::max<qint64>(0, highest));
        decision.limit = limit;
    }
}

Message limitMessage(const ScalingRequest &request, ScalingLimit limit)
{
    switch (limit) {
    case ScalingLimit::None:
        return {};
    case ScalingLimit::Minimum:
        return Message("scaling_at_min", {request.bounds.min});
    case ScalingLimit::Maximum:
        return Message("scaling_at_max", {request.bounds.max});
    case ScalingLimit::CpuCount:
        return Message("scaling_at_cpus", request.bounds.max, {});
    case ScalingLimit::Memory:
        return Message("scaling_at_memory",
                       {request.limits.availableMemory / bytesPerMb, request.limits.workerMemory / bytesPerMb});
    case ScalingLimit::TotalWorkers:
        return Message("scaling_at_total");
    case ScalingLimit::MachineWorkers:
        return Message("scaling_at_machine");
    }
    Q_UNREACHABLE();
}

} // namespace

ScalingDecision Autoscaler::decide(const ScalingRequest &request, const ScalingHistory &history, milliseconds now)
{
    const ScalingBounds &bounds = request.bounds;
    const int present = request.load.present;
    ScalingDecision decision;
    decision.from = present;
    decision.needed = neededWorkers(request);

    // min is part of the history, so that workers also leave one window after it was lowered. max is not: the history
    // must know what is needed when it is raised.
    const int needed = std::max(decision.needed, bounds.min);
    decision.history = history;
    if (history.isEmpty())
        decision.history.add(present, now, peakWindow(request), troughWindow(request));
    decision.history.add(needed, now, peakWindow(request), troughWindow(request));
    decision.steady = std::clamp(present, decision.history.lowest(), decision.history.highest());

    decision.to = decision.steady;
    if (decision.steady == bounds.min && decision.needed < bounds.min)
        decision.limit = ScalingLimit::Minimum;
    if (decision.to < bounds.min) {
        decision.to = bounds.min;
        decision.limit = ScalingLimit::Minimum;
    }
    lowerTo(decision, bounds.max, bounds.isMaxCpuCount ? ScalingLimit::CpuCount : ScalingLimit::Maximum);
    decision.wanted = decision.to;

    if (const std::optional<qint64> fitting = workersInMemory(request.limits)) {
        // One worker may always start, because otherwise a single measurement could stop the type for ever.
        lowerTo(decision, std::max<qint64>({*fitting, present, bounds.min, 1}), ScalingLimit::Memory);
    }
    if (request.limits.totalRoom)
        lowerTo(decision, present + std::max(0, *request.limits.totalRoom), ScalingLimit::TotalWorkers);
    if (request.limits.machineRoom)
        lowerTo(decision, present + std::max(0, *request.limits.machineRoom), ScalingLimit::MachineWorkers);
    if (request.limits.totalShare)
        lowerTo(decision, *request.limits.totalShare, ScalingLimit::TotalWorkers);
    return decision;
}

Message Autoscaler::describe(const ScalingRequest &request, const ScalingDecision &decision)
{
    const ScalingLoad &load = request.load;
    QList<Message> parts{Message("scaling_pending", {load.pending})};
    if (load.running > 0)
        parts.append(Message("scaling_running", {load.running}));
    parts.append(Message("scaling_target", {request.config.targetPerWorker}));
    if (load.otherWorkers > 0)
        parts.append(Message("scaling_others", load.otherWorkers, {}));
    const int needed = std::max(decision.needed, request.bounds.min);
    if (decision.steady > needed) {
        parts.append(
            Message("scaling_recent_need", decision.steady, {durationMessage(peakWindow(request)).asArgument()}));
    } else if (decision.steady < needed && decision.limit == ScalingLimit::None) {
        parts.append(Message("scaling_up_delayed", {durationMessage(troughWindow(request)).asArgument()}));
    }
    parts.append(limitMessage(request, decision.limit));
    const QJsonValue reasons = Message::list(parts).asArgument();
    if (!decision.isChange())
        return Message("scaling_kept", decision.to, {reasons});
    return Message("scaling_changed", {decision.from, decision.to, reasons});
}

QStringList Autoscaler::leaving(const QList<ScalingWorker> &workers, int surplus)
{
    QList<ScalingWorker> staying;
    std::copy_if(workers.cbegin(), workers.cend(), std::back_inserter(staying),
                 [](const ScalingWorker &worker) { return !worker.isEnding; });
    std::stable_sort(staying.begin(), staying.end(), [](const ScalingWorker &a, const ScalingWorker &b) {
        return a.isBusy != b.isBusy ? b.isBusy : a.index > b.index;
    });
    QStringList leaving;
    for (const ScalingWorker &worker : staying.mid(0, std::max(0, surplus)))
        leaving.append(worker.executorId);
    return leaving;
}

} // namespace lifeguard

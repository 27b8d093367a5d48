// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pool/verdicthandler.h"

#include "core/pool/pooljournal.h"
#include "core/pool/poolreconciler.h"
#include "core/pool/workerstopper.h"
#include "core/pool/workertable.h"

#include <utility>

namespace lifeguard {

std::optional<EventKind> VerdictHandler::eventFor(WorkerState before, WorkerState after)
{
    if (before == after)
        return {};
    const bool wasUnwell = before == WorkerState::Suspect || before == WorkerState::Hung;
    switch (after) {
    case WorkerState::Suspect:
        return EventKind::WorkerSuspect;
    case WorkerState::Hung:
        return EventKind::WorkerHung;
    case WorkerState::Idle:
    case WorkerState::Busy:
        return wasUnwell ? std::optional(EventKind::WorkerRecovered) : std::nullopt;
    default:
        return {};
    }
}

void VerdictHandler::apply(const QHash<QString, Verdict> &verdicts)
{
    for (auto verdict = verdicts.cbegin(); verdict != verdicts.cend(); ++verdict) {
        ManagedWorker *worker = m_workers.findLive(verdict.key());
        if (!worker)
            continue;
        const WorkerState before = std::exchange(worker->verdict, verdict.value()).state;
        if (worker->phase == ManagedWorker::Phase::Stopping)
            continue;
        recordChange(*worker, before);
        switch (worker->verdict.remedy) {
        case Remedy::Stop:
            m_stopper.stop(*worker, EndCause::Monitor, worker->verdict.reason, worker->config.stopGrace);
            break;
        case Remedy::Kill:
            m_stopper.stop(*worker, EndCause::Monitor, worker->verdict.reason, seconds(0));
            break;
        case Remedy::None:
            m_reconciler.recycleIfDue(*worker);
            break;
        }
    }
}

void VerdictHandler::recordChange(const ManagedWorker &worker, WorkerState before)
{
    const WorkerState after = worker.verdict.state;
    const QJsonValue reason = worker.verdict.reason.asArgument();
    if (const std::optional<EventKind> kind = eventFor(before, after)) {
        Message message("worker_recovered", {worker.name()});
        if (*kind == EventKind::WorkerSuspect)
            message = Message("worker_suspect", {worker.name(), reason});
        else if (*kind == EventKind::WorkerHung)
            message = Message("worker_hung", {worker.name(), reason});
        m_journal.recordEvent(*kind, message, worker);
    }
    const bool isHung = after == WorkerState::Hung;
    if (isHung == (before == WorkerState::Hung))
        return;
    if (isHung)
        m_journal.setHung(worker.executorId, worker.verdict.reason);
    else
        m_journal.setRecovered(worker.executorId, after == WorkerState::Busy);
}

} // namespace lifeguard

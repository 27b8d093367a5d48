// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/health/verdict.h"
#include "core/model/eventkind.h"

#include <QHash>
#include <QString>

#include <optional>

namespace lifeguard {

class PoolJournal;
class PoolReconciler;
class WorkerStopper;
class WorkerTable;
struct ManagedWorker;

/// Carries out the verdicts on workers: events, the state hung in the database, and the remedy.
class VerdictHandler
{
public:
    VerdictHandler(WorkerTable &workers, WorkerStopper &stopper, PoolReconciler &reconciler, PoolJournal &journal)
        : m_workers(workers)
        , m_stopper(stopper)
        , m_reconciler(reconciler)
        , m_journal(journal)
    {
    }

    /// Handles verdicts by executor id. Workers that are being stopped only get their verdict.
    void apply(const QHash<QString, Verdict> &verdicts);

    /// Returns the kind of event that a change of the assessed state is; nothing if it is none. A pure function.
    [[nodiscard]] static std::optional<EventKind> eventFor(WorkerState before, WorkerState after);

private:
    void recordChange(const ManagedWorker &worker, WorkerState before);

    WorkerTable &m_workers;
    WorkerStopper &m_stopper;
    PoolReconciler &m_reconciler;
    PoolJournal &m_journal;
};

} // namespace lifeguard

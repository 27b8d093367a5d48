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

/// Applies the verdicts on workers: records events, writes the state hung to the database, and carries out the remedy.
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

    /// Handles verdicts, which are given by executor id. For workers that are being stopped, only the verdict is
    /// stored.
    void apply(const QHash<QString, Verdict> &verdicts);

    /// Returns the kind of event to record for a change of the assessed state; std::nullopt for none. A pure function.
    [[nodiscard]] static std::optional<EventKind> eventFor(WorkerState before, WorkerState after);

private:
    void recordChange(const ManagedWorker &worker, WorkerState before);

    WorkerTable &m_workers;
    WorkerStopper &m_stopper;
    PoolReconciler &m_reconciler;
    PoolJournal &m_journal;
};

} // namespace lifeguard

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/model/workerinfo.h"
#include "core/model/workerrow.h"

#include <QDateTime>

namespace lifeguard {

struct ManagedWorker;
class SnapshotIndex;

/// Builds the WorkerInfo values for the views from the state at one moment. Texts are in the language of the user.
class WorkerInfoBuilder
{
public:
    /// snapshot: must outlive the builder. steadyNow: Clock::steadyNow(); utcNow: Clock::utcNow().
    WorkerInfoBuilder(const SnapshotIndex &snapshot, milliseconds steadyNow, QDateTime utcNow);

    /// Returns the description of a worker of this manager.
    [[nodiscard]] WorkerInfo build(const ManagedWorker &worker) const;
    /// Returns the description of a worker of another manager, of another program, or of an earlier run.
    [[nodiscard]] WorkerInfo build(const WorkerRow &row) const;

private:
    void addState(WorkerInfo &info, const ManagedWorker &worker, bool isBusy) const;
    void addRunningJob(WorkerInfo &info) const;
    [[nodiscard]] milliseconds ageOf(const QDateTime &time) const;

    const SnapshotIndex &m_snapshot;
    milliseconds m_steadyNow;
    QDateTime m_utcNow;
};

} // namespace lifeguard

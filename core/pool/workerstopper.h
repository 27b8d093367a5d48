// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/model/endcause.h"
#include "core/model/message.h"

#include <optional>

namespace lifeguard {

class PoolJournal;
class WorkerExecutor;
struct ManagedWorker;

/// Ends workers. Their ends are reported by WorkerExecutor::workerExited().
class WorkerStopper
{
public:
    WorkerStopper(const Clock &clock, WorkerExecutor &executor, PoolJournal &journal)
        : m_clock(clock)
        , m_executor(executor)
        , m_journal(journal)
    {
    }

    /// Sends TERM, and KILL after the grace period; with a grace period of 0, KILL at once. Can be called again to
    /// shorten the grace period.
    void stop(ManagedWorker &worker, EndCause cause, const Message &reason, seconds grace);
    /// Sends TERM: the worker ends after its job, without a time limit.
    void drain(ManagedWorker &worker, EndCause cause, const Message &reason);

private:
    const Clock &m_clock;
    WorkerExecutor &m_executor;
    PoolJournal &m_journal;
};

} // namespace lifeguard

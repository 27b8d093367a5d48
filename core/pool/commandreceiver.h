// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/model/commandanswer.h"
#include "core/store/commandqueue.h"

#include <QObject>

#include <functional>
#include <optional>

namespace lifeguard {

class PoolCommands;
class PoolJournal;
class PoolTable;
class Scheduler;
class Store;
class WorkerCommands;

/// Takes the commands that other programs send to this manager (CommandQueue), carries them out, and records their
/// answers, each with an event that names the user. Looks for commands when the database has changed: one query of an
/// index, at most every 20 ms, so that the answer does not wait for the next snapshot. Lives on the main thread and
/// never blocks. The store must outlive it.
class CommandReceiver : public QObject
{
    Q_OBJECT

public:
    static constexpr milliseconds shortestPause{20}; ///< between two queries
    static constexpr milliseconds retryInterval{500}; ///< after a failed query

    CommandReceiver(Store &store, const Clock &clock, Scheduler &scheduler, const PoolTable &pools,
                    PoolCommands &commands, WorkerCommands &workerCommands, PoolJournal &journal, QString managerId,
                    QObject *parent = nullptr);

    /// Begins to take commands. Call it when the manager has registered.
    void start();
    /// Refuses all commands from now on, because the manager is ending.
    void refuseAll() { m_isRefusing = true; }
    /// Carries out a command of this program itself, exactly as one of another program.
    CommandAnswer carryOut(const ManagerCommand &command);

Q_SIGNALS:
    /// A command was carried out; its answer is written next.
    void changed();

private:
    void look();
    void lookAgainAfter(milliseconds delay);
    void take();
    void answer(const TakenCommand &taken);
    [[nodiscard]] CommandAnswer carryOutForPool(const ManagerCommand &command, const QString &pool);
    [[nodiscard]] CommandAnswer carryOutForAll(const ManagerCommand &command);
    [[nodiscard]] CommandAnswer carryOutForWorker(const ManagerCommand &command);

    Store &m_store;
    const Clock &m_clock;
    Scheduler &m_scheduler;
    const PoolTable &m_pools;
    PoolCommands &m_commands;
    WorkerCommands &m_workerCommands;
    PoolJournal &m_journal;
    const QString m_managerId;
    const milliseconds m_startedAt; ///< Clock::bootNow()
    bool m_isStarted = false;
    bool m_isRefusing = false;
    bool m_isLooking = false; ///< a query is under way, or the pause after it is not over
    bool m_isLookDue = false; ///< the database has changed in the meantime
};

} // namespace lifeguard

// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pool/commandreceiver.h"

#include "core/base/futurecallbacks.h"
#include "core/pool/poolcommands.h"
#include "core/pool/pooljournal.h"
#include "core/pool/pooltable.h"
#include "core/pool/scheduler.h"
#include "core/pool/workercommands.h"
#include "core/store/store.h"

#include <algorithm>
#include <utility>

namespace lifeguard {
namespace {

Message outcomeMessage(CommandOutcome outcome)
{
    switch (outcome) {
    case CommandOutcome::Failed:
        return Message("command_failed");
    case CommandOutcome::Refused:
        return Message("command_refused");
    case CommandOutcome::Expired:
        return Message("command_expired");
    case CommandOutcome::None:
    case CommandOutcome::Done:
        break;
    }
    return Message("command_done");
}

} // namespace

CommandReceiver::CommandReceiver(Store &store, const Clock &clock, Scheduler &scheduler, const PoolTable &pools,
                                 PoolCommands &commands, WorkerCommands &workerCommands, PoolJournal &journal,
                                 QString managerId, QObject *parent)
    : QObject(parent)
    , m_store(store)
    , m_clock(clock)
    , m_scheduler(scheduler)
    , m_pools(pools)
    , m_commands(commands)
    , m_workerCommands(workerCommands)
    , m_journal(journal)
    , m_managerId(std::move(managerId))
    , m_startedAt(clock.bootNow())
{
    connect(&m_store, &Store::changed, this, &CommandReceiver::look);
}

void CommandReceiver::start()
{
    m_isStarted = true;
    look();
}

void CommandReceiver::look()
{
    if (!m_isStarted)
        return;
    if (m_isLooking) {
        m_isLookDue = true;
        return;
    }
    m_isLooking = true;
    m_isLookDue = false;
    const auto task = [id = m_managerId, clock = &m_clock](Database &database) {
        return CommandQueue(database, *clock).hasWaiting(id);
    };
    whenFinished(m_store.read<bool>(task), this, [this](const Result<bool> &isWaiting) {
        if (!isWaiting) {
            m_isLookDue = true;
            lookAgainAfter(retryInterval);
        } else if (*isWaiting) {
            take();
        } else {
            lookAgainAfter(shortestPause);
        }
    });
}

void CommandReceiver::lookAgainAfter(milliseconds delay)
{
    m_scheduler.callAfter(delay, this, [this] {
        m_isLooking = false;
        if (m_isLookDue)
            look();
    });
}

void CommandReceiver::take()
{
    const auto task = [id = m_managerId, startedAt = m_startedAt, clock = &m_clock](Database &database) {
        return CommandQueue(database, *clock).take(id, startedAt);
    };
    whenFinished(m_store.write<QList<TakenCommand>>(task), this, [this](const Result<QList<TakenCommand>> &taken) {
        for (const TakenCommand &command : taken.value_or(QList<TakenCommand>()))
            answer(command);
        m_isLookDue = true; // there may be more
        lookAgainAfter(taken ? shortestPause : retryInterval);
    });
}

void CommandReceiver::answer(const TakenCommand &taken)
{
    const CommandAnswer answer = m_isRefusing ? CommandAnswer::refused(Message("manager_is_ending"))
                                              : carryOut(taken.command);
    Q_EMIT changed(); // publishes the pools, so that a program that has the answer also sees its effect
    m_journal.finishCommand(taken.id, answer,
                            Message("command_event",
                                    {taken.issuer, taken.command.toString(),
                                     outcomeMessage(answer.outcome).asArgument(), answer.message.asArgument()}),
                            m_pools.find(taken.command.pool));
}

CommandAnswer CommandReceiver::carryOut(const ManagerCommand &command)
{
    if (!command.executorId.isEmpty())
        return carryOutForWorker(command);
    return command.pool.isEmpty() ? carryOutForAll(command) : carryOutForPool(command, command.pool);
}

CommandAnswer CommandReceiver::carryOutForPool(const ManagerCommand &command, const QString &pool)
{
    switch (command.verb) {
    case CommandVerb::Start:
        return m_commands.startPoolAgain(pool);
    case CommandVerb::Stop:
        return m_commands.stopPool(pool);
    case CommandVerb::Kill:
        return m_commands.killWorkersOf(pool);
    case CommandVerb::Restart:
        return m_commands.replaceWorkersOf(pool);
    case CommandVerb::Drain:
        return m_commands.drainPool(pool);
    case CommandVerb::Pause:
        return m_commands.pausePool(pool, command.number ? std::optional(seconds(*command.number)) : std::nullopt);
    case CommandVerb::Resume:
        return m_commands.resumePool(pool);
    case CommandVerb::Scale:
        return command.number ? m_commands.setPoolCount(pool, *command.number, CountSource::Hand)
                              : m_commands.resumeScaling(pool);
    case CommandVerb::Recycle:
        return m_commands.recyclePool(pool);
    case CommandVerb::Remove:
        return m_commands.removePool(pool);
    }
    return {};
}

CommandAnswer CommandReceiver::carryOutForAll(const ManagerCommand &command)
{
    QStringList names;
    for (const auto &[name, pool] : m_pools.all())
        names.append(name);
    if (names.isEmpty())
        return CommandAnswer::failed(Message("manager_has_no_pools"));
    CommandAnswer all = CommandAnswer::refused({}); // unless the command applies to a pool
    for (const QString &name : std::as_const(names)) {
        const CommandAnswer answer = carryOutForPool(command, name);
        if (answer.isDone())
            all.outcome = CommandOutcome::Done;
        all.message = all.message.isEmpty()
                        ? answer.message
                        : Message("two_sentences", {all.message.asArgument(), answer.message.asArgument()});
    }
    return all;
}

CommandAnswer CommandReceiver::carryOutForWorker(const ManagerCommand &command)
{
    switch (command.verb) {
    case CommandVerb::Stop:
        return m_workerCommands.stopWorker(command.executorId);
    case CommandVerb::Kill:
        return m_workerCommands.killWorker(command.executorId);
    case CommandVerb::Restart:
        return m_workerCommands.replaceWorker(command.executorId);
    case CommandVerb::Drain:
        return m_workerCommands.drainWorker(command.executorId);
    case CommandVerb::Recycle:
        return m_workerCommands.recycleWorker(command.executorId);
    default:
        return CommandAnswer::refused(Message("command_not_understood", {command.toString()}));
    }
}

} // namespace lifeguard

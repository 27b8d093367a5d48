// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pool/pooljournal.h"

#include "core/base/futurecallbacks.h"
#include "core/base/logging.h"
#include "core/config/poolspec.h"
#include "core/pool/managedworker.h"
#include "core/pool/scheduler.h"
#include "core/pool/workerpool.h"
#include "core/store/eventlog.h"
#include "core/store/jobqueue.h"
#include "core/store/store.h"

namespace lifeguard {
namespace {

/// Converts a task without a result to the form that Store::write() requires.
std::function<Result<int>(Database &)> withoutResult(std::function<Status(Database &)> task)
{
    return [task = std::move(task)](Database &database) -> Result<int> {
        if (const Status done = task(database); !done)
            return failure(done.error());
        return 0;
    };
}

Result<WorkerEnding> close(Database &database, const Clock &clock, const WorkerClosure &closure)
{
    WorkerEnding ending = WorkerEnding::Exited;
    const Status done = database.transaction([&]() -> Status {
        WorkerRegistry registry(database, clock);
        const Result<std::optional<qint64>> id = registry.idOf(closure.executorId);
        if (!id)
            return failure(id.error());
        // A worker of another program may have deleted its row; its jobs still refer to it.
        const qint64 workerId = id->value_or(closure.workerId);
        JobQueue queue(database, clock);
        bool hasLeftJobs = false;
        if (workerId > 0) {
            const Result<QList<ReturnedJob>> returned = InterruptedJobs(database, clock)
                                                            .returnJobsOf(workerId, closure.jobs);
            if (!returned)
                return failure(returned.error());
            hasLeftJobs = !returned->isEmpty();
        }
        if (closure.checksWork) {
            const Result<bool> hasWorked = queue.hasFinishedAny(workerId, closure.type, closure.startedAt);
            if (!hasWorked)
                return failure(hasWorked.error());
            // A worker that exits in the middle of a job has failed, whatever its exit code is.
            if (hasLeftJobs)
                ending = WorkerEnding::Died;
            else
                ending = *hasWorked ? WorkerEnding::ExitedAfterWork : WorkerEnding::Exited;
        }
        return registry.end(closure.executorId, closure.reason, closure.isWanted);
    });
    if (!done)
        return failure(done.error());
    return ending;
}

} // namespace

PoolJournal::PoolJournal(Store &store, const Clock &clock, Scheduler &scheduler, QString managerId, QObject *parent)
    : QObject(parent)
    , m_store(store)
    , m_clock(clock)
    , m_scheduler(scheduler)
    , m_managerId(std::move(managerId))
{
}

Event PoolJournal::eventOf(EventKind kind, const Message &message) const
{
    Event event;
    event.at = m_clock.utcNow();
    event.kind = kind;
    event.message = message;
    return event;
}

void PoolJournal::add(const Event &event)
{
    writeInBackground([event, clock = &m_clock](Database &database) { return EventLog(database, *clock).add(event); });
    Q_EMIT eventRecorded(event);
}

void PoolJournal::recordEvent(EventKind kind, const Message &message)
{
    add(eventOf(kind, message));
}

void PoolJournal::recordEvent(EventKind kind, const Message &message, const WorkerPool &pool)
{
    Event event = eventOf(kind, message);
    event.pool = pool.name();
    event.workerType = pool.config().type;
    add(event);
}

void PoolJournal::recordEvent(EventKind kind, const Message &message, const ManagedWorker &worker, qint64 jobId)
{
    Event event = eventOf(kind, message);
    event.pool = worker.pool;
    event.workerType = worker.config.type;
    event.executorId = worker.executorId;
    event.workerId = worker.workerId;
    event.jobId = jobId;
    add(event);
}

void PoolJournal::recordWorkers(std::function<QList<OwnedWorker>()> rows, std::function<void()> recorded)
{
    const QList<OwnedWorker> workers = rows();
    if (workers.isEmpty()) {
        recorded();
        return;
    }
    const auto task = withoutResult(
        [workers, clock = &m_clock](Database &database) { return WorkerRegistry(database, *clock).addOwned(workers); });
    whenFinished(m_store.write<int>(task), this,
                 [this, rows = std::move(rows), recorded = std::move(recorded)](const Result<int> &written) {
                     if (!written) {
                         reportWriteError(written.error());
                         m_scheduler.callAfter(retryInterval, this,
                                               [this, rows, recorded] { recordWorkers(rows, recorded); });
                         return;
                     }
                     m_isErrorReported = false;
                     recorded();
                 });
}

void PoolJournal::setProcess(const QString &executorId, const ProcessIdentity &process)
{
    writeInBackground([executorId, process, clock = &m_clock](Database &database) {
        return WorkerRegistry(database, *clock).setProcess(executorId, process);
    });
}

void PoolJournal::storeSpec(const WorkerPool &pool)
{
    if (!pool.config().detach)
        return;
    const QString spec = toPoolSpec(pool.config());
    writeInBackground([manager = m_managerId, name = pool.name(), spec, clock = &m_clock](Database &database) {
        return WorkerRegistry(database, *clock).setSpec(manager, name, spec);
    });
}

void PoolJournal::setHung(const QString &executorId, const Message &reason)
{
    writeInBackground([executorId, reason, clock = &m_clock](Database &database) {
        return WorkerRegistry(database, *clock).setHung(executorId, reason);
    });
}

void PoolJournal::setRecovered(const QString &executorId, bool isBusy)
{
    writeInBackground([executorId, isBusy, clock = &m_clock](Database &database) {
        return WorkerRegistry(database, *clock).setRecovered(executorId, isBusy);
    });
}

void PoolJournal::closeWorker(const WorkerClosure &closure, const std::function<bool()> &isShutdown,
                              const std::function<void(const Result<WorkerEnding> &)> &closed)
{
    tryToClose(closure, isShutdown, closed, 1);
}

void PoolJournal::tryToClose(const WorkerClosure &closure, const std::function<bool()> &isShutdown,
                             const std::function<void(const Result<WorkerEnding> &)> &closed, int tries)
{
    const auto task = [closure, clock = &m_clock](Database &database) { return close(database, *clock, closure); };
    whenFinished(m_store.write<WorkerEnding>(task), this,
                 [this, closure, isShutdown, closed, tries](const Result<WorkerEnding> &ending) {
                     if (ending) {
                         m_isErrorReported = false;
                         closed(ending);
                     } else if (isShutdown() && tries >= closeTriesInShutdown) {
                         m_hasOpenRows = true;
                         closed(ending);
                     } else {
                         reportWriteError(ending.error());
                         m_scheduler.callAfter(retryInterval, this, [this, closure, isShutdown, closed, tries] {
                             tryToClose(closure, isShutdown, closed, tries + 1);
                         });
                     }
                 });
}

void PoolJournal::removeManager()
{
    std::ignore = m_store.write<int>(withoutResult([id = m_managerId, clock = &m_clock](Database &database) {
        WorkerRegistry registry(database, *clock);
        if (const Status removed = registry.removeManager(id); !removed)
            return removed;
        return registry.forgetEnded();
    }));
}

/// Executes a write without reporting its result to a caller. Repeats it while the database is locked.
void PoolJournal::writeInBackground(std::function<Status(Database &)> task)
{
    const auto write = [this, task = withoutResult(std::move(task))] { return m_store.write<int>(task); };
    retryWhileBusy(
        write, this, [] { return true; },
        [](const Result<int> &written) {
            if (!written)
                qCWarning(lcPool).noquote() << "could not write to the database:" << written.error().message;
        });
}

void PoolJournal::reportWriteError(const Error &error)
{
    if (error.code == ErrorCode::Busy)
        return; // Store::lockedChanged() reports locks
    if (std::exchange(m_isErrorReported, true))
        return;
    if (isTransient(error))
        Q_EMIT writeFailed(error);
    else
        Q_EMIT failed(error);
}

} // namespace lifeguard

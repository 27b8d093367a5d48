// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pool/pooljournal.h"

#include "core/base/futurecallbacks.h"
#include "core/base/logging.h"
#include "core/config/poolspec.h"
#include "core/model/temporaryoutput.h"
#include "core/pool/managedworker.h"
#include "core/pool/scheduler.h"
#include "core/pool/workerpool.h"
#include "core/store/commandqueue.h"
#include "core/store/eventlog.h"
#include "core/store/jobqueue.h"
#include "core/store/jobreader.h"
#include "core/store/store.h"

#include <QDir>
#include <QtConcurrent>

#include <algorithm>
#include <memory>
#include <tuple>
#include <utility>

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

/// Returns the temporary output of the job that a worker had begun; empty if there is none. Nobody else removes it if
/// the job was cancelled and is never begun again.
QString temporaryOutputOf(Database &database, const WorkerClosure &closure, qint64 workerId)
{
    if (closure.jobs.begunJob <= 0)
        return {};
    const Result<Job> job = JobReader(database).job(closure.jobs.begunJob);
    if (!job || job->outputFile.isEmpty())
        return {};
    // Another worker may have the job by now.
    if (closure.begunAttempt == 0 && job->workerId != workerId)
        return {};
    return temporaryOutput(QDir::cleanPath(job->outputFile), job->id,
                           closure.begunAttempt > 0 ? closure.begunAttempt : job->attempts);
}

/// Returns the temporary outputs of all jobs that a worker has not settled: it may have finished several of them.
QStringList temporaryOutputsOf(Database &database, const Clock &clock, const WorkerClosure &closure, qint64 workerId)
{
    QStringList outputs{temporaryOutputOf(database, closure, workerId)};
    const QList<Lease> leases = JobQueue(database, clock).leasesOf(workerId).value_or(QList<Lease>());
    for (const Lease &lease : leases) {
        const Result<Job> job = JobReader(database).job(lease.jobId);
        if (job && !job->outputFile.isEmpty())
            outputs.append(temporaryOutput(QDir::cleanPath(job->outputFile), lease.jobId, lease.attempt));
    }
    outputs.removeIf([](const QString &output) { return !QDir::isAbsolutePath(output); });
    outputs.removeDuplicates();
    return outputs;
}

Result<WorkerEnding> close(Database &database, const Clock &clock, const WorkerClosure &closure)
{
    WorkerEnding ending = WorkerEnding::Exited;
    QStringList leftovers;
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
            leftovers = temporaryOutputsOf(database, clock, closure, workerId);
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
    if (!leftovers.isEmpty()) { // removing a file on an unreachable network share may block
        std::ignore = QtConcurrent::run([leftovers] {
            for (const QString &leftover : leftovers)
                removeTemporaryOutputs(leftover);
        });
    }
    return ending;
}

/// Returns a task that executes all of these.
template<typename Entries>
std::function<Status(Database &)> inOneTransaction(const Entries &entries)
{
    return [entries](Database &database) {
        return database.transaction([&]() -> Status {
            for (const auto &entry : entries) {
                if (const Status done = entry.task(database); !done)
                    return done;
            }
            return {};
        });
    };
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
    event.manager = WorkerRegistry::nameOfManager();
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
    const auto task = withoutResult([workers, id = m_managerId, clock = &m_clock](Database &database) {
        return database.transaction([&]() -> Status {
            WorkerRegistry registry(database, *clock);
            // Other managers close the rows of workers whose manager has no row.
            if (const Result<bool> beat = registry.beatManager(id); !beat)
                return failure(beat.error());
            return registry.addOwned(workers);
        });
    });
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
    const QString spec = toStoredPoolSpec(pool.config());
    const QString currentSpec = toMaskedPoolSpec(pool.config());
    writeInBackground(
        [manager = m_managerId, name = pool.name(), spec, currentSpec, clock = &m_clock](Database &database) {
            return WorkerRegistry(database, *clock).setSpec(manager, name, spec, currentSpec);
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

void PoolJournal::clearReason(const QString &executorId, const Message &reason)
{
    writeInBackground([executorId, reason, clock = &m_clock](Database &database) {
        return WorkerRegistry(database, *clock).clearReason(executorId, reason);
    });
}

void PoolJournal::finishCommand(qint64 commandId, const CommandAnswer &answer, const Message &message,
                                const WorkerPool *pool)
{
    Event event = eventOf(EventKind::Command, message);
    if (pool) {
        event.pool = pool->name();
        event.workerType = pool->config().type;
    }
    enqueue({[commandId, answer, event, clock = &m_clock](Database &database) -> Status {
                 if (const Status finished = CommandQueue(database, *clock).finish(commandId, answer); !finished)
                     return finished;
                 return EventLog(database, *clock).add(event);
             },
             [](const Status &) {}});
    Q_EMIT eventRecorded(event);
}

void PoolJournal::closeWorker(const WorkerClosure &closure,
                              const std::function<void(const Result<WorkerEnding> &)> &closed)
{
    auto ending = std::make_shared<WorkerEnding>(WorkerEnding::Exited);
    enqueue({[closure, ending, clock = &m_clock](Database &database) -> Status {
                 const Result<WorkerEnding> result = close(database, *clock, closure);
                 if (!result)
                     return failure(result.error());
                 *ending = *result;
                 return {};
             },
             [closed, ending](const Status &written) {
                 if (written)
                     closed(*ending);
                 else
                     closed(failure(written.error()));
             }});
}

void PoolJournal::enqueue(Entry entry)
{
    if (!entry.done && m_waiting.size() >= maxWaiting)
        return;
    m_waiting.append(std::move(entry));
    if (m_writingCount == 0 && !m_isRetrying)
        writeWaiting();
}

void PoolJournal::writeWaiting()
{
    Q_ASSERT(m_writingCount == 0);
    m_isRetrying = false;
    if (m_waiting.isEmpty())
        return;
    m_writingCount = std::min(m_batchLimit, m_waiting.size());
    const QList<Entry> batch = m_waiting.mid(0, m_writingCount);
    whenFinished(m_store.write<int>(withoutResult(inOneTransaction(batch))), this,
                 [this, count = m_writingCount](const Result<int> &written) { onWritten(count, written); });
}

void PoolJournal::onWritten(qsizetype count, const Result<int> &written)
{
    m_writingCount = 0;
    const bool hasImportant = std::any_of(m_waiting.cbegin(), m_waiting.cbegin() + count,
                                          [](const Entry &entry) { return bool(entry.done); });
    if (written) {
        m_failuresInShutdown = 0;
        m_dropReason.clear();
        const QList<Entry> batch = m_waiting.mid(0, count);
        if (hasImportant)
            m_isErrorReported = false;
        m_waiting.remove(0, count);
        if (m_waiting.isEmpty())
            m_batchLimit = maxBatch;
        else
            writeWaiting();
        for (const Entry &entry : batch) {
            if (entry.done)
                entry.done({});
        }
        return;
    }
    const Error &error = written.error();
    if (!isTransient(error) && count > 1) {
        m_batchLimit = 1; // finds the write that cannot succeed
        writeWaiting();
        return;
    }
    if (m_isShutdown && m_isShutdown() && ++m_failuresInShutdown >= closeTriesInShutdown) {
        giveUp(error);
        return;
    }
    if (error.code != ErrorCode::Busy)
        dropUnimportant(count, error);
    if (m_waiting.isEmpty())
        return;
    if (hasImportant)
        reportWriteError(error);
    if (hasImportant && count == 1 && error.code != ErrorCode::Busy)
        m_waiting.append(m_waiting.takeFirst()); // must not delay the others
    m_isRetrying = true;
    m_scheduler.callAfter(retryInterval, this, [this] {
        if (m_isRetrying)
            writeWaiting();
    });
}

/// Drops those of the first writes that nothing waits for.
void PoolJournal::dropUnimportant(qsizetype count, const Error &error)
{
    if (m_dropReason != error.message)
        qCWarning(lcPool).noquote() << "could not write to the database:" << error.message;
    m_dropReason = error.message;
    QList<Entry> kept;
    for (qsizetype i = 0; i < m_waiting.size(); ++i) {
        if (i >= count || m_waiting.at(i).done)
            kept.append(m_waiting.at(i));
    }
    m_waiting = kept;
}

/// Ends all writes with an error, because the program is about to end.
void PoolJournal::giveUp(const Error &error)
{
    const QList<Entry> all = std::exchange(m_waiting, {});
    for (const Entry &entry : all) {
        if (!entry.done)
            continue;
        m_hasOpenRows = true;
        entry.done(failure(error));
    }
}

void PoolJournal::flush()
{
    const QList<Entry> rest = m_waiting.mid(m_writingCount);
    m_waiting.clear();
    if (!rest.isEmpty())
        std::ignore = m_store.write<int>(withoutResult(inOneTransaction(rest)));
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

/// Executes a write without reporting its result to a caller.
void PoolJournal::writeInBackground(std::function<Status(Database &)> task)
{
    enqueue({std::move(task), nullptr});
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

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/commandanswer.h"
#include "core/model/event.h"
#include "core/pool/restartpolicy.h"
#include "core/store/interruptedjobs.h"
#include "core/store/workerregistry.h"

#include <QList>
#include <QObject>
#include <QString>

#include <functional>

namespace lifeguard {

class Scheduler;
class Store;
class WorkerPool;
struct ManagedWorker;

/// The data to write when a worker has ended.
struct WorkerClosure
{
    QString executorId;
    Message reason;
    bool isWanted = false; ///< whether its end was requested: it stopped instead of dying
    bool checksWork = false; ///< whether to check if it had finished a job
    ReturnOptions jobs; ///< how its jobs are returned
    qint64 workerId = 0; ///< workers.id if known, otherwise 0; used if its row was deleted
    QString type;
    QDateTime startedAt;
    int begunAttempt = 0; ///< of jobs.begunJob; 0: unknown
};

/// Writes the rows of this manager's workers and the event log, and repeats failed writes. Writes are queued, and one
/// transaction writes all that are waiting, so that a lock delays hundreds of them only once. All functions return at
/// once; callbacks are called from the event loop of this object's thread, and never after its destruction. The store
/// must outlive it. (RescueScheduler executes the periodic transaction.)
class PoolJournal : public QObject
{
    Q_OBJECT

public:
    static constexpr milliseconds retryInterval{500};
    static constexpr int closeTriesInShutdown = 8; ///< of 1 s each (Store::hurry()); then closing the rows is left to
                                                   ///< the next manager
    static constexpr int maxBatch = 100; ///< writes in one transaction
    static constexpr qsizetype maxWaiting = 10'000; ///< while writing fails, later events are not recorded

    PoolJournal(Store &store, const Clock &clock, Scheduler &scheduler, QString managerId, QObject *parent = nullptr);

    /// Adds an event about the manager or the machine.
    void recordEvent(EventKind kind, const Message &message);
    /// Adds an event about a pool.
    void recordEvent(EventKind kind, const Message &message, const WorkerPool &pool);
    /// Adds an event about a worker. jobId: the job that it concerns; 0: none.
    void recordEvent(EventKind kind, const Message &message, const ManagedWorker &worker, qint64 jobId = 0);

    /// Inserts rows into lifeguard_workers, before the workers are started. rows is called for each attempt; recorded
    /// is called once, when the rows are written or when rows returns an empty list.
    void recordWorkers(std::function<QList<OwnedWorker>()> rows, std::function<void()> recorded);
    /// Writes the process identity of a started worker.
    void setProcess(const QString &executorId, const ProcessIdentity &process);
    /// Writes the pool's configuration, for a manager that adopts its workers. Does nothing for pools that are not
    /// detached.
    void storeSpec(const WorkerPool &pool);
    void setHung(const QString &executorId, const Message &reason);
    /// Writes that a hung worker has recovered.
    void setRecovered(const QString &executorId, bool isBusy);
    /// Writes the answer to a command of another program, together with an event. pool: the pool that it concerns; may
    /// be null. The write is repeated until it succeeds.
    void finishCommand(qint64 commandId, const CommandAnswer &answer, const Message &message, const WorkerPool *pool);
    void clearReason(const QString &executorId, const Message &reason);

    /// Sets how the end of the program is recognised: while the function returns true, closing rows is given up after
    /// closeTriesInShutdown failures in a row.
    void setShutdownTest(std::function<bool()> isShutdown) { m_isShutdown = std::move(isShutdown); }
    /// Closes the rows of an ended worker and returns its jobs, in one transaction. closed is called once, with the
    /// kind of ending according to the database (Exited if checksWork is not set), or with the error after which the
    /// attempts were given up.
    void closeWorker(const WorkerClosure &closure, const std::function<void(const Result<WorkerEnding> &)> &closed);
    /// Returns whether rows were left open because closing them was given up.
    [[nodiscard]] bool hasOpenRows() const { return m_hasOpenRows; }
    /// Passes all waiting writes to the store, which executes them before it is destroyed. Their results are not
    /// reported. To be called before this object is destroyed.
    void flush();
    /// Removes the manager's own row. The store executes this write before it is destroyed.
    void removeManager();

Q_SIGNALS:
    void eventRecorded(const lifeguard::Event &event);
    /// A write failed and is repeated (the disk is full, for example). Emitted once until a write succeeds.
    void writeFailed(const lifeguard::Error &error);
    /// A write failed with an error that repeating it cannot fix.
    void failed(const lifeguard::Error &error);

private:
    /// A write that waits for the next transaction.
    struct Entry
    {
        std::function<Status(Database &)> task;
        std::function<void(const Status &)> done; ///< null: the write is not important, and is dropped after an error
    };

    [[nodiscard]] Event eventOf(EventKind kind, const Message &message) const;
    void add(const Event &event);
    void writeInBackground(std::function<Status(Database &)> task);
    void enqueue(Entry entry);
    void writeWaiting();
    void onWritten(qsizetype count, const Result<int> &written);
    void dropUnimportant(qsizetype count, const Error &error);
    void giveUp(const Error &error);
    void reportWriteError(const Error &error);

    Store &m_store;
    const Clock &m_clock;
    Scheduler &m_scheduler;
    const QString m_managerId;
    bool m_isErrorReported = false; ///< a write error was reported and no write has succeeded since
    bool m_hasOpenRows = false;
    QList<Entry> m_waiting; ///< the first m_writingCount of them are being written
    qsizetype m_writingCount = 0;
    QString m_dropReason; ///< of the last writes that were dropped; logged once until a write succeeds
    qsizetype m_batchLimit = maxBatch; ///< 1 after an error that one of the writes may have caused
    bool m_isRetrying = false; ///< a repetition is scheduled
    int m_failuresInShutdown = 0;
    std::function<bool()> m_isShutdown; ///< may be null
};

} // namespace lifeguard

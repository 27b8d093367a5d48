// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/store/database.h"
#include "core/store/records.h"

#include <QFuture>
#include <QObject>
#include <QPromise>

#include <atomic>
#include <functional>
#include <memory>

class QThread;

namespace lifeguard {

class StoreThread;

/// The asynchronous door to one database: one thread writes, one reads, each with its own connection. Every call returns
/// at once; futures are answered on the store's threads, so continue them with whenAnswered() of core/base/future.h.
/// Lives on the thread that made it (the GUI's); signals arrive there.
class Store : public QObject
{
    Q_OBJECT

public:
    explicit Store(QObject *parent = nullptr);
    ~Store() override; ///< finishes the writes under way, then ends the threads

    /// Opens (Create: makes it when missing) the file on both threads. Call once; errors name file and reason.
    QFuture<Result<DatabaseInfo>> open(const QString &path, OpenMode mode);
    [[nodiscard]] QString path() const { return m_path; }
    [[nodiscard]] bool isReadOnly() const { return m_mode == OpenMode::ReadOnly; }

    // What the windows and programs need; each is one transaction.
    QFuture<Result<QList<Job>>> jobs(const JobFilter &filter);
    QFuture<Result<Job>> job(qint64 id);
    QFuture<Result<QList<qint64>>> addJobs(const QList<NewJob> &jobs);
    /// Answers how many were cancelled; those already at an end are left.
    QFuture<Result<int>> cancelJobs(const QList<qint64> &ids, const QString &by);
    /// Answers how many were put back; only failed and cancelled ones can be.
    QFuture<Result<int>> retryJobs(const QList<qint64> &ids);
    QFuture<Result<QList<Event>>> events(int limit, const QString &executorId = {});
    QFuture<Result<StoreSnapshot>> snapshot();

    /// Runs task on the thread that writes (or reads) and answers its result. For core's own parts; views use the calls above.
    template<typename T>
    QFuture<Result<T>> write(std::function<Result<T>(Database &)> task)
    {
        return run<T>(Side::Write, std::move(task));
    }
    template<typename T>
    QFuture<Result<T>> read(std::function<Result<T>(Database &)> task)
    {
        return run<T>(Side::Read, std::move(task));
    }

Q_SIGNALS:
    /// The database changed (by anyone) and was read again; at most every 50 ms.
    void snapshotRead(const lifeguard::StoreSnapshot &snapshot);
    /// True: a read or a write waits for another program's lock, or gave up waiting; false: both are free again. (Reading goes on while
    /// somebody keeps the lock of the writers, so a read that worked tells nothing about writing.)
    void lockedChanged(bool locked);
    /// A background read failed for another reason than a lock.
    void readFailed(const lifeguard::Error &error);

private:
    enum class Side { Read = 1, Write = 2 };
    template<typename T>
    QFuture<Result<T>> run(Side side, std::function<Result<T>(Database &)> task);
    void post(Side side, std::function<void(Database *)> task);
    void tellOfLocks(Side side, Database &database);
    void noteOutcome(Side side, const Error *error);
    void readSnapshot();

    std::unique_ptr<StoreThread> m_reader;
    std::unique_ptr<StoreThread> m_writer; ///< ends first: what it has under way may still ask the reader
    QString m_path;
    OpenMode m_mode = OpenMode::ReadWrite;
    bool m_open = false;
    std::atomic<int> m_locked = 0; ///< sides that met a lock last; also set from the store's threads
    quint64 m_generation = 0;
    bool m_snapshotUnderWay = false;
    bool m_snapshotWanted = false;
};

template<typename T>
QFuture<Result<T>> Store::run(Side side, std::function<Result<T>(Database &)> task)
{
    auto promise = std::make_shared<QPromise<Result<T>>>();
    promise->start();
    QFuture<Result<T>> future = promise->future();
    post(side, [this, side, promise, task = std::move(task)](Database *database) {
        Result<T> result = database ? task(*database) : Result<T>(failure(ErrorCode::Database, tr("No database is open.")));
        noteOutcome(side, result ? nullptr : &result.error());
        promise->addResult(std::move(result));
        promise->finish();
    });
    return future;
}

} // namespace lifeguard

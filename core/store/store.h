// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/model/event.h"
#include "core/model/job.h"
#include "core/model/jobfilter.h"
#include "core/model/storesnapshot.h"
#include "core/store/database.h"
#include "core/store/jobpages.h"

#include <QFuture>
#include <QObject>
#include <QPromise>

#include <atomic>
#include <functional>
#include <memory>

class QThread;

namespace lifeguard {

class StoreThread;
struct JobChunk;

/// The asynchronous door to one database: one thread writes, one reads, and, once the table of jobs is looked at, a third one
/// browses it, so that sorting a million jobs delays nobody; each has its own connection. Every call returns at once; futures
/// are answered on the store's threads, so continue them with whenFinished() of core/base/futurecallbacks.h. Lives on the thread that made
/// it (the GUI's); signals arrive there.
class Store : public QObject
{
    Q_OBJECT

public:
    explicit Store(QObject *parent = nullptr);
    ~Store() override; ///< finishes the writes under way, then ends the threads

    /// Opens (Create: makes it when missing) the file to write and to read. Call once; errors name file and reason.
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
    /// As retryJobs() and cancelJobs(), for all that match now; in many small transactions, since workers need the lock too.
    QFuture<Result<int>> retryMatching(const JobFilter &filter);
    QFuture<Result<int>> cancelMatching(const JobFilter &filter, const QString &by);

    // What the table of jobs reads, on the thread that browses. A request whose token is lower than that of a later one is
    // moot: it is answered with the code Cancelled without being carried out, if it had not begun.
    QFuture<Result<JobPage>> jobPage(const JobPageRequest &request);
    QFuture<Result<JobLook>> lookAtJobs(const JobLookRequest &request);
    /// The jobs in these rows of the request's order; more than most fail.
    QFuture<Result<QList<Job>>> jobsInRows(const JobPageRequest &request, const QList<RowRange> &ranges, int most);

    /// Newest first: all, those of a worker, or those that have the text.
    QFuture<Result<QList<Event>>> events(int limit, const QString &executorId = {}, const QString &text = {});
    QFuture<Result<QList<Event>>> eventsOfJob(qint64 jobId); ///< oldest first
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
    /// True: one of the threads waits for another program's lock, or gave up waiting; false: none of them meets one any more.
    /// (Reading goes on while somebody keeps the lock of the writers, so a read that worked tells nothing about writing.)
    void lockedChanged(bool locked);
    /// A background read failed for another reason than a lock.
    void readFailed(const lifeguard::Error &error);

private:
    enum class Side { Read = 1, Write = 2, Browse = 4 };
    template<typename T>
    QFuture<Result<T>> run(Side side, std::function<Result<T>(Database &)> task);
    void post(Side side, std::function<void(Database *)> task);
    void tellOfLocks(Side side, Database &database);
    template<typename T>
    QFuture<Result<T>> browse(quint64 token, std::function<Result<T>(Database &, JobBrowser &)> task);
    QFuture<Result<int>> inChunks(const JobFilter &filter, std::function<Result<JobChunk>(Database &, const JobFilter &, qint64 after)> chunk);
    void noteOutcome(Side side, const Error *error);
    void readSnapshot();

    std::shared_ptr<JobBrowser> m_browser; ///< used on m_browsing only
    std::shared_ptr<std::atomic<quint64>> m_newestToken;
    QString m_path;
    OpenMode m_mode = OpenMode::ReadWrite;
    bool m_open = false;
    std::atomic<int> m_locked = 0; ///< sides that met a lock last; also set from the store's threads
    quint64 m_generation = 0;
    bool m_snapshotUnderWay = false;
    bool m_snapshotWanted = false;
    // Last, so that they end before what their tasks use goes; of them the writer before the reader, which it may still ask.
    std::unique_ptr<StoreThread> m_reader;
    std::unique_ptr<StoreThread> m_writer;
    std::unique_ptr<StoreThread> m_browsing; ///< made when first used
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

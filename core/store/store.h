// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/model/event.h"
#include "core/model/job.h"
#include "core/model/jobfilter.h"
#include "core/model/storesnapshot.h"
#include "core/model/submission.h"
#include "core/store/database.h"
#include "core/store/jobinspection.h"
#include "core/store/jobpage.h"
#include "core/store/lockmonitor.h"
#include "core/store/snapshotfeed.h"

#include <QFuture>
#include <QObject>
#include <QPromise>

#include <atomic>
#include <functional>
#include <memory>
#include <optional>

namespace lifeguard {

class JobBrowser;
class StoreThread;

/// Asynchronous access to one database. A writer thread and a reader thread execute the requests. A third one, the
/// browser thread, is created when the table of jobs is first shown, so that sorting a million jobs delays no other
/// request. Each thread has its own connection. Every call returns at once. Futures are finished on the store's
/// threads, so continue them with whenFinished() (core/base/futurecallbacks.h). Lives on the thread that created it
/// (the GUI thread); signals are emitted there.
class Store : public QObject
{
    Q_OBJECT

public:
    explicit Store(QObject *parent = nullptr);
    /// Finishes the pending writes, then ends the threads.
    ~Store() override;

    /// Opens the file for writing and for reading; OpenMode::Create creates a missing file. To be called once. Errors
    /// name the file and the reason.
    [[nodiscard]] QFuture<Result<DatabaseInfo>> open(const QString &path, OpenMode mode);
    [[nodiscard]] QString path() const { return m_info.path; }
    [[nodiscard]] FileIdentity file() const { return m_info.file; }
    [[nodiscard]] bool isReadOnly() const { return m_mode == OpenMode::ReadOnly; }

    // For windows and programs. Each call is one transaction.
    [[nodiscard]] QFuture<Result<QList<Job>>> jobs(const JobFilter &filter);
    [[nodiscard]] QFuture<Result<Job>> job(qint64 id);
    [[nodiscard]] QFuture<Result<QList<qint64>>> addJobs(const QList<NewJob> &jobs,
                                                         const std::optional<NewSubmission> &submission = {});
    /// Returns the number of jobs that were cancelled. Jobs that have ended are not changed.
    [[nodiscard]] QFuture<Result<int>> cancelJobs(const QList<qint64> &ids, const QString &by);
    /// Returns the number of jobs that were put back. Only failed and cancelled jobs are put back.
    [[nodiscard]] QFuture<Result<int>> retryJobs(const QList<qint64> &ids);
    /// Runs finished jobs again. isForced: the results cache is not used. Returns the number of jobs that were put
    /// back.
    [[nodiscard]] QFuture<Result<int>> rerunJobs(const QList<qint64> &ids, bool isForced);
    /// As retryJobs(), cancelJobs() and rerunJobs(), for all jobs that match now. Uses many small transactions, since
    /// workers need the write lock.
    [[nodiscard]] QFuture<Result<int>> retryMatching(const JobFilter &filter);
    [[nodiscard]] QFuture<Result<int>> cancelMatching(const JobFilter &filter, const QString &by);
    [[nodiscard]] QFuture<Result<int>> rerunMatching(const JobFilter &filter, bool isForced);

    // For the table of jobs, on the browser thread. A later request with a higher token makes a request obsolete: the
    // request is not run, or interrupted, and fails with Cancelled.
    [[nodiscard]] QFuture<Result<JobPage>> jobPage(const JobPageRequest &request);
    [[nodiscard]] QFuture<Result<JobInspection>> inspectJobs(const JobInspectionRequest &request);
    /// Returns the jobs in these rows of the request's fixed order. InvalidArgument if the rows contain more jobs than
    /// limit.
    [[nodiscard]] QFuture<Result<QList<Job>>> jobsInRows(const JobPageRequest &request, const QList<RowRange> &ranges,
                                                         int limit);

    /// Returns the newest events, newest first: all, those of a worker, or those that contain the text.
    [[nodiscard]] QFuture<Result<QList<Event>>> events(int limit, const QString &executorId = {},
                                                       const QString &text = {});
    /// Returns the events of a job, oldest first.
    [[nodiscard]] QFuture<Result<QList<Event>>> eventsOfJob(qint64 jobId);
    [[nodiscard]] QFuture<Result<StoreSnapshot>> snapshot();

    /// Runs the task on the writer (or reader) thread and returns its result. For the other parts of core; views use
    /// the calls above.
    template<typename T>
    [[nodiscard]] QFuture<Result<T>> write(std::function<Result<T>(Database &)> task)
    {
        return run<T>(StoreSide::Write, std::move(task));
    }
    template<typename T>
    [[nodiscard]] QFuture<Result<T>> read(std::function<Result<T>(Database &)> task)
    {
        return run<T>(StoreSide::Read, std::move(task));
    }
    /// Returns a text that says which program has locked the database; of the latest lock that lockedChanged()
    /// reported.
    [[nodiscard]] QString lockedText() const;
    /// Limits the waits of writes for a lock to 1 s from now on, because the program is about to end.
    void hurry();

Q_SIGNALS:
    /// A program, maybe this one, has changed the database. Emitted at most every 5 ms.
    void changed();
    /// A program has changed the database, and the store has read it again. Emitted at most every 50 ms.
    void snapshotRead(const lifeguard::StoreSnapshot &snapshot);
    /// As LockMonitor::lockedChanged().
    void lockedChanged(bool locked);
    /// The database file was deleted, moved, replaced or restored (Database::checkIdentity()). Nothing more is written.
    /// Emitted once, before the results of the requests that fail because of it.
    void databaseReplaced(const lifeguard::Error &error);
    /// A program that reads without a pause makes the write-ahead log grow. The error names it.
    void logPrevented(const lifeguard::Error &error);
    /// Reading in the background failed for a reason other than a lock.
    void readFailed(const lifeguard::Error &error);

private:
    template<typename T>
    [[nodiscard]] QFuture<Result<T>> run(StoreSide side, std::function<Result<T>(Database &)> task);
    template<typename T>
    [[nodiscard]] QFuture<Result<T>> browse(quint64 token, std::function<Result<T>(Database &, JobBrowser &)> task);
    void post(StoreSide side, std::function<void(Database *)> task);
    [[nodiscard]] Result<DatabaseInfo> openReader(StoreThread &reader, const DatabaseInfo &writer);
    void startBrowsing();
    void onOpened(const DatabaseInfo &info);
    void observe(StoreSide side, Database &database);
    void onReplaced(const Error &error);

    std::shared_ptr<JobBrowser> m_browser; ///< used on m_browsing only
    std::shared_ptr<std::atomic<quint64>> m_newestToken;
    DatabaseInfo m_info; ///< of the writer
    OpenMode m_mode = OpenMode::ReadWrite;
    bool m_isOpen = false;
    bool m_isReplaced = false;
    LockMonitor m_locks;
    SnapshotFeed m_snapshots;
    // Declared last: the threads must join before the members that their tasks use are destroyed. The writer is
    // destroyed before the reader because its tasks may post to the reader.
    std::unique_ptr<StoreThread> m_reader;
    std::unique_ptr<StoreThread> m_writer;
    std::unique_ptr<StoreThread> m_browsing; ///< null until it is first used
};

template<typename T>
QFuture<Result<T>> Store::run(StoreSide side, std::function<Result<T>(Database &)> task)
{
    auto promise = std::make_shared<QPromise<Result<T>>>();
    promise->start();
    QFuture<Result<T>> future = promise->future();
    post(side, [this, side, promise, task = std::move(task)](Database *database) {
        Result<T> result = database ? task(*database)
                                    : Result<T>(failure(ErrorCode::Database, tr("No database is open.")));
        m_locks.report(side, result ? nullptr : &result.error());
        promise->addResult(std::move(result));
        promise->finish();
    });
    return future;
}

} // namespace lifeguard

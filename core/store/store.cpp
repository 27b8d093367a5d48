// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/store.h"

#include "core/base/futurecallbacks.h"
#include "core/base/systemclock.h"
#include "core/base/timestamp.h"
#include "core/store/databasewatcher.h"
#include "core/store/eventlog.h"
#include "core/store/jobqueue.h"
#include "core/store/storethread.h"
#include "core/store/workerregistry.h"

#include <QTimer>

namespace lifeguard {
namespace {

using namespace std::chrono_literals;

constexpr milliseconds shortestPause = 50ms; ///< between two snapshots
constexpr int pausePerCost = 10; ///< a snapshot may take at most a tenth of the reader's time
constexpr int chunkSize = 2000; ///< jobs that a command by filter changes in one transaction: some 20 ms
constexpr milliseconds pauseBetweenChunks = 4ms; ///< longer than those who wait for the lock pause
constexpr seconds endedShown{600}; ///< ended workers stay in the table for that long

const SystemClock &systemClock()
{
    static const SystemClock clock;
    return clock;
}

Result<StoreSnapshot> readSnapshotFrom(Database &db)
{
    JobQueue queue(db, systemClock());
    WorkerRegistry registry(db, systemClock());
    StoreSnapshot snapshot;
    snapshot.readAt = systemClock().utcNow();
    auto workers = registry.list(snapshot.readAt.addSecs(-endedShown.count()));
    if (!workers)
        return tl::unexpected(workers.error());
    snapshot.workers = std::move(*workers);
    auto counts = queue.counts();
    if (!counts)
        return tl::unexpected(counts.error());
    snapshot.counts = std::move(*counts);
    auto running = queue.running();
    if (!running)
        return tl::unexpected(running.error());
    snapshot.running = std::move(*running);
    const Status recent = db.run("jobs_recent",
                                 {{QStringLiteral("hour"), toSqlTime(snapshot.readAt.addSecs(-3600))},
                                  {QStringLiteral("minute"), toSqlTime(snapshot.readAt.addSecs(-60))}},
                                 [&snapshot](const QSqlQuery &row) {
                                     snapshot.failedLastHour = row.value(0).toLongLong();
                                     snapshot.completedLastMinute = row.value(1).toLongLong();
                                 });
    if (!recent)
        return tl::unexpected(recent.error());
    return snapshot;
}

} // namespace

Store::Store(QObject *parent)
    : QObject(parent)
    , m_browser(std::make_shared<JobBrowser>())
    , m_newestToken(std::make_shared<std::atomic<quint64>>(0))
    , m_reader(std::make_unique<StoreThread>(QStringLiteral("store-reader")))
    , m_writer(std::make_unique<StoreThread>(QStringLiteral("store-writer")))
{
    qRegisterMetaType<StoreSnapshot>();
    qRegisterMetaType<Error>();
}

Store::~Store()
{
    *m_newestToken = std::numeric_limits<quint64>::max(); // what waits to be browsed is moot
}

void Store::post(Side side, std::function<void(Database *)> task)
{
    if (side == Side::Browse && m_open && !m_browsing) {
        m_browsing = std::make_unique<StoreThread>(QStringLiteral("store-browser"));
        m_browsing->post([this, thread = m_browsing.get(), path = m_path, mode = m_mode](Database *) {
            // Where it fails, those who read find no database, and say so.
            (void)thread->open(path, mode == OpenMode::ReadOnly ? OpenMode::ReadOnly : OpenMode::ReadWrite);
            thread->post([this](Database *database) {
                if (database)
                    tellOfLocks(Side::Browse, *database);
            });
        });
    }
    StoreThread *thread = side == Side::Write ? m_writer.get() : side == Side::Browse && m_browsing ? m_browsing.get() : m_reader.get();
    thread->post(std::move(task));
}

QFuture<Result<DatabaseInfo>> Store::open(const QString &path, OpenMode mode)
{
    m_path = path;
    m_mode = mode;
    auto promise = std::make_shared<QPromise<Result<DatabaseInfo>>>();
    promise->start();
    QFuture<Result<DatabaseInfo>> future = promise->future();
    // The reader opens when the writer has made the tables.
    StoreThread *writer = m_writer.get();
    StoreThread *reader = m_reader.get();
    writer->post([this, promise, path, mode, writer, reader](Database *) {
        Result<DatabaseInfo> info = writer->open(path, mode);
        if (!info) {
            promise->addResult(info);
            promise->finish();
            return;
        }
        writer->post([this](Database *database) { tellOfLocks(Side::Write, *database); });
        reader->post([this, promise, info, path, reader](Database *) {
            // A reader that may write nothing still needs a writable file for the shared memory of the log: it is opened
            // like the writer, and only ever reads.
            const Result<DatabaseInfo> second = reader->open(path, info->readOnly ? OpenMode::ReadOnly : OpenMode::ReadWrite);
            if (second) {
                reader->post([this, reader](Database *database) {
                    tellOfLocks(Side::Read, *database);
                    auto *watcher = new DatabaseWatcher(*database, reader->context());
                    connect(watcher, &DatabaseWatcher::changed, this, &Store::readSnapshot, Qt::QueuedConnection);
                });
                QMetaObject::invokeMethod(
                    this,
                    [this, open = *info] {
                        m_path = open.path;
                        m_open = true;
                        readSnapshot();
                    },
                    Qt::QueuedConnection);
                promise->addResult(info);
            } else {
                promise->addResult(second);
            }
            promise->finish();
        });
    });
    return future;
}

void Store::tellOfLocks(Side side, Database &database)
{
    database.setOnLocked([this, side] {
        const Error locked{ErrorCode::Busy, {}, {}};
        noteOutcome(side, &locked);
    });
}

void Store::noteOutcome(Side side, const Error *error)
{
    const bool locked = error && error->code == ErrorCode::Busy;
    if (error && !locked)
        return; // says nothing about the lock
    const int bit = static_cast<int>(side);
    const int before = locked ? m_locked.fetch_or(bit) : m_locked.fetch_and(~bit);
    const int after = locked ? before | bit : before & ~bit;
    if ((before != 0) != (after != 0))
        QMetaObject::invokeMethod(this, [this, locked] { Q_EMIT lockedChanged(locked); }, Qt::QueuedConnection);
}

void Store::readSnapshot()
{
    if (!m_open)
        return;
    if (m_snapshotUnderWay) {
        m_snapshotWanted = true;
        return;
    }
    m_snapshotUnderWay = true;
    m_snapshotWanted = false;
    m_reader->post([this](Database *database) {
        const milliseconds begin = systemClock().steadyNow();
        const Result<StoreSnapshot> snapshot = database ? readSnapshotFrom(*database) : Result<StoreSnapshot>(failure(ErrorCode::Database, QString()));
        const milliseconds cost = systemClock().steadyNow() - begin;
        noteOutcome(Side::Read, snapshot ? nullptr : &snapshot.error());
        QMetaObject::invokeMethod(
            this,
            [this, snapshot, cost] {
                if (snapshot) {
                    StoreSnapshot numbered = *snapshot;
                    numbered.generation = ++m_generation;
                    Q_EMIT snapshotRead(numbered);
                } else if (snapshot.error().code != ErrorCode::Busy) {
                    Q_EMIT readFailed(snapshot.error());
                } else {
                    m_snapshotWanted = true;
                }
                QTimer::singleShot(std::max(shortestPause, cost * pausePerCost), this, [this] {
                    m_snapshotUnderWay = false;
                    if (m_snapshotWanted)
                        readSnapshot();
                });
            },
            Qt::QueuedConnection);
    });
}

QFuture<Result<QList<Job>>> Store::jobs(const JobFilter &filter)
{
    return read<QList<Job>>([filter](Database &db) { return JobQueue(db, systemClock()).list(filter); });
}

QFuture<Result<Job>> Store::job(qint64 id)
{
    return read<Job>([id](Database &db) { return JobQueue(db, systemClock()).job(id); });
}

QFuture<Result<QList<qint64>>> Store::addJobs(const QList<NewJob> &jobs)
{
    return write<QList<qint64>>([jobs](Database &db) { return JobQueue(db, systemClock()).addMany(jobs); });
}

QFuture<Result<int>> Store::cancelJobs(const QList<qint64> &ids, const QString &by)
{
    return write<int>([ids, by](Database &db) { return JobQueue(db, systemClock()).cancel(ids, by); });
}

QFuture<Result<int>> Store::retryJobs(const QList<qint64> &ids)
{
    return write<int>([ids](Database &db) { return JobQueue(db, systemClock()).retry(ids); });
}

QFuture<Result<int>> Store::inChunks(const JobFilter &filter, std::function<Result<JobChunk>(Database &, const JobFilter &, qint64)> chunk)
{
    /// What goes from chunk to chunk.
    struct Run
    {
        QPromise<Result<int>> promise;
        JobFilter filter;
        qint64 after = 0;
        int changed = 0;
        std::function<void()> next;
    };
    auto run = std::make_shared<Run>();
    run->filter = filter;
    run->promise.start();
    const auto finish = [](const std::shared_ptr<Run> &ended, Result<int> result) {
        ended->promise.addResult(std::move(result));
        ended->promise.finish();
        ended->next = {}; // it holds the run
    };
    run->next = [this, run, chunk, finish] {
        const auto task = [chunk, bounds = run->filter, after = run->after](Database &db) { return chunk(db, bounds, after); };
        whenFinished(write<JobChunk>(task), this, [this, run, finish](const Result<JobChunk> &done) {
            if (!done) {
                finish(run, tl::unexpected(done.error()));
                return;
            }
            run->changed += done->changed;
            run->after = done->last;
            if (!done->more)
                finish(run, run->changed);
            else
                QTimer::singleShot(pauseBetweenChunks, this, [run] { run->next(); });
        });
    };
    QFuture<Result<int>> future = run->promise.future();
    if (filter.maxId > 0) {
        run->next();
        return future;
    }
    // Jobs that are added while this goes on are not meant; without a bound it might never end.
    const auto newest = [](Database &db) { return JobPages(db).newestId(); };
    whenFinished(write<qint64>(newest), this, [run, finish](const Result<qint64> &id) {
        if (!id) {
            finish(run, tl::unexpected(id.error()));
            return;
        }
        run->filter.maxId = *id;
        run->next();
    });
    return future;
}

QFuture<Result<int>> Store::retryMatching(const JobFilter &filter)
{
    return inChunks(filter, [](Database &db, const JobFilter &bounds, qint64 after) {
        return JobQueue(db, systemClock()).retryMatching(bounds, after, chunkSize);
    });
}

QFuture<Result<int>> Store::cancelMatching(const JobFilter &filter, const QString &by)
{
    return inChunks(filter, [by](Database &db, const JobFilter &bounds, qint64 after) {
        return JobQueue(db, systemClock()).cancelMatching(bounds, by, after, chunkSize);
    });
}

template<typename T>
QFuture<Result<T>> Store::browse(quint64 token, std::function<Result<T>(Database &, JobBrowser &)> task)
{
    if (token > *m_newestToken)
        *m_newestToken = token;
    return run<T>(Side::Browse, [token, task = std::move(task), newest = m_newestToken, browser = m_browser](Database &db) -> Result<T> {
        if (token < *newest)
            return failure(ErrorCode::Cancelled, QString());
        return task(db, *browser);
    });
}

QFuture<Result<JobPage>> Store::jobPage(const JobPageRequest &request)
{
    return browse<JobPage>(request.token, [request](Database &db, JobBrowser &browser) { return browser.page(db, request); });
}

QFuture<Result<JobLook>> Store::lookAtJobs(const JobLookRequest &request)
{
    return browse<JobLook>(request.token, [request](Database &db, JobBrowser &) { return JobPages(db).look(request); });
}

QFuture<Result<QList<Job>>> Store::jobsInRows(const JobPageRequest &request, const QList<RowRange> &ranges, int most)
{
    return browse<QList<Job>>(request.token,
                              [request, ranges, most](Database &db, JobBrowser &browser) { return browser.rows(db, request, ranges, most); });
}

QFuture<Result<QList<Event>>> Store::events(int limit, const QString &executorId, const QString &text)
{
    return read<QList<Event>>([=](Database &db) { return EventLog(db, systemClock()).list(limit, executorId, text); });
}

QFuture<Result<QList<Event>>> Store::eventsOfJob(qint64 jobId)
{
    return read<QList<Event>>([jobId](Database &db) { return EventLog(db, systemClock()).ofJob(jobId); });
}

QFuture<Result<StoreSnapshot>> Store::snapshot()
{
    return read<StoreSnapshot>([](Database &db) { return readSnapshotFrom(db); });
}

} // namespace lifeguard

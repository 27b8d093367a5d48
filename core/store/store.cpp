// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/store.h"

#include "core/base/systemclock.h"
#include "core/store/chunkedcommand.h"
#include "core/store/databasewatcher.h"
#include "core/store/eventlog.h"
#include "core/store/jobbrowser.h"
#include "core/store/jobpagereader.h"
#include "core/store/jobqueue.h"
#include "core/store/jobreader.h"
#include "core/store/lockholders.h"
#include "core/store/matchingjobs.h"
#include "core/store/snapshotreader.h"
#include "core/store/storethread.h"

#include <QElapsedTimer>

#include <limits>
#include <utility>

namespace lifeguard {
namespace {

constexpr qint64 lockTextAge = 1000; ///< ms after which the holder of a lock is looked up again
constexpr int chunkSize = 2000; ///< jobs that a command changes in one transaction, which takes about 20 ms

const SystemClock &systemClock()
{
    static const SystemClock clock;
    return clock;
}

} // namespace

Store::Store(QObject *parent)
    : QObject(parent)
    , m_browser(std::make_shared<JobBrowser>())
    , m_newestToken(std::make_shared<std::atomic<quint64>>(0))
    , m_snapshots(
          systemClock(), [this](std::function<void(Database *)> task) { post(StoreSide::Read, std::move(task)); },
          [this](const Error *error) { m_locks.report(StoreSide::Read, error); })
    , m_reader(std::make_unique<StoreThread>(QStringLiteral("store-reader")))
    , m_writer(std::make_unique<StoreThread>(QStringLiteral("store-writer")))
{
    qRegisterMetaType<StoreSnapshot>();
    qRegisterMetaType<Error>();
    connect(&m_locks, &LockMonitor::lockedChanged, this, &Store::lockedChanged);
    connect(&m_snapshots, &SnapshotFeed::snapshotRead, this, &Store::snapshotRead);
    connect(&m_snapshots, &SnapshotFeed::readFailed, this, &Store::readFailed);
}

Store::~Store()
{
    *m_newestToken = std::numeric_limits<quint64>::max(); // makes all pending browse requests obsolete
}

void Store::post(StoreSide side, std::function<void(Database *)> task)
{
    // After a replacement, the thread would open, and migrate, the new file.
    if (side == StoreSide::Browse && m_isOpen && !m_isReplaced && !m_browsing)
        startBrowsing();
    StoreThread *thread = side == StoreSide::Write                ? m_writer.get()
                        : side == StoreSide::Browse && m_browsing ? m_browsing.get()
                                                                  : m_reader.get();
    thread->post(std::move(task));
}

void Store::startBrowsing()
{
    m_browsing = std::make_unique<StoreThread>(QStringLiteral("store-browser"));
    m_browsing->post([this, thread = m_browsing.get(), info = m_info](Database *) {
        (void)thread->openAgain(info); // if that fails, the requests fail because no database is open
        thread->post([this](Database *database) {
            if (database)
                observe(StoreSide::Browse, *database);
        });
    });
}

QFuture<Result<DatabaseInfo>> Store::open(const QString &path, OpenMode mode)
{
    m_info.path = path;
    m_mode = mode;
    auto promise = std::make_shared<QPromise<Result<DatabaseInfo>>>();
    promise->start();
    QFuture<Result<DatabaseInfo>> future = promise->future();
    // The reader opens the file after the writer has created the tables.
    m_writer->post([this, promise, path, mode, writer = m_writer.get(), reader = m_reader.get()](Database *) {
        const Result<DatabaseInfo> info = writer->open(path, mode);
        if (!info) {
            promise->addResult(info);
            promise->finish();
            return;
        }
        writer->post([this](Database *database) { observe(StoreSide::Write, *database); });
        reader->post([this, promise, info, reader](Database *) {
            const Result<DatabaseInfo> opened = openReader(*reader, *info);
            if (opened)
                QMetaObject::invokeMethod(
                    this, [this, info = *info] { onOpened(info); }, Qt::QueuedConnection);
            promise->addResult(opened ? info : opened);
            promise->finish();
        });
    });
    return future;
}

/// Opens the file on the reader thread and watches it for changes.
Result<DatabaseInfo> Store::openReader(StoreThread &reader, const DatabaseInfo &writer)
{
    const Result<DatabaseInfo> info = reader.openAgain(writer);
    if (!info)
        return info;
    reader.post([this, context = reader.context()](Database *database) {
        observe(StoreSide::Read, *database);
        auto *watcher = new DatabaseWatcher(*database, context);
        connect(watcher, &DatabaseWatcher::changed, &m_snapshots, &SnapshotFeed::request, Qt::QueuedConnection);
        connect(watcher, &DatabaseWatcher::changed, this, &Store::changed, Qt::QueuedConnection);
    });
    return info;
}

void Store::onOpened(const DatabaseInfo &info)
{
    m_info = info;
    m_isOpen = true;
    m_snapshots.request();
}

/// Reports locks and the replacement of the file on this side.
void Store::observe(StoreSide side, Database &database)
{
    // While many workers wait for the lock, operations are delayed all the time.
    database.setOnLocked(
        [this, side, path = database.info().path, text = QString(), sinceText = QElapsedTimer()]() mutable {
            if (!sinceText.isValid() || sinceText.hasExpired(lockTextAge)) {
                text = LockHolders::lockedText(path);
                sinceText.start();
            }
            m_locks.reportLocked(side, text);
        });
    database.setOnLogPrevented([this](const Error &error) {
        QMetaObject::invokeMethod(
            this, [this, error] { Q_EMIT logPrevented(error); }, Qt::QueuedConnection);
    });
    const auto report = [this](const Error &error) {
        QMetaObject::invokeMethod(
            this, [this, error] { onReplaced(error); }, Qt::QueuedConnection);
    };
    database.setOnReplaced(report);
    if (const Status same = database.checkFiles(); !same)
        report(same.error()); // replaced since it was opened
}

void Store::onReplaced(const Error &error)
{
    if (!std::exchange(m_isReplaced, true))
        Q_EMIT databaseReplaced(error);
}

QString Store::lockedText() const
{
    return m_locks.text().isEmpty() ? LockHolders::lockedText({}) : m_locks.text();
}

void Store::hurry()
{
    m_writer->hurry();
}

QFuture<Result<QList<Job>>> Store::jobs(const JobFilter &filter)
{
    return read<QList<Job>>([filter](Database &db) { return JobReader(db).list(filter); });
}

QFuture<Result<Job>> Store::job(qint64 id)
{
    return read<Job>([id](Database &db) { return JobReader(db).job(id); });
}

QFuture<Result<QList<qint64>>> Store::addJobs(const QList<NewJob> &jobs, const std::optional<NewSubmission> &submission)
{
    return write<QList<qint64>>(
        [jobs, submission](Database &db) { return JobQueue(db, systemClock()).addMany(jobs, submission); });
}

QFuture<Result<int>> Store::cancelJobs(const QList<qint64> &ids, const QString &by)
{
    return write<int>([ids, by](Database &db) { return JobQueue(db, systemClock()).cancel(ids, by); });
}

QFuture<Result<int>> Store::retryJobs(const QList<qint64> &ids)
{
    return write<int>([ids](Database &db) { return JobQueue(db, systemClock()).retry(ids); });
}

QFuture<Result<int>> Store::rerunJobs(const QList<qint64> &ids, bool isForced)
{
    return write<int>([ids, isForced](Database &db) { return JobQueue(db, systemClock()).rerun(ids, isForced); });
}

QFuture<Result<int>> Store::rerunMatching(const JobFilter &filter, bool isForced)
{
    return ChunkedCommand::start(*this, filter, [isForced](Database &db, const JobFilter &bounds, qint64 after) {
        return MatchingJobs(db, systemClock()).rerun(bounds, isForced, after, chunkSize);
    });
}

QFuture<Result<int>> Store::retryMatching(const JobFilter &filter)
{
    return ChunkedCommand::start(*this, filter, [](Database &db, const JobFilter &bounds, qint64 after) {
        return MatchingJobs(db, systemClock()).retry(bounds, after, chunkSize);
    });
}

QFuture<Result<int>> Store::cancelMatching(const JobFilter &filter, const QString &by)
{
    return ChunkedCommand::start(*this, filter, [by](Database &db, const JobFilter &bounds, qint64 after) {
        return MatchingJobs(db, systemClock()).cancel(bounds, by, after, chunkSize);
    });
}

template<typename T>
QFuture<Result<T>> Store::browse(quint64 token, std::function<Result<T>(Database &, JobBrowser &)> task)
{
    if (token > *m_newestToken)
        *m_newestToken = token;
    return run<T>(StoreSide::Browse,
                  [token, task = std::move(task), newest = m_newestToken,
                   browser = m_browser](Database &db) -> Result<T> {
                      const auto isObsolete = [token, newest] { return token < *newest; };
                      if (isObsolete())
                          return failure(ErrorCode::Cancelled, QString());
                      return db.interruptible(isObsolete, [&] { return task(db, *browser); });
                  });
}

QFuture<Result<JobPage>> Store::jobPage(const JobPageRequest &request)
{
    return browse<JobPage>(request.token,
                           [request](Database &db, JobBrowser &browser) { return browser.page(db, request); });
}

QFuture<Result<JobInspection>> Store::inspectJobs(const JobInspectionRequest &request)
{
    return browse<JobInspection>(request.token,
                                 [request](Database &db, JobBrowser &) { return JobPageReader(db).inspect(request); });
}

QFuture<Result<QList<Job>>> Store::jobsInRows(const JobPageRequest &request, const QList<RowRange> &ranges, int limit)
{
    return browse<QList<Job>>(request.token, [request, ranges, limit](Database &db, JobBrowser &browser) {
        return browser.rows(db, request, ranges, limit);
    });
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
    return read<StoreSnapshot>([](Database &db) { return SnapshotReader(db, systemClock()).read(); });
}

} // namespace lifeguard

// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/writeaheadlog.h"

#include "core/store/backgroundcheckpoint.h"
#include "core/store/lockholders.h"
#include "core/store/lockqueue.h"
#include "core/store/sqliteconnection.h"

#include <QFile>
#include <QSqlDatabase>
#include <QSqlError>
#include <QSqlQuery>

#include <optional>

#include <sqlite3.h>
#include <sys/stat.h>

namespace lifeguard {
namespace {

/// Between two attempts of any programs. An attempt takes about as long.
constexpr CheckpointPolicy::milliseconds turnPause{20};

CheckpointPolicy::milliseconds steadyNow()
{
    return std::chrono::duration_cast<CheckpointPolicy::milliseconds>(
        std::chrono::steady_clock::now().time_since_epoch());
}

QList<qint64> pidsOf(const QList<LockHolder> &holders)
{
    QList<qint64> pids;
    for (const LockHolder &holder : holders)
        pids.append(holder.pid);
    return pids;
}

} // namespace

WriteAheadLog::WriteAheadLog(QString connection, const LockPolicy &locks)
    : m_connection(std::move(connection))
    , m_locks(locks)
{
}

WriteAheadLog::~WriteAheadLog() = default;

Status WriteAheadLog::configure(const QString &databasePath, std::function<bool()> isUnchanged)
{
    QSqlQuery query(QSqlDatabase::database(m_connection, false));
    for (const QString &sql : {QStringLiteral("PRAGMA wal_autocheckpoint = 0"),
                               QStringLiteral("PRAGMA journal_size_limit = %1").arg(CheckpointPolicy::softLimit)}) {
        if (!query.exec(sql))
            return failure(databaseError(query.lastError(), databasePath));
    }
    m_databasePath = databasePath;
    m_logPath = QFile::encodeName(databasePath + QStringLiteral("-wal"));
    if (sqlite3 *handle = sqliteHandle(m_connection)) {
        m_background = std::make_unique<BackgroundCheckpoint>(databasePath, std::move(isUnchanged));
        // After PRAGMA wal_autocheckpoint, which uses this hook as well.
        sqlite3_wal_hook(
            handle,
            [](void *pages, sqlite3 *, const char *, int count) {
                *static_cast<int *>(pages) = count;
                return SQLITE_OK;
            },
            &m_pages);
    }
    return {};
}

qint64 WriteAheadLog::size() const
{
    struct stat info = {};
    return !m_logPath.isEmpty() && stat(m_logPath.constData(), &info) == 0 ? qint64(info.st_size) : 0;
}

bool WriteAheadLog::isOverLimit() const
{
    return m_policy.next(size(), steadyNow()) == CheckpointPolicy::Step::Wait;
}

void WriteAheadLog::limit()
{
    switch (m_policy.next(size(), steadyNow())) {
    case CheckpointPolicy::Step::Write:
        break;
    case CheckpointPolicy::Step::TryOnce:
        if (m_queue && !m_queue->takeCheckpointTurn(turnPause))
            break;
        if (checkpoint())
            m_policy.onCompleted();
        else
            m_policy.onFailed(steadyNow());
        break;
    case CheckpointPolicy::Step::Wait:
        waitForCheckpoint();
        break;
    }
}

void WriteAheadLog::shrinkInBackground()
{
    if (m_background && m_policy.isBackgroundDue(m_pages) && (!m_queue || m_queue->takeCheckpointTurn(turnPause)))
        m_background->start();
}

void WriteAheadLog::close()
{
    m_background.reset();
}

/// Returns whether the log is empty now. Otherwise, as much of its content was moved as the readers permit.
bool WriteAheadLog::checkpoint()
{
    QSqlQuery query(QSqlDatabase::database(m_connection, false));
    return query.exec(QStringLiteral("PRAGMA wal_checkpoint(TRUNCATE)")) && query.next() && query.value(0).toInt() == 0;
}

/// Repeats the attempt. All writers of Lifeguard do so at the same time, so that none of them is writing and one of
/// them succeeds as soon as the readers have finished.
void WriteAheadLog::waitForCheckpoint()
{
    LockPolicy silent = m_locks;
    silent.onLocked = {};
    LockRetry retry(silent, m_queue);
    std::optional<QList<qint64>> readers; // read once, because reading the locks is expensive
    while (!checkpoint()) {
        if (m_policy.next(size(), steadyNow()) != CheckpointPolicy::Step::Wait)
            return; // another connection has succeeded
        if (m_onPrevented && !readers)
            readers = pidsOf(LockHolders::of(m_databasePath).readers());
        if (!retry.pause()) {
            m_policy.onTimeout(steadyNow());
            reportReaders(readers.value_or(QList<qint64>()));
            return;
        }
    }
    m_policy.onCompleted();
}

/// Names the readers that have been reading during the whole wait.
void WriteAheadLog::reportReaders(const QList<qint64> &readersBefore) const
{
    if (!m_onPrevented)
        return;
    QList<LockHolder> readers;
    QList<LockHolder> foreign;
    const LockHolders holders = LockHolders::of(m_databasePath);
    for (const LockHolder &holder : holders.readers()) {
        if (!readersBefore.contains(holder.pid))
            continue;
        readers.append(holder);
        if (!holder.isOurs)
            foreign.append(holder);
    }
    const QString names = LockHolders::describe(foreign.isEmpty() ? readers : foreign);
    const qint64 megabytes = size() / (1024 * 1024);
    m_onPrevented({ErrorCode::Busy,
                   names.isEmpty() ? tr("The write-ahead log of %1 has grown to %2 MB, because a program keeps reading "
                                        "the database. Close the other programs that use it.")
                                         .arg(m_databasePath)
                                         .arg(megabytes)
                                   : tr("The write-ahead log of %1 has grown to %2 MB, because the database is being "
                                        "read without a pause by %3. Close that program.")
                                         .arg(m_databasePath)
                                         .arg(megabytes)
                                         .arg(names),
                   {}});
}

} // namespace lifeguard

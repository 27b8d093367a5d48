// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/event.h"
#include "core/model/job.h"
#include "core/store/database.h"
#include "core/store/interruptedjobs.h"
#include "core/store/jobqueue.h"
#include "core/store/jobreader.h"
#include "core/store/matchingjobs.h"
#include "core/store/workerregistry.h"
#include "tests/support/comparison.h"
#include "tests/support/manualclock.h"

#include <QTemporaryDir>
#include <QVariantList>

#include <memory>

namespace lifeguard::test {

/// A connection like that of another program, to prepare rows that the API cannot create and to read what was stored.
/// Does not wait for locks.
class RawSql
{
public:
    explicit RawSql(const QString &path);
    ~RawSql();
    Q_DISABLE_COPY_MOVE(RawSql)

    /// Runs one statement. Returns false if it fails; error() then has the reason.
    bool exec(const QString &sql, const QVariantList &values = {});
    /// Runs the statements of a script, which are separated by semicolons. Aborts the test if one fails.
    void script(const QString &sql);
    /// Returns the first column of the first row; invalid if there is no row.
    QVariant value(const QString &sql, const QVariantList &values = {});
    /// Returns one column of all rows.
    QStringList column(const QString &sql, int index = 0);
    [[nodiscard]] QString error() const { return m_error; }

private:
    QString m_connection;
    QString m_error;
};

/// Stops a process (SIGSTOP) at a moment when it does not hold the write lock of the database, so that other programs
/// can write while it is stopped. Returns false if no such moment comes within the patience of tests, or if the process
/// does not exist.
[[nodiscard]] bool stopBetweenTransactions(qint64 pid, const QString &database);

/// A new database in a temporary folder, with the classes of core/store and a clock that the test advances.
class QueueTest
{
public:
    /// script: the statements that create the file; if it is empty, Database::open() creates the file.
    explicit QueueTest(const QString &script = {});
    Q_DISABLE_COPY_MOVE(QueueTest)

    [[nodiscard]] QString path() const { return folder.filePath(QStringLiteral("q.db")); }
    /// Adds a job and returns its id.
    qint64 add(const QString &type = QStringLiteral("noop"), int priority = 0, int maxAttempts = 3);
    /// Registers an idle worker with this name and returns the id of its row.
    qint64 worker(const QString &executorId = QStringLiteral("direct-noop-0-aaaaaaaa"),
                  const QString &type = QStringLiteral("noop"));
    /// Adds the row of lifeguard_workers that a manager adds before it starts a worker.
    void addOwned(const QString &executorId, const QString &managerId, const QString &beatPath = {}, int slot = -1);
    Job job(qint64 id);
    /// Claims one job. Aborts the test if no job is pending.
    Job claimOne(qint64 workerId, const QString &type = QStringLiteral("noop"));
    QList<Event> eventsOf(qint64 jobId);

    QTemporaryDir folder;
    ManualClock clock;
    std::unique_ptr<Database> db;
    std::unique_ptr<JobQueue> queue;
    std::unique_ptr<JobReader> reader;
    std::unique_ptr<InterruptedJobs> interrupted;
    std::unique_ptr<MatchingJobs> matching;
    std::unique_ptr<WorkerRegistry> registry;
};

/// Returns the script of CLX's version 1: no traceback, no 'cancelled'.
[[nodiscard]] QString clxVersion1();
/// Returns the script of a file that CLX migrated from version 1 to 11: the new columns are at the end, there is no
/// traceback, and the old CHECK has not changed.
[[nodiscard]] QString clxMigratedTo11();

/// Writes a file, replacing an existing one. Aborts the test on an error.
void write(const QString &path, const QByteArray &content);
/// Creates a database with 200 noop jobs and no log, and returns the content of the file.
QByteArray createValidDatabase(const QString &path);
/// Restores a database from a backup while programs may use it, as `sqlite3 FILE ".restore BACKUP"` does: the file
/// keeps its inode.
[[nodiscard]] bool restoreThroughSqlite(const QString &path, const QString &backup);
/// Returns the content of a file.
[[nodiscard]] QByteArray contentOf(const QString &path);

} // namespace lifeguard::test

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/store/databaseidentity.h"
#include "core/store/databaseinfo.h"
#include "core/store/fileschema.h"
#include "core/store/lockretry.h"
#include "core/store/queryinterrupter.h"
#include "core/store/writeaheadlog.h"

#include <QCoreApplication>
#include <QHash>
#include <QList>
#include <QSqlError>
#include <QSqlQuery>
#include <QString>
#include <QStringList>
#include <QVariant>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

namespace lifeguard {

class DatabaseCopy;
class LockQueue;

/// Values to bind, by name without the colon. A name that the statement does not contain is ignored, because statements
/// omit the columns that an old file lacks.
using Values = QHash<QString, QVariant>;

/// One connection to one database file. Belongs to the thread that opened it and is never shared. An operation that
/// finds the file locked is repeated (LockRetry), and fails with Busy after the timeout.
class Database
{
    Q_DECLARE_TR_FUNCTIONS(lifeguard::Database)

public:
    /// Checks the file read-only first, and only then opens it for writing and migrates it (docs/protocol.md, "Opening
    /// a database"). A file that fails these checks is left as it was; the error names the file and the reason. A file
    /// that is opened read-only in a folder that cannot be written is copied, and the copy is opened
    /// (DatabaseInfo::notice). accept: checks the content before anything is changed; open() fails with its error.
    /// Codes: those of DatabaseProbe, Io, DiskFull; Busy if the write-ahead log still belongs to a previous file.
    [[nodiscard]] static Result<std::unique_ptr<Database>> open(
        const QString &path, OpenMode mode, std::chrono::milliseconds busyTimeout = std::chrono::seconds(5),
        IntegrityCheck check = IntegrityCheck::Full, const std::function<Status(Database &)> &accept = {});
    ~Database();
    Q_DISABLE_COPY_MOVE(Database)

    [[nodiscard]] const DatabaseInfo &info() const { return m_info; }
    [[nodiscard]] bool hasColumn(const QString &table, const QString &column) const
    {
        return m_schema.hasColumn(table, column);
    }
    [[nodiscard]] bool hasTable(const QString &table) const { return m_schema.hasTable(table); }
    /// Returns whether the table lifeguard_job_counts is up to date.
    [[nodiscard]] bool countsJobs() const { return m_schema.countsJobs(); }
    /// Returns whether the CHECK of jobs.status accepts 'cancelled'.
    [[nodiscard]] bool acceptsCancelled() const { return m_schema.acceptsCancelled(); }

    /// Runs the statement of resources/sql/sqlite/<name>.sql and passes each row to onRow, in a transaction if it
    /// writes. Statements are prepared once.
    [[nodiscard]] Status run(const char *name, const Values &values = {},
                             const std::function<void(const QSqlQuery &)> &onRow = {});
    /// As run(); options select the optional lines of the statement (core/store/sqltext.h).
    [[nodiscard]] Status run(const char *name, const QStringList &options, const Values &values,
                             const std::function<void(const QSqlQuery &)> &onRow);
    /// Runs a statement that only reads, and returns the first column of its rows, which must be integers. Several
    /// times as fast as run() if there are many rows.
    [[nodiscard]] Result<QList<qint64>> numbers(const char *name, const QStringList &options, const Values &values);
    /// Calls the task. As soon as isObsolete returns true, the queries of the task are interrupted and fail with
    /// Cancelled.
    template<typename Task>
    auto interruptible(std::function<bool()> isObsolete, const Task &task)
    {
        const QueryInterrupter interrupter(m_connection, std::move(isObsolete));
        return task();
    }
    /// Runs a statement that changes rows and returns their number.
    [[nodiscard]] Result<int> change(const char *name, const Values &values = {}) { return change(name, {}, values); }
    [[nodiscard]] Result<int> change(const char *name, const QStringList &options, const Values &values);
    /// Returns the id of the row that change() inserted last.
    [[nodiscard]] qint64 lastInsertId() const { return m_lastInsertId; }

    /// Runs BEGIN IMMEDIATE, body and COMMIT, or ROLLBACK if body fails. A nested call is part of the outer
    /// transaction.
    [[nodiscard]] Status transaction(const std::function<Status()> &body);
    /// Returns for how long the latest transaction had held the write lock when it was about to commit.
    [[nodiscard]] std::chrono::nanoseconds lockTime() const { return m_lockTime; }
    /// Returns PRAGMA data_version, which changes when another connection has committed.
    [[nodiscard]] Result<qint64> dataVersion();

    /// Returns unused pages at the end of the file to the file system, at most this number, and returns the number of
    /// unused pages that are left; 0 for a file that cannot shrink step by step. The file becomes smaller with the next
    /// checkpoint.
    [[nodiscard]] Result<qint64> shrink(int pages);
    /// Returns the number of unused pages, if shrink() can return them.
    [[nodiscard]] Result<qint64> unusedPages();
    /// Rewrites the file without unused pages, so that shrink() works from then on. No other program may use the file.
    /// Needs as much free space as the file has content, twice.
    [[nodiscard]] Status vacuum();
    /// Writes a copy of the database, as it is at one moment, to an empty file. Other programs can read and write the
    /// database at the same time.
    [[nodiscard]] Status copyTo(const QString &path);

    /// Checks that this connection has opened the same file as another one (DatabaseInfo::file). NotFound otherwise.
    [[nodiscard]] Status requireFile(const FileIdentity &file) const;
    /// Checks that the file is still the one that was opened (core/store/databaseidentity.h). A transaction checks
    /// both itself, and so does a statement that writes; a statement that only reads checks the files. checkFiles()
    /// does not read the database. NotFound if the file was deleted, moved, replaced or restored; all later calls then
    /// fail as well.
    [[nodiscard]] Status checkIdentity();
    [[nodiscard]] Status checkFiles();
    /// Returns whether one of these checks has failed.
    [[nodiscard]] bool isReplaced() const { return m_identity.hasChanged(); }
    /// Creates indexes and triggers that another program has dropped since the last call, together with a table that it
    /// rebuilt. Reads one page of the file if the schema has not changed.
    [[nodiscard]] Status repairSchema();

    /// Sets the function to call when an operation has waited for another program's lock for 300 ms. Called on this
    /// thread.
    void setOnLocked(std::function<void()> onLocked) { m_locks.onLocked = std::move(onLocked); }
    /// Sets whether errors name the processes that hold the lock (LockPolicy::namesHolders). The default is true.
    void setHoldersNamed(bool areNamed) { m_locks.namesHolders = areNamed; }
    /// Sets the function to call when isReplaced() becomes true. Called once, on this thread, before the error is
    /// returned.
    void setOnReplaced(std::function<void(const Error &)> onReplaced) { m_onReplaced = std::move(onReplaced); }
    /// Sets the function to call when a program that reads without a pause makes the write-ahead log grow. The error
    /// names it. Called on this thread.
    void setOnLogPrevented(std::function<void(const Error &)> onPrevented)
    {
        m_log.setOnPrevented(std::move(onPrevented));
    }
    /// Sets the flag that limits the waits for a lock to 1 s while it is true, because the program is about to end.
    void setHurry(std::shared_ptr<const std::atomic<bool>> hurry) { m_locks.hurry = std::move(hurry); }

private:
    struct Statement
    {
        std::unique_ptr<QSqlQuery> query;
        bool writes;
    };

    Database(QString connection, DatabaseInfo info, LockPolicy locks);
    [[nodiscard]] static std::optional<Result<std::unique_ptr<Database>>> openOnce(
        const QString &path, OpenMode mode, std::chrono::milliseconds busyTimeout, IntegrityCheck check,
        const std::function<Status(Database &)> &accept);
    [[nodiscard]] Status enableWriteAheadLog();
    [[nodiscard]] Status keepJournalMode();
    void addNotice(const QString &text);
    [[nodiscard]] Status migrate();
    [[nodiscard]] Status completeSchema();
    [[nodiscard]] Status readSchema();
    [[nodiscard]] Result<qint64> schemaVersion();
    [[nodiscard]] Result<qint64> version(std::unique_ptr<QSqlQuery> &kept, const QString &pragma);
    [[nodiscard]] Status recordIdentity(const FileIdentity &opened);
    [[nodiscard]] Status runAndRead(const char *name, const QStringList &options, const Values &values,
                                    const std::function<QSqlError(QSqlQuery &)> &read);
    [[nodiscard]] Result<Statement *> prepared(const char *name, const QStringList &options = {});
    [[nodiscard]] Error lockError(const Error &error) const;
    [[nodiscard]] Status exec(QSqlQuery &query);
    [[nodiscard]] Status execText(const QString &sql);
    [[nodiscard]] Result<QVariant> scalar(const QString &sql);
    [[nodiscard]] QSqlQuery *kept(std::unique_ptr<QSqlQuery> &query, const QString &sql);
    [[nodiscard]] Status begin();
    void useLockQueue(std::unique_ptr<LockQueue> queue);
    [[nodiscard]] Status lockForWriting();
    void rollBack();
    void announceUnlocked();
    [[nodiscard]] Status reportIfReplaced(bool wasReplaced, const Status &status);

    QString m_connection;
    DatabaseInfo m_info;
    LockPolicy m_locks;
    WriteAheadLog m_log;
    FileSchema m_schema;
    DatabaseIdentity m_identity; ///< of no file if a copy is open
    std::function<void(const Error &)> m_onReplaced;
    std::unordered_map<std::string, Statement> m_statements;
    std::unique_ptr<QSqlQuery> m_beginning; ///< BEGIN IMMEDIATE; null until it is needed
    std::unique_ptr<QSqlQuery> m_commit; ///< COMMIT; null until it is needed
    std::unique_ptr<QSqlQuery> m_dataVersion; ///< PRAGMA data_version; null until it is needed
    std::unique_ptr<QSqlQuery> m_schemaVersion; ///< PRAGMA schema_version; null until it is needed
    std::unique_ptr<DatabaseCopy> m_copy; ///< null unless a copy is open
    std::unique_ptr<LockQueue> m_lockQueue; ///< null if this connection waits for the write lock without a queue
    qint64 m_lastInsertId = 0;
    std::chrono::nanoseconds m_lockTime{0};
    qint64 m_schemaCookie = -1; ///< schemaVersion() before m_schema was read
    int m_depth = 0; ///< of nested transactions
};

} // namespace lifeguard

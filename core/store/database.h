// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QHash>
#include <QSet>
#include <QSqlQuery>
#include <QString>
#include <QTemporaryDir>
#include <QVariant>

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>

class QSqlDatabase;

namespace lifeguard {

enum class OpenMode {
    ReadOnly, ///< watch only: not a byte is written
    ReadWrite, ///< the file must be there
    Create, ///< make it, with all tables, when it is missing
};

/// What was found in an opened file.
struct DatabaseInfo
{
    QString path; ///< absolute
    int clxVersion = 0; ///< MAX(schema_version.version)
    bool readOnly = false;
    bool created = false;
    QString notice; ///< what a user should know of it, for example that a copy is shown; mostly empty
};

/// Named values to bind, without the colon. Names the statement does not have are ignored (columns an old file lacks).
using Values = QHash<QString, QVariant>;

/// One connection to one file. Belongs to the thread that opened it; never shared. A write that finds the file locked is
/// tried again with short random pauses, so that processes share it fairly, and answers Busy after busyTimeout.
class Database
{
public:
    /// Probes read-only first and only then opens for writing (shared/PROTOCOL.md, "Opening a database"). Errors name the
    /// file and the reason and leave it as it was. A file that is only watched, in a folder that cannot be written, is
    /// copied and the copy is opened (DatabaseInfo::notice says so). Codes: NotFound, PermissionDenied, Foreign, Corrupt, TooNew,
    /// Busy, ReadOnly.
    [[nodiscard]] static Result<std::unique_ptr<Database>> open(const QString &path, OpenMode mode,
                                                                 std::chrono::milliseconds busyTimeout = std::chrono::seconds(5));
    ~Database();
    Q_DISABLE_COPY_MOVE(Database)

    [[nodiscard]] const DatabaseInfo &info() const { return m_info; }
    [[nodiscard]] bool hasColumn(const QString &table, const QString &column) const;
    [[nodiscard]] bool hasTable(const QString &table) const;
    /// Whether the CHECK of jobs.status knows 'cancelled'. A file that CLX migrated from version 1 has the columns of a
    /// newer one, but still refuses that state.
    [[nodiscard]] bool knowsCancelled() const { return m_knowsCancelled; }

    /// Runs the statement of resources/sql/sqlite/<name>.sql and gives each row to onRow. Statements are prepared once.
    Status run(const char *name, const Values &values = {}, const std::function<void(const QSqlQuery &)> &onRow = {});
    /// As run(); words keep the lines of the text that are marked with them (core/store/sqltext.h).
    Status run(const char *name, const QStringList &words, const Values &values, const std::function<void(const QSqlQuery &)> &onRow);
    /// As run(), for statements that change rows: answers how many.
    Result<int> change(const char *name, const Values &values = {});
    /// The id of the row inserted last.
    [[nodiscard]] qint64 lastInsertId() const { return m_lastInsertId; }

    /// BEGIN IMMEDIATE, body, COMMIT; ROLLBACK when body fails. Nested calls join the outer transaction.
    Status transaction(const std::function<Status()> &body);
    /// PRAGMA data_version: changes when another connection committed.
    Result<qint64> dataVersion();

    /// Called, on this thread, when something has waited for another program's lock for 300 ms: time to tell a user.
    void setOnLocked(std::function<void()> onLocked) { m_onLocked = std::move(onLocked); }
    /// While true (set from any thread), nothing waits for a lock longer than 1 s: the program wants to end.
    void setHurry(std::shared_ptr<const std::atomic<bool>> hurry) { m_hurry = std::move(hurry); }

private:
    Database(QString connection, DatabaseInfo info, std::chrono::milliseconds busyTimeout);
    static Result<DatabaseInfo> probe(const QString &path, OpenMode mode);
    Status migrate();
    void loadColumns();
    Result<QSqlQuery *> prepared(const char *name, const QStringList &words = {});
    Status exec(QSqlQuery &query);
    Status execText(const QString &sql);
    /// One wait for a lock: since when, how often tried, whether it was told.
    struct LockWait
    {
        std::chrono::steady_clock::time_point since = std::chrono::steady_clock::now();
        int tries = 0;
        bool told = false;
    };
    /// Pauses before another try; false: it has taken too long.
    bool pause(LockWait &wait) const;

    QString m_connection;
    DatabaseInfo m_info;
    std::chrono::milliseconds m_busyTimeout;
    std::function<void()> m_onLocked;
    std::shared_ptr<const std::atomic<bool>> m_hurry;
    QHash<QString, QSet<QString>> m_columns; ///< by table
    bool m_knowsCancelled = true;
    std::unordered_map<std::string, std::unique_ptr<QSqlQuery>> m_statements;
    std::unique_ptr<QTemporaryDir> m_copy; ///< where a file is watched whose folder cannot be written
    qint64 m_lastInsertId = 0;
    int m_depth = 0; ///< of nested transactions
};

} // namespace lifeguard

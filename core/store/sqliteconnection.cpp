// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/sqliteconnection.h"

#include "core/store/lockholders.h"
#include "core/store/sqlitesettings.h"

#include <QCoreApplication>
#include <QSqlDatabase>
#include <QSqlDriver>
#include <QSqlError>
#include <QSqlQuery>
#include <QUrl>

#include <atomic>

#include <sqlite3.h>

namespace lifeguard {
namespace {

// Primary result codes of SQLite (https://www.sqlite.org/rescode.html); extended codes add bits above the lowest byte.
constexpr int sqliteBusy = 5;
constexpr int sqliteLocked = 6;
constexpr int sqliteReadOnly = 8;
constexpr int sqliteInterrupt = 9;
constexpr int sqliteIoErr = 10;
constexpr int sqliteCorrupt = 11;
constexpr int sqliteFull = 13;
constexpr int sqliteCantOpen = 14;
constexpr int sqliteNotADatabase = 26;

QString tr(const char *text)
{
    return QCoreApplication::translate("lifeguard::SqliteConnection", text);
}

int primaryCode(const QSqlError &error)
{
    return error.nativeErrorCode().toInt() & 0xff;
}

} // namespace

bool isBusy(const QSqlError &error)
{
    const int code = primaryCode(error);
    return code == sqliteBusy || code == sqliteLocked;
}

Error databaseError(const QSqlError &error, const QString &path)
{
    const QString detail = error.text();
    switch (primaryCode(error)) {
    case sqliteBusy:
    case sqliteLocked:
        return {ErrorCode::Busy,
                tr("%1 is locked. Lifeguard keeps trying. If the file stays locked, close the other programs that use "
                   "it.")
                    .arg(path),
                detail};
    case sqliteReadOnly:
        return {ErrorCode::ReadOnly, tr("%1 cannot be written. Check its permissions, or open it read-only.").arg(path),
                detail};
    case sqliteInterrupt:
        return {ErrorCode::Cancelled, tr("A query of %1 was interrupted.").arg(path), detail};
    case sqliteIoErr:
        return {ErrorCode::Io,
                tr("%1 could not be read or written because of an error of the disk or the file system.").arg(path),
                detail};
    case sqliteCorrupt:
        return {
            ErrorCode::Corrupt,
            tr("%1 is damaged. Restore it from a backup, or recover its data with 'sqlite3 FILE .recover'.").arg(path),
            detail};
    case sqliteFull:
        return {ErrorCode::DiskFull, tr("The disk of %1 is full. Free some space; no data was lost.").arg(path),
                detail};
    case sqliteCantOpen:
        return {ErrorCode::PermissionDenied,
                tr("%1 cannot be opened. Check the permissions of the file and of its folder.").arg(path), detail};
    case sqliteNotADatabase:
        return {ErrorCode::Foreign, tr("%1 is not a database. Choose another file.").arg(path), detail};
    default:
        return {ErrorCode::Database, tr("The database %1 reported an error: %2").arg(path, error.databaseText()),
                detail};
    }
}

Error withLockHolders(const Error &error, const QString &path)
{
    const QList<LockHolder> holders = error.code == ErrorCode::Busy ? LockHolders::of(path).writers()
                                                                    : QList<LockHolder>();
    if (holders.isEmpty())
        return error;
    const QString names = LockHolders::describe(holders);
    if (LockHolders::areOurs(holders))
        return {ErrorCode::Busy,
                tr("%1 is in use by %2, which belongs to Lifeguard. Lifeguard keeps trying.").arg(path, names),
                error.detail};
    return {ErrorCode::Busy,
            tr("%1 is locked by %2. Lifeguard keeps trying. If the file stays locked, close that program.")
                .arg(path, names),
            error.detail};
}

QString nextConnectionName()
{
    static std::atomic<int> counter{0};
    return QStringLiteral("lifeguard-%1").arg(++counter);
}

Status openConnection(const QString &name, const QString &path, bool readOnly)
{
    if (!QSqlDatabase::isDriverAvailable(QStringLiteral("QSQLITE")))
        return failure(ErrorCode::ToolMissing,
                       tr("Qt's SQLite driver is not installed: apt install libqt6sql6-sqlite"));
    configureSqlite();
    QSqlDatabase connection = QSqlDatabase::addDatabase(QStringLiteral("QSQLITE"), name);
    // LockRetry waits for locks: SQLite's own busy handler is not fair (docs/architecture/store.md).
    const QString options = QStringLiteral("QSQLITE_BUSY_TIMEOUT=0;");
    if (readOnly) {
        connection.setDatabaseName(path);
        connection.setConnectOptions(options + QStringLiteral("QSQLITE_OPEN_READONLY"));
    } else {
        // SQLite would create the file if it was deleted or moved a moment ago (https://www.sqlite.org/uri.html).
        connection.setDatabaseName(QString::fromLatin1(QUrl::fromLocalFile(path).toEncoded(QUrl::FullyEncoded))
                                   + QStringLiteral("?mode=rw"));
        connection.setConnectOptions(options + QStringLiteral("QSQLITE_OPEN_URI"));
    }
    if (!connection.open())
        return failure(databaseError(connection.lastError(), path));
    return {};
}

sqlite3 *sqliteHandle(const QString &name)
{
    QSqlDatabase database = QSqlDatabase::database(name, false);
    const QVariant handle = database.driver()->handle();
    QSqlQuery version(database);
    const bool isSameLibrary = version.exec(QStringLiteral("SELECT sqlite_source_id()")) && version.next()
                            && version.value(0).toString() == QLatin1String(sqlite3_sourceid());
    return isSameLibrary && qstrcmp(handle.typeName(), "sqlite3*") == 0
             ? *static_cast<sqlite3 *const *>(handle.constData())
             : nullptr;
}

void keepLogOnClose(const QString &name, bool isKept)
{
    if (sqlite3 *handle = sqliteHandle(name))
        sqlite3_db_config(handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, isKept ? 1 : 0, nullptr);
}

void closeConnection(const QString &name)
{
    {
        QSqlDatabase connection = QSqlDatabase::database(name, false);
        connection.close();
    }
    QSqlDatabase::removeDatabase(name);
}

} // namespace lifeguard

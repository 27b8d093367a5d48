// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/sqliteconnection.h"

#include <QCoreApplication>
#include <QRandomGenerator>
#include <QSqlDatabase>
#include <QSqlError>
#include <QThread>

#include <algorithm>
#include <atomic>

namespace lifeguard {
namespace {

// Primary result codes of SQLite (the extended ones carry more in the upper bytes).
constexpr int sqliteBusy = 5;
constexpr int sqliteLocked = 6;
constexpr int sqliteReadOnly = 8;
constexpr int sqliteIoErr = 10;
constexpr int sqliteCorrupt = 11;
constexpr int sqliteFull = 13;
constexpr int sqliteCantOpen = 14;
constexpr int sqliteNotADatabase = 26;

QString tr(const char *text)
{
    return QCoreApplication::translate("lifeguard::Database", text);
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

Error describe(const QSqlError &error, const QString &path)
{
    const QString detail = error.text();
    switch (primaryCode(error)) {
    case sqliteBusy:
    case sqliteLocked:
        return {ErrorCode::Busy, tr("%1 is locked by another program. It is tried again; if it stays so, close that program.").arg(path), detail};
    case sqliteReadOnly:
        return {ErrorCode::ReadOnly, tr("%1 cannot be written. Check its permissions, or open it read-only.").arg(path), detail};
    case sqliteIoErr:
        return {ErrorCode::Io, tr("%1 could not be read or written: an error of the disk or file system.").arg(path), detail};
    case sqliteCorrupt:
        return {ErrorCode::Corrupt, tr("%1 is damaged. Restore it from a backup, or save what can be read with 'sqlite3 FILE .recover'.").arg(path), detail};
    case sqliteFull:
        return {ErrorCode::DiskFull, tr("There is no space left on the disk of %1. Make room; nothing was lost.").arg(path), detail};
    case sqliteCantOpen:
        return {ErrorCode::PermissionDenied, tr("%1 cannot be opened. Check the permissions of the file and of its folder.").arg(path), detail};
    case sqliteNotADatabase:
        return {ErrorCode::Foreign, tr("%1 is not a database. Choose another file.").arg(path), detail};
    default:
        return {ErrorCode::Database, tr("The database %1 answered with an error: %2").arg(path, error.databaseText()), detail};
    }
}

QString nextConnectionName()
{
    static std::atomic<int> counter{0};
    return QStringLiteral("lifeguard-%1").arg(++counter);
}

Status openConnection(const QString &name, const QString &path, bool readOnly)
{
    if (!QSqlDatabase::isDriverAvailable(QStringLiteral("QSQLITE")))
        return failure(ErrorCode::ToolMissing, tr("Qt's SQLite driver is not installed: apt install libqt6sql6-sqlite"));
    QSqlDatabase connection = QSqlDatabase::addDatabase(QStringLiteral("QSQLITE"), name);
    connection.setDatabaseName(path);
    // Waiting for locks is done in Database::exec(), fairly; SQLite's own handler starves some (shared/FACTS.md).
    QString options = QStringLiteral("QSQLITE_BUSY_TIMEOUT=0");
    if (readOnly)
        options += QStringLiteral(";QSQLITE_OPEN_READONLY");
    connection.setConnectOptions(options);
    if (!connection.open())
        return failure(describe(connection.lastError(), path));
    return {};
}

void closeConnection(const QString &name)
{
    {
        QSqlDatabase connection = QSqlDatabase::database(name, false);
        connection.close();
    }
    QSqlDatabase::removeDatabase(name);
}

void pauseForLock(int tries)
{
    constexpr int longestStep = 10;
    QThread::usleep(static_cast<unsigned long>(50 + QRandomGenerator::global()->bounded(250)) * static_cast<unsigned long>(std::min(tries, longestStep)));
}

} // namespace lifeguard

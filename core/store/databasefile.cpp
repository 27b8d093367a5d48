// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/databasefile.h"

#include "core/store/lockholders.h"
#include "core/store/sqliteconnection.h"

#include <QCoreApplication>
#include <QDeadlineTimer>
#include <QSqlDatabase>
#include <QSqlError>
#include <QSqlQuery>
#include <QThread>

namespace lifeguard {
namespace {

/// The pause between two looks at the holders of locks: each of them stops all locking on the machine for a moment.
constexpr std::chrono::milliseconds pollInterval{50};
/// How long to believe the locks of a process that cannot be examined. Programs of Lifeguard notice a replacement, and
/// set the log aside, within a few beats.
constexpr std::chrono::milliseconds hiddenUserTimeout{3000};

QString tr(const char *text)
{
    return QCoreApplication::translate("lifeguard::DatabaseFile", text);
}

/// Makes SQLite open the write-ahead log, which it does when it reads the file for the first time.
Status openLog(const QString &connection, const QString &path, const LockPolicy &locks)
{
    QSqlQuery query(QSqlDatabase::database(connection, false));
    LockRetry retry(locks);
    while (!query.exec(QStringLiteral("PRAGMA schema_version"))) {
        if (!isBusy(query.lastError()) || !retry.pause())
            return failure(withLockHolders(databaseError(query.lastError(), path), path));
    }
    return {};
}

} // namespace

Status waitForUsersOfPreviousFile(const QString &path, std::chrono::milliseconds timeout)
{
    const QDeadlineTimer deadline(timeout);
    const QDeadlineTimer hiddenDeadline(hiddenUserTimeout);
    for (;;) {
        const LockHolders holders = LockHolders::of(path);
        const QList<LockHolder> users = holders.usersOfPreviousFile();
        if (users.isEmpty() && (!holders.mayHaveHiddenUsersOfPreviousFile() || hiddenDeadline.hasExpired()))
            return {};
        if (!users.isEmpty() && deadline.hasExpired())
            return failure(ErrorCode::Busy,
                           //: %1: a path, %2: programs, such as "sqlite3 (process 4711)"
                           tr("%1 was deleted or replaced while it was open in %2. The write-ahead log %1-wal belongs "
                              "to the previous file and would damage this one. Close these programs, and try again.")
                               .arg(path, LockHolders::describe(users)));
        QThread::msleep(static_cast<unsigned long>(pollInterval.count()));
    }
}

Result<FileIdentity> openFile(const QString &connection, const QString &path, bool readOnly, const LockPolicy &locks)
{
    for (;;) {
        const FileIdentity before = FileIdentity::of(path);
        Status connected = openConnection(connection, path, readOnly);
        if (connected) {
            keepLogOnClose(connection, true);
            connected = openLog(connection, path, locks);
        }
        // Opening a file for writing can give it another inode once, in an overlay file system.
        const FileIdentity after = FileIdentity::of(path);
        if (connected && before == after)
            return after;
        closeConnection(connection);
        if (after.state == FileIdentity::State::Missing)
            return failure(ErrorCode::NotFound, tr("%1 was deleted or moved while it was being opened.").arg(path));
        if (!connected)
            return failure(connected.error());
    }
}

} // namespace lifeguard

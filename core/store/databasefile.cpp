// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/databasefile.h"

#include "core/store/lockholders.h"
#include "core/store/sqliteconnection.h"

#include <QCoreApplication>
#include <QDeadlineTimer>
#include <QThread>

namespace lifeguard {
namespace {

/// The pause between two looks at the holders of locks: each of them stops all locking on the machine for a moment.
constexpr std::chrono::milliseconds pollInterval{50};

QString tr(const char *text)
{
    return QCoreApplication::translate("lifeguard::DatabaseFile", text);
}

} // namespace

Status waitForUsersOfPreviousFile(const QString &path, std::chrono::milliseconds timeout)
{
    const QDeadlineTimer deadline(timeout);
    for (;;) {
        const QList<LockHolder> users = LockHolders::of(path).usersOfPreviousFile();
        if (users.isEmpty())
            return {};
        if (deadline.hasExpired())
            return failure(ErrorCode::Busy,
                           //: %1: a path, %2: programs, such as "sqlite3 (process 4711)"
                           tr("%1 was deleted or replaced while it was open in %2. The write-ahead log %1-wal belongs "
                              "to the previous file and would damage this one. Close these programs, and try again.")
                               .arg(path, LockHolders::describe(users)));
        QThread::msleep(static_cast<unsigned long>(pollInterval.count()));
    }
}

Result<FileIdentity> openFile(const QString &connection, const QString &path, bool readOnly)
{
    for (;;) {
        const FileIdentity before = FileIdentity::of(path);
        const Status connected = openConnection(connection, path, readOnly);
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

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QString>

class QSqlError;
struct sqlite3;

/// Connections of Qt's SQLite driver and their errors, for the classes of core/store that open files.
namespace lifeguard {

/// Returns whether another connection has locked the database (SQLITE_BUSY or SQLITE_LOCKED, with any extended code).
[[nodiscard]] bool isBusy(const QSqlError &error);
/// Converts the error into one with a code and with a message for the user that names the file.
[[nodiscard]] Error databaseError(const QSqlError &error, const QString &path);
/// Returns the error of a locked database with the program that holds the lock, if it can be seen; other errors are
/// returned unchanged. Reads /proc/locks: call it once after the last retry.
[[nodiscard]] Error withLockHolders(const Error &error, const QString &path);

/// Returns a name that no other connection of this process has. Any thread.
[[nodiscard]] QString nextConnectionName();
/// Opens a connection to an existing file on this thread. path: absolute. The caller must close it, even if opening
/// failed.
[[nodiscard]] Status openConnection(const QString &name, const QString &path, bool readOnly);
/// Returns SQLite's object of an open connection of this thread, for functions that Qt does not offer; null if the
/// driver does not use the SQLite library of this program.
[[nodiscard]] sqlite3 *sqliteHandle(const QString &name);
/// Sets whether closing the connection leaves the write-ahead log as it is. Otherwise, the last connection moves its
/// content to the database and deletes it, which is wrong for a log that may belong to another file.
void keepLogOnClose(const QString &name, bool isKept);
/// Closes and removes a connection, on the thread that opened it.
void closeConnection(const QString &name);

} // namespace lifeguard

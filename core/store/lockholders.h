// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/store/databaseidentity.h"

#include <QByteArray>
#include <QList>
#include <QString>

#include <functional>

namespace lifeguard {

/// A process that holds a lock of a database.
struct LockHolder
{
    qint64 pid = 0;
    QString program; ///< at most 15 characters, as the kernel stores it; empty if the process cannot be seen
    bool isOurs = false; ///< whether it is a program of Lifeguard

    bool operator==(const LockHolder &) const = default;
};

/// The processes that hold SQLite's locks of one database, according to /proc/locks. A process in another pid namespace
/// may be missing. A value class.
class LockHolders
{
public:
    /// Returns the current holders for this database, which may be missing. Any thread. Never opens the files: closing
    /// one would release all locks that this process has on it (fcntl(2)).
    [[nodiscard]] static LockHolders of(const QString &databasePath);
    /// Returns the holders that a text in the format of /proc/locks contains. programOf returns the name of a process;
    /// it is called for the processes that are requested below.
    [[nodiscard]] static LockHolders parse(const QByteArray &locks, const FileIdentity &database,
                                           const FileIdentity &sharedMemory,
                                           const std::function<QString(qint64 pid)> &programOf);

    /// Returns the processes that are writing, and therefore prevent all other writes.
    [[nodiscard]] QList<LockHolder> writers() const { return named(m_writers); }
    /// Returns the processes that are reading from the write-ahead log, and therefore prevent the log from being reset.
    [[nodiscard]] QList<LockHolder> readers() const { return named(m_readers); }
    /// Returns the processes that have the database open.
    [[nodiscard]] QList<LockHolder> users() const { return named(m_users); }
    /// Returns the processes that have the write-ahead log of this database open, but not the database: its file was
    /// replaced while they had it open. SQLite would apply the log of the previous file to the new one.
    [[nodiscard]] QList<LockHolder> usersOfPreviousFile() const { return named(m_usersOfPreviousFile); }
    /// Returns whether the locks look as if a process that cannot be examined were one of these. That may be wrong for
    /// a moment, or as long as a process has lost its locks (fcntl(2)).
    [[nodiscard]] bool mayHaveHiddenUsersOfPreviousFile() const { return m_mayHaveHiddenUsers; }
    /// Returns a text for the user that says who keeps this database locked: another program, which is named, or
    /// programs of Lifeguard.
    [[nodiscard]] static QString lockedText(const QString &databasePath);
    /// Returns whether all of these are programs of Lifeguard.
    [[nodiscard]] static bool areOurs(const QList<LockHolder> &holders);
    /// Returns a text such as "sqlite3 (process 4711), python3 (process 4712)".
    [[nodiscard]] static QString describe(const QList<LockHolder> &holders);

private:
    [[nodiscard]] QList<LockHolder> named(const QList<qint64> &pids) const;

    std::function<QString(qint64 pid)> m_programOf;
    QList<qint64> m_writers;
    QList<qint64> m_readers;
    QList<qint64> m_users;
    QList<qint64> m_usersOfPreviousFile;
    bool m_mayHaveHiddenUsers = false;
};

} // namespace lifeguard

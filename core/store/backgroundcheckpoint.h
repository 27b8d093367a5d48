// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>

#include <atomic>
#include <functional>
#include <thread>

struct sqlite3;

namespace lifeguard {

/// Moves the content of the write-ahead log to the database on a thread of its own, while other connections read and
/// write. The next writer then starts the log anew, if no connection reads from it at that moment. A passive checkpoint
/// waits for nobody and nobody waits for it (SQLite, sqlite3_wal_checkpoint_v2()), in contrast to one between two
/// transactions, which takes tens of milliseconds. Used on the thread of the connection.
class BackgroundCheckpoint
{
public:
    /// path: of the database. isUnchanged: returns whether the database and its log are still those that the owner has
    /// opened under this path; other files are not touched.
    BackgroundCheckpoint(const QString &path, std::function<bool()> isUnchanged);
    /// Waits for the end of a checkpoint.
    ~BackgroundCheckpoint();
    Q_DISABLE_COPY_MOVE(BackgroundCheckpoint)

    /// Begins a checkpoint, unless one is running. Errors are ignored: the connection that is about to write limits the
    /// log in any case (WriteAheadLog::limit()).
    void start();

private:
    void connect();

    QByteArray m_path;
    std::function<bool()> m_isUnchanged;
    sqlite3 *m_connection = nullptr; ///< of its own; null until it is needed. Used by the thread while m_isRunning
    std::thread m_thread; ///< of the latest checkpoint
    std::atomic<bool> m_isRunning = false;
};

} // namespace lifeguard

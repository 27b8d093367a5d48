// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/store/databaseidentity.h"

#include <QByteArray>
#include <QString>

#include <atomic>
#include <thread>

namespace lifeguard {

/// Moves the content of the write-ahead log to the database on a thread of its own, while other connections read and
/// write. The next writer then starts the log anew, if no connection reads from it at that moment. A passive checkpoint
/// waits for nobody and nobody waits for it (SQLite, sqlite3_wal_checkpoint_v2()), in contrast to one between two
/// transactions, which takes tens of milliseconds. Used on the thread of the connection.
class BackgroundCheckpoint
{
public:
    /// path: of the database. file: its identity; another file at this path is not touched.
    BackgroundCheckpoint(const QString &path, const FileIdentity &file);
    /// Waits for the end of a checkpoint.
    ~BackgroundCheckpoint();
    Q_DISABLE_COPY_MOVE(BackgroundCheckpoint)

    /// Begins a checkpoint, unless one is running. Errors are ignored: the connection that is about to write limits the
    /// log in any case (WriteAheadLog::limit()).
    void start();

private:
    void run();

    QString m_path;
    FileIdentity m_file;
    std::thread m_thread; ///< of the latest checkpoint
    std::atomic<bool> m_isRunning = false;
};

} // namespace lifeguard

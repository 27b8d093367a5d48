// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/store/checkpointpolicy.h"
#include "core/store/lockretry.h"

#include <QCoreApplication>
#include <QString>

#include <functional>
#include <memory>

namespace lifeguard {

class BackgroundCheckpoint;

/// Keeps the write-ahead log of one connection's database small (docs/architecture/store.md, "The write-ahead log").
/// Belongs to the thread of the connection.
class WriteAheadLog
{
    Q_DECLARE_TR_FUNCTIONS(lifeguard::WriteAheadLog)

public:
    /// connection: the name of an open connection. locks: how long to wait for a completed checkpoint.
    WriteAheadLog(QString connection, const LockPolicy &locks);

    ~WriteAheadLog();
    Q_DISABLE_COPY_MOVE(WriteAheadLog)

    /// Configures the connection, which must be open for writing: SQLite no longer checkpoints by itself, and shortens
    /// the file when the log starts anew. isUnchanged: returns whether the files are still those that were opened.
    [[nodiscard]] Status configure(const QString &databasePath, std::function<bool()> isUnchanged);
    /// Moves the content of the log to the database if it is too large. To be called before each transaction. Waits
    /// while the log is over the hard limit. Cheap if there is nothing to do.
    void limit();
    /// Returns whether the log has grown over the hard limit since limit(), because other connections have written.
    [[nodiscard]] bool isOverLimit() const;

    /// Begins a checkpoint in the background if the log has grown. To be called after each transaction. Cheap if there
    /// is nothing to do.
    void shrinkInBackground();
    /// Waits for the end of a checkpoint in the background. To be called before the connection is closed.
    void close();

    /// Sets the queue in which to wait for a completed checkpoint; may be null.
    void setLockQueue(LockQueue *queue) { m_queue = queue; }
    /// Sets the function to call when a reader prevents the log from being reset. The error names the reader.
    void setOnPrevented(std::function<void(const Error &)> onPrevented) { m_onPrevented = std::move(onPrevented); }

private:
    [[nodiscard]] qint64 size() const;
    [[nodiscard]] bool checkpoint();
    void waitForCheckpoint();
    void reportReaders(const QList<qint64> &readersBefore) const;

    QString m_connection;
    const LockPolicy &m_locks;
    LockQueue *m_queue = nullptr;
    CheckpointPolicy m_policy;
    QString m_databasePath;
    QByteArray m_logPath; ///< empty: there is no log to limit
    std::unique_ptr<BackgroundCheckpoint> m_background; ///< null: there is no log to limit
    int m_pages = 0; ///< in the log after the latest commit of this connection
    std::function<void(const Error &)> m_onPrevented;
};

} // namespace lifeguard

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/base/result.h"

#include <QFileSystemWatcher>
#include <QObject>
#include <QTimer>

namespace lifeguard {

class Database;

/// Reports commits of other connections to the database: at once by watching the file of the write-ahead log, or after
/// at most 250 ms by polling PRAGMA data_version. If many workers are idle, each commit wakes all of them, and most of
/// them find no job. A worker that finds none backs off, longer each time, so that a hundred idle workers use hardly
/// any CPU time. Each poll also checks that the database is still the opened one. Belongs to the thread of the
/// database.
class CommitWatcher : public QObject
{
    Q_OBJECT

public:
    explicit CommitWatcher(Database &database, QObject *parent = nullptr);

    /// Sets whether commits are reported at once, for an idle worker. Otherwise they are reported only by polling,
    /// which is sufficient for a busy worker that checks whether its job was cancelled.
    void setEager(bool eager);
    /// Ignores commits for a while, because the last one added no job for this worker: 20 ms, doubled each time, up to
    /// 250 ms. A commit in that time is reported at its end. Does nothing unless eager.
    void backOff();
    /// Sets the next pause of backOff() to the shortest one.
    void resetBackOff() { m_backOff = milliseconds(0); }

Q_SIGNALS:
    void committed();
    /// The database file was deleted, moved, replaced or restored (Database::checkIdentity()). No commit is reported
    /// any more.
    void databaseReplaced(const lifeguard::Error &error);

private:
    void poll();
    void reportReplaced(const Error &error);
    void watchLog();
    void unwatchLog();

    Database &m_database;
    const QString m_logPath; ///< of the write-ahead log
    QFileSystemWatcher m_files;
    QTimer m_pollTimer;
    QTimer m_backOffTimer;
    milliseconds m_backOff{0};
    qint64 m_version = -1;
    bool m_isEager = false;
};

} // namespace lifeguard

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFileSystemWatcher>
#include <QObject>
#include <QTimer>

namespace lifeguard {

class Database;

/// Reports when another connection has changed the database. Polls PRAGMA data_version twice a second, and at once when
/// the file system reports a change of the write-ahead log (inotify). Lives on the thread of its database.
class DatabaseWatcher : public QObject
{
    Q_OBJECT

public:
    DatabaseWatcher(Database &database, QObject *parent);

Q_SIGNALS:
    void changed();

private:
    void poll();
    void watchFile();

    Database &m_db;
    QFileSystemWatcher m_files;
    QTimer m_pollTimer;
    QTimer m_burstTimer; ///< combines the notifications of one burst
    qint64 m_version = -1;
};

} // namespace lifeguard

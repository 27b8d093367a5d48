// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QElapsedTimer>
#include <QFileSystemWatcher>
#include <QObject>
#include <QTimer>

#include <functional>

namespace lifeguard {

class Database;

/// Tells when another connection changed the database: at once where the file system tells (inotify on the WAL file), else
/// by looking at PRAGMA data_version twice a second. Lives on the thread of its database.
class DatabaseWatcher : public QObject
{
    Q_OBJECT

public:
    DatabaseWatcher(Database &database, QObject *parent);

Q_SIGNALS:
    void changed();

private:
    void look();
    void watchFile();

    Database &m_db;
    QFileSystemWatcher m_files;
    QTimer m_poll;
    QTimer m_soon; ///< gathers the notices of one burst
    qint64 m_version = -1;
};

} // namespace lifeguard

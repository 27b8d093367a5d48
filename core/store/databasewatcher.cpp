// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/databasewatcher.h"

#include "core/store/database.h"

#include <QFile>

namespace lifeguard {

using namespace std::chrono_literals;

DatabaseWatcher::DatabaseWatcher(Database &database, QObject *parent) : QObject(parent), m_db(database)
{
    m_burstTimer.setSingleShot(true);
    m_burstTimer.setInterval(5ms);
    connect(&m_burstTimer, &QTimer::timeout, this, &DatabaseWatcher::poll);
    connect(&m_files, &QFileSystemWatcher::fileChanged, this, [this] {
        if (!m_burstTimer.isActive())
            m_burstTimer.start();
    });
    m_pollTimer.setInterval(500ms);
    connect(&m_pollTimer, &QTimer::timeout, this, &DatabaseWatcher::poll);
    m_pollTimer.start();
    watchFile();
    if (const auto version = m_db.dataVersion())
        m_version = *version;
}

void DatabaseWatcher::watchFile()
{
    const QString wal = m_db.info().path + QStringLiteral("-wal");
    if (m_files.files().isEmpty() && QFile::exists(wal))
        m_files.addPath(wal);
}

void DatabaseWatcher::poll()
{
    watchFile(); // SQLite may have created the file, or replaced it
    if (const Status same = m_db.checkFiles(); !same)
        return; // Database reports this error itself
    const auto version = m_db.dataVersion();
    if (!version || *version == m_version)
        return;
    m_version = *version;
    if (m_db.checkIdentity() || !m_db.isReplaced())
        Q_EMIT changed();
}

} // namespace lifeguard

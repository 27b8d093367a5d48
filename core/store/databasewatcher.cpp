// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/databasewatcher.h"

#include "core/store/database.h"

#include <QFile>

namespace lifeguard {

using namespace std::chrono_literals;

DatabaseWatcher::DatabaseWatcher(Database &database, QObject *parent) : QObject(parent), m_db(database)
{
    m_soon.setSingleShot(true);
    m_soon.setInterval(5ms);
    connect(&m_soon, &QTimer::timeout, this, &DatabaseWatcher::look);
    connect(&m_files, &QFileSystemWatcher::fileChanged, this, [this] {
        if (!m_soon.isActive())
            m_soon.start();
    });
    m_poll.setInterval(500ms);
    connect(&m_poll, &QTimer::timeout, this, &DatabaseWatcher::look);
    m_poll.start();
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

void DatabaseWatcher::look()
{
    watchFile(); // it may have been made, or made anew
    const auto version = m_db.dataVersion();
    if (!version || *version == m_version)
        return;
    m_version = *version;
    Q_EMIT changed();
}

} // namespace lifeguard

// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/backgroundcheckpoint.h"

#include "core/base/logging.h"

#include <QFile>

#include <system_error>

#include <sqlite3.h>

namespace lifeguard {

BackgroundCheckpoint::BackgroundCheckpoint(const QString &path, std::function<bool()> isUnchanged)
    : m_path(QFile::encodeName(path))
    , m_isUnchanged(std::move(isUnchanged))
{
}

BackgroundCheckpoint::~BackgroundCheckpoint()
{
    if (m_thread.joinable())
        m_thread.join();
    sqlite3_close(m_connection);
}

void BackgroundCheckpoint::start()
{
    if (m_isRunning)
        return;
    if (m_thread.joinable())
        m_thread.join(); // has ended
    if (!m_connection)
        connect();
    if (!m_connection)
        return;
    m_isRunning = true;
    try {
        m_thread = std::thread([this] {
            sqlite3_wal_checkpoint_v2(m_connection, nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
            m_isRunning = false;
        });
    } catch (const std::system_error &error) {
        m_isRunning = false;
        qCDebug(lcStore) << "no thread for a checkpoint:" << error.what();
    }
}

/// Opens the database and its log. If they were replaced before, the connection is closed without a change.
void BackgroundCheckpoint::connect()
{
    constexpr int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX;
    const bool isOpen = sqlite3_open_v2(m_path.constData(), &m_connection, flags, nullptr) == SQLITE_OK
                     && sqlite3_db_config(m_connection, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr) == SQLITE_OK
                     // SQLite opens the log when it reads the file for the first time. Without a log, it makes no
                     // checkpoint.
                     && sqlite3_exec(m_connection, "PRAGMA schema_version", nullptr, nullptr, nullptr) == SQLITE_OK;
    if (isOpen && m_isUnchanged())
        return;
    sqlite3_close(m_connection);
    m_connection = nullptr;
}

} // namespace lifeguard

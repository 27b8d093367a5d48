// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/backgroundcheckpoint.h"

#include "core/base/logging.h"

#include <QFile>

#include <system_error>

#include <sqlite3.h>

namespace lifeguard {

BackgroundCheckpoint::BackgroundCheckpoint(const QString &path, const FileIdentity &file) : m_path(path), m_file(file)
{
}

BackgroundCheckpoint::~BackgroundCheckpoint()
{
    if (m_thread.joinable())
        m_thread.join();
}

void BackgroundCheckpoint::start()
{
    if (m_isRunning)
        return;
    if (m_thread.joinable())
        m_thread.join(); // has ended
    m_isRunning = true;
    try {
        m_thread = std::thread([this] {
            run();
            m_isRunning = false;
        });
    } catch (const std::system_error &error) {
        m_isRunning = false;
        qCDebug(lcStore) << "no thread for a checkpoint:" << error.what();
    }
}

void BackgroundCheckpoint::run()
{
    sqlite3 *connection = nullptr;
    const QByteArray path = QFile::encodeName(m_path);
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX;
    if (FileIdentity::of(m_path) == m_file
        && sqlite3_open_v2(path.constData(), &connection, flags, nullptr) == SQLITE_OK)
        sqlite3_wal_checkpoint_v2(connection, nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
    sqlite3_close(connection);
}

} // namespace lifeguard

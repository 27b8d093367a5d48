// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/store/database.h"

#include <QObject>
#include <QThread>

#include <atomic>
#include <functional>
#include <memory>

namespace lifeguard {

/// One of a store's threads: an event loop with a connection of its own. Tasks run in the order they are posted.
class StoreThread
{
public:
    explicit StoreThread(const QString &name);
    ~StoreThread(); ///< runs what was posted, without long waits for locks, then closes the connection and ends the thread
    Q_DISABLE_COPY_MOVE(StoreThread)

    /// Any thread. The database is null until open() succeeded.
    void post(std::function<void(Database *)> task);
    /// On the thread itself only.
    Result<DatabaseInfo> open(const QString &path, OpenMode mode);
    /// Lives on the thread: the parent of timers and watchers there.
    [[nodiscard]] QObject *context() const { return m_context; }

private:
    QThread m_thread;
    QObject *m_context = nullptr;
    std::shared_ptr<std::atomic<bool>> m_hurry = std::make_shared<std::atomic<bool>>(false);
    std::unique_ptr<Database> m_database;
};

} // namespace lifeguard

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

/// A thread of a store: an event loop with its own connection. Tasks run in the order in which they are posted.
class StoreThread
{
public:
    explicit StoreThread(const QString &name);
    /// Runs the posted tasks, without long waits for locks, closes the connection and ends the thread.
    ~StoreThread();
    Q_DISABLE_COPY_MOVE(StoreThread)

    /// Posts a task. The task receives a null pointer until open() has succeeded. Any thread.
    void post(std::function<void(Database *)> task);
    /// Opens the database. To be called in a task, on this thread.
    [[nodiscard]] Result<DatabaseInfo> open(const QString &path, OpenMode mode);
    /// Opens another connection to a database that is open on another thread. NotFound if its file was replaced in the
    /// meantime; the new file is not changed. To be called in a task, on this thread.
    [[nodiscard]] Result<DatabaseInfo> openAgain(const DatabaseInfo &opened);
    /// Limits the waits for a lock to 1 s from now on, because the program is about to end. Any thread.
    void hurry() { *m_hurry = true; }
    /// Returns an object that lives on this thread, as the parent of timers and watchers.
    [[nodiscard]] QObject *context() const { return m_context; }

private:
    [[nodiscard]] Result<DatabaseInfo> use(Result<std::unique_ptr<Database>> database);

    QThread m_thread;
    QObject *m_context = nullptr;
    std::shared_ptr<std::atomic<bool>> m_hurry = std::make_shared<std::atomic<bool>>(false);
    std::unique_ptr<Database> m_database;
};

} // namespace lifeguard

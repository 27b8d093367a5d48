// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/storethread.h"

namespace lifeguard {

StoreThread::StoreThread(const QString &name) : m_context(new QObject)
{
    m_thread.setObjectName(name);
    m_context->moveToThread(&m_thread);
    m_thread.start();
}

StoreThread::~StoreThread()
{
    hurry();
    // Runs after all posted tasks. The connection is closed on the thread that opened it.
    QMetaObject::invokeMethod(
        m_context,
        [this] {
            m_database.reset();
            delete m_context;
            m_thread.quit();
        },
        Qt::QueuedConnection);
    m_thread.wait();
}

void StoreThread::post(std::function<void(Database *)> task)
{
    QMetaObject::invokeMethod(
        m_context, [this, task = std::move(task)] { task(m_database.get()); }, Qt::QueuedConnection);
}

Result<DatabaseInfo> StoreThread::open(const QString &path, OpenMode mode, IntegrityCheck check)
{
    Result<std::unique_ptr<Database>> database = Database::open(path, mode, std::chrono::seconds(5), check);
    if (!database)
        return failure(database.error());
    m_database = std::move(*database);
    m_database->setHurry(m_hurry);
    return m_database->info();
}

} // namespace lifeguard

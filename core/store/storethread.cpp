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

Result<DatabaseInfo> StoreThread::open(const QString &path, OpenMode mode)
{
    return use(Database::open(path, mode));
}

Result<DatabaseInfo> StoreThread::openAgain(const DatabaseInfo &opened)
{
    const auto accept = [&opened](const Database &database) { return database.requireFile(opened.file); };
    // A reader never writes, but SQLite needs a writable file for the shared memory of the write-ahead log.
    const OpenMode mode = opened.readOnly ? OpenMode::ReadOnly : OpenMode::ReadWrite;
    return use(Database::open(opened.path, mode, std::chrono::seconds(5), IntegrityCheck::Skip, accept));
}

Result<DatabaseInfo> StoreThread::use(Result<std::unique_ptr<Database>> database)
{
    if (!database)
        return failure(database.error());
    m_database = std::move(*database);
    m_database->setHurry(m_hurry);
    return m_database->info();
}

} // namespace lifeguard

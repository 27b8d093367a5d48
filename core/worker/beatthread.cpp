// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/worker/beatthread.h"

#include "core/base/logging.h"
#include "core/base/systemclock.h"
#include "core/store/database.h"
#include "core/store/workerregistry.h"

namespace lifeguard {
namespace {

constexpr seconds beatInterval{1};
constexpr seconds storedInterval{5};
constexpr milliseconds busyTimeout{1000}; ///< a beat that cannot be stored is no reason to hold up the end

} // namespace

BeatThread::BeatThread(BeatFile *beats, int slot, QString databasePath, qint64 workerId, Manager manager)
    : m_beats(beats)
    , m_slot(slot)
    , m_databasePath(std::move(databasePath))
    , m_workerId(workerId)
    , m_manager(std::move(manager))
    , m_thread([this] { run(); })
{
}

BeatThread::~BeatThread()
{
    {
        const std::lock_guard lock(m_mutex);
        m_isOver = true;
    }
    m_changed.notify_all();
    m_thread.join();
}

void BeatThread::setManagerGone()
{
    const std::lock_guard lock(m_mutex);
    m_managerGone = true;
    m_changed.notify_all();
}

void BeatThread::run()
{
    const SystemClock clock;
    std::unique_ptr<Database> database; // opened only where it is needed
    milliseconds storedAt = clock.steadyNow(); // registering was the first
    std::unique_lock lock(m_mutex);
    while (!m_isOver) {
        const bool stores = !m_beats || m_managerGone;
        lock.unlock();
        if (m_beats)
            m_beats->beat(m_slot);
        if (stores && clock.steadyNow() - storedAt >= storedInterval) {
            storedAt = clock.steadyNow();
            if (!database) {
                auto opened = Database::open(m_databasePath, OpenMode::ReadWrite, busyTimeout);
                if (opened)
                    database = std::move(*opened);
                else
                    qCWarning(lcWorker).noquote() << "no heartbeat:" << opened.error().message;
            }
            if (database)
                store(*database, clock);
        }
        lock.lock();
        m_changed.wait_for(lock, beatInterval, [&] { return m_isOver || (m_managerGone && !stores); });
    }
}

void BeatThread::store(Database &database, const Clock &clock)
{
    WorkerRegistry registry(database, clock);
    const Status beaten = registry.beat(m_workerId);
    const bool isWritten = beaten || beaten.error().code == ErrorCode::WorkerDead;
    if (!isWritten)
        qCWarning(lcWorker).noquote() << "no heartbeat:" << beaten.error().message;
    if (m_manager.id.isEmpty() || m_watch.isGone())
        return;
    const Result<std::optional<QDateTime>> heartbeat = registry.managerHeartbeat(m_manager.id);
    if (!isWritten || !heartbeat) {
        m_watch.missed();
        return;
    }
    m_watch.look(clock.steadyNow(), *heartbeat);
    if (m_watch.isGone())
        m_manager.gone();
}

} // namespace lifeguard

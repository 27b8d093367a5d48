// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/worker/beatthread.h"

#include "core/base/logging.h"
#include "core/store/database.h"
#include "core/store/workerregistry.h"


namespace lifeguard {
namespace {

constexpr seconds beatInterval{1};
constexpr seconds storedInterval{5};
constexpr milliseconds busyTimeout{1000}; ///< a beat that cannot be stored is no reason to hold up the end

} // namespace

BeatThread::BeatThread(BeatFile *beats, int slot, QString databasePath, qint64 workerId)
    : m_beats(beats)
    , m_slot(slot)
    , m_databasePath(std::move(databasePath))
    , m_workerId(workerId)
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
            if (database) {
                if (const Status beaten = WorkerRegistry(*database, clock).beat(m_workerId); !beaten && beaten.error().code != ErrorCode::WorkerDead)
                    qCWarning(lcWorker).noquote() << "no heartbeat:" << beaten.error().message;
            }
        }
        lock.lock();
        m_changed.wait_for(lock, beatInterval, [&] { return m_isOver || (m_managerGone && !stores); });
    }
}

} // namespace lifeguard

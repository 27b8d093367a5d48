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

} // namespace

BeatThread::BeatThread(BeatFile *beats, int slot, Opener openDatabase, qint64 workerId, Manager manager)
    : m_beats(beats)
    , m_slot(slot)
    , m_openDatabase(std::move(openDatabase))
    , m_workerId(workerId)
    , m_manager(std::move(manager))
    , m_thread([this] { run(); })
{
}

BeatThread::~BeatThread()
{
    {
        const std::lock_guard lock(m_mutex);
        m_isStopping = true;
    }
    m_changed.notify_all();
    m_thread.join();
}

void BeatThread::setManagerGone()
{
    const std::lock_guard lock(m_mutex);
    m_isManagerGone = true;
    m_changed.notify_all();
}

void BeatThread::run()
{
    const SystemClock clock;
    std::unique_ptr<Database> database; // opened when it is first needed
    milliseconds storedAt = clock.steadyNow(); // registering the worker stored the first heartbeat
    std::unique_lock lock(m_mutex);
    while (!m_isStopping) {
        const bool storesBeats = !m_beats || m_isManagerGone;
        lock.unlock();
        if (m_beats)
            m_beats->beat(m_slot);
        if (storesBeats && clock.steadyNow() - storedAt >= storedInterval) {
            storedAt = clock.steadyNow();
            if (!database) {
                auto opened = m_openDatabase();
                if (opened)
                    database = std::move(*opened);
                else
                    qCWarning(lcWorker).noquote() << "The heartbeat could not be stored:" << opened.error().message;
            }
            if (database)
                store(*database, clock);
        }
        lock.lock();
        m_changed.wait_for(lock, beatInterval, [&] { return m_isStopping || (m_isManagerGone && !storesBeats); });
    }
}

void BeatThread::store(Database &database, const Clock &clock)
{
    WorkerRegistry registry(database, clock);
    const Status stored = registry.beat(m_workerId);
    const bool isDatabaseUsable = stored || stored.error().code == ErrorCode::WorkerDead;
    if (!isDatabaseUsable)
        qCWarning(lcWorker).noquote() << "The heartbeat could not be stored:" << stored.error().message;
    if (m_manager.id.isEmpty() || m_watch.isGone())
        return;
    const Result<std::optional<QDateTime>> heartbeat = registry.managerHeartbeat(m_manager.id);
    if (!isDatabaseUsable || !heartbeat) {
        m_watch.recordDatabaseError();
        return;
    }
    m_watch.recordHeartbeat(clock.steadyNow(), *heartbeat);
    if (m_watch.isGone())
        m_manager.onGone();
}

} // namespace lifeguard

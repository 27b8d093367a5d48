// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/beatfile.h"
#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/worker/managerwatch.h"

#include <QString>

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

namespace lifeguard {

class Database;

/// Sends the worker's heartbeats from a thread of its own, so that a worker never looks dead because of a long job.
/// Writes to the beat file once a second. Without a beat file, or after the manager that reads it is gone, writes
/// workers.last_heartbeat every 5 s over a database connection of its own (docs/protocol.md, "Beats"). Each of these
/// writes also checks the heartbeat of the manager, if a manager is given.
class BeatThread
{
public:
    /// A manager that is watched through its row in the database, because this worker cannot see its process.
    struct Manager
    {
        QString id; ///< lifeguard_managers.id; empty: no manager is watched
        std::function<void()> onGone; ///< called once, on the heartbeat thread
    };

    /// Opens a connection of the thread's own. Called on the thread.
    using Opener = std::function<Result<std::unique_ptr<Database>>()>;

    /// Starts the thread. beats may be null; it must outlive this object.
    BeatThread(BeatFile *beats, int slot, Opener openDatabase, qint64 workerId, Manager manager);
    /// Stops the thread and waits for it.
    ~BeatThread();
    Q_DISABLE_COPY_MOVE(BeatThread)

    /// Begins to write last_heartbeat as well, because the manager no longer copies it from the beat file. Any thread.
    void setManagerGone();

private:
    void run();
    void store(Database &database, const Clock &clock);

    BeatFile *m_beats;
    const int m_slot;
    const Opener m_openDatabase;
    const qint64 m_workerId;
    const Manager m_manager;
    ManagerWatch m_watch; ///< used on the heartbeat thread only
    std::mutex m_mutex;
    std::condition_variable m_changed;
    bool m_isStopping = false;
    bool m_isManagerGone = false;
    std::thread m_thread; ///< declared last: it uses the other members as soon as it is constructed
};

} // namespace lifeguard

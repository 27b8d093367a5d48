// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/beatfile.h"
#include "core/base/clock.h"
#include "core/worker/managerwatch.h"

#include <QString>

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

namespace lifeguard {

class Database;

/// The worker's sign of life, on a thread of its own so that a long job never looks dead: once a second into the beat
/// file. Without one, or once the manager that reads it is gone, last_heartbeat every 5 s over a connection of its own; and
/// with it a look at the manager's, where that is asked for.
class BeatThread
{
public:
    /// A manager that is looked for in the database.
    struct Manager
    {
        QString id; ///< empty: none is
        std::function<void()> gone; ///< called once, on the thread that beats
    };

    /// beats may be null; it must outlive this object.
    BeatThread(BeatFile *beats, int slot, QString databasePath, qint64 workerId, Manager manager);
    ~BeatThread(); ///< ends the thread
    Q_DISABLE_COPY_MOVE(BeatThread)

    void setManagerGone(); ///< from now on last_heartbeat is ours to write

private:
    void run();
    void store(Database &database, const Clock &clock);

    BeatFile *m_beats;
    const int m_slot;
    const QString m_databasePath;
    const qint64 m_workerId;
    const Manager m_manager;
    ManagerWatch m_watch; ///< of the thread's own
    std::mutex m_mutex;
    std::condition_variable m_changed;
    bool m_isOver = false;
    bool m_managerGone = false;
    std::thread m_thread;
};

} // namespace lifeguard

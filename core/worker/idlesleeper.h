// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QSocketNotifier>

#include <atomic>

#include <pthread.h>

namespace lifeguard {

class IdleWorkers;

/// Sleeps on a thread until the watcher wakes this worker (IdleWorkers), and reports that to the event loop. The thread
/// has a small stack, and allocates no memory.
class IdleSleeper : public QObject
{
    Q_OBJECT

public:
    /// workers must outlive this object.
    explicit IdleSleeper(IdleWorkers &workers, const QString &type, QObject *parent = nullptr);
    /// Blocks for a moment.
    ~IdleSleeper() override;

    /// Starts sleeping; woken() is emitted once. ticket: IdleWorkers::ticket().
    void start(quint32 ticket);
    /// Stops sleeping; woken() is not emitted. If the worker was woken at this moment, another one is woken instead.
    void stop();

Q_SIGNALS:
    void woken();

private:
    enum State : int { Resting, Sleeping, Ending };

    static void *runThread(void *self);
    void run();
    [[nodiscard]] bool takeEvent();
    void wakeAnother();

    IdleWorkers &m_workers;
    const QString m_type;
    int m_event; ///< an eventfd that the thread writes when the worker is woken
    QSocketNotifier m_notifier;
    std::atomic<State> m_state = Resting;
    std::atomic<quint32> m_ticket = 0;
    pthread_t m_thread{};
    bool m_hasThread = false;
};

} // namespace lifeguard

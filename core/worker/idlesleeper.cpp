// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/worker/idlesleeper.h"

#include "core/base/logging.h"
#include "core/store/idleworkers.h"

#include <csignal>
#include <cstring>
#include <ctime>

#include <sys/eventfd.h>
#include <unistd.h>

namespace lifeguard {

IdleSleeper::IdleSleeper(IdleWorkers &workers, const QString &type, QObject *parent)
    : QObject(parent)
    , m_workers(workers)
    , m_type(type)
    , m_event(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK))
    , m_notifier(m_event, QSocketNotifier::Read)
{
    connect(&m_notifier, &QSocketNotifier::activated, this, [this] {
        if (takeEvent())
            Q_EMIT woken();
    });
    constexpr size_t stackSize = 64 * 1024;
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, stackSize);
    // Signals are for the other threads.
    sigset_t all;
    sigset_t previous;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &previous);
    const int error = pthread_create(&m_thread, &attributes, &IdleSleeper::runThread, this);
    pthread_sigmask(SIG_SETMASK, &previous, nullptr);
    pthread_attr_destroy(&attributes);
    m_hasThread = error == 0;
    if (!m_hasThread)
        qCWarning(lcWorker) << "New jobs are noticed late, because a thread could not be started:" << strerror(error);
}

IdleSleeper::~IdleSleeper()
{
    if (m_hasThread) {
        stop();
        m_state = Ending;
        m_state.notify_all();
        constexpr long nanosecond = 1;
        constexpr long millisecond = 1'000'000 * nanosecond;
        timespec end = {};
        do {
            m_workers.interrupt(); // again if the thread was about to sleep
            clock_gettime(CLOCK_MONOTONIC, &end);
            end.tv_nsec += millisecond;
            end.tv_sec += end.tv_nsec / (1000 * millisecond);
            end.tv_nsec %= 1000 * millisecond;
        } while (pthread_clockjoin_np(m_thread, nullptr, CLOCK_MONOTONIC, &end) != 0);
    }
    m_notifier.setEnabled(false);
    close(m_event);
}

void IdleSleeper::start(quint32 ticket)
{
    m_ticket = ticket;
    m_state = Sleeping;
    m_state.notify_all();
}

void IdleSleeper::stop()
{
    State state = Sleeping;
    if (m_state.compare_exchange_strong(state, Resting))
        m_workers.interrupt();
    else if (takeEvent())
        wakeAnother();
}

void *IdleSleeper::runThread(void *self)
{
    static_cast<IdleSleeper *>(self)->run();
    return nullptr;
}

void IdleSleeper::run()
{
    for (;;) {
        m_state.wait(Resting);
        bool isWoken = false;
        while (!isWoken && m_state == Sleeping)
            isWoken = m_workers.sleep(m_ticket);
        State state = Sleeping;
        if (isWoken && m_state.compare_exchange_strong(state, Resting))
            eventfd_write(m_event, 1);
        else if (isWoken)
            wakeAnother(); // stop() was called in the meantime
        if (m_state == Ending)
            return;
    }
}

/// Returns whether the thread has reported that this worker was woken.
bool IdleSleeper::takeEvent()
{
    eventfd_t count = 0;
    return eventfd_read(m_event, &count) == 0;
}

void IdleSleeper::wakeAnother()
{
    m_workers.wake(m_type, 1);
}

} // namespace lifeguard

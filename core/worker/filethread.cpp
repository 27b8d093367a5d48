// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/worker/filethread.h"

#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

namespace lifeguard {
namespace {

using namespace std::chrono_literals;

constexpr auto closeLimit = 1s;
/// More threads are not started, because each takes memory until the share responds again.
constexpr int maxAbandoned = 8;

} // namespace

/// The operations of one thread. The thread keeps it alive.
struct FileThread::Queue
{
    std::mutex mutex;
    std::condition_variable changed;
    std::deque<std::function<void()>> operations;
    QObject *receiver = nullptr; ///< null: results are discarded
    bool isClosed = false; ///< the thread ends after the last operation
    bool hasEnded = false;

    void execute()
    {
        std::unique_lock lock(mutex);
        for (;;) {
            changed.wait(lock, [this] { return isClosed || !operations.empty(); });
            if (operations.empty())
                break;
            const std::function<void()> operation = std::move(operations.front());
            operations.pop_front();
            lock.unlock();
            operation();
            lock.lock();
        }
        hasEnded = true;
        changed.notify_all();
    }

    void add(std::function<void()> operation)
    {
        const std::lock_guard lock(mutex);
        operations.push_back(std::move(operation));
        changed.notify_all();
    }

    void close()
    {
        const std::lock_guard lock(mutex);
        receiver = nullptr;
        isClosed = true;
        changed.notify_all();
    }
};

FileThread::FileThread(QObject *parent) : QObject(parent), m_abandoned(std::make_shared<std::atomic<int>>(0))
{
    m_limit.setSingleShot(true);
    connect(&m_limit, &QTimer::timeout, this, &FileThread::onTimeout);
}

FileThread::~FileThread()
{
    if (!m_queue)
        return;
    m_queue->close();
    std::unique_lock lock(m_queue->mutex);
    m_queue->changed.wait_for(lock, closeLimit, [this] { return m_queue->hasEnded; });
}

bool FileThread::start()
{
    if (m_queue)
        return true;
    if (*m_abandoned >= maxAbandoned)
        return false;
    auto queue = std::make_shared<Queue>();
    queue->receiver = this;
    try {
        std::thread([queue] { queue->execute(); }).detach();
    } catch (const std::system_error &) {
        return false; // no more threads or memory
    }
    m_queue = std::move(queue);
    return true;
}

void FileThread::run(Operation operation, milliseconds limit, Continuation onTimeout)
{
    Q_ASSERT(!m_isRunning);
    m_isRunning = true;
    m_onTimeout = std::move(onTimeout);
    const quint64 number = ++m_number;
    if (!start()) {
        m_limit.start(0);
        return;
    }
    m_limit.start(limit);
    m_queue->add([this, queue = m_queue, operation = std::move(operation), number] {
        {
            const std::lock_guard lock(queue->mutex);
            if (!queue->receiver)
                return; // abandoned before it began
        }
        Continuation continuation = operation();
        const std::lock_guard lock(queue->mutex);
        if (!queue->receiver)
            return;
        // The receiver is this object, which exists while the lock is held.
        QMetaObject::invokeMethod(
            queue->receiver, [this, number, continuation = std::move(continuation)] { finish(number, continuation); },
            Qt::QueuedConnection);
    });
}

void FileThread::post(std::function<void()> function)
{
    if (start())
        m_queue->add(std::move(function));
}

void FileThread::finish(quint64 number, const Continuation &continuation)
{
    if (!m_isRunning || number != m_number)
        return;
    m_isRunning = false;
    m_limit.stop();
    m_onTimeout = {};
    if (continuation)
        continuation();
}

void FileThread::onTimeout()
{
    const Continuation onTimeout = std::move(m_onTimeout);
    abandon();
    if (onTimeout)
        onTimeout();
}

void FileThread::abandon()
{
    if (!m_isRunning)
        return;
    m_isRunning = false;
    m_limit.stop();
    m_onTimeout = {};
    if (!m_queue)
        return;
    ++*m_abandoned;
    m_queue->add([abandoned = m_abandoned] { --*abandoned; });
    m_queue->close();
    m_queue.reset();
}

} // namespace lifeguard

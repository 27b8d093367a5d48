// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"

#include <QObject>
#include <QTimer>

#include <atomic>
#include <functional>
#include <memory>

namespace lifeguard {

/// Runs operations on files of users on a thread of its own, each with a time limit. On an unreachable network share,
/// or on a file such as /proc/kmsg, an operation may never return, and a thread that waits in the kernel cannot be
/// stopped. Such a thread is abandoned, and the next operation gets a new one. Runs one operation at a time. All
/// functions are called, and all callbacks are called, on the thread of this object.
class FileThread : public QObject
{
    Q_OBJECT

public:
    /// What to do on the thread of this object after an operation.
    using Continuation = std::function<void()>;
    /// An operation. Runs on the other thread, possibly until after the destruction of this object: it may only use
    /// values that it owns.
    using Operation = std::function<Continuation()>;

    explicit FileThread(QObject *parent = nullptr);
    /// Waits for posted operations, one second at most.
    ~FileThread() override;

    /// Runs the operation, and then its continuation; or onTimeout if it takes longer than the limit. Exactly one of
    /// them is called, from the event loop. No other operation may be running.
    void run(Operation operation, milliseconds limit, Continuation onTimeout);
    /// Runs the function after the operations before it. Nothing reports its end.
    void post(std::function<void()> function);
    [[nodiscard]] bool isRunning() const { return m_isRunning; }
    /// Stops waiting for the running operation: neither of its callbacks is called. Does nothing if none is running.
    void abandon();

private:
    struct Queue;

    [[nodiscard]] bool start();
    void finish(quint64 number, const Continuation &continuation);
    void onTimeout();

    std::shared_ptr<Queue> m_queue; ///< shared with the thread; null: there is no thread
    std::shared_ptr<std::atomic<int>> m_abandoned; ///< threads that are stuck in an operation
    QTimer m_limit;
    Continuation m_onTimeout;
    quint64 m_number = 0; ///< of the latest operation
    bool m_isRunning = false;
};

} // namespace lifeguard

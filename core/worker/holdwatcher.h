// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/worker/workerslot.h"

#include <QObject>
#include <QTimer>

namespace lifeguard {

/// Waits for the end of a pause of the worker's pool. Reads the beat file, which is memory shared with the manager,
/// every 100 ms. Polling is acceptable because pauses are rare and a read is cheap.
class HoldWatcher : public QObject
{
    Q_OBJECT

public:
    /// slot must outlive this object.
    explicit HoldWatcher(const WorkerSlot &slot, QObject *parent = nullptr);

    [[nodiscard]] bool isHeld() const { return m_slot.isHeld(); }
    /// Starts waiting; released() is emitted once. Does nothing if it is already waiting.
    void start();
    /// Stops waiting; released() is not emitted.
    void stop() { m_timer.stop(); }

Q_SIGNALS:
    /// The pool is no longer paused.
    void released();

private:
    const WorkerSlot &m_slot;
    QTimer m_timer;
};

} // namespace lifeguard

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"

#include <QtGlobal>

#include <functional>

class QObject;

namespace lifeguard {

/// Calls functions after a delay. Complements Clock: tests that set the time also control when delayed functions run.
class Scheduler
{
public:
    virtual ~Scheduler() = default;

    /// Calls callback once when the delay has passed, on the thread of context, from its event loop. The callback is
    /// not called if context is destroyed before. Call this function on the thread of context.
    virtual void callAfter(milliseconds delay, QObject *context, std::function<void()> callback) = 0;

protected:
    Scheduler() = default;
    Q_DISABLE_COPY_MOVE(Scheduler)
};

} // namespace lifeguard

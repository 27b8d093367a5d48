// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/pool/scheduler.h"

#include <QTimer>

namespace lifeguard {

/// The scheduler that the programs use: timers of Qt.
class TimerScheduler final : public Scheduler
{
public:
    void callAfter(milliseconds delay, QObject *context, std::function<void()> callback) override
    {
        QTimer::singleShot(delay, context, std::move(callback));
    }
};

} // namespace lifeguard

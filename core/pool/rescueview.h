// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/model/message.h"

#include <QString>

#include <functional>

namespace lifeguard {

/// The manager that examines the other managers and their workers, and the time at which it does. A value, for the
/// threads of the store.
struct RescueView
{
    QString managerId; ///< the examining manager
    milliseconds steadyNow{0};
    milliseconds storeNow{0}; ///< StoreClock::now()
    int jumpCount = 0; ///< StoreClock::jumpCount()
    /// Returns why OrphanWatch killed the worker with this executor id; empty if it did not. Called on any thread. The
    /// function may be null.
    std::function<Message(const QString &)> killReason;
    /// Returns whether a manager with this id exists in this process (OwnManagers). Called on any thread. If the
    /// function is null, each manager whose row names this process does.
    std::function<bool(const QString &)> existsHere = nullptr;
};

} // namespace lifeguard

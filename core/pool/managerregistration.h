// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/pool/rescuer.h"

#include <QList>

namespace lifeguard {

/// The result of the registration of a manager.
struct ManagerRegistration
{
    QList<OwnedWorker> adopted; ///< detached workers, which now belong to this manager
    RescueReport rescued; ///< empty if the database became locked after the registration
};

/// Registers a manager, adopts the detached workers of managers that are gone, and rescues the rest. The registration
/// and the adoption are one transaction: after an error, nothing of them is left, and the call can be repeated. What
/// follows is repeated by the manager every 5 s, or by the next one. Synchronous, on the thread of the database.
[[nodiscard]] Result<ManagerRegistration> registerManager(Database &database, const Clock &clock,
                                                          const RescueView &view, HeartbeatTracker &heartbeats);

} // namespace lifeguard

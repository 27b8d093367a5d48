// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pool/managerregistration.h"

#include "core/pool/rescueview.h"
#include "core/store/database.h"
#include "core/store/workerregistry.h"

namespace lifeguard {

Result<ManagerRegistration> registerManager(Database &database, const Clock &clock, const RescueView &view,
                                            HeartbeatTracker &heartbeats)
{
    ManagerRegistration registration;
    WorkerRegistry registry(database, clock);
    Rescuer rescuer(database, clock, view, heartbeats);
    const Status registered = database.transaction([&]() -> Status {
        if (const Status added = registry.registerManager(view.managerId, WorkerRegistry::kindOfManager()); !added)
            return added;
        const Result<QList<OwnedWorker>> adopted = rescuer.adoptDetached();
        if (!adopted)
            return failure(adopted.error());
        registration.adopted = *adopted;
        return {};
    });
    if (!registered)
        return failure(registered.error());
    const Result<RescueReport> rescued = rescuer.rescueStale();
    if (!rescued && rescued.error().code != ErrorCode::Busy)
        return failure(rescued.error());
    registration.rescued = rescued.value_or(RescueReport());
    // A manager that was killed could not do this at its end.
    const Status forgotten = registry.forgetEnded();
    if (!forgotten && forgotten.error().code != ErrorCode::Busy)
        return failure(forgotten.error());
    return registration;
}

} // namespace lifeguard

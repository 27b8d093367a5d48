// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pool/managerstates.h"

#include "core/pool/heartbeattracker.h"
#include "core/pool/rescueview.h"

namespace lifeguard {

Result<ManagerStates> ManagerStates::read(Database &database, const Clock &clock, const RescueView &view,
                                          HeartbeatTracker &heartbeats)
{
    const Result<QList<ManagerRow>> rows = WorkerRegistry(database, clock).managers();
    if (!rows)
        return failure(rows.error());
    ManagerStates states;
    states.m_rows = *rows;
    states.m_states.insert(view.managerId, State::Live);
    for (const ManagerRow &manager : *rows) {
        if (manager.id == view.managerId)
            continue;
        const QString key = QStringLiteral("manager ") + manager.id;
        const auto silence = heartbeats.silence(key, manager.heartbeatAt, clock.utcNow(), view.storeNow);
        const bool isSilent = silence && *silence >= staleHeartbeat;
        ProcessPresence presence = presenceOf(manager.process);
        if (presence == ProcessPresence::Alive && view.existsHere && manager.process == ProcessIdentity::self()
            && !view.existsHere(manager.id))
            presence = ProcessPresence::Gone; // the row of an earlier manager, from a restored or copied file
        switch (presence) {
        case ProcessPresence::Gone:
            states.m_states.insert(manager.id, State::Gone);
            break;
        case ProcessPresence::Alive:
            states.m_states.insert(manager.id, isSilent ? State::Silent : State::Live);
            break;
        case ProcessPresence::Unknown:
            states.m_states.insert(manager.id, isSilent ? State::Gone : State::Live);
            break;
        }
    }
    return states;
}

} // namespace lifeguard

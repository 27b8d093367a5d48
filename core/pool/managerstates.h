// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/store/workerregistry.h"

#include <QHash>
#include <QString>
#include <QStringList>

namespace lifeguard {

class HeartbeatTracker;
struct RescueView;

/// The states of all managers of a database, as one of them sees the others. Rescue, adoption and the search for lost
/// orphans use this rule: the process table decides if the manager's process can be seen from here, otherwise its
/// heartbeat does.
class ManagerStates
{
public:
    enum class State {
        Live,
        Silent, ///< its process exists, but it does not beat: it is stopped, or it cannot write
        Gone,
    };

    /// Reads the managers and determines their states. heartbeats: kept from call to call, used on this thread only.
    [[nodiscard]] static Result<ManagerStates> read(Database &database, const Clock &clock, const RescueView &view,
                                                    HeartbeatTracker &heartbeats);

    /// Returns the state of a manager: Gone if it has no row; the examining manager itself is always live.
    [[nodiscard]] State of(const QString &managerId) const { return m_states.value(managerId, State::Gone); }
    /// Returns the ids of all live managers, with that of the examining one.
    [[nodiscard]] QStringList live() const { return m_states.keys(State::Live); }
    /// Returns the rows of all managers.
    [[nodiscard]] const QList<ManagerRow> &rows() const { return m_rows; }

private:
    QList<ManagerRow> m_rows;
    QHash<QString, State> m_states;
};

} // namespace lifeguard

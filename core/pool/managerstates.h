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

/// The states of all managers of a database, as seen by one of them. Rescue, adoption and the search for lost orphans
/// all use the same rule: the process table decides if the manager's process can be seen from here, otherwise the
/// manager's heartbeat does.
class ManagerStates
{
public:
    enum class State {
        Live,
        Silent, ///< its process exists but does not beat: it is stopped, or cannot write to the database
        Gone,
    };

    /// Reads the managers and determines their states. heartbeats: the same tracker for all calls, used only on this
    /// thread.
    [[nodiscard]] static Result<ManagerStates> read(Database &database, const Clock &clock, const RescueView &view,
                                                    HeartbeatTracker &heartbeats);

    /// Returns the state of a manager: Gone if it has no row; the examining manager itself is always live.
    [[nodiscard]] State of(const QString &managerId) const { return m_states.value(managerId, State::Gone); }
    /// Returns the ids of all live managers, including the examining one.
    [[nodiscard]] QStringList live() const { return m_states.keys(State::Live); }
    /// Returns the rows of all managers.
    [[nodiscard]] const QList<ManagerRow> &rows() const { return m_rows; }

private:
    QList<ManagerRow> m_rows;
    QHash<QString, State> m_states;
};

} // namespace lifeguard

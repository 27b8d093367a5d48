// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/model/managercommand.h"
#include "core/model/publishedpool.h"
#include "core/model/workerrow.h"
#include "core/store/database.h"
#include "core/store/managerrow.h"

#include <QList>
#include <QStringList>

namespace lifeguard::ctl {

/// What commands can be sent to: the managers of a database that are not gone, their pools and their workers. Finds the
/// target that a user names. A value class.
class ControlTargets
{
public:
    /// Reads the managers, pools and workers of a database.
    [[nodiscard]] static Result<ControlTargets> read(Database &database);

    ControlTargets(QList<ManagerRow> managers, QList<PublishedPool> pools, QList<WorkerRow> workers);

    [[nodiscard]] const QList<ManagerRow> &managers() const { return m_managers; }
    /// Returns the manager with this id; null if there is none.
    [[nodiscard]] const ManagerRow *manager(const QString &id) const;
    /// Returns the short name of a manager ("run-4711"), with the beginning of its id if two managers have this name;
    /// the beginning of the id for an unknown manager.
    [[nodiscard]] QString managerName(const QString &id) const;

    /// Returns a command without verb and number for the target: the pool NAME, NAME@MANAGER, @MANAGER (all pools of a
    /// manager), or a worker by its executor id, the beginning of it, or its name. MANAGER is a short name, a process
    /// number, or the beginning of an id. The error is a sentence that names the candidates if there are several.
    [[nodiscard]] Result<ManagerCommand> find(const QString &target) const;
    /// Returns one such command for all pools of each manager that has pools.
    [[nodiscard]] QList<ManagerCommand> all() const;
    /// Returns the target of a command as a user names it: "plantuml@run-4711".
    [[nodiscard]] QString targetName(const ManagerCommand &command) const;

private:
    [[nodiscard]] QList<ManagerCommand> poolsNamed(const QString &name, const QString &managerId) const;
    [[nodiscard]] QList<ManagerCommand> workersNamed(const QString &name, const QString &managerId) const;
    [[nodiscard]] Result<QString> managerNamed(const QString &name) const;

    QList<ManagerRow> m_managers;
    QList<PublishedPool> m_pools;
    QList<WorkerRow> m_workers; ///< the living ones of these managers
};

} // namespace lifeguard::ctl

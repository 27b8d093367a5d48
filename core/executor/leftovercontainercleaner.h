// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/base/processidentity.h"
#include "core/docker/dockertypes.h"
#include "core/executor/containerremover.h"

#include <QHash>
#include <QSet>

#include <functional>
#include <optional>

namespace lifeguard {

/// What to do with a container of this database that belongs to no worker of this manager.
enum class LeftoverAction {
    Keep,
    Remove, ///< kill it if it runs, and remove it
    Terminate, ///< send TERM, and remove it when it has ended or after leftoverGrace()
};

/// The circumstances that determine what to do with a leftover container, in addition to the container itself.
struct LeftoverContext
{
    QString ownManagerId;
    bool isBeingCreated = false; ///< this manager is creating a container with this name
    ProcessPresence managerPresence = ProcessPresence::Unknown; ///< of the process of its manager
    bool isEngineLocal = true; ///< a remote engine may be shared by several machines
    std::optional<QSet<QString>> managers; ///< ids of the managers in the database; nothing if they are unknown
};

/// Decides about a leftover container. Containers of living managers, and containers that no manager has created, are
/// kept. Detached containers are kept while they run. If the process of a manager cannot be seen (after a reboot, for
/// example), only an ended container on a local engine is removed, and only if the manager is not in the database. A
/// pure function.
[[nodiscard]] LeftoverAction leftoverAction(const DockerContainer &container, const LeftoverContext &context);

/// Returns the time between TERM and KILL for a leftover container: enough for lifeguard-worker to finish its job, and
/// 10 s for any other program. jobLimit: the max_job_time of the job itself; the grace is never shorter than that of
/// the pool, because the worker may be running another job.
[[nodiscard]] seconds leftoverGrace(const DockerContainer &container, std::optional<seconds> jobLimit = {});

/// Removes the containers that the managers of this database have left behind.
class LeftoverContainerCleaner : public QObject
{
    Q_OBJECT

public:
    /// client, remover: must outlive this object.
    LeftoverContainerCleaner(DockerClient &client, ContainerRemover &remover, QString managerId,
                             QObject *parent = nullptr);

    /// Sets the ids of the managers that are registered in the database.
    void setManagers(const QSet<QString> &managers) { m_managers = managers; }
    /// Sets the limits of running jobs that have one of their own, by the executor ids of their workers. It also
    /// applies to containers that are already being terminated.
    void setJobLimits(const QHash<QString, seconds> &limits) { m_jobLimits = limits; }
    /// Handles a container that belongs to no worker of this manager. isBeingCreated: this manager is creating a
    /// container with its name.
    void clean(const DockerContainer &container, bool isBeingCreated);
    /// Handles an event of a container that is being terminated. Returns false for other containers.
    bool handleEvent(const ContainerEvent &event);

private:
    void terminate(const DockerContainer &container);
    void removeAfter(const DockerContainer &container, seconds passed, seconds grace);
    [[nodiscard]] seconds graceOf(const DockerContainer &container) const;

    DockerClient &m_client;
    ContainerRemover &m_remover;
    QString m_managerId;
    std::optional<QSet<QString>> m_managers;
    QHash<QString, seconds> m_jobLimits; ///< by executor id
    QSet<QString> m_terminating; ///< ids of containers that were sent TERM
};

} // namespace lifeguard

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/cgrouplayout.h"
#include "core/executor/cgroupfiles.h"
#include "core/executor/workercgroup.h"

#include <QList>
#include <QMutex>

#include <memory>

namespace lifeguard {

/// The limits of a worker's process tree. 0: no limit.
struct CgroupLimits
{
    qint64 memoryMb = 0;
    double cpu = 0; ///< cores

    [[nodiscard]] bool any() const { return memoryMb > 0 || cpu > 0; }
};

/// Creates cgroups for workers below the cgroup of this process, where the system permits it: in v1 (memory, cpu) or
/// v2, whichever has the controller. If the kernel rejects a limit, the folder is removed again and the limit counts as
/// not enforced.
///
/// In v2, a cgroup that contains processes cannot delegate controllers to its children. If that is the only obstacle,
/// the cgroup belongs to this user, and it contains only this process and its children, these processes move to a child
/// cgroup beside those of the workers.
///
/// create() must be called from one thread; the other functions are thread-safe.
class Cgroups
{
public:
    explicit Cgroups(std::shared_ptr<CgroupFiles> files = std::make_shared<CgroupFiles>());
    ~Cgroups();
    Q_DISABLE_COPY_MOVE(Cgroups)

    /// Creates a cgroup that enforces as many of the limits as possible; null if none can be enforced. The first call
    /// inspects the machine and removes the cgroups of managers that have ended. name: unique, without a slash.
    [[nodiscard]] std::shared_ptr<WorkerCgroup> create(const QString &name, const CgroupLimits &limits);

    /// Kills the processes in a cgroup and removes it, possibly later in sweep(). Does nothing if group is null. Not
    /// for the GUI thread.
    void dispose(const std::shared_ptr<WorkerCgroup> &group);
    void abandon(const std::shared_ptr<WorkerCgroup> &group); ///< lets sweep() remove a cgroup as soon as it is empty
    void sweep(); ///< removes disposed and abandoned cgroups that are empty

private:
    void prepare();
    void prepareUnified();
    [[nodiscard]] bool delegateControllers(const QByteArray &command);
    [[nodiscard]] bool moveSelf(const QString &from, const QString &to) const;
    void removeLeftovers(const QString &parent) const;
    void limitCpu(WorkerCgroup &group, const QString &name, double cores);
    void limitMemory(WorkerCgroup &group, const QString &name, qint64 megabytes);
    [[nodiscard]] QString createFolder(WorkerCgroup &group, const QString &name, const QString &controller);

    std::shared_ptr<CgroupFiles> m_files;
    CgroupLayout m_layout;
    QStringList m_unifiedControllers; ///< v2 controllers that are available to children of our cgroup
    bool m_isPrepared = false;
    QMutex m_mutex;
    QList<std::shared_ptr<WorkerCgroup>> m_abandoned; ///< guarded by m_mutex
};

} // namespace lifeguard

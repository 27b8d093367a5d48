// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/executor/cgroupfiles.h"
#include "core/executor/cgrouplayout.h"

#include <QList>
#include <QMutex>

#include <memory>

namespace lifeguard {

/// What a worker's tree may use. 0: as much as there is.
struct CgroupLimits
{
    qint64 memoryMb = 0;
    double cpu = 0; ///< cores

    [[nodiscard]] bool any() const { return memoryMb > 0 || cpu > 0; }
};

/// The cgroup of one worker: one folder in each hierarchy that one of its limits needs. Any thread.
class WorkerCgroup
{
public:
    explicit WorkerCgroup(std::shared_ptr<CgroupFiles> files) : m_files(std::move(files)) {}
    ~WorkerCgroup() { closeEntries(); }
    Q_DISABLE_COPY_MOVE(WorkerCgroup)

    [[nodiscard]] bool limitsMemory() const { return !m_memory.isEmpty(); }
    [[nodiscard]] bool limitsCpu() const { return !m_cpu.isEmpty(); }
    [[nodiscard]] QStringList folders() const { return m_folders; }

    /// Open files; a process that writes "0" to each is in the cgroup. For the child before its exec.
    [[nodiscard]] QList<int> entries() const { return m_entries; }
    void closeEntries();
    [[nodiscard]] bool contains(qint64 pid) const; ///< in all of its hierarchies

    /// Kills by the kernel's out-of-memory killer so far; none without a memory limit.
    [[nodiscard]] CgroupKills kills() const;
    /// SIGKILL to everything in it, until nothing is left or for 100 ms; never to this process. Not for the GUI thread.
    void kill();
    /// False while something is still in it.
    [[nodiscard]] bool remove();

private:
    friend class Cgroups;

    std::shared_ptr<CgroupFiles> m_files;
    QStringList m_folders;
    QString m_memory; ///< the folder that limits memory; empty: none does
    QString m_cpu;
    qint64 m_memoryLimit = 0; ///< bytes
    bool m_memoryUnified = false;
    QList<int> m_entries;
};

/// Makes cgroups for workers below this process's own, where the system lets us: v1 (memory, cpu) and v2, whichever has the
/// controller. Never half-made: what cannot take its limit is removed again, and the limit counts as not enforced.
///
/// In v2 a cgroup with processes cannot give controllers to those below it. If that is the only obstacle, the cgroup is this
/// user's, and nobody but this process and its children is in it, they move into a leaf beside the workers' cgroups.
///
/// make() on one thread; the rest on any.
class Cgroups
{
public:
    explicit Cgroups(std::shared_ptr<CgroupFiles> files = std::make_shared<CgroupFiles>());
    ~Cgroups();
    Q_DISABLE_COPY_MOVE(Cgroups)

    /// What enforces of these limits what can be enforced; null when nothing can. The first call looks at the machine and
    /// removes what managers that are gone have left behind. name: unique, without a slash.
    [[nodiscard]] std::shared_ptr<WorkerCgroup> make(const QString &name, const CgroupLimits &limits);

    /// Kills what is in it and removes it; the kernel frees it late at times, then sweep() does. Not for the GUI thread.
    void dispose(const std::shared_ptr<WorkerCgroup> &group);
    void abandon(const std::shared_ptr<WorkerCgroup> &group); ///< kills nothing; sweep() removes it as soon as it is empty
    void sweep(); ///< tries again to remove those that could not be

private:
    void prepare();
    void prepareUnified();
    bool giveControllers(const QByteArray &command);
    bool moveSelf(const QString &from, const QString &to) const;
    void removeLeftovers(const QString &parent) const;
    void limitCpu(WorkerCgroup &group, const QString &name, double cores);
    void limitMemory(WorkerCgroup &group, const QString &name, qint64 megabytes);
    QString folderFor(WorkerCgroup &group, const QString &name, const QString &controller);

    std::shared_ptr<CgroupFiles> m_files;
    CgroupLayout m_layout;
    QStringList m_unifiedControllers; ///< those that cgroups below ours have
    bool m_prepared = false;
    QMutex m_mutex;
    QList<std::shared_ptr<WorkerCgroup>> m_left; ///< guarded by m_mutex
};

} // namespace lifeguard

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/cgrouplayout.h"
#include "core/executor/cgroupfiles.h"

#include <QList>
#include <QStringList>

#include <memory>

namespace lifeguard {

/// The cgroup of one worker: one folder in each hierarchy that its limits need. Created by Cgroups. Thread-safe after
/// its creation, except for closeEntries() and remove().
class WorkerCgroup
{
public:
    explicit WorkerCgroup(std::shared_ptr<CgroupFiles> files) : m_files(std::move(files)) {}
    ~WorkerCgroup() { closeEntries(); }
    Q_DISABLE_COPY_MOVE(WorkerCgroup)

    [[nodiscard]] bool limitsMemory() const { return !m_memoryFolder.isEmpty(); }
    [[nodiscard]] bool limitsCpu() const { return !m_cpuFolder.isEmpty(); }
    [[nodiscard]] QStringList folders() const { return m_folders; }

    /// Returns open file descriptors. A process enters the cgroup when it writes "0" to each of them. Used by the child
    /// before exec().
    [[nodiscard]] QList<int> entries() const { return m_entries; }
    void closeEntries();
    /// Returns whether the process is in the cgroup, in all hierarchies.
    [[nodiscard]] bool contains(qint64 pid) const;

    /// Returns the kills by the kernel's out-of-memory killer so far; none if memory is not limited.
    [[nodiscard]] CgroupKills kills() const;
    /// Sends SIGKILL to all processes in the cgroup except for this one, until none is left or 100 ms have passed. Not
    /// for the GUI thread.
    void kill();
    /// Removes the folders. Returns false while the cgroup contains processes.
    [[nodiscard]] bool remove();

private:
    friend class Cgroups;

    std::shared_ptr<CgroupFiles> m_files;
    QStringList m_folders;
    QString m_memoryFolder; ///< the folder that limits memory; empty if none does
    QString m_cpuFolder; ///< the folder that limits CPU time; empty if none does
    qint64 m_memoryLimit = 0; ///< bytes
    bool m_isMemoryUnified = false; ///< the memory folder is in the v2 hierarchy
    QList<int> m_entries;
};

} // namespace lifeguard

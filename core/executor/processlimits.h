// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/executor/cgroups.h"
#include "core/executor/workerexecutor.h"

#include <QObject>
#include <QSet>

#include <functional>
#include <memory>

namespace lifeguard {

/// Applies the limits of direct workers. Memory and CPU limits are enforced by a cgroup of the worker, if this user can
/// create one. Otherwise the health monitor enforces the memory limit, and the CPU limit is reported as ignored. The
/// limit of open files is set in the child process.
class ProcessLimits : public QObject
{
    Q_OBJECT

public:
    /// Raises the limit of open files of this process, because each worker needs a few of them (a pidfd, a log).
    explicit ProcessLimits(QObject *parent = nullptr);

    /// Replaces the cgroups of the machine, for tests. Call this before the first worker is started.
    void setCgroups(std::shared_ptr<Cgroups> cgroups) { m_cgroups = std::move(cgroups); }
    [[nodiscard]] const std::shared_ptr<Cgroups> &cgroups() const { return m_cgroups; }

    /// Creates the cgroup of a worker. Returns null if the worker has no limits or they cannot be enforced.
    [[nodiscard]] std::shared_ptr<WorkerCgroup> createCgroup(const StartRequest &request);
    /// Returns a function for QProcess::setChildProcessModifier(): the child leaves the process group of the manager,
    /// enters the cgroup and sets the limit of open files, the nice value and the I/O priority.
    [[nodiscard]] std::function<void()> childModifier(const WorkerConfig &config, const WorkerCgroup *cgroup) const;
    /// Returns whether the started process is in its cgroup; true if the process has already ended. Otherwise abandons
    /// the cgroup.
    [[nodiscard]] bool verifyCgroup(const StartRequest &request, qint64 pid,
                                    const std::shared_ptr<WorkerCgroup> &cgroup);
    /// Reports a nice value that the started process does not have, because this user must not raise priorities.
    void verifyNice(const StartRequest &request, qint64 pid);

Q_SIGNALS:
    /// See WorkerExecutor::limitIgnored(). Emitted from the event loop.
    void limitIgnored(const QString &executorId, const lifeguard::Message &reason);

private:
    /// Reports a limit of a worker type that is not enforced, once for each type.
    void reportIgnored(const StartRequest &request, const Message &reason);

    std::shared_ptr<Cgroups> m_cgroups;
    quint64 m_originalOpenFiles = 0; ///< the soft limit with which this program was started; 0 if unknown
    QSet<QString> m_reported; ///< worker types with the codes of the limits that were reported as ignored
};

} // namespace lifeguard

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/orphanreaper.h"
#include "core/base/pidwatcher.h"
#include "core/executor/cgroups.h"
#include "core/executor/oomkillcounter.h"
#include "core/executor/workerexecutor.h"
#include "core/executor/workersampler.h"

#include <QProcess>
#include <QSet>
#include <QTimer>

#include <map>
#include <memory>
#include <optional>

namespace lifeguard {

/// Workers as processes of this machine, over QProcess. Output goes straight into each worker's log file. A command of the
/// user's own runs under lifeguard-worker --guard, which sees to it that nothing of it outlives its manager.
///
/// A worker with a limit of memory or CPU runs in a cgroup of its own where this user may make one; without, the memory limit
/// is left to the health monitor, and the CPU limit is said to be ignored. A worker without limits costs nothing of this.
class DirectWorkerExecutor final : public WorkerExecutor
{
    Q_OBJECT

public:
    /// workerProgram: lifeguard-worker, absolute.
    explicit DirectWorkerExecutor(QString workerProgram, QObject *parent = nullptr);
    /// For tests: another tree of cgroups than the machine's. Before the first worker.
    void setCgroups(std::shared_ptr<Cgroups> cgroups) { m_cgroups = std::move(cgroups); }
    ~DirectWorkerExecutor() override; ///< kills what is left, silently

    void prepareWorker(const StartRequest &request) override; ///< its name is what it is called by
    void startWorker(const StartRequest &request) override;
    void adoptWorker(const StartRequest &request, const ProcessIdentity &process) override;
    void stopWorker(const QString &executorId, seconds grace) override;
    void drainWorker(const QString &executorId) override;
    void killWorker(const QString &executorId) override;
    [[nodiscard]] bool isWorkerRunning(const QString &executorId) const override;
    QFuture<QHash<QString, WorkerStats>> workerStats() override;
    void cleanup() override;

private:
    struct Running
    {
        std::unique_ptr<QProcess> process; ///< null for one that was adopted
        std::unique_ptr<PidWatcher> watcher; ///< of one that was adopted
        QString logPath;
        [[nodiscard]] qint64 childPid() const { return process ? process->processId() : 0; } ///< that QProcess waits for
        qint64 pid = 0;
        qint64 logStart = 0; ///< size of the log before this worker wrote to it
        QTimer killTimer;
        std::shared_ptr<WorkerCgroup> cgroup; ///< null: it has none
        QString type;
        bool isGuarded = false; ///< a command of the user's own, under lifeguard-worker --guard
        qint64 memoryLimitMb = 0;
        qint64 memoryMark = 0; ///< bytes at which its memory matters; 0: never
        OomKillCounter kills; ///< within its cgroup
        bool stopping = false; ///< TERM was sent; its guard may answer with KILL
        bool killed = false; ///< KILL was sent by us
    };

    Running &enter(const StartRequest &request);
    /// The program and its arguments; the error says why there is none.
    [[nodiscard]] Result<QStringList> commandFor(const StartRequest &request) const;
    /// Of this process: each worker takes some (a watched pid, a log), and a manager of a thousand must not run out.
    void raiseOpenFiles();
    void enterCgroup(const StartRequest &request, Running &running);
    void prepareChild(const StartRequest &request, Running &running) const;
    void checkCgroup(const QString &executorId, Running &running, const std::optional<ProcessIdentity> &identity);
    void tellIgnored(const QString &executorId, const Running &running);
    /// What the kernel's out-of-memory killer had to do with this end, if anything.
    void explainMemory(Running &running, WorkerExit &exit);
    void finish(const QString &executorId, WorkerExit::Kind kind, int code, const Message &message);
    void killTree(qint64 pid, const QString &executorId, const std::shared_ptr<WorkerCgroup> &cgroup, bool ended);

    QString m_workerProgram;
    std::map<QString, std::unique_ptr<Running>> m_running;
    quint64 m_openFiles = 0; ///< the soft limit that this program was started with; 0: unknown
    std::shared_ptr<WorkerSampler> m_sampler; ///< only touched by the sampling task, one at a time
    std::shared_ptr<Cgroups> m_cgroups; ///< looks at the machine when the first limit is asked for
    OomKillCounter m_machineKills{machineOomKills()};
    QSet<QString> m_toldIgnored; ///< types
    OrphanReaper m_reaper;
    bool m_sampling = false;
};

} // namespace lifeguard

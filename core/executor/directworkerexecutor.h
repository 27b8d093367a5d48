// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/orphanreaper.h"
#include "core/base/pidwatcher.h"
#include "core/executor/oomattribution.h"
#include "core/executor/processlimits.h"
#include "core/executor/treekiller.h"
#include "core/executor/workerexecutor.h"
#include "core/executor/workersampler.h"

#include <QProcess>
#include <QTimer>

#include <map>
#include <memory>

namespace lifeguard {

/// Runs workers as processes of this machine, with QProcess. The output of a worker goes directly to its log file. A
/// custom command runs under lifeguard-worker --guard, which ensures that none of its processes outlives the manager.
/// Limits: see ProcessLimits.
class DirectWorkerExecutor final : public WorkerExecutor
{
    Q_OBJECT

public:
    /// workerProgram: the absolute path of lifeguard-worker.
    explicit DirectWorkerExecutor(QString workerProgram, QObject *parent = nullptr);
    ~DirectWorkerExecutor() override; ///< kills all workers, without signals

    /// Replaces the cgroups of the machine, for tests. Call this before the first worker is started.
    void setCgroups(std::shared_ptr<Cgroups> cgroups) { m_limits.setCgroups(std::move(cgroups)); }

    void prepareWorker(const StartRequest &request) override; ///< keeps the executor id; reads the env_file
    void startWorker(const StartRequest &request) override;
    void adoptWorker(const StartRequest &request, const ProcessIdentity &process) override;
    void stopWorker(const QString &executorId, seconds grace) override;
    void drainWorker(const QString &executorId) override;
    void killWorker(const QString &executorId) override;
    [[nodiscard]] bool isWorkerRunning(const QString &executorId) const override { return find(executorId); }
    [[nodiscard]] QFuture<QHash<QString, WorkerStats>> workerStats() override;
    void cleanup() override;

private:
    struct Worker
    {
        StartRequest request;
        std::unique_ptr<QProcess> process; ///< null if the worker was adopted
        std::unique_ptr<PidWatcher> watcher; ///< null unless the worker was adopted
        qint64 pid = 0; ///< 0 before it runs
        quint64 startTime = 0; ///< of the process, in clock ticks after boot; 0: not known
        QHash<qint64, quint64> members; ///< the processes of its tree that were seen and may be alive, with start times
        qint64 logStart = 0; ///< size of the log before this worker wrote to it
        QTimer killTimer;
        std::shared_ptr<WorkerCgroup> cgroup; ///< null if the worker has none
        OomKillCounter cgroupKills; ///< in its cgroup
        bool isMemoryLimited = false; ///< the kernel enforces its memory limit
        bool wasStopped = false; ///< TERM was sent
        bool wasKilled = false; ///< KILL was sent

        /// Returns the pid of a child process that QProcess waits for; 0 if there is none.
        [[nodiscard]] qint64 childPid() const { return process ? process->processId() : 0; }
        [[nodiscard]] SampleTarget sampleTarget() const;
        /// hasEnded: only the rest of its tree is to be killed.
        [[nodiscard]] KillTarget killTarget(bool hasEnded) const;
    };

    /// The result of one measurement of all workers.
    struct Sample
    {
        QHash<QString, WorkerStats> stats;
        quint64 machineKills = 0; ///< by the out-of-memory killer, on the whole machine
        QHash<QString, quint64> cgroupKills; ///< of workers with a limit of memory
        QHash<QString, QHash<qint64, quint64>> members; ///< WorkerSampler::members()
    };

    [[nodiscard]] Worker *find(const QString &executorId) const;
    Worker &add(const StartRequest &request);
    void connectProcess(const QString &executorId, QProcess &process);
    void handleStarted(const QString &executorId);
    void handleExit(const QString &executorId, WorkerExit::Kind kind, int code, const Message &message);
    void addSample(const Sample &sample, QSet<qint64> knownChildren);

    QString m_workerProgram;
    std::map<QString, std::unique_ptr<Worker>> m_workers; ///< by executor id
    QHash<QString, QMap<QString, QString>> m_variables; ///< of prepared workers that read files, by executor id
    ProcessLimits m_limits;
    TreeKiller m_killer;
    OomAttribution m_oomAttribution;
    std::shared_ptr<WorkerSampler> m_sampler; ///< used by one sampling task at a time
    OrphanReaper m_reaper;
    bool m_isSampling = false;
};

} // namespace lifeguard

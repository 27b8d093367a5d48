// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/executor/workerexecutor.h"

#include <QProcess>
#include <QTimer>

#include <map>
#include <memory>

namespace lifeguard {

/// Workers as processes of this machine, over QProcess. Output goes straight into each worker's log file. A command of the
/// user's own runs under lifeguard-worker --guard, which sees to it that nothing of it outlives its manager.
class DirectWorkerExecutor final : public WorkerExecutor
{
    Q_OBJECT

public:
    /// workerProgram: lifeguard-worker, absolute.
    explicit DirectWorkerExecutor(QString workerProgram, QObject *parent = nullptr);
    ~DirectWorkerExecutor() override; ///< kills what is left, silently

    void startWorker(const StartRequest &request) override;
    void stopWorker(const QString &executorId, seconds grace) override;
    void drainWorker(const QString &executorId) override;
    void killWorker(const QString &executorId) override;
    [[nodiscard]] bool isWorkerRunning(const QString &executorId) const override;
    QFuture<QHash<QString, WorkerStats>> workerStats() override;
    void cleanup() override;

private:
    struct Running
    {
        std::unique_ptr<QProcess> process;
        QString logPath;
        qint64 pid = 0;
        qint64 logStart = 0; ///< size of the log before this worker wrote to it
        QTimer killTimer;
    };
    struct CpuSample
    {
        quint64 ticks = 0;
        milliseconds at{0};
    };

    void finish(const QString &executorId, WorkerExit::Kind kind, int code, const QString &message);
    void killTree(qint64 pid, const QString &executorId);

    QString m_workerProgram;
    std::map<QString, std::unique_ptr<Running>> m_running;
    std::shared_ptr<QHash<QString, CpuSample>> m_samples; ///< only touched by the sampling task, one at a time
    bool m_sampling = false;
};

} // namespace lifeguard

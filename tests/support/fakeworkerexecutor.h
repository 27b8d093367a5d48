// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/executor/containerengine.h"
#include "core/executor/workerexecutor.h"

#include <QMap>
#include <QPromise>
#include <QStringList>

#include <memory>

namespace lifeguard::test {

/// An executor and a container engine without processes, which records all calls. The test controls the results. By
/// default workers are prepared and started at once, under the name in the request, and live until the test ends them.
class FakeWorkerExecutor final : public WorkerExecutor, public ContainerEngine
{
public:
    using WorkerExecutor::WorkerExecutor;

    // WorkerExecutor
    void prepareWorker(const StartRequest &request) override;
    void startWorker(const StartRequest &request) override;
    void adoptWorker(const StartRequest &request, const ProcessIdentity &process) override;
    void stopWorker(const QString &executorId, seconds grace) override;
    void drainWorker(const QString &executorId) override;
    void killWorker(const QString &executorId) override;
    [[nodiscard]] bool isWorkerRunning(const QString &executorId) const override
    {
        return m_running.contains(executorId);
    }
    QFuture<QHash<QString, WorkerStats>> workerStats() override;
    void cleanup() override { m_running.clear(); }

    // ContainerEngine
    [[nodiscard]] QFuture<ImageInspection> inspectImage(const QString &image) override;
    [[nodiscard]] QFuture<Status> ensureImage(const QString &image) override;
    [[nodiscard]] QFuture<Result<QList<DockerImage>>> images() override;
    [[nodiscard]] QFuture<Result<QJsonObject>> inspectContainer(const QString &id) override;
    [[nodiscard]] Result<DockerEndpoint> endpoint() override { return DockerEndpoint(); }
    void setManagers(const QSet<QString> &managers) override { knownManagers = managers; }
    void setJobLimits(const QHash<QString, seconds> &limits) override { jobLimits = limits; }

    // Controlled by the test.
    bool holdsPreparation = false; ///< prepareWorker() waits for finishPreparation()
    bool holdsInspection = false; ///< inspectImage() waits for finishInspection()
    ImageInspection inspection; ///< the answer of inspectImage()
    Status imageStatus; ///< the answer of ensureImage()
    QJsonObject container; ///< the answer of inspectContainer(), apart from the id
    QHash<QString, WorkerStats> stats; ///< the answer of workerStats(); idleStats() for workers that are not in it

    /// Returns the measurements of a worker that sleeps, writes nothing and uses no CPU.
    [[nodiscard]] static WorkerStats idleStats();
    void finishPreparation(const QString &preparedId, const QString &executorId);
    void finishInspection();
    /// Ends a worker. code: an exit code, or the number of a signal.
    void endWorker(const QString &executorId, WorkerExit::Kind kind = WorkerExit::Kind::Exited, int code = 0,
                   const QStringList &lastLines = {});
    void endWorker(const WorkerExit &exit);

    // Recorded calls and their effects.
    [[nodiscard]] QStringList runningIds() const { return m_running.keys(); }
    [[nodiscard]] StartRequest requestOf(const QString &executorId) const { return m_running.value(executorId); }
    QStringList calls; ///< "start", "stop 10", "drain", "kill", "adopt", in order, each followed by the worker's index
    QStringList preparingIds; ///< workers that wait for finishPreparation()
    QStringList inspectedImages;
    QSet<QString> knownManagers;
    QHash<QString, seconds> jobLimits; ///< of setJobLimits()
    int startCount = 0;

private:
    void record(const QString &call, const QString &executorId);

    QMap<QString, StartRequest> m_running;
    QMap<QString, StartRequest> m_prepared;
    QList<std::shared_ptr<QPromise<ImageInspection>>> m_inspections;
};

} // namespace lifeguard::test

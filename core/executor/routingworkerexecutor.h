// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/executor/dockerworkerexecutor.h"
#include "core/executor/workerexecutor.h"

#include <QSet>

#include <memory>
#include <optional>

namespace lifeguard {

/// Combines the executors of both modes. A start request goes to the executor of its mode, any other request to the
/// executor that has the worker. The Docker executor is created when it is first needed, so direct workers do not
/// require Docker.
class RoutingWorkerExecutor final : public WorkerExecutor, public ContainerEngine
{
    Q_OBJECT

public:
    RoutingWorkerExecutor(const QString &workerProgram, QString databasePath, QString managerId,
                          QObject *parent = nullptr);
    ~RoutingWorkerExecutor() override;

    // These functions create the Docker executor if necessary, except for those that set values. If the address of the
    // engine is invalid, they return an error.
    [[nodiscard]] QFuture<ImageInspection> inspectImage(const QString &image) override;
    [[nodiscard]] QFuture<Status> ensureImage(const QString &image) override;
    [[nodiscard]] QFuture<Result<QList<DockerImage>>> images() override;
    [[nodiscard]] QFuture<Result<QJsonObject>> inspectContainer(const QString &id) override;
    [[nodiscard]] Result<DockerEndpoint> endpoint() override;
    void setManagers(const QSet<QString> &managers) override;
    void setJobLimits(const QHash<QString, seconds> &limits) override;

    void prepareWorker(const StartRequest &request) override;
    void startWorker(const StartRequest &request) override;
    void adoptWorker(const StartRequest &request, const ProcessIdentity &process) override;
    void stopWorker(const QString &executorId, seconds grace) override;
    void drainWorker(const QString &executorId) override;
    void killWorker(const QString &executorId) override;
    [[nodiscard]] bool isWorkerRunning(const QString &executorId) const override;
    [[nodiscard]] QFuture<QHash<QString, WorkerStats>> workerStats() override;
    void cleanup() override;

private:
    /// Returns the Docker executor, which is created by the first call; an error if the address of the engine is
    /// invalid.
    [[nodiscard]] Result<DockerWorkerExecutor *> docker();
    void relay(WorkerExecutor &executor);
    [[nodiscard]] WorkerExecutor &ownerOf(const QString &executorId) const;
    /// Returns the executor of the requested mode. Returns null, and reports that the worker has failed to start, if
    /// the address of the engine is invalid.
    [[nodiscard]] WorkerExecutor *executorFor(const StartRequest &request);

    QString m_databasePath;
    QString m_managerId;
    std::optional<QSet<QString>> m_managers;
    QHash<QString, seconds> m_jobLimits;
    std::unique_ptr<WorkerExecutor> m_direct;
    std::unique_ptr<DockerWorkerExecutor> m_docker;
};

} // namespace lifeguard

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/executor/dockerworkerexecutor.h"
#include "core/executor/workerexecutor.h"

#include <QSet>

#include <memory>
#include <optional>

namespace lifeguard {

/// Both executors behind one interface: a request goes to the one of its mode, all else to the one that has the worker. The Docker
/// one is made when it is first asked for; a machine without Docker never hears of it.
class RoutingWorkerExecutor final : public WorkerExecutor, public ContainerEngine
{
    Q_OBJECT

public:
    RoutingWorkerExecutor(const QString &workerProgram, QString databasePath, QString managerId, QObject *parent = nullptr);
    ~RoutingWorkerExecutor() override;

    // Each of these creates the Docker executor if necessary, except for setManagers(). An invalid address of the engine is the error of
    // the answer.
    [[nodiscard]] QFuture<ImageInspection> inspectImage(const QString &image) override;
    [[nodiscard]] QFuture<Status> ensureImage(const QString &image) override;
    [[nodiscard]] QFuture<Result<QList<DockerImage>>> images() override;
    [[nodiscard]] QFuture<Result<QJsonObject>> inspectContainer(const QString &id) override;
    [[nodiscard]] Result<DockerEndpoint> endpoint() override;
    void setManagers(const QSet<QString> &managers) override;

    void prepareWorker(const StartRequest &request) override;
    void startWorker(const StartRequest &request) override;
    void adoptWorker(const StartRequest &request, const ProcessIdentity &process) override;
    void stopWorker(const QString &executorId, seconds grace) override;
    void drainWorker(const QString &executorId) override;
    void killWorker(const QString &executorId) override;
    [[nodiscard]] bool isWorkerRunning(const QString &executorId) const override;
    QFuture<QHash<QString, WorkerStats>> workerStats() override;
    void cleanup() override;

private:
    /// Returns the Docker executor, which is created by the first call; an error if the address of the engine is invalid.
    [[nodiscard]] Result<DockerWorkerExecutor *> docker();
    void relay(WorkerExecutor &executor);
    [[nodiscard]] WorkerExecutor &ownerOf(const QString &executorId) const;
    /// Null: the request is for Docker, whose address is wrong, and its worker has failed to start.
    WorkerExecutor *forMode(const StartRequest &request);

    QString m_databasePath;
    QString m_managerId;
    std::optional<QSet<QString>> m_managers;
    std::unique_ptr<WorkerExecutor> m_direct;
    std::unique_ptr<DockerWorkerExecutor> m_docker;
};

} // namespace lifeguard

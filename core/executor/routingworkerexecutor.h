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
class RoutingWorkerExecutor final : public WorkerExecutor
{
    Q_OBJECT

public:
    RoutingWorkerExecutor(const QString &workerProgram, QString databasePath, QString managerId, QObject *parent = nullptr);
    ~RoutingWorkerExecutor() override;

    /// The Docker executor, made now if it was not; the error says what is wrong with the engine's address.
    Result<DockerWorkerExecutor *> docker();
    /// What Docker says of itself and of this image; an address that is wrong is the engine's error.
    QFuture<ImageInspection> look(const QString &image);
    /// The managers that stand in the database: what others left behind in Docker is removed, if there is a Docker executor.
    void setManagers(const QSet<QString> &managers);

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

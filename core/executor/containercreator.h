// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/docker/dockerclient.h"
#include "core/executor/containerremover.h"
#include "core/executor/containerspec.h"
#include "core/executor/workerexecutor.h"

#include <QObject>

#include <functional>
#include <optional>

namespace lifeguard {

/// Creates the containers of workers, and the network that they need.
class ContainerCreator : public QObject
{
    Q_OBJECT

public:
    /// client, remover: must outlive this object. isInUse: returns whether a worker of this manager has the container
    /// with this short id.
    ContainerCreator(DockerClient &client, ContainerRemover &remover, QString managerId,
                     std::function<bool(const QString &)> isInUse, QObject *parent = nullptr);

    /// Determines the user that containers must run as. Call this before create().
    [[nodiscard]] QFuture<Status> prepare();
    [[nodiscard]] bool isPrepared() const { return m_isRootless.has_value(); }
    /// Discards the result of prepare(), because a different engine may respond next.
    void reset() { m_isRootless.reset(); }

    /// Returns the user that a container with this configuration runs as.
    [[nodiscard]] ContainerUser userFor(const WorkerConfig &config) const;
    /// Creates a container and returns its id. Fails with Busy if its name is in use.
    [[nodiscard]] QFuture<Result<QString>> create(const StartRequest &request);
    /// Removes the container that has the name of this worker, if an earlier worker of this manager has left it behind.
    void releaseName(const StartRequest &request);

private:
    void createFrom(const StartRequest &request, const std::function<void(const Result<QString> &)> &answer);
    [[nodiscard]] QFuture<Status> ensureNetwork(const QString &network);

    DockerClient &m_client;
    ContainerRemover &m_remover;
    QString m_managerId;
    std::function<bool(const QString &)> m_isInUse;
    std::optional<bool> m_isRootless; ///< nothing before prepare()
};

} // namespace lifeguard

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/docker/dockerendpoint.h"
#include "core/docker/dockertypes.h"

#include <QFuture>
#include <QObject>

#include <memory>

namespace lifeguard {

class ApiCaller;
class NetworkProvisioner;

/// A request whose response is a stream that the engine does not end by itself. Deleting the object ends the request.
/// ended() is emitted at most once, and nothing is emitted after it.
class DockerStream : public QObject
{
    Q_OBJECT

public:
    using QObject::QObject;

Q_SIGNALS:
    void started(); ///< the engine has accepted the request
    void objectReceived(const QJsonObject &object); ///< of events, stats and pulls: one JSON object
    void dataReceived(const QByteArray &bytes); ///< of logs: standard output and standard error in their order, without
                                                ///< Docker's framing
    /// The engine has ended the stream (the error has no message) or the connection broke.
    void ended(const lifeguard::Error &error);
};

/// A client for the part of the Docker Engine API that Lifeguard uses. Asynchronous, on the thread that created it. The
/// first call opens the first connection. Each stream has a connection of its own, so streams never delay calls.
///
/// Errors carry the message of the engine and one of these codes: NotFound (404), Busy (409, for example, the name is
/// in use), PermissionDenied (401, 403, or no access to the socket), InvalidArgument (400), ToolFailed (any other
/// response), Io (the engine cannot be reached), TimedOut, Cancelled (the client was destroyed).
class DockerClient : public QObject
{
    Q_OBJECT

public:
    explicit DockerClient(DockerEndpoint endpoint, QObject *parent = nullptr);
    ~DockerClient() override; ///< answers pending calls with Cancelled

    [[nodiscard]] const DockerEndpoint &endpoint() const { return m_endpoint; }

    /// Requests the version of the engine and selects the version of the API. The other calls do that themselves when
    /// necessary.
    [[nodiscard]] QFuture<Result<EngineInfo>> engineInfo();
    /// Checks whether the engine responds, with a short timeout.
    [[nodiscard]] QFuture<Status> ping();
    /// Returns whether the engine runs in rootless mode: root inside its containers is then the user of the engine
    /// outside.
    [[nodiscard]] QFuture<Result<bool>> isRootless();

    [[nodiscard]] QFuture<Result<QList<DockerImage>>> images();
    [[nodiscard]] QFuture<Result<DockerImage>> inspectImage(const QString &name);
    /// Pulls an image. The objects are those of the engine (status, progressDetail, error). An error within the stream
    /// is reported by ended().
    [[nodiscard]] DockerStream *pullImage(const QString &name, QObject *parent);

    /// Creates a container and returns its id. configuration: the body of POST /containers/create.
    [[nodiscard]] QFuture<Result<QString>> createContainer(const QString &name, const QJsonObject &configuration);
    [[nodiscard]] QFuture<Status> startContainer(const QString &id);
    /// Sends a signal, such as "TERM" or "KILL". The error is Busy if the container does not run.
    [[nodiscard]] QFuture<Status> signalContainer(const QString &id, const QString &signal);
    /// Kills the container if it runs, and removes it. Succeeds if there is no such container.
    [[nodiscard]] QFuture<Status> removeContainer(const QString &id);
    [[nodiscard]] QFuture<Result<DockerContainer>> inspectContainer(const QString &id);
    /// Returns the complete description of a container, for display to the user.
    [[nodiscard]] QFuture<Result<QJsonObject>> inspectContainerJson(const QString &id);
    /// Returns all containers with these labels (name, or name=value), including ended ones.
    [[nodiscard]] QFuture<Result<QList<DockerContainer>>> containers(const QStringList &labels);
    /// Waits for the end of a container and returns its exit code. Has no timeout.
    [[nodiscard]] QFuture<Result<int>> waitContainer(const QString &id);

    /// Creates a bridge network with this name and these labels unless one exists. See NetworkProvisioner.
    [[nodiscard]] QFuture<Status> ensureNetwork(const QString &name, const QJsonObject &labels);

    /// Streams container events; ContainerEvent::fromJson() reads them. sinceNano: the time from which past events are
    /// included, in nanoseconds since 1970; 0: only new events.
    [[nodiscard]] DockerStream *events(const QStringList &labels, qint64 sinceNano, QObject *parent);
    /// Streams the resource usage of a container, one object a second; ContainerSample::fromJson() reads them. After
    /// the end of the container the stream stays open, without objects, until the container is removed.
    [[nodiscard]] DockerStream *stats(const QString &id, QObject *parent);
    /// Streams the output of a container until it ends. sinceNano: the time from which past output is included, in
    /// nanoseconds since 1970; 0: all output.
    [[nodiscard]] DockerStream *logs(const QString &id, bool hasTty, qint64 sinceNano, QObject *parent);

private:
    DockerEndpoint m_endpoint;
    std::unique_ptr<ApiCaller> m_caller;
    std::unique_ptr<NetworkProvisioner> m_networks;
};

} // namespace lifeguard

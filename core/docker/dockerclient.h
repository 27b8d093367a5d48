// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/docker/dockerendpoint.h"
#include "core/docker/dockertypes.h"

#include <QFuture>
#include <QObject>

#include <memory>

namespace lifeguard {

class EngineCaller;
class NetworkSettler;

/// A request to the engine whose answer does not end by itself. Deleting it ends it; ended() comes at most once, and then nothing more.
class DockerStream : public QObject
{
    Q_OBJECT

public:
    using QObject::QObject;

Q_SIGNALS:
    void begun(); ///< the engine has answered that it will tell
    void object(const QJsonObject &object); ///< events, stats, pulls: one JSON object each
    void data(const QByteArray &bytes); ///< logs: output of both kinds, in its order, without Docker's framing
    /// The engine ended it (an error without a message: as it should) or the connection broke.
    void ended(const lifeguard::Error &error);
};

/// The Docker Engine's API, as far as it is needed here. Asynchronous throughout, on the thread that made it; each call answers with
/// the engine's own message in the error: NotFound (404), Busy (409: a conflict of names), PermissionDenied (no right to the socket,
/// with what to do about it), Io (nobody listens there, with what to do about it), TimedOut, InvalidArgument (400), ToolFailed (other).
/// Connects with the first call. Each stream has a connection of its own, so that streams never hold up calls.
class DockerClient : public QObject
{
    Q_OBJECT

public:
    explicit DockerClient(DockerEndpoint endpoint, QObject *parent = nullptr);
    ~DockerClient() override; ///< calls under way answer with Cancelled

    [[nodiscard]] const DockerEndpoint &endpoint() const { return m_endpoint; }

    /// Asks who is there and settles the version of the API. Calls do it by themselves when it has not been done.
    QFuture<Result<EngineInfo>> engine();

    /// Whether it answers, soon; for one that may hang.
    QFuture<Status> ping();
    /// Whether it runs as a user: root in its containers is that user outside.
    QFuture<Result<bool>> isRootless();

    QFuture<Result<QList<DockerImage>>> images();
    QFuture<Result<DockerImage>> image(const QString &name);
    /// Objects as the engine tells them (status, progressDetail, error); an error within the stream comes by ended().
    [[nodiscard]] DockerStream *pullImage(const QString &name, QObject *parent);

    /// configuration: as POST /containers/create takes it. Answers the id.
    QFuture<Result<QString>> createContainer(const QString &name, const QJsonObject &configuration);
    QFuture<Status> startContainer(const QString &id);
    /// signal: "TERM", "KILL". A container that does not run: Busy.
    QFuture<Status> signalContainer(const QString &id, const QString &signal);
    /// Kills it first where it runs. One that is not there any more: well.
    QFuture<Status> removeContainer(const QString &id);
    QFuture<Result<DockerContainer>> inspectContainer(const QString &id);
    QFuture<Result<QJsonObject>> inspectContainerJson(const QString &id); ///< the whole, for a user to read
    /// All, those that ended too, that carry these labels (name, or name=value).
    QFuture<Result<QList<DockerContainer>>> containers(const QStringList &labels);
    /// Answers with the exit code when it has ended.
    QFuture<Result<int>> waitContainer(const QString &id);

    /// Makes a bridge network with that name and these labels unless there is one of that name; exactly one, whoever else asks for it.
    QFuture<Status> ensureNetwork(const QString &name, const QJsonObject &labels);

    /// ContainerEvent::fromJson() reads them. sinceNano: also those since then; 0: from now on.
    [[nodiscard]] DockerStream *events(const QStringList &labels, qint64 sinceNano, QObject *parent);
    /// ContainerSample::fromJson() reads them, one a second. They do not end with the container, but say nothing then until it is removed.
    [[nodiscard]] DockerStream *stats(const QString &id, QObject *parent);
    /// Output since then (0: all of it) and on, until the container ends.
    [[nodiscard]] DockerStream *logs(const QString &id, bool hasTty, qint64 sinceNano, QObject *parent);

private:
    DockerEndpoint m_endpoint;
    std::unique_ptr<EngineCaller> m_caller;
    std::unique_ptr<NetworkSettler> m_networks;
};

} // namespace lifeguard

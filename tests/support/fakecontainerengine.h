// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/executor/workerexecutor.h"
#include "tests/support/fakeengine.h"

#include <QJsonObject>
#include <QMap>
#include <QPointer>
#include <QStringList>

namespace lifeguard::test {

/// A FakeEngine that implements the part of the Engine API that DockerWorkerExecutor uses: containers are created,
/// started, signalled, ended and removed, but nothing runs in them. It has the image "noop". TERM is recorded only;
/// KILL ends a container.
class FakeContainerEngine
{
public:
    struct Container
    {
        QString name;
        QJsonObject labels;
        QString state = QStringLiteral("created");
        int exitCode = 0;
        bool outOfMemory = false;
        QStringList signalNames; ///< received signals
        QPointer<FakePeer> logs; ///< the open stream of its output
    };

    enum class Dialect {
        Docker,
        Podman, ///< other names of events, and 500 instead of 409, as recorded from Podman 4.3.1 and 5
    };

    explicit FakeContainerEngine(Dialect dialect = Dialect::Docker);

    /// Returns a request for a worker of type "noop" with the image "noop" and without a network.
    [[nodiscard]] StartRequest request(const QString &executorId = QStringLiteral("docker-noop-0-prepared")) const;

    /// Adds a container that another program has created. Returns its id.
    QString addContainer(const QString &name, const QJsonObject &labels, const QString &state);
    /// Ends a running container: closes its output and sends the event "die".
    void endContainer(const QString &id, int exitCode);
    /// Removes a container, as `docker rm` does, and sends the event "destroy".
    void removeContainer(const QString &id);
    void sendEvent(const QString &id, const QString &action, const QJsonObject &attributes = {});
    /// Closes the stream of events. The client reconnects.
    void interruptEvents();
    [[nodiscard]] bool hasEventStream() const { return m_events; }

    [[nodiscard]] QStringList ids() const { return containers.keys(); }
    [[nodiscard]] Container &container(const QString &id) { return containers[id]; }
    /// Returns the number of requests "VERB /path", with the path without the API version and the query.
    [[nodiscard]] qsizetype requestCount(const QByteArray &request) const;

    static const QString databasePath;
    static const QString managerId;

    FakeEngine server;
    QMap<QString, Container> containers; ///< by id

private:
    void script(const QByteArray &verb, const QString &path, const FakeEngine::Script &script);
    void scriptContainer(const QString &id);
    void createContainer(const FakeRequest &request, FakePeer &peer);
    [[nodiscard]] QJsonObject listEntry(const QString &id) const;
    [[nodiscard]] QJsonObject inspection(const QString &id) const;

    [[nodiscard]] QByteArray conflict(const char *message, const char *cause) const;

    Dialect m_dialect;
    QPointer<FakePeer> m_events;
    int m_lastNumber = 0;
};

} // namespace lifeguard::test

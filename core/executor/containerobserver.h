// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/docker/dockerclient.h"
#include "core/executor/containerlog.h"

#include <QObject>

#include <memory>

namespace lifeguard {

/// Follows the output and the resource usage of one container, each over a stream of its own.
class ContainerObserver : public QObject
{
    Q_OBJECT

public:
    /// client: must outlive this object. alreadyWritten: bytes of the output that an earlier manager has written to the
    /// log file.
    ContainerObserver(DockerClient &client, QString containerId, const QString &logPath, qint64 alreadyWritten);

    /// Requests the output, unless it is being followed.
    void followOutput(bool hasTty);
    /// Requests the resource usage, unless it is being followed.
    void followUsage();
    void stopUsage();

    [[nodiscard]] bool isFollowingOutput() const { return m_log.isFollowing(); }
    /// Returns the bytes of output since the start of the container.
    [[nodiscard]] qint64 outputBytes() const { return m_log.received(); }
    /// Returns the last measurement; all zero before the first.
    [[nodiscard]] const ContainerSample &lastSample() const { return m_lastSample; }

Q_SIGNALS:
    /// The container has ended and all of its output is in the log file, or the connection broke.
    void outputEnded();

private:
    DockerClient &m_client;
    QString m_containerId;
    ContainerLog m_log;
    qint64 m_alreadyWritten;
    std::unique_ptr<DockerStream> m_usage;
    ContainerSample m_lastSample;
};

} // namespace lifeguard

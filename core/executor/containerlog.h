// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/docker/dockerclient.h"

#include <QFile>
#include <QPointer>

namespace lifeguard {

/// Copies the output of a container to the log file of its worker, where it can be read like the output of a direct
/// worker. After an interruption, follow() continues where the output stopped.
class ContainerLog : public QObject
{
    Q_OBJECT

public:
    ContainerLog(DockerClient &client, QString containerId, const QString &path, QObject *parent = nullptr);

    /// Requests the output. alreadyWritten: bytes of the output that an earlier manager has written to the file.
    void follow(bool hasTty, qint64 alreadyWritten = 0);
    [[nodiscard]] bool isFollowing() const { return !m_stream.isNull(); }
    [[nodiscard]] qint64 received() const { return m_received; } ///< bytes of output since the start of the container

Q_SIGNALS:
    void ended(); ///< the container has ended and all of its output is in the file, or the connection broke

private:
    void write(const QByteArray &bytes);

    DockerClient &m_client;
    QString m_containerId;
    QFile m_file;
    QPointer<DockerStream> m_stream;
    qint64 m_received = 0;
    qint64 m_storedBytes = 0; ///< the maximum number of bytes that the engine has stored for the received output
    qint64 m_lastNano = 0; ///< the time at which output was last received, in nanoseconds since 1970
    qint64 m_bytesToSkip = 0; ///< of output that the engine sends again
};

} // namespace lifeguard

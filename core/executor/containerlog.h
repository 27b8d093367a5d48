// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/docker/dockerclient.h"

#include <QFile>
#include <QPointer>

namespace lifeguard {

/// Follows a container's output into the worker's log file, where all that shows or judges output finds it, whoever made it.
/// A connection that broke is opened again, and goes on where it stopped.
class ContainerLog : public QObject
{
    Q_OBJECT

public:
    ContainerLog(DockerClient &client, QString containerId, const QString &path, QObject *parent = nullptr);

    /// alreadyWritten: bytes of the container's output that an earlier manager has written to the file.
    void follow(bool hasTty, qint64 alreadyWritten = 0);
    [[nodiscard]] bool isFollowing() const { return !m_stream.isNull(); }
    [[nodiscard]] qint64 received() const { return m_received; } ///< bytes, since the container's start

Q_SIGNALS:
    void ended(); ///< the container has ended, and all of its output is in the file; or the connection broke

private:
    void write(const QByteArray &bytes);

    DockerClient &m_client;
    QString m_containerId;
    QFile m_file;
    QPointer<DockerStream> m_stream;
    qint64 m_received = 0;
    qint64 m_kept = 0; ///< bytes that the engine may have written for it
    qint64 m_lastNano = 0; ///< since 1970: when the last of it was received
    qint64 m_toSkip = 0; ///< of what is told again
};

} // namespace lifeguard

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/docker/dockerclient.h"

#include <QObject>
#include <QSet>

namespace lifeguard {

/// Removes containers. Remembers a container that cannot be removed, and tries again when it appears in a later list of
/// containers.
class ContainerRemover : public QObject
{
    Q_OBJECT

public:
    /// client: must outlive this object.
    explicit ContainerRemover(DockerClient &client, QObject *parent = nullptr);

    /// Kills and removes a container. Returns the response of the engine. The caller need not handle a failure: the
    /// container is remembered.
    [[nodiscard]] QFuture<Status> remove(const QString &id);
    /// Remembers a container, in order to remove it as soon as the engine responds. id: the full or the short id.
    void removeLater(const QString &id);
    /// Removes the container if it is remembered. Returns whether it was.
    bool removeIfRemembered(const DockerContainer &container);

Q_SIGNALS:
    /// Emitted when a container is remembered: the list of containers should be requested soon.
    void pollNeeded();

private:
    DockerClient &m_client;
    QSet<QString> m_remembered; ///< full or short ids
};

} // namespace lifeguard

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/docker/dockerclient.h"

#include <QObject>
#include <QSet>

namespace lifeguard {

/// Removes containers. A container that cannot be removed is remembered, and removed when it appears in a later list of containers.
class ContainerRemover : public QObject
{
    Q_OBJECT

public:
    /// client: must outlive this object.
    explicit ContainerRemover(DockerClient &client, QObject *parent = nullptr);

    /// Kills and removes a container. The answer is that of the engine; a failure needs no handling by the caller.
    [[nodiscard]] QFuture<Status> remove(const QString &id);
    /// Remembers a container that is to be removed as soon as the engine responds. id: full, or the short one.
    void removeLater(const QString &id);
    /// Removes the container if it is remembered. Returns whether it was.
    bool removeIfRemembered(const DockerContainer &container);

Q_SIGNALS:
    /// A container is remembered: the list of containers should be requested soon.
    void pollNeeded();

private:
    DockerClient &m_client;
    QSet<QString> m_remembered; ///< full or short ids
};

} // namespace lifeguard

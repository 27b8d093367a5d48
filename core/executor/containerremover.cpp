// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/executor/containerremover.h"

#include "core/base/futurecallbacks.h"
#include "core/base/logging.h"
#include "core/executor/containerspec.h"

#include <tuple>

namespace lifeguard {

ContainerRemover::ContainerRemover(DockerClient &client, QObject *parent) : QObject(parent), m_client(client) {}

QFuture<Status> ContainerRemover::remove(const QString &id)
{
    const QFuture<Status> future = m_client.removeContainer(id);
    whenFinished(future, this, [this, id](const Status &removed) {
        if (removed)
            return;
        qCWarning(lcExecutor).noquote() << "container" << shortContainerId(id)
                                        << "could not be removed yet:" << removed.error().message;
        removeLater(id);
    });
    return future;
}

void ContainerRemover::removeLater(const QString &id)
{
    m_remembered.insert(id);
    Q_EMIT pollNeeded();
}

bool ContainerRemover::removeIfRemembered(const DockerContainer &container)
{
    // Adopted containers are remembered by their short id.
    if (!m_remembered.remove(container.id) && !m_remembered.remove(shortContainerId(container.id)))
        return false;
    std::ignore = remove(container.id);
    return true;
}

} // namespace lifeguard

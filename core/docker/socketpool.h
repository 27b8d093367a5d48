// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/docker/enginesocket.h"

#include <QList>

#include <chrono>

namespace lifeguard {

/// Keeps a few idle connections for a short time, so that the next requests can reuse them.
class SocketPool : public QObject
{
    Q_OBJECT

public:
    static constexpr int maxIdle = 4;
    static constexpr std::chrono::seconds idleTime{5};

    explicit SocketPool(DockerEndpoint endpoint, QObject *parent = nullptr);

    [[nodiscard]] const DockerEndpoint &endpoint() const { return m_endpoint; }
    /// Returns the idle connection that was used last, with a new parent; null if there is none.
    [[nodiscard]] EngineSocket *takeIdle(QObject *parent);
    /// Takes ownership of a connection whose response was read completely.
    void keep(EngineSocket *socket);
    [[nodiscard]] qsizetype idleCount() const { return m_idle.size(); }

private:
    void discard(EngineSocket *socket);

    DockerEndpoint m_endpoint;
    QList<EngineSocket *> m_idle; ///< children, ordered by their last use
};

} // namespace lifeguard

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/docker/enginesocket.h"

#include <QList>

#include <chrono>

namespace lifeguard {

/// Connections whose answer was read to its end, for the next call: a few, and each for a short while.
class SocketPool : public QObject
{
    Q_OBJECT

public:
    static constexpr int mostIdle = 4;
    static constexpr std::chrono::seconds idleTime{5};

    explicit SocketPool(DockerEndpoint endpoint, QObject *parent = nullptr);

    [[nodiscard]] const DockerEndpoint &endpoint() const { return m_endpoint; }
    /// One that was used before and is open, as far as can be seen; null: there is none.
    [[nodiscard]] EngineSocket *takeIdle(QObject *parent);
    /// Takes it over; its answer must have been read to its end.
    void keep(EngineSocket *socket);
    [[nodiscard]] qsizetype idleCount() const { return m_idle.size(); }

private:
    void drop(EngineSocket *socket);

    DockerEndpoint m_endpoint;
    QList<EngineSocket *> m_idle; ///< children; the last used is the last
};

} // namespace lifeguard

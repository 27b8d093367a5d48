// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/docker/dockerclient.h"

#include <QPointer>
#include <QTimer>

namespace lifeguard {

/// Follows the container events of an engine across interruptions: reconnects with a back-off, and requests the events
/// since the last one. An engine that keeps its connections but does not respond is detected by a ping every 5 s and
/// treated as disconnected. A restarted engine does not report earlier events, so the list of containers must be
/// fetched after each connected().
class EngineMonitor : public QObject
{
    Q_OBJECT

public:
    /// labels: only events of containers with these labels are reported.
    EngineMonitor(DockerClient &client, QStringList labels, QObject *parent = nullptr);

    void start(); ///< does nothing after the first call
    /// Returns whether the engine has accepted the request for events and has responded to each ping since.
    [[nodiscard]] bool isConnected() const { return m_isConnected; }
    /// Returns why isConnected() is false; an empty error before the first attempt has failed.
    [[nodiscard]] const Error &lastError() const { return m_lastError; }

Q_SIGNALS:
    void connected();
    /// Emitted once for each interruption after connected(), and once if the first attempt fails.
    void disconnected(const lifeguard::Error &error);
    /// Emitted for each event. After an interruption, the last event may be reported twice.
    void eventReceived(const lifeguard::ContainerEvent &event);

private:
    void connectToEngine();
    void ping();
    void handleStreamEnd(const Error &error);

    DockerClient &m_client;
    QStringList m_labels;
    QPointer<DockerStream> m_stream;
    QTimer m_retryTimer;
    QTimer m_pingTimer;
    milliseconds m_retryDelay{0};
    qint64 m_lastEventNano = 0; ///< time of the last event; 0 before the first
    Error m_lastError;
    bool m_isConnected = false;
    bool m_isDisconnectReported = false;
    bool m_isStarted = false;
};

} // namespace lifeguard

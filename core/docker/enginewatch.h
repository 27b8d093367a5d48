// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/docker/dockerclient.h"

#include <QPointer>
#include <QTimer>

namespace lifeguard {

/// Keeps listening to what happens to containers, through losses of the engine: tries again with a back-off, and asks then for
/// what happened meanwhile. One that keeps its connections and answers nothing (it hangs) is as good as lost: it is asked now and then. Nothing is lost, but an engine that was restarted has forgotten its events: after each found() the
/// list of containers has to be looked at.
class EngineWatch : public QObject
{
    Q_OBJECT

public:
    /// labels: of the containers that are wanted.
    EngineWatch(DockerClient &client, QStringList labels, QObject *parent = nullptr);

    void start(); ///< more than once does nothing
    /// The engine has answered, and its events are listened to.
    [[nodiscard]] bool isListening() const { return m_isListening; }
    [[nodiscard]] const Error &lastError() const { return m_lastError; } ///< why it is not

Q_SIGNALS:
    void found();
    void lost(const lifeguard::Error &error); ///< after found(), or when the first try failed; once until it is found again
    void happened(const lifeguard::ContainerEvent &event); ///< the last one may come twice, after a break

private:
    void listen();
    void ping();
    void onEnded(const Error &error);

    DockerClient &m_client;
    QStringList m_labels;
    QPointer<DockerStream> m_stream;
    QTimer m_retry;
    QTimer m_ping;
    milliseconds m_pause{0};
    qint64 m_lastNano = 0; ///< of the last event, or of the moment before listening began
    Error m_lastError;
    bool m_isListening = false;
    bool m_isLost = false;
    bool m_isStarted = false;
};

} // namespace lifeguard

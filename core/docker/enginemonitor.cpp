// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/docker/enginemonitor.h"

#include "core/base/futurecallbacks.h"
#include "core/base/logging.h"

#include <algorithm>

namespace lifeguard {
namespace {

using namespace std::chrono_literals;

constexpr milliseconds firstRetryDelay = 200ms;
constexpr milliseconds longestRetryDelay = 5s;
constexpr milliseconds pingInterval = 5s;

} // namespace

EngineMonitor::EngineMonitor(DockerClient &client, QStringList labels, QObject *parent)
    : QObject(parent), m_client(client), m_labels(std::move(labels)), m_retryDelay(firstRetryDelay)
{
    m_retryTimer.setSingleShot(true);
    connect(&m_retryTimer, &QTimer::timeout, this, &EngineMonitor::connectToEngine);
    m_pingTimer.setSingleShot(true);
    connect(&m_pingTimer, &QTimer::timeout, this, &EngineMonitor::ping);
}

void EngineMonitor::start()
{
    if (!std::exchange(m_isStarted, true))
        connectToEngine();
}

void EngineMonitor::connectToEngine()
{
    m_stream = m_client.events(m_labels, m_lastEventNano, this);
    connect(m_stream, &DockerStream::started, this, [this] {
        m_isConnected = true;
        m_isDisconnectReported = false;
        m_retryDelay = firstRetryDelay;
        m_pingTimer.start(pingInterval);
        Q_EMIT connected();
    });
    connect(m_stream, &DockerStream::objectReceived, this, [this](const QJsonObject &object) {
        const std::optional<ContainerEvent> event = ContainerEvent::fromJson(object);
        if (!event)
            return;
        // Simultaneous events arrive in any order, so an event with an earlier time may be new. The last event is therefore requested
        // again after an interruption.
        m_lastEventNano = std::max(m_lastEventNano, event->timeNano);
        Q_EMIT eventReceived(*event);
    });
    connect(m_stream, &DockerStream::ended, this, &EngineMonitor::handleStreamEnd);
}

void EngineMonitor::ping()
{
    whenFinished(m_client.ping(), this, [this, stream = m_stream](const Status &answered) {
        if (!m_isConnected || m_stream != stream)
            return; // the connection was lost in the meantime
        if (answered)
            m_pingTimer.start(pingInterval);
        else
            handleStreamEnd(answered.error());
    });
}

void EngineMonitor::handleStreamEnd(const Error &error)
{
    m_pingTimer.stop();
    if (m_stream) {
        m_stream->disconnect(this);
        m_stream->deleteLater();
    }
    m_isConnected = false;
    m_lastError = error;
    if (m_lastError.message.isEmpty())
        m_lastError = {ErrorCode::Io, tr("The Docker engine at %1 has closed the connection.").arg(m_client.endpoint().toString()), {}};
    m_retryTimer.start(m_retryDelay);
    m_retryDelay = std::min(2 * m_retryDelay, longestRetryDelay);
    if (std::exchange(m_isDisconnectReported, true))
        return;
    qCWarning(lcExecutor).noquote() << "Docker events are interrupted:" << m_lastError.message;
    Q_EMIT disconnected(m_lastError);
}

} // namespace lifeguard

// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/docker/enginewatch.h"

#include "core/base/futurecallbacks.h"
#include "core/base/logging.h"

#include <algorithm>

namespace lifeguard {
namespace {

using namespace std::chrono_literals;

constexpr milliseconds firstPause = 200ms;
constexpr milliseconds longestPause = 5s;
constexpr milliseconds pingInterval = 5s;

} // namespace

EngineWatch::EngineWatch(DockerClient &client, QStringList labels, QObject *parent)
    : QObject(parent), m_client(client), m_labels(std::move(labels)), m_pause(firstPause)
{
    m_retry.setSingleShot(true);
    connect(&m_retry, &QTimer::timeout, this, &EngineWatch::listen);
    m_ping.setSingleShot(true);
    connect(&m_ping, &QTimer::timeout, this, &EngineWatch::ping);
}

void EngineWatch::start()
{
    if (!std::exchange(m_isStarted, true))
        listen();
}

void EngineWatch::listen()
{
    m_stream = m_client.events(m_labels, m_lastNano, this);
    connect(m_stream, &DockerStream::begun, this, [this] {
        m_isListening = true;
        m_isLost = false;
        m_pause = firstPause;
        m_ping.start(pingInterval);
        Q_EMIT found();
    });
    connect(m_stream, &DockerStream::object, this, [this](const QJsonObject &object) {
        const std::optional<ContainerEvent> event = ContainerEvent::fromJson(object);
        if (!event)
            return;
        // Several things at once come in any order: their times do not tell what is new. After a break the last one is told again.
        m_lastNano = std::max(m_lastNano, event->timeNano);
        Q_EMIT happened(*event);
    });
    connect(m_stream, &DockerStream::ended, this, &EngineWatch::onEnded);
}

void EngineWatch::ping()
{
    whenFinished(m_client.ping(), this, [this, asked = m_stream](const Status &answered) {
        if (!m_isListening || m_stream != asked)
            return; // of an engine that was lost meanwhile
        if (answered)
            m_ping.start(pingInterval);
        else
            onEnded(answered.error());
    });
}

void EngineWatch::onEnded(const Error &error)
{
    m_ping.stop();
    if (m_stream) {
        m_stream->disconnect(this);
        m_stream->deleteLater();
    }
    m_isListening = false;
    m_lastError = error;
    if (m_lastError.message.isEmpty())
        m_lastError = {ErrorCode::Io, tr("Docker's engine at %1 has ended.").arg(m_client.endpoint().toString()), {}};
    m_retry.start(m_pause);
    m_pause = std::min(2 * m_pause, longestPause);
    if (std::exchange(m_isLost, true))
        return;
    qCWarning(lcExecutor).noquote() << "no events from Docker:" << m_lastError.message;
    Q_EMIT lost(m_lastError);
}

} // namespace lifeguard

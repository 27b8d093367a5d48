// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/executor/containerobserver.h"

namespace lifeguard {

ContainerObserver::ContainerObserver(DockerClient &client, QString containerId, const QString &logPath, qint64 alreadyWritten)
    : m_client(client), m_containerId(std::move(containerId)), m_log(client, m_containerId, logPath), m_alreadyWritten(alreadyWritten)
{
    connect(&m_log, &ContainerLog::ended, this, &ContainerObserver::outputEnded);
}

void ContainerObserver::followOutput(bool hasTty)
{
    if (!m_log.isFollowing())
        m_log.follow(hasTty, std::exchange(m_alreadyWritten, 0));
}

void ContainerObserver::followUsage()
{
    if (m_usage)
        return;
    m_usage.reset(m_client.stats(m_containerId, nullptr));
    connect(m_usage.get(), &DockerStream::objectReceived, this, [this](const QJsonObject &object) {
        if (const auto sample = ContainerSample::fromJson(object))
            m_lastSample = *sample;
    });
    connect(m_usage.get(), &DockerStream::ended, this, &ContainerObserver::stopUsage);
}

void ContainerObserver::stopUsage()
{
    if (m_usage)
        m_usage.release()->deleteLater(); // the stream may be emitting a signal
}

} // namespace lifeguard

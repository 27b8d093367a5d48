// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/executor/containerlog.h"

#include "core/base/logging.h"

#include <QDateTime>

#include <algorithm>

namespace lifeguard {
namespace {

/// The engine keeps at least that much of a container's output (containerspec.cpp, "max-size"): what was received before can be told
/// apart by counting.
constexpr qint64 countable = 8 * 1024 * 1024;

} // namespace

ContainerLog::ContainerLog(DockerClient &client, QString containerId, const QString &path, QObject *parent)
    : QObject(parent), m_client(client), m_containerId(std::move(containerId)), m_file(path)
{
    if (!m_file.open(QIODevice::WriteOnly | QIODevice::Append | QIODevice::Unbuffered))
        qCWarning(lcExecutor).noquote() << "output is not kept:" << m_file.errorString();
}

void ContainerLog::follow(bool hasTty, qint64 alreadyWritten)
{
    m_received = std::max(m_received, alreadyWritten);
    const bool counts = m_received <= countable;
    m_toSkip = counts ? m_received : 0;
    const qint64 since = counts ? 0 : QDateTime::currentMSecsSinceEpoch() * 1'000'000;
    m_stream = m_client.logs(m_containerId, hasTty, since, this);
    connect(m_stream, &DockerStream::data, this, &ContainerLog::write);
    connect(m_stream, &DockerStream::ended, this, [this] {
        if (m_stream)
            m_stream->deleteLater();
        m_stream.clear();
        Q_EMIT ended();
    });
}

void ContainerLog::write(const QByteArray &bytes)
{
    const qint64 skipped = std::min<qint64>(m_toSkip, bytes.size());
    m_toSkip -= skipped;
    if (skipped == bytes.size())
        return;
    m_received += bytes.size() - skipped;
    if (m_file.isOpen())
        m_file.write(bytes.constData() + skipped, bytes.size() - skipped);
}

} // namespace lifeguard

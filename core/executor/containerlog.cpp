// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/executor/containerlog.h"

#include "core/base/logging.h"

#include <QDateTime>
#include <QFileInfo>

#include <algorithm>

namespace lifeguard {
namespace {

/// The engine keeps at least that much of what it writes down of a container's output (containerspec.cpp, "max-size"), as JSON: what was
/// received before can be told apart by counting while all of it is there still.
constexpr qint64 countable = 9 * 1024 * 1024;
constexpr qint64 lineCost = 100; ///< JSON around a line: keys and a time
constexpr qint64 byteCost = 6; ///< of a control character, as \u001b
/// Of an earlier manager's output only the bytes are known: so many are surely there still, were each a line of its own.
constexpr qint64 countableUnseen = countable / (lineCost + byteCost);

/// How many bytes of JSON the engine may write for these, at the most.
qint64 keptBytes(const QByteArray &bytes)
{
    qint64 kept = 0;
    for (const char byte : bytes)
        kept += byte == '\n' ? lineCost : (byte >= ' ' && byte < 0x7f && byte != '<' && byte != '>' && byte != '&') ? 2 : byteCost;
    return kept;
}

qint64 nowNano()
{
    return QDateTime::currentMSecsSinceEpoch() * 1'000'000;
}

} // namespace

ContainerLog::ContainerLog(DockerClient &client, QString containerId, const QString &path, QObject *parent)
    : QObject(parent), m_client(client), m_containerId(std::move(containerId)), m_file(path)
{
    if (!m_file.open(QIODevice::WriteOnly | QIODevice::Append | QIODevice::Unbuffered))
        qCWarning(lcExecutor).noquote() << "output is not kept:" << m_file.errorString();
}

void ContainerLog::follow(bool hasTty, qint64 alreadyWritten)
{
    if (alreadyWritten > m_received) {
        m_received = alreadyWritten;
        m_kept = alreadyWritten > countableUnseen ? countable + 1 : 0;
        m_lastNano = QFileInfo(m_file).lastModified().toMSecsSinceEpoch() * 1'000'000;
    }
    // What cannot be counted any more goes on from the time of what was received last.
    const bool counts = m_kept <= countable;
    m_toSkip = counts ? m_received : 0;
    m_stream = m_client.logs(m_containerId, hasTty, counts ? 0 : m_lastNano, this);
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
    const QByteArray fresh = bytes.mid(skipped);
    m_received += fresh.size();
    m_lastNano = nowNano();
    if (m_kept <= countable) // further is not looked at
        m_kept += keptBytes(fresh);
    if (m_file.isOpen())
        m_file.write(fresh);
}

} // namespace lifeguard

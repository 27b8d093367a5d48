// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/executor/containerlog.h"

#include "core/base/logging.h"
#include "core/base/privatefile.h"

#include <QDateTime>
#include <QFileInfo>

#include <algorithm>

#include <sys/file.h>

namespace lifeguard {
namespace {

/// The engine stores at least this much of the output of a container, as JSON ("max-size" in containerspec.cpp). Until
/// this limit is reached, the output that was received before an interruption can be skipped by counting bytes, because
/// the engine still has all of it.
constexpr qint64 countableBytes = 9 * 1024 * 1024;
constexpr qint64 lineCost = 100; ///< bytes of JSON around a line: keys and a time
constexpr qint64 byteCost = 6; ///< bytes of JSON for a control character, such as \u001b
/// For output that an earlier manager has received, only the length is known. The engine still has all of it up to this
/// length, even if each byte was a line of its own.
constexpr qint64 countableEarlierBytes = countableBytes / (lineCost + byteCost);

/// Returns the maximum number of bytes of JSON that the engine stores for this output.
qint64 maxStoredBytes(const QByteArray &bytes)
{
    qint64 stored = 0;
    for (const char byte : bytes)
        stored += byte == '\n'                                                              ? lineCost
                : (byte >= ' ' && byte < 0x7f && byte != '<' && byte != '>' && byte != '&') ? 2
                                                                                            : byteCost;
    return stored;
}

qint64 nowNano()
{
    return QDateTime::currentMSecsSinceEpoch() * 1'000'000;
}

} // namespace

ContainerLog::ContainerLog(DockerClient &client, QString containerId, const QString &path, QObject *parent)
    : QObject(parent)
    , m_client(client)
    , m_containerId(std::move(containerId))
    , m_file(path)
{
    createPrivateFile(path);
    if (!m_file.open(QIODevice::WriteOnly | QIODevice::Append | QIODevice::Unbuffered))
        qCWarning(lcExecutor).noquote() << "the output of a container cannot be written to its log:"
                                        << m_file.errorString();
    else
        flock(m_file.handle(), LOCK_SH | LOCK_NB); // marks the log as used (WorkerLogs)
}

void ContainerLog::follow(bool hasTty, qint64 alreadyWritten)
{
    if (alreadyWritten > m_received) {
        m_received = alreadyWritten;
        m_storedBytes = alreadyWritten > countableEarlierBytes ? countableBytes + 1 : 0;
        m_lastNano = QFileInfo(m_file).lastModified().toMSecsSinceEpoch() * 1'000'000;
    }
    // If counting is no longer possible, the output continues from the time at which output was last received.
    const bool canCount = m_storedBytes <= countableBytes;
    m_bytesToSkip = canCount ? m_received : 0;
    m_stream = m_client.logs(m_containerId, hasTty, canCount ? 0 : m_lastNano, this);
    connect(m_stream, &DockerStream::dataReceived, this, &ContainerLog::write);
    connect(m_stream, &DockerStream::ended, this, [this] {
        if (m_stream)
            m_stream->deleteLater();
        m_stream.clear();
        Q_EMIT ended();
    });
}

void ContainerLog::write(const QByteArray &bytes)
{
    const qint64 skipped = std::min<qint64>(m_bytesToSkip, bytes.size());
    m_bytesToSkip -= skipped;
    if (skipped == bytes.size())
        return;
    const QByteArray fresh = bytes.mid(skipped);
    m_received += fresh.size();
    m_lastNano = nowNano();
    if (m_storedBytes <= countableBytes)
        m_storedBytes += maxStoredBytes(fresh);
    if (m_file.isOpen())
        m_file.write(fresh);
}

} // namespace lifeguard

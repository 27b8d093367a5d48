// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/docker/logframes.h"

#include <QtEndian>

namespace lifeguard {
namespace {

constexpr qsizetype headerSize = 8;
constexpr char lastKind = 3; ///< input, output, error output, and the engine's own errors

bool isHeader(const QByteArray &header)
{
    return header.at(0) >= 0 && header.at(0) <= lastKind && header.at(1) == 0 && header.at(2) == 0 && header.at(3) == 0;
}

} // namespace

QByteArray LogFrames::feed(const QByteArray &bytes)
{
    QByteArray payload;
    qsizetype at = 0;
    while (!m_broken && at < bytes.size()) {
        if (m_left > 0) {
            const qsizetype count = qsizetype(qMin<qint64>(m_left, bytes.size() - at));
            payload.append(bytes.constData() + at, count);
            at += count;
            m_left -= count;
            continue;
        }
        const qsizetype count = qMin(headerSize - m_header.size(), bytes.size() - at);
        m_header.append(bytes.constData() + at, count);
        at += count;
        if (m_header.size() < headerSize)
            break;
        m_broken = !isHeader(m_header);
        m_left = qFromBigEndian<quint32>(m_header.constData() + 4);
        m_header.clear();
    }
    return payload;
}

} // namespace lifeguard

// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/docker/logframes.h"

#include <QtEndian>

namespace lifeguard {
namespace {

constexpr qsizetype headerSize = 8;
constexpr char lastStream = 3; ///< 0: input, 1: output, 2: error output, 3: errors of the engine

bool isValidHeader(const QByteArray &header)
{
    return header.at(0) >= 0 && header.at(0) <= lastStream && header.at(1) == 0 && header.at(2) == 0 && header.at(3) == 0;
}

} // namespace

QByteArray LogFrames::feed(const QByteArray &bytes)
{
    QByteArray payload;
    qsizetype at = 0;
    while (!m_isBroken && at < bytes.size()) {
        if (m_missing > 0) {
            const qsizetype count = qsizetype(qMin<qint64>(m_missing, bytes.size() - at));
            payload.append(bytes.constData() + at, count);
            at += count;
            m_missing -= count;
            continue;
        }
        const qsizetype count = qMin(headerSize - m_header.size(), bytes.size() - at);
        m_header.append(bytes.constData() + at, count);
        at += count;
        if (m_header.size() < headerSize)
            break;
        m_isBroken = !isValidHeader(m_header);
        m_missing = qFromBigEndian<quint32>(m_header.constData() + 4);
        m_header.clear();
    }
    return payload;
}

} // namespace lifeguard

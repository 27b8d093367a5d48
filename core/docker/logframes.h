// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

namespace lifeguard {

/// Removes the framing from the output of a container without a terminal. A frame is a header of 8 bytes (the stream, three zeros, the length
/// as a big-endian number) and the payload. Frames may arrive in pieces of any size. Payload is never buffered.
class LogFrames
{
public:
    /// Returns the payload in these bytes, of standard output and standard error in their order, up to the first error.
    [[nodiscard]] QByteArray feed(const QByteArray &bytes);
    /// Returns whether an invalid header was received. Nothing more is read then.
    [[nodiscard]] bool isBroken() const { return m_isBroken; }
    /// Returns whether a frame has begun and is not complete.
    [[nodiscard]] bool isMidFrame() const { return m_missing > 0 || !m_header.isEmpty(); }

private:
    QByteArray m_header; ///< the received part of the current header
    qint64 m_missing = 0; ///< bytes of the payload of the current frame that are still to come
    bool m_isBroken = false;
};

} // namespace lifeguard

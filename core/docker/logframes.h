// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

namespace lifeguard {

/// Takes the framing off the output of a container without a terminal: 8 bytes (which output it is, three zeros, the length, most
/// significant byte first), then that many bytes of it. Frames may be split across feeds anywhere. Holds back no output, so
/// that it needs no memory of its own.
class LogFrames
{
public:
    /// The payload in these bytes, of both outputs in their order; up to where the framing is broken, if it is.
    [[nodiscard]] QByteArray feed(const QByteArray &bytes);
    /// A header made no sense: these are not frames, and what follows cannot be told apart any more.
    [[nodiscard]] bool isBroken() const { return m_broken; }
    /// Within a frame: if it ends here, something is missing.
    [[nodiscard]] bool isMidFrame() const { return m_left > 0 || !m_header.isEmpty(); }

private:
    QByteArray m_header; ///< as much of it as has come
    qint64 m_left = 0; ///< of the frame's payload
    bool m_broken = false;
};

} // namespace lifeguard

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"

#include <QtGlobal>

namespace lifeguard {

/// The limits of an HTTP server. Each connection uses at most about headerBytes + bodyBuffer + writeBuffer bytes, apart
/// from bodies that a handler asked to have complete.
struct HttpLimits
{
    int connections = 64; ///< at the same time; further ones are answered with 503
    int headerBytes = 16 * 1024; ///< of a request; also of the header of a chunk and of a trailer (431)
    qint64 bodyBytes = 1024 * 1024; ///< of a request; a route can set another limit (413)
    qint64 bodyBuffer = 256 * 1024; ///< received bytes that the handler has not taken; nothing more is read then
    qint64 writeBuffer = 256 * 1024; ///< bytes that the client has not received; HttpExchange::isWritable() is false
                                     ///< then
    /// Bytes that a body or a response must advance by in bodyTimeout or writeTimeout, so that single bytes now and
    /// then do not keep a connection open.
    qint64 progressBytes = 4096;
    milliseconds headerTimeout{10'000}; ///< from the first byte of a request to the end of its header (408)
    milliseconds bodyTimeout{30'000}; ///< without progress while a body is read (408)
    milliseconds writeTimeout{30'000}; ///< without progress while a response is written
    milliseconds idleTimeout{60'000}; ///< between two requests of a connection
    milliseconds lingerTimeout{2'000}; ///< how long a refused body is read and dropped, so that the client gets the
                                       ///< answer
};

} // namespace lifeguard

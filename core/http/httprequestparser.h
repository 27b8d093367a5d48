// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/http/httprequest.h"

#include <memory>

namespace lifeguard {

/// Parses the requests of one connection, in pieces of any size. Stops after each header until acceptBody() is called,
/// and after each request until startNext() is called. A malformed header that comes in several pieces is reported when
/// it ends or becomes too long, because Beast then looks for its end first; requests, bodies and all other errors do
/// not depend on the pieces. Based on Boost.Beast, whose headers compile slowly and are included in
/// httprequestparser.cpp only.
class HttpRequestParser
{
public:
    enum class State {
        Header, ///< the header is incomplete
        HeaderDone, ///< acceptBody() must be called
        Body,
        Done, ///< the request is complete
        Broken, ///< errorStatus() is the answer; nothing after it can be understood
    };

    explicit HttpRequestParser(int headerLimit);
    ~HttpRequestParser();
    HttpRequestParser(const HttpRequestParser &) = delete;
    HttpRequestParser &operator=(const HttpRequestParser &) = delete;

    /// Takes the next bytes. In the states HeaderDone, Done and Broken, they are only kept; the caller bounds them.
    void feed(const QByteArray &bytes);
    /// Continues with the body, which may have this many bytes.
    void acceptBody(qint64 limit);
    /// Continues with the next request, after Done.
    void startNext();

    [[nodiscard]] State state() const { return m_state; }
    [[nodiscard]] const HttpRequest &request() const { return m_request; } ///< complete from HeaderDone on
    [[nodiscard]] QByteArray takeBody(); ///< returns the part of the body since the last call
    [[nodiscard]] int errorStatus() const { return m_errorStatus; } ///< 400, 413, 431, 501 or 505, when Broken
    [[nodiscard]] QByteArray errorText() const { return m_errorText; }
    /// Returns whether a byte of the current request was received.
    [[nodiscard]] bool hasBegun() const { return m_hasBegun; }
    /// Returns the number of bytes that were received and are not parsed yet.
    [[nodiscard]] qsizetype bufferedBytes() const { return m_buffer.size(); }

private:
    class Message;
    void startMessage();
    void parse();
    void finishHeader();
    void fail(int status, const QByteArray &text);
    void failHeaderLimit();

    const int m_headerLimit;
    std::unique_ptr<Message> m_message;
    HttpRequest m_request;
    State m_state = State::Header;
    QByteArray m_buffer;
    qsizetype m_headerBytes = 0; ///< the bytes of the current header that were parsed
    QByteArray m_errorText;
    int m_errorStatus = 0;
    bool m_hasBegun = false;
};

} // namespace lifeguard

// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/docker/httpparser.h"

// Beast 1.74 asserts that at least five bytes of the last chunk arrive at once, although it handles fewer: an empty chunked body in small
// pieces would abort the program.
#define BOOST_DISABLE_ASSERTS
#include <boost/beast/http/basic_parser.hpp>

#include <limits>

namespace lifeguard {

namespace http = boost::beast::http;
using boost::beast::error_code;
using boost::beast::string_view;

namespace {

QByteArray bytesOf(string_view text)
{
    return QByteArray(text.data(), qsizetype(text.size()));
}

constexpr int switchingProtocols = 101;
constexpr int firstFinalStatus = 200;

} // namespace

/// One response, final or provisional. Receives the callbacks of Beast.
class HttpParser::Message final : public http::basic_parser<false>
{
public:
    explicit Message(bool bodyless)
    {
        skip(bodyless);
        eager(true);
        header_limit(headerLimit);
        body_limit(std::numeric_limits<std::uint64_t>::max()); // Beast 1.74 treats boost::none as 0
    }

    int status = 0;
    QByteArray reason;
    QList<std::pair<QByteArray, QByteArray>> headers;
    QByteArray body;
    bool headerEnded = false;

private:
    void on_request_impl(http::verb, string_view, string_view, int, error_code &) override {}
    void on_response_impl(int code, string_view text, int, error_code &) override
    {
        status = code;
        reason = bytesOf(text);
    }
    void on_field_impl(http::field, string_view name, string_view value, error_code &) override
    {
        if (!headerEnded) // the trailer of a chunked body is not needed
            headers.append({bytesOf(name), bytesOf(value)});
    }
    void on_header_impl(error_code &) override { headerEnded = true; }
    void on_body_init_impl(const boost::optional<std::uint64_t> &, error_code &) override {}
    std::size_t on_body_impl(string_view bytes, error_code &) override
    {
        body.append(bytes.data(), qsizetype(bytes.size()));
        return bytes.size();
    }
    void on_chunk_header_impl(std::uint64_t, string_view, error_code &) override {}
    std::size_t on_chunk_body_impl(std::uint64_t, string_view bytes, error_code &) override
    {
        body.append(bytes.data(), qsizetype(bytes.size()));
        return bytes.size();
    }
    void on_finish_impl(error_code &) override {}
};

HttpParser::HttpParser(bool bodyless) : m_bodyless(bodyless)
{
    startMessage();
}

HttpParser::~HttpParser() = default;

void HttpParser::startMessage()
{
    m_message = std::make_unique<Message>(m_bodyless);
}

void HttpParser::feed(const QByteArray &bytes)
{
    if (bytes.isEmpty() || state() == State::Broken)
        return;
    m_hasBegun = true;
    m_buffer.append(bytes);
    if (state() != State::Done)
        readBuffer();
}

void HttpParser::readBuffer()
{
    qsizetype at = 0;
    while (at < m_buffer.size()) {
        error_code error;
        at += qsizetype(m_message->put(boost::asio::const_buffer(m_buffer.constData() + at, std::size_t(m_buffer.size() - at)), error));
        if (error == http::error::need_more)
            break;
        if (error)
            return fail(QString::fromStdString(error.message()));
        if (m_message->headerEnded && (m_message->status < 100 || m_message->status == switchingProtocols))
            return fail(QStringLiteral("unexpected status %1").arg(m_message->status));
        if (!m_message->is_done())
            continue;
        if (m_message->status >= firstFinalStatus)
            break;
        startMessage();
    }
    m_buffer.remove(0, at);
    // Beast limits the header of the response, but not the headers of chunks.
    if (m_buffer.size() > headerLimit && state() != State::Done)
        fail(QStringLiteral("the header of a chunk is too long"));
}

void HttpParser::end()
{
    if (state() == State::Done || state() == State::Broken)
        return;
    error_code error;
    if (m_message->got_some())
        m_message->put_eof(error);
    if (error || !m_message->is_done())
        fail(m_hasBegun ? QStringLiteral("the connection was closed during the response") : QStringLiteral("the connection was closed before the response"));
}

void HttpParser::fail(const QString &error)
{
    m_error = error;
    m_buffer.clear();
}

HttpParser::State HttpParser::state() const
{
    if (!m_error.isEmpty())
        return State::Broken;
    if (!m_message->headerEnded || m_message->status < firstFinalStatus)
        return State::Header;
    return m_message->is_done() ? State::Done : State::Body;
}

int HttpParser::status() const
{
    return m_message->headerEnded ? m_message->status : 0;
}

QByteArray HttpParser::reason() const
{
    return m_message->reason;
}

QList<std::pair<QByteArray, QByteArray>> HttpParser::headers() const
{
    return m_message->headers;
}

QByteArray HttpParser::takeBody()
{
    return std::exchange(m_message->body, {});
}

bool HttpParser::hasBegun() const
{
    return m_hasBegun;
}

bool HttpParser::keepsAlive() const
{
    return state() == State::Done && m_buffer.isEmpty() && m_message->keep_alive();
}

QString HttpParser::error() const
{
    return m_error;
}

} // namespace lifeguard

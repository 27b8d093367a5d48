// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/http/httprequestparser.h"

// As in core/docker/httpparser.cpp: Beast 1.74 asserts that at least five bytes of the last chunk arrive at once.
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

} // namespace

/// One request. Receives the callbacks of Beast.
class HttpRequestParser::Message final : public http::basic_parser<true>
{
public:
    explicit Message(int headerLimit)
    {
        eager(false); // put() returns after the header
        header_limit(std::uint32_t(headerLimit));
        body_limit(std::numeric_limits<std::uint64_t>::max()); // counted below, because the limit depends on the route
    }

    HttpRequest request;
    QByteArray target;
    QByteArray body;
    qint64 bodyLimit = 0;
    qint64 bodyBytes = 0;
    bool headerEnded = false;
    bool isTooLarge = false;

private:
    void on_request_impl(http::verb, string_view method, string_view text, int version, error_code &) override
    {
        request.method = bytesOf(method);
        target = bytesOf(text);
        request.version = version;
    }
    void on_response_impl(int, string_view, int, error_code &) override {}
    void on_field_impl(http::field, string_view name, string_view value, error_code &) override
    {
        if (!headerEnded) // the trailer of a chunked body is not needed
            request.headers.emplaceBack(bytesOf(name), bytesOf(value));
    }
    void on_header_impl(error_code &) override { headerEnded = true; }
    void on_body_init_impl(const boost::optional<std::uint64_t> &, error_code &) override {}
    std::size_t on_body_impl(string_view bytes, error_code &error) override { return append(bytes, error); }
    void on_chunk_header_impl(std::uint64_t size, string_view, error_code &error) override
    {
        if (size > std::uint64_t(bodyLimit - bodyBytes))
            refuse(error);
    }
    std::size_t on_chunk_body_impl(std::uint64_t, string_view bytes, error_code &error) override
    {
        return append(bytes, error);
    }
    void on_finish_impl(error_code &) override {}

    std::size_t append(string_view bytes, error_code &error)
    {
        bodyBytes += qint64(bytes.size());
        if (bodyBytes > bodyLimit) {
            refuse(error);
            return 0;
        }
        body.append(bytes.data(), qsizetype(bytes.size()));
        return bytes.size();
    }
    void refuse(error_code &error)
    {
        isTooLarge = true;
        error = http::error::body_limit;
    }
};

HttpRequestParser::HttpRequestParser(int headerLimit) : m_headerLimit(headerLimit)
{
    startMessage();
}

HttpRequestParser::~HttpRequestParser() = default;

void HttpRequestParser::startMessage()
{
    m_message = std::make_unique<Message>(m_headerLimit);
    m_request = {};
    m_state = State::Header;
    m_headerBytes = 0;
    m_hasBegun = !m_buffer.isEmpty();
}

void HttpRequestParser::feed(const QByteArray &bytes)
{
    if (m_state == State::Broken || bytes.isEmpty())
        return;
    m_buffer.append(bytes);
    if (m_state == State::Header)
        m_hasBegun = true;
    parse();
}

void HttpRequestParser::acceptBody(qint64 limit)
{
    if (m_state != State::HeaderDone)
        return;
    m_message->bodyLimit = limit;
    if (m_request.contentLength.value_or(0) > quint64(limit)) {
        fail(413, "the body is longer than " + QByteArray::number(limit) + " bytes");
        return;
    }
    m_state = m_message->is_done() ? State::Done : State::Body;
    parse();
}

void HttpRequestParser::startNext()
{
    if (m_state != State::Done)
        return;
    startMessage();
    parse();
}

void HttpRequestParser::parse()
{
    qsizetype at = 0;
    while (at < m_buffer.size() && (m_state == State::Header || m_state == State::Body)) {
        const qsizetype left = m_buffer.size() - at;
        const qint64 bodyBytes = m_message->bodyBytes;
        error_code error;
        const auto consumed = qsizetype(
            m_message->put(boost::asio::const_buffer(m_buffer.constData() + at, std::size_t(left)), error));
        at += consumed;
        if (m_state == State::Header)
            m_headerBytes += consumed; // also of an incomplete header: Beast consumes complete fields
        if (error == http::error::need_more)
            break;
        if (error) {
            if (m_message->isTooLarge)
                return fail(413, "the body is longer than " + QByteArray::number(m_message->bodyLimit) + " bytes");
            const bool isHeaderTooLong = error == http::error::header_limit || error == http::error::buffer_overflow;
            return fail(isHeaderTooLong                     ? 431
                        : error == http::error::bad_version ? 505
                                                            : 400,
                        QByteArray::fromStdString(error.message()));
        }
        if (m_state == State::Header && m_message->headerEnded) {
            m_buffer.remove(0, at);
            finishHeader();
            return;
        }
        if (m_state == State::Body && m_message->bodyBytes == bodyBytes && consumed > m_headerLimit)
            return failHeaderLimit(); // the header of a chunk, or the trailer
        if (m_message->is_done())
            m_state = State::Done;
        else if (consumed == 0)
            break;
    }
    m_buffer.remove(0, at);
    // Beast limits only what it is given at once: neither the fields of a header that comes in pieces, nor the headers
    // of chunks.
    const bool isHeaderTooLong = m_state == State::Header && m_headerBytes + m_buffer.size() > m_headerLimit;
    if (isHeaderTooLong || (m_state == State::Body && m_buffer.size() > m_headerLimit))
        failHeaderLimit();
}

void HttpRequestParser::finishHeader()
{
    if (m_headerBytes > m_headerLimit)
        return failHeaderLimit();
    m_request = m_message->request;
    const auto length = m_message->content_length();
    if (length)
        m_request.contentLength = quint64(*length);
    m_request.isChunked = m_message->chunked();
    m_request.keepsAlive = m_message->keep_alive();
    if (m_request.version != 10 && m_request.version != 11)
        return fail(505, "only HTTP/1.0 and HTTP/1.1 are supported");
    const qsizetype encodings = m_request.countHeaders("Transfer-Encoding");
    if (encodings > 0) {
        // Anything else would be read differently by different programs (request smuggling).
        if (m_request.version == 10 || m_request.countHeaders("Content-Length") > 0)
            return fail(400, "Transfer-Encoding is not allowed here");
        if (encodings > 1 || m_request.header("Transfer-Encoding").trimmed().toLower() != "chunked")
            return fail(501, "the only supported transfer encoding is chunked");
    }
    if (m_request.countHeaders("Content-Length") > 1)
        return fail(400, "there is more than one Content-Length");
    const qsizetype hosts = m_request.countHeaders("Host");
    if (hosts > 1 || (hosts == 0 && m_request.version == 11))
        return fail(400, "exactly one Host is needed");
    if (!m_request.setTarget(m_message->target))
        return fail(400, "the path is not valid");
    m_state = State::HeaderDone;
}

void HttpRequestParser::fail(int status, const QByteArray &text)
{
    m_state = State::Broken;
    m_errorStatus = status;
    m_errorText = text;
    m_buffer.clear();
}

void HttpRequestParser::failHeaderLimit()
{
    fail(431, "a header is longer than " + QByteArray::number(m_headerLimit) + " bytes");
}

QByteArray HttpRequestParser::takeBody()
{
    return std::exchange(m_message->body, {});
}

} // namespace lifeguard

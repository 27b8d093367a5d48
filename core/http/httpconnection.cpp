// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/http/httpconnection.h"

#include "core/http/httpexchange.h"
#include "core/http/httpsocket.h"

#include <utility>

namespace lifeguard {
namespace {

constexpr qint64 pieceSize = 16 * 1024; ///< bytes that are read at once
constexpr qint64 lingerBytes = 1024 * 1024; ///< dropped at most after the last response

bool needsLength(const HttpRequest &request)
{
    return request.method == "POST" || request.method == "PUT" || request.method == "PATCH";
}

} // namespace

HttpConnection::HttpConnection(HttpSocket *socket, const HttpLimits &limits, const HttpRouter &router, QObject *parent)
    : QObject(parent)
    , m_socket(socket)
    , m_limits(limits)
    , m_router(router)
    , m_parser(limits.headerBytes)
{
    m_socket->setParent(this);
    m_readTimer.setSingleShot(true);
    m_writeTimer.setSingleShot(true);
    connect(m_socket, &HttpSocket::readyRead, this, &HttpConnection::process);
    connect(m_socket, &HttpSocket::bytesWritten, this, &HttpConnection::onBytesWritten);
    connect(m_socket, &HttpSocket::disconnected, this, &HttpConnection::close);
    connect(&m_readTimer, &QTimer::timeout, this, &HttpConnection::onReadTimeout);
    connect(&m_writeTimer, &QTimer::timeout, this, &HttpConnection::close);
    m_sinceIdle.start();
    updateTimers();
    continueReading(); // bytes that arrived before the signals were connected
}

HttpConnection::~HttpConnection() = default;

bool HttpConnection::isIdle() const
{
    return m_phase == Phase::Request && !m_parser.hasBegun();
}

milliseconds HttpConnection::idleTime() const
{
    return isIdle() ? milliseconds(m_sinceIdle.elapsed()) : milliseconds(0);
}

void HttpConnection::closeWhenIdle()
{
    m_closesAfterResponse = true;
    if (isIdle() && m_socket->device().bytesToWrite() == 0)
        close();
    else if (isIdle())
        linger();
}

void HttpConnection::refuseBusy()
{
    refuse(503, "too many connections", {{"Retry-After", "5"}});
}

void HttpConnection::close()
{
    if (m_phase == Phase::Closed)
        return;
    m_phase = Phase::Closed;
    m_readTimer.stop();
    m_writeTimer.stop();
    if (HttpExchange *exchange = std::exchange(m_exchange, nullptr)) {
        const bool hasEnded = std::exchange(exchange->m_response, HttpExchange::Response::Ended)
                           == HttpExchange::Response::Ended;
        exchange->deleteLater();
        if (exchange->m_isHandled && !hasEnded)
            Q_EMIT exchange->aborted();
    }
    m_socket->abort();
    Q_EMIT closed();
}

bool HttpConnection::keepsAlive() const
{
    return m_exchange && m_exchange->request().keepsAlive && m_exchange->isBodyComplete() && !m_closesAfterResponse;
}

bool HttpConnection::isWritable() const
{
    return m_phase != Phase::Closed && m_socket->device().bytesToWrite() < m_limits.writeBuffer;
}

void HttpConnection::send(const QByteArray &bytes)
{
    if (m_phase == Phase::Closed || m_hasShutDown)
        return;
    m_socket->device().write(bytes);
    updateTimers();
}

void HttpConnection::continueReading()
{
    QMetaObject::invokeMethod(this, &HttpConnection::process, Qt::QueuedConnection);
}

/// Called after each event. Handlers can call back into this object, hence the guard.
void HttpConnection::process()
{
    if (m_isProcessing)
        return;
    m_isProcessing = true;
    while (processStep()) {}
    m_isProcessing = false;
    updateTimers();
}

/// Returns whether there may be more to do now.
bool HttpConnection::processStep()
{
    switch (m_phase) {
    case Phase::Request:
        if (m_parser.state() == HttpRequestParser::State::HeaderDone) {
            beginExchange();
            return true;
        }
        if (m_parser.state() == HttpRequestParser::State::Broken) {
            refuse(m_parser.errorStatus(), m_parser.errorText());
            return true;
        }
        if (!isWritable())
            return false; // the client sends requests, but does not read the responses
        break;
    case Phase::Exchange:
        if (m_parser.state() != HttpRequestParser::State::Body
            || (m_isStreamed && m_exchange->m_body.size() >= m_limits.bodyBuffer))
            return false;
        break;
    case Phase::Lingering:
        break;
    case Phase::Closed:
        return false;
    }
    const QByteArray bytes = readSocket();
    if (bytes.isEmpty())
        return false;
    if (m_phase == Phase::Lingering) {
        m_lingeredBytes += bytes.size();
        if (m_lingeredBytes > lingerBytes)
            close();
        return true;
    }
    m_parser.feed(bytes);
    if (m_phase == Phase::Exchange)
        deliverBody();
    return true;
}

QByteArray HttpConnection::readSocket()
{
    QByteArray bytes = m_socket->device().read(pieceSize);
    m_readProgress += bytes.size();
    return bytes;
}

void HttpConnection::beginExchange()
{
    HttpRequest request = m_parser.request();
    const HttpRouter::Match match = m_router.match(request);
    if (!match.route) {
        HttpHeaders headers;
        if (match.errorStatus == 405)
            headers.emplaceBack("Allow", match.allowed);
        if (request.hasBody()) {
            refuse(match.errorStatus, {}, headers);
            return;
        }
        m_parser.acceptBody(0);
        m_phase = Phase::Exchange;
        m_exchange = new HttpExchange(*this, std::move(request));
        m_exchange->m_isBodyComplete = true;
        HttpResponse response = HttpResponse::error(match.errorStatus);
        response.headers += headers;
        m_exchange->respond(response); // the connection can be used for other requests
        return;
    }
    if (needsLength(request) && !request.isChunked && !request.contentLength) {
        refuse(411, "Content-Length or Transfer-Encoding is needed");
        return;
    }
    const QByteArray expectation = request.header("Expect");
    const bool expectsContinue = expectation.compare("100-continue", Qt::CaseInsensitive) == 0;
    if (!expectation.isEmpty() && !expectsContinue) {
        refuse(417, "the only supported expectation is 100-continue");
        return;
    }
    request.parameters = match.parameters;
    const bool isWaiting = expectsContinue && request.hasBody() && request.version == 11;
    m_parser.acceptBody(match.route->bodyLimit >= 0 ? match.route->bodyLimit : m_limits.bodyBytes);
    if (m_parser.state() == HttpRequestParser::State::Broken)
        return; // answered by the next step
    m_phase = Phase::Exchange;
    m_handler = match.route->handler;
    m_isStreamed = match.route->isStreamed;
    m_exchange = new HttpExchange(*this, std::move(request));
    if (isWaiting && m_parser.state() == HttpRequestParser::State::Body)
        send("HTTP/1.1 100 Continue\r\n\r\n");
    if (m_isStreamed) {
        m_exchange->m_isBodyComplete = m_parser.state() == HttpRequestParser::State::Done;
        m_exchange->m_body = m_parser.takeBody();
        callHandler();
        if (m_exchange && m_parser.state() == HttpRequestParser::State::Broken)
            deliverBody();
    } else {
        deliverBody();
    }
}

void HttpConnection::callHandler()
{
    m_exchange->m_isHandled = true;
    const HttpRoute::Handler handler = std::move(m_handler);
    handler(*m_exchange);
}

/// Passes what the parser has read to the exchange.
void HttpConnection::deliverBody()
{
    if (m_parser.state() == HttpRequestParser::State::Broken) {
        if (m_exchange->m_response == HttpExchange::Response::NotBegun)
            refuse(m_parser.errorStatus(), m_parser.errorText());
        else
            close();
        return;
    }
    const QByteArray bytes = m_parser.takeBody();
    m_exchange->m_body += bytes;
    const bool isComplete = m_parser.state() == HttpRequestParser::State::Done;
    const bool isNews = !bytes.isEmpty() || isComplete != m_exchange->m_isBodyComplete;
    m_exchange->m_isBodyComplete = isComplete;
    if (!m_exchange->m_isHandled) {
        if (isComplete)
            callHandler();
    } else if (isNews) {
        Q_EMIT m_exchange->bodyReceived();
    }
}

/// Ends the response. The connection waits for the next request, or is closed.
void HttpConnection::endExchange()
{
    if (m_phase != Phase::Exchange)
        return;
    m_exchange->deleteLater(); // the caller is in it
    m_exchange = nullptr;
    m_isFirstRequest = false;
    if (m_closesAfterResponse || m_parser.state() != HttpRequestParser::State::Done) {
        linger();
        return;
    }
    m_phase = Phase::Request;
    m_parser.startNext();
    m_sinceIdle.start();
    updateTimers();
    continueReading();
}

/// Answers without a handler, and closes the connection.
void HttpConnection::refuse(int status, const QByteArray &detail, const HttpHeaders &headers)
{
    if (m_phase == Phase::Closed || m_phase == Phase::Lingering)
        return;
    HttpResponse response = HttpResponse::error(status, detail);
    response.headers += headers;
    response.headers.emplaceBack("Content-Length", QByteArray::number(response.body.size()));
    response.headers.emplaceBack("Connection", "close");
    send(httpHead(status, response.headers));
    if (m_parser.request().method != "HEAD")
        send(response.body);
    if (HttpExchange *exchange = std::exchange(m_exchange, nullptr)) {
        exchange->m_response = HttpExchange::Response::Ended;
        exchange->deleteLater();
        if (exchange->m_isHandled)
            Q_EMIT exchange->aborted();
    }
    linger();
}

/// Closing a socket with unread bytes resets the connection, and the client could lose the response. Therefore its
/// bytes are read and dropped for a while.
void HttpConnection::linger()
{
    if (m_phase == Phase::Closed)
        return;
    m_phase = Phase::Lingering;
    if (m_socket->device().bytesToWrite() == 0) {
        m_socket->shutdownWriting();
        m_hasShutDown = true;
    }
    updateTimers();
    continueReading();
}

void HttpConnection::onBytesWritten(qint64 bytes)
{
    m_writeProgress += bytes;
    const qint64 left = m_socket->device().bytesToWrite();
    if (left == 0 || m_writeProgress >= m_limits.progressBytes) {
        m_writeTimer.stop(); // updateTimers() starts it again if bytes are left
        m_writeProgress = 0;
    }
    updateTimers();
    if (m_phase == Phase::Lingering && left == 0 && !m_hasShutDown)
        linger();
    else if (m_phase == Phase::Request)
        continueReading();
    else if (m_exchange && isWritable() && !m_exchange->m_wasWritable) {
        m_exchange->m_wasWritable = true;
        Q_EMIT m_exchange->writable();
    }
}

void HttpConnection::updateTimers()
{
    if (m_phase == Phase::Closed)
        return;
    if (m_socket->device().bytesToWrite() > 0 && !m_writeTimer.isActive()) {
        m_writeProgress = 0;
        m_writeTimer.start(m_limits.writeTimeout);
    }
    switch (m_phase) {
    case Phase::Request:
        waitFor(m_parser.hasBegun() ? Wait::Header : m_isFirstRequest ? Wait::FirstRequest : Wait::NextRequest);
        break;
    case Phase::Exchange: {
        const bool isPaused = m_isStreamed && m_exchange && m_exchange->m_body.size() >= m_limits.bodyBuffer;
        const bool isReading = m_parser.state() == HttpRequestParser::State::Body && !isPaused;
        if (m_wait == Wait::Body && m_readProgress >= m_limits.progressBytes)
            waitFor(Wait::Nothing); // the time begins anew
        waitFor(isReading ? Wait::Body : Wait::Nothing);
        break;
    }
    case Phase::Lingering:
        waitFor(m_hasShutDown ? Wait::Linger : Wait::Nothing);
        break;
    case Phase::Closed:
        break;
    }
}

/// Starts the timer, unless it runs for the same reason.
void HttpConnection::waitFor(Wait wait)
{
    if (m_wait == wait)
        return;
    m_wait = wait;
    m_readProgress = 0;
    switch (wait) {
    case Wait::Nothing:
        m_readTimer.stop();
        break;
    case Wait::FirstRequest:
    case Wait::Header:
        m_readTimer.start(m_limits.headerTimeout);
        break;
    case Wait::NextRequest:
        m_readTimer.start(m_limits.idleTimeout);
        break;
    case Wait::Body:
        m_readTimer.start(m_limits.bodyTimeout);
        break;
    case Wait::Linger:
        m_readTimer.start(m_limits.lingerTimeout);
        break;
    }
}

void HttpConnection::onReadTimeout()
{
    const bool isResponding = m_exchange && m_exchange->m_response != HttpExchange::Response::NotBegun;
    if (m_wait == Wait::Header || (m_wait == Wait::Body && !isResponding))
        refuse(408, "the request did not arrive in time");
    else
        close();
}

} // namespace lifeguard

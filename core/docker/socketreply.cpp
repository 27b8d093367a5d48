// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/docker/socketreply.h"

#include "core/docker/httpmessages.h"

namespace lifeguard {
namespace {

constexpr qint64 pieceSize = 16 * 1024; ///< bytes of a body that are sent in one write

bool isIdempotent(const QByteArray &verb)
{
    return verb == "GET" || verb == "HEAD" || verb == "PUT" || verb == "DELETE" || verb == "OPTIONS";
}

} // namespace

SocketReply::SocketReply(SocketPool *pool, QNetworkAccessManager::Operation operation, const QNetworkRequest &request,
                         bool isStream, QIODevice *outgoing, QObject *parent)
    : QNetworkReply(parent)
    , m_pool(pool)
    , m_outgoing(outgoing)
    , m_verb(httpVerb(operation, request))
    , m_isStream(isStream)
{
    setRequest(request);
    setUrl(request.url());
    setOperation(operation);
    open(QIODevice::ReadOnly);
    m_timer.setSingleShot(true);
    connect(&m_timer, &QTimer::timeout, this, [this] {
        finish(TimeoutError,
               tr("no data was transferred for %1 s").arg(QNetworkReply::request().transferTimeout() / 1000.0));
    });
    // Queued, because the caller first has to connect to the signals.
    QMetaObject::invokeMethod(this, &SocketReply::start, Qt::QueuedConnection);
}

SocketReply::~SocketReply() = default;

void SocketReply::start()
{
    if (isFinished() || !m_pool)
        return;
    if (m_verb.isEmpty())
        return finish(ProtocolInvalidOperationError, tr("the HTTP verb is invalid"));
    if (m_outgoing) {
        m_outgoingStart = m_outgoing->pos();
        connect(m_outgoing, &QIODevice::readyRead, this, &SocketReply::sendBody);
        connect(m_outgoing, &QIODevice::readChannelFinished, this, &SocketReply::sendBody);
    }
    restartTimeout();
    EngineSocket *idle = m_isStream || !isIdempotent(m_verb) ? nullptr : m_pool->takeIdle(this);
    if (!idle)
        return openNewSocket();
    useSocket(idle);
    m_isSocketReused = true;
    sendHead();
}

void SocketReply::openNewSocket()
{
    m_isSocketReused = false;
    useSocket(new EngineSocket(m_pool->endpoint(), this));
    m_socket->open();
}

void SocketReply::useSocket(EngineSocket *socket)
{
    m_socket = socket;
    m_hasSocketEnded = false;
    m_parser = std::make_unique<HttpParser>(m_verb == "HEAD");
    connect(socket, &EngineSocket::opened, this, &SocketReply::sendHead);
    connect(socket, &EngineSocket::readyRead, this, &SocketReply::receive);
    connect(socket, &EngineSocket::bytesWritten, this, [this] {
        restartTimeout();
        sendBody();
    });
    connect(socket, &EngineSocket::ended, this, [this](NetworkError error, const QString &message) {
        m_hasSocketEnded = true;
        m_socketError = error;
        m_socketMessage = message;
        receive();
    });
}

void SocketReply::sendHead()
{
    restartTimeout();
    QByteArray bodyHeader;
    m_isBodySent = !m_outgoing;
    m_unsentBytes.reset();
    if (m_outgoing) {
        const QVariant length = request().header(QNetworkRequest::ContentLengthHeader);
        if (!m_outgoing->isSequential())
            m_unsentBytes = m_outgoing->size() - m_outgoingStart;
        else if (length.isValid())
            m_unsentBytes = length.toLongLong();
        bodyHeader = m_unsentBytes ? "Content-Length: " + QByteArray::number(*m_unsentBytes) + "\r\n"
                                   : QByteArray("Transfer-Encoding: chunked\r\n");
    } else if (m_verb == "POST" || m_verb == "PUT") {
        bodyHeader = "Content-Length: 0\r\n";
    }
    m_socket->write(httpRequestHead(m_verb, request(), bodyHeader, m_isStream));
    sendBody();
}

void SocketReply::sendBody()
{
    while (!m_isBodySent && m_socket && m_socket->isOpen() && m_socket->bytesToWrite() < EngineSocket::bufferSize) {
        if (!m_outgoing || !m_outgoing->isReadable())
            return finish(OperationCanceledError, tr("the body of the request is not available"));
        const QByteArray piece = m_outgoing->read(m_unsentBytes ? qMin(*m_unsentBytes, pieceSize) : pieceSize);
        if (m_unsentBytes) {
            m_socket->write(piece);
            *m_unsentBytes -= piece.size();
            m_isBodySent = *m_unsentBytes <= 0;
        } else if (!piece.isEmpty()) {
            m_socket->write(QByteArray::number(piece.size(), 16) + "\r\n" + piece + "\r\n");
        }
        if (m_isBodySent || !piece.isEmpty())
            continue;
        if (m_outgoing->isSequential() && !m_outgoing->atEnd())
            return; // more data will follow
        if (m_unsentBytes)
            return finish(ProtocolFailure, tr("the body of the request is shorter than its announced length"));
        m_socket->write("0\r\n\r\n");
        m_isBodySent = true;
    }
}

void SocketReply::receive()
{
    const QPointer<SocketReply> alive(this);
    while (alive && m_socket && !isFinished() && freeBufferSpace() > 0) {
        const QByteArray bytes = m_socket->read(qMin(freeBufferSpace(), EngineSocket::bufferSize));
        if (bytes.isEmpty()) {
            if (m_hasSocketEnded && m_socket->bytesAvailable() == 0)
                handleSocketEnd();
            return;
        }
        restartTimeout();
        m_parser->feed(bytes);
        handleParsedData();
    }
    if (alive && m_socket && !isFinished())
        m_timer.stop(); // waiting for the reader, not for the engine
}

void SocketReply::handleParsedData()
{
    const QPointer<SocketReply> alive(this);
    if (!m_isHeaderHandled && m_parser->status() != 0)
        handleHeader();
    if (!alive || isFinished())
        return;
    const QByteArray body = m_parser->takeBody();
    m_body.append(body);
    // The state is updated before signals are emitted, because slots may delete this object or abort the request.
    const HttpParser::State state = m_parser->state();
    if (state == HttpParser::State::Done)
        releaseSocket(m_isBodySent && !m_isStream && m_parser->keepsAlive());
    if (!body.isEmpty())
        Q_EMIT readyRead();
    if (!alive || isFinished())
        return;
    if (state == HttpParser::State::Done)
        finish(networkErrorOf(m_parser->status()),
               QString::number(m_parser->status()) + u' ' + QString::fromLatin1(m_parser->reason()));
    else if (state == HttpParser::State::Broken)
        finish(ProtocolFailure, tr("the response is not valid HTTP: %1").arg(m_parser->error()));
}

void SocketReply::handleHeader()
{
    m_isHeaderHandled = true;
    setAttribute(QNetworkRequest::HttpStatusCodeAttribute, m_parser->status());
    setAttribute(QNetworkRequest::HttpReasonPhraseAttribute, QString::fromLatin1(m_parser->reason()));
    setAttribute(QNetworkRequest::ConnectionEncryptedAttribute,
                 m_pool && m_pool->endpoint().kind == DockerEndpoint::Kind::Tls);
    const auto headers = m_parser->headers();
    for (const auto &[name, value] : headers)
        setRawHeader(name, hasRawHeader(name) ? rawHeader(name) + ", " + value : value);
    Q_EMIT metaDataChanged();
}

void SocketReply::handleSocketEnd()
{
    if (!m_parser->hasBegun() && resend())
        return;
    const bool hasBegun = m_parser->hasBegun();
    m_parser->end();
    if (m_parser->state() == HttpParser::State::Done)
        return handleParsedData();
    if (!hasBegun || m_socketError != RemoteHostClosedError)
        return finish(m_socketError, m_socketMessage);
    finish(RemoteHostClosedError, tr("the connection was closed during the response"));
}

bool SocketReply::resend()
{
    // Only a reused connection can have been closed by the engine because it was idle.
    if (!m_isSocketReused || !m_pool)
        return false;
    if (m_outgoing && (m_outgoing->isSequential() || !m_outgoing->seek(m_outgoingStart)))
        return false;
    releaseSocket(false);
    openNewSocket();
    return true;
}

qint64 SocketReply::freeBufferSpace() const
{
    return readBufferSize() > 0 ? readBufferSize() - bytesAvailable() : EngineSocket::bufferSize;
}

void SocketReply::scheduleReceive()
{
    if (m_isReceiveScheduled || isFinished())
        return;
    m_isReceiveScheduled = true;
    // Queued, because receive() emits signals and this function may be called from within read().
    QMetaObject::invokeMethod(
        this,
        [this] {
            m_isReceiveScheduled = false;
            if (m_socket) {
                restartTimeout();
                receive();
            }
        },
        Qt::QueuedConnection);
}

void SocketReply::restartTimeout()
{
    if (request().transferTimeout() > 0)
        m_timer.start(request().transferTimeout());
}

void SocketReply::releaseSocket(bool isReusable)
{
    if (!m_socket)
        return;
    m_socket->disconnect(this);
    if (isReusable && m_pool)
        m_pool->keep(m_socket);
    else
        m_socket->deleteLater();
    m_socket = nullptr;
}

void SocketReply::finish(NetworkError error, const QString &message)
{
    if (isFinished())
        return;
    m_timer.stop();
    if (m_outgoing)
        m_outgoing->disconnect(this);
    releaseSocket(false);
    setFinished(true);
    const QPointer<SocketReply> alive(this);
    if (error != NoError) {
        setError(error, message);
        Q_EMIT errorOccurred(error);
    }
    if (alive)
        Q_EMIT readChannelFinished();
    if (alive)
        Q_EMIT finished();
}

void SocketReply::abort()
{
    finish(OperationCanceledError, tr("the request was cancelled"));
}

void SocketReply::close()
{
    abort();
    QNetworkReply::close();
}

qint64 SocketReply::bytesAvailable() const
{
    return QNetworkReply::bytesAvailable() + m_body.size();
}

bool SocketReply::canReadLine() const
{
    return QNetworkReply::canReadLine() || m_body.contains('\n');
}

void SocketReply::setReadBufferSize(qint64 size)
{
    QNetworkReply::setReadBufferSize(size);
    scheduleReceive();
}

qint64 SocketReply::readData(char *data, qint64 maxSize)
{
    const qint64 count = qMin<qint64>(maxSize, m_body.size());
    if (count == 0)
        return isFinished() ? -1 : 0;
    memcpy(data, m_body.constData(), size_t(count));
    m_body.remove(0, count);
    if (readBufferSize() > 0)
        scheduleReceive();
    return count;
}

} // namespace lifeguard

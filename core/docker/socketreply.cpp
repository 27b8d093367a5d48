// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/docker/socketreply.h"

#include "core/docker/httpmessages.h"

namespace lifeguard {
namespace {

constexpr qint64 pieceSize = 16 * 1024; ///< of a body that is sent

bool maySendTwice(const QByteArray &verb)
{
    return verb == "GET" || verb == "HEAD" || verb == "PUT" || verb == "DELETE" || verb == "OPTIONS";
}

} // namespace

SocketReply::SocketReply(SocketPool *pool, QNetworkAccessManager::Operation operation, const QNetworkRequest &request, bool stream,
                         QIODevice *outgoing, QObject *parent)
    : QNetworkReply(parent), m_pool(pool), m_outgoing(outgoing), m_verb(httpVerb(operation, request)), m_stream(stream)
{
    setRequest(request);
    setUrl(request.url());
    setOperation(operation);
    open(QIODevice::ReadOnly);
    m_timer.setSingleShot(true);
    connect(&m_timer, &QTimer::timeout, this, [this] {
        finish(TimeoutError, tr("nothing came or went for %1 s").arg(QNetworkReply::request().transferTimeout() / 1000.0));
    });
    // Whoever asked has to connect to the signals first.
    QMetaObject::invokeMethod(this, &SocketReply::start, Qt::QueuedConnection);
}

SocketReply::~SocketReply() = default;

void SocketReply::start()
{
    if (isFinished() || !m_pool)
        return;
    if (m_verb.isEmpty())
        return finish(ProtocolInvalidOperationError, tr("this is no verb of HTTP"));
    if (m_outgoing) {
        m_outgoingStart = m_outgoing->pos();
        connect(m_outgoing, &QIODevice::readyRead, this, &SocketReply::sendBody);
        connect(m_outgoing, &QIODevice::readChannelFinished, this, &SocketReply::sendBody);
    }
    moved();
    EngineSocket *idle = m_stream || !maySendTwice(m_verb) ? nullptr : m_pool->takeIdle(this);
    if (!idle)
        return openNew();
    adopt(idle);
    m_reused = true;
    sendHead();
}

void SocketReply::openNew()
{
    m_reused = false;
    adopt(new EngineSocket(m_pool->endpoint(), this));
    m_socket->open();
}

void SocketReply::adopt(EngineSocket *socket)
{
    m_socket = socket;
    m_socketEnded = false;
    m_parser = std::make_unique<HttpParser>(m_verb == "HEAD");
    connect(socket, &EngineSocket::opened, this, &SocketReply::sendHead);
    connect(socket, &EngineSocket::arrived, this, &SocketReply::receive);
    connect(socket, &EngineSocket::written, this, [this] {
        moved();
        sendBody();
    });
    connect(socket, &EngineSocket::ended, this, [this](NetworkError error, const QString &message) {
        m_socketEnded = true;
        m_socketError = error;
        m_socketMessage = message;
        receive();
    });
}

void SocketReply::sendHead()
{
    moved();
    QByteArray bodyHeader;
    m_sent = !m_outgoing;
    m_outgoingLeft.reset();
    if (m_outgoing) {
        const QVariant length = request().header(QNetworkRequest::ContentLengthHeader);
        if (!m_outgoing->isSequential())
            m_outgoingLeft = m_outgoing->size() - m_outgoingStart;
        else if (length.isValid())
            m_outgoingLeft = length.toLongLong();
        bodyHeader = m_outgoingLeft ? "Content-Length: " + QByteArray::number(*m_outgoingLeft) + "\r\n"
                                    : QByteArray("Transfer-Encoding: chunked\r\n");
    } else if (m_verb == "POST" || m_verb == "PUT") {
        bodyHeader = "Content-Length: 0\r\n";
    }
    m_socket->write(httpRequestHead(m_verb, request(), bodyHeader, m_stream));
    sendBody();
}

void SocketReply::sendBody()
{
    while (!m_sent && m_socket && m_socket->isOpen() && m_socket->bytesToWrite() < EngineSocket::bufferSize) {
        if (!m_outgoing || !m_outgoing->isReadable())
            return finish(OperationCanceledError, tr("the body that was to be sent is gone"));
        const QByteArray piece = m_outgoing->read(m_outgoingLeft ? qMin(*m_outgoingLeft, pieceSize) : pieceSize);
        if (m_outgoingLeft) {
            m_socket->write(piece);
            *m_outgoingLeft -= piece.size();
            m_sent = *m_outgoingLeft <= 0;
        } else if (!piece.isEmpty()) {
            m_socket->write(QByteArray::number(piece.size(), 16) + "\r\n" + piece + "\r\n");
        }
        if (m_sent || !piece.isEmpty())
            continue;
        if (m_outgoing->isSequential() && !m_outgoing->atEnd())
            return; // there will be more
        if (m_outgoingLeft)
            return finish(ProtocolFailure, tr("the body that was to be sent is shorter than was said"));
        m_socket->write("0\r\n\r\n");
        m_sent = true;
    }
}

void SocketReply::receive()
{
    const QPointer<SocketReply> alive(this);
    while (alive && m_socket && !isFinished() && room() > 0) {
        const QByteArray bytes = m_socket->read(qMin(room(), EngineSocket::bufferSize));
        if (bytes.isEmpty()) {
            if (m_socketEnded && m_socket->bytesAvailable() == 0)
                takeEnd();
            return;
        }
        moved();
        m_parser->feed(bytes);
        takeAnswer();
    }
    if (alive && m_socket && !isFinished())
        m_timer.stop(); // it is the reader who lags
}

void SocketReply::takeAnswer()
{
    const QPointer<SocketReply> alive(this);
    if (!m_headerTold && m_parser->status() != 0)
        takeHeader();
    if (!alive || isFinished())
        return;
    const QByteArray body = m_parser->takeBody();
    m_body.append(body);
    // All is taken down before anybody is told: they may delete this, or abort.
    const HttpParser::State state = m_parser->state();
    if (state == HttpParser::State::Done)
        releaseSocket(m_sent && !m_stream && m_parser->keepsAlive());
    if (!body.isEmpty())
        Q_EMIT readyRead();
    if (!alive || isFinished())
        return;
    if (state == HttpParser::State::Done)
        finish(networkErrorOf(m_parser->status()), QString::number(m_parser->status()) + u' ' + QString::fromLatin1(m_parser->reason()));
    else if (state == HttpParser::State::Broken)
        finish(ProtocolFailure, tr("the answer is not HTTP: %1").arg(m_parser->error()));
}

void SocketReply::takeHeader()
{
    m_headerTold = true;
    setAttribute(QNetworkRequest::HttpStatusCodeAttribute, m_parser->status());
    setAttribute(QNetworkRequest::HttpReasonPhraseAttribute, QString::fromLatin1(m_parser->reason()));
    setAttribute(QNetworkRequest::ConnectionEncryptedAttribute, m_pool && m_pool->endpoint().kind == DockerEndpoint::Kind::Tls);
    const auto headers = m_parser->headers();
    for (const auto &[name, value] : headers)
        setRawHeader(name, hasRawHeader(name) ? rawHeader(name) + ", " + value : value);
    Q_EMIT metaDataChanged();
}

void SocketReply::takeEnd()
{
    if (!m_parser->hasBegun() && sendAgain())
        return;
    const bool begun = m_parser->hasBegun();
    m_parser->end();
    if (m_parser->state() == HttpParser::State::Done)
        return takeAnswer();
    if (!begun || m_socketError != RemoteHostClosedError)
        return finish(m_socketError, m_socketMessage);
    finish(RemoteHostClosedError, tr("the connection ended within the answer"));
}

bool SocketReply::sendAgain()
{
    // A new connection that ends without an answer is no accident of timing.
    if (!m_reused || !m_pool)
        return false;
    if (m_outgoing && (m_outgoing->isSequential() || !m_outgoing->seek(m_outgoingStart)))
        return false;
    releaseSocket(false);
    openNew();
    return true;
}

qint64 SocketReply::room() const
{
    return readBufferSize() > 0 ? readBufferSize() - bytesAvailable() : EngineSocket::bufferSize;
}

void SocketReply::wake()
{
    if (m_waking || isFinished())
        return;
    m_waking = true;
    // Not from within read(): receive() emits.
    QMetaObject::invokeMethod(this, [this] {
        m_waking = false;
        if (m_socket) {
            moved();
            receive();
        }
    }, Qt::QueuedConnection);
}

void SocketReply::moved()
{
    if (request().transferTimeout() > 0)
        m_timer.start(request().transferTimeout());
}

void SocketReply::releaseSocket(bool usable)
{
    if (!m_socket)
        return;
    m_socket->disconnect(this);
    if (usable && m_pool)
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
    wake();
}

qint64 SocketReply::readData(char *data, qint64 maxSize)
{
    const qint64 count = qMin<qint64>(maxSize, m_body.size());
    if (count == 0)
        return isFinished() ? -1 : 0;
    memcpy(data, m_body.constData(), size_t(count));
    m_body.remove(0, count);
    if (readBufferSize() > 0)
        wake();
    return count;
}

} // namespace lifeguard

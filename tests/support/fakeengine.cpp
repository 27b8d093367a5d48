// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/fakeengine.h"

#include "tests/support/certificates.h"

#include <QFile>
#include <QLocalServer>
#include <QLocalSocket>
#include <QPointer>
#include <QSslConfiguration>
#include <QSslKey>
#include <QSslServer>
#include <QTcpSocket>
#include <QTimer>

namespace lifeguard::test {
namespace {

QByteArray contentOf(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

/// Removes a complete chunked body from the buffer. Returns false if it is not complete.
bool takeChunks(QByteArray &buffer, QByteArray &body)
{
    qsizetype at = 0;
    QByteArray all;
    for (;;) {
        const qsizetype lineEnd = buffer.indexOf("\r\n", at);
        if (lineEnd < 0)
            return false;
        const qsizetype size = buffer.mid(at, lineEnd - at).toLongLong(nullptr, 16);
        if (buffer.size() < lineEnd + 2 + size + 2)
            return false;
        all += buffer.mid(lineEnd + 2, size);
        at = lineEnd + 2 + size + 2;
        if (size == 0)
            break;
    }
    buffer.remove(0, at);
    body = all;
    return true;
}

/// Removes a complete request from the buffer. Returns false if it is not complete.
bool takeRequest(QByteArray &buffer, FakeRequest &request)
{
    const qsizetype end = buffer.indexOf("\r\n\r\n");
    if (end < 0)
        return false;
    QList<QByteArray> lines = buffer.left(end).split('\n');
    const QList<QByteArray> words = lines.takeFirst().trimmed().split(' ');
    request.verb = words.value(0);
    request.target = words.value(1);
    for (const QByteArray &line : lines) {
        const qsizetype colon = line.indexOf(':');
        request.headers.insert(line.left(colon).trimmed().toLower(), line.mid(colon + 1).trimmed());
    }
    QByteArray rest = buffer.mid(end + 4);
    if (request.headers.value("transfer-encoding") == "chunked") {
        if (!takeChunks(rest, request.body))
            return false;
    } else {
        const qsizetype length = request.headers.value("content-length").toLongLong();
        if (rest.size() < length)
            return false;
        request.body = rest.left(length);
        rest.remove(0, length);
    }
    buffer = rest;
    return true;
}

} // namespace

FakePeer::FakePeer(QIODevice *socket, int number, QObject *parent) : QObject(parent), m_socket(socket), m_number(number)
{
    socket->setParent(this);
    connect(socket, &QIODevice::readyRead, this, &FakePeer::read);
    const auto end = [this] {
        Q_EMIT disconnected();
        deleteLater();
    };
    if (auto *local = qobject_cast<QLocalSocket *>(socket))
        connect(local, &QLocalSocket::disconnected, this, end);
    else
        connect(static_cast<QTcpSocket *>(socket), &QTcpSocket::disconnected, this, end);
    QTimer::singleShot(0, this, &FakePeer::read);
}

void FakePeer::read()
{
    if (m_paused)
        return;
    m_buffer += m_socket->readAll();
    FakeRequest request;
    request.connection = m_number;
    while (takeRequest(m_buffer, request)) {
        Q_EMIT requested(request);
        request = FakeRequest();
        request.connection = m_number;
    }
}

void FakePeer::send(const QByteArray &bytes)
{
    m_socket->write(bytes);
}

void FakePeer::sendSlowly(const QByteArray &bytes, const std::function<void()> &then)
{
    if (bytes.isEmpty())
        return then();
    m_socket->write(bytes.left(1));
    if (auto *local = qobject_cast<QLocalSocket *>(m_socket))
        local->flush();
    else
        static_cast<QTcpSocket *>(m_socket)->flush();
    QTimer::singleShot(0, this, [this, bytes, then] { sendSlowly(bytes.mid(1), then); });
}

void FakePeer::close()
{
    if (auto *local = qobject_cast<QLocalSocket *>(m_socket))
        local->disconnectFromServer();
    else
        static_cast<QTcpSocket *>(m_socket)->disconnectFromHost();
}

void FakePeer::drop()
{
    if (auto *local = qobject_cast<QLocalSocket *>(m_socket))
        local->abort();
    else
        static_cast<QTcpSocket *>(m_socket)->abort();
}

qint64 FakePeer::bytesToWrite() const
{
    const auto *secure = qobject_cast<QSslSocket *>(m_socket);
    return m_socket->bytesToWrite() + (secure ? secure->encryptedBytesToWrite() : 0);
}

FakeEngine::FakeEngine(DockerEndpoint::Kind kind)
{
    m_endpoint.kind = kind;
    m_endpoint.source = QStringLiteral("the test");
    const QString folder = m_folder.path();
    if (kind == DockerEndpoint::Kind::Local) {
        m_endpoint.socketPath = folder + QStringLiteral("/engine.sock");
        m_local = std::make_unique<QLocalServer>();
        connect(m_local.get(), &QLocalServer::newConnection, this, [this] {
            while (QLocalSocket *socket = m_local->nextPendingConnection())
                acceptConnection(socket);
        });
        return;
    }
    m_endpoint.host = QStringLiteral("127.0.0.1");
    if (kind == DockerEndpoint::Kind::Tls && makeCertificates(folder)) {
        m_endpoint.caFile = folder + QStringLiteral("/ca.pem");
        m_endpoint.certificateFile = folder + QStringLiteral("/cert.pem");
        m_endpoint.keyFile = folder + QStringLiteral("/key.pem");
        QSslConfiguration configuration = QSslConfiguration::defaultConfiguration();
        configuration.setLocalCertificateChain(
            QSslCertificate::fromData(contentOf(folder + QStringLiteral("/server.pem"))));
        configuration.setPrivateKey(QSslKey(contentOf(folder + QStringLiteral("/server-key.pem")), QSsl::Rsa));
        configuration.setCaCertificates(QSslCertificate::fromData(contentOf(m_endpoint.caFile)));
        configuration.setPeerVerifyMode(QSslSocket::VerifyPeer);
        auto server = std::make_unique<QSslServer>();
        server->setSslConfiguration(configuration);
        m_tcp = std::move(server);
    } else {
        m_tcp = std::make_unique<QTcpServer>();
    }
    connect(m_tcp.get(), &QTcpServer::pendingConnectionAvailable, this, [this] {
        while (QTcpSocket *socket = m_tcp->nextPendingConnection())
            acceptConnection(socket);
    });
}

FakeEngine::~FakeEngine() = default;

bool FakeEngine::listen()
{
    if (m_local)
        return m_local->listen(m_endpoint.socketPath);
    if (!m_tcp->listen(QHostAddress::LocalHost, m_endpoint.port))
        return false;
    m_endpoint.port = m_tcp->serverPort();
    return true;
}

void FakeEngine::stop()
{
    if (m_local)
        m_local->close();
    else
        m_tcp->close();
    const auto peers = findChildren<FakePeer *>();
    for (FakePeer *peer : peers)
        peer->drop();
}

qsizetype FakeEngine::connectionCount() const
{
    return findChildren<FakePeer *>().size();
}

void FakeEngine::acceptConnection(QIODevice *socket)
{
    auto *peer = new FakePeer(socket, ++m_lastNumber, this);
    connect(peer, &FakePeer::requested, this, [this, peer](const FakeRequest &request) {
        requests.append(request);
        const Script script = m_scripts.value(request.verb + ' ' + request.path());
        if (script)
            script(request, *peer);
        else
            peer->send(answer(404, R"({"message":"page not found"})"));
    });
}

void FakeEngine::on(const QByteArray &request, int status, const QByteArray &json)
{
    on(request, [status, json](const FakeRequest &, FakePeer &peer) { peer.send(answer(status, json)); });
}

void FakeEngine::setVersion(const QByteArray &newest, const QByteArray &oldest)
{
    on("GET /version", 200,
       R"({"Version":"20.10.24+dfsg1","ApiVersion":")" + newest + R"(","MinAPIVersion":")" + oldest
           + R"(","Os":"linux","Arch":"amd64"})");
}

QByteArray FakeEngine::answer(int status, const QByteArray &body)
{
    QByteArray head = "HTTP/1.1 " + QByteArray::number(status) + " Status\r\nContent-Type: application/json\r\n";
    if (status != 204 && status != 304)
        head += "Content-Length: " + QByteArray::number(body.size()) + "\r\n";
    return head + "\r\n" + body;
}

QByteArray FakeEngine::chunk(const QByteArray &bytes)
{
    return QByteArray::number(bytes.size(), 16) + "\r\n" + bytes + "\r\n";
}

QList<QByteArray> FakeEngine::lines() const
{
    QList<QByteArray> lines;
    for (const FakeRequest &request : requests)
        lines.append(request.verb + ' ' + request.target);
    return lines;
}

} // namespace lifeguard::test

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/docker/dockerendpoint.h"

#include <QHash>
#include <QList>
#include <QObject>
#include <QTemporaryDir>

#include <functional>
#include <memory>

QT_BEGIN_NAMESPACE
class QIODevice;
class QLocalServer;
class QTcpServer;
QT_END_NAMESPACE

namespace lifeguard::test {

/// A received request.
struct FakeRequest
{
    QByteArray verb;
    QByteArray target; ///< encoded, with the query
    QHash<QByteArray, QByteArray> headers; ///< names in lower case
    QByteArray body;
    int connection = 0; ///< number of the connection, counted from 1

    [[nodiscard]] QByteArray path() const
    {
        return target.left(target.indexOf('?') < 0 ? target.size() : target.indexOf('?'));
    }
};

/// A connection to a FakeEngine. Scripts answer with it. Deletes itself when the connection ends.
class FakePeer : public QObject
{
    Q_OBJECT

public:
    FakePeer(QIODevice *socket, int number, QObject *parent);

    void send(const QByteArray &bytes);
    /// Sends each byte separately, with an iteration of the event loop in between; then calls a function.
    void sendSlowly(
        const QByteArray &bytes, const std::function<void()> &then = [] {});
    void close(); ///< closes the connection when all data is sent
    void drop(); ///< closes the connection at once
    void setPaused(bool paused) { m_paused = paused; } ///< stops reading
    [[nodiscard]] qint64 bytesToWrite() const;

Q_SIGNALS:
    void requested(const lifeguard::test::FakeRequest &request);
    void disconnected();

private:
    void read();

    QIODevice *m_socket; ///< a child
    QByteArray m_buffer;
    int m_number;
    bool m_paused = false;
};

/// A server that answers requests with the scripts of a test, and records them.
class FakeEngine : public QObject
{
    Q_OBJECT

public:
    using Script = std::function<void(const FakeRequest &, FakePeer &)>;

    explicit FakeEngine(DockerEndpoint::Kind kind = DockerEndpoint::Kind::Local);
    ~FakeEngine() override;

    /// Returns the address of the server. TLS uses the certificates of makeCertificates() in certificateFolder().
    [[nodiscard]] DockerEndpoint endpoint() const { return m_endpoint; }
    [[nodiscard]] QString certificateFolder() const { return m_folder.path(); }
    [[nodiscard]] bool listen(); ///< after stop(): at the same address
    void stop(); ///< stops listening, and closes all connections
    [[nodiscard]] qsizetype connectionCount() const; ///< returns the number of open connections

    /// Sets the script for "VERB /path", without the query. Requests without a script are answered with 404.
    void on(const QByteArray &request, const Script &script) { m_scripts.insert(request, script); }
    void on(const QByteArray &request, int status, const QByteArray &json);
    /// Sets the answer to GET /version: the newest and the oldest API version that the engine supports.
    void setVersion(const QByteArray &newest, const QByteArray &oldest = "1.12");

    /// Returns a complete response with a Content-Length.
    [[nodiscard]] static QByteArray answer(int status, const QByteArray &body);
    [[nodiscard]] static QByteArray chunk(const QByteArray &bytes);
    [[nodiscard]] QList<QByteArray> lines() const; ///< returns "VERB target" for each request

    QList<FakeRequest> requests;

private:
    void acceptConnection(QIODevice *socket);

    DockerEndpoint m_endpoint;
    QTemporaryDir m_folder;
    std::unique_ptr<QLocalServer> m_local;
    std::unique_ptr<QTcpServer> m_tcp;
    QHash<QByteArray, Script> m_scripts;
    int m_lastNumber = 0;
};

} // namespace lifeguard::test

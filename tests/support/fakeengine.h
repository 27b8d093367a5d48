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

/// A request as it came over the wire.
struct FakeRequest
{
    QByteArray verb;
    QByteArray target; ///< as it was sent, with its query
    QHash<QByteArray, QByteArray> headers; ///< names in lower case
    QByteArray body;
    int connection = 0; ///< counted from 1

    [[nodiscard]] QByteArray path() const { return target.left(target.indexOf('?') < 0 ? target.size() : target.indexOf('?')); }
};

/// A connection of a FakeEngine: what a script answers with. Deletes itself when it ends.
class FakePeer : public QObject
{
    Q_OBJECT

public:
    FakePeer(QIODevice *socket, int number, QObject *parent);

    void send(const QByteArray &bytes);
    /// Each byte by itself, with a turn of the event loop in between; then what is to be done.
    void sendSlowly(const QByteArray &bytes, const std::function<void()> &then = [] {});
    void close(); ///< after what was sent
    void drop(); ///< now
    void setPaused(bool paused) { m_paused = paused; } ///< reads no more
    [[nodiscard]] qint64 bytesToWrite() const;

Q_SIGNALS:
    void requested(const lifeguard::test::FakeRequest &request);
    void gone();

private:
    void read();

    QIODevice *m_socket; ///< a child
    QByteArray m_buffer;
    int m_number;
    bool m_paused = false;
};

/// Something that listens where an engine would, and answers as a test tells it to. Which requests came stands in requests.
class FakeEngine : public QObject
{
    Q_OBJECT

public:
    using Script = std::function<void(const FakeRequest &, FakePeer &)>;

    explicit FakeEngine(DockerEndpoint::Kind kind = DockerEndpoint::Kind::Local);
    ~FakeEngine() override;

    /// Where it listens; TLS with the certificates of makeCertificates() in certificateFolder().
    [[nodiscard]] DockerEndpoint endpoint() const { return m_endpoint; }
    [[nodiscard]] QString certificateFolder() const { return m_folder.path(); }
    [[nodiscard]] bool listen(); ///< after stop(): at the same place
    void stop(); ///< listens no more, and drops all connections
    [[nodiscard]] qsizetype connectionCount() const; ///< that are open

    /// What answers "VERB /path" (without the query, which may have any). Without a script: 404.
    void on(const QByteArray &request, const Script &script) { m_scripts.insert(request, script); }
    void on(const QByteArray &request, int status, const QByteArray &json);
    /// GET /version, as an engine of that kind answers it.
    void setVersion(const QByteArray &newest, const QByteArray &oldest = "1.12");

    /// A whole answer with a length.
    [[nodiscard]] static QByteArray answer(int status, const QByteArray &body);
    [[nodiscard]] static QByteArray chunk(const QByteArray &bytes);
    [[nodiscard]] QList<QByteArray> lines() const; ///< "VERB target" of all requests

    QList<FakeRequest> requests;

private:
    void welcome(QIODevice *socket);

    DockerEndpoint m_endpoint;
    QTemporaryDir m_folder;
    std::unique_ptr<QLocalServer> m_local;
    std::unique_ptr<QTcpServer> m_tcp;
    QHash<QByteArray, Script> m_scripts;
    int m_lastNumber = 0;
};

} // namespace lifeguard::test

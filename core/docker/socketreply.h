// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/docker/httpparser.h"
#include "core/docker/socketpool.h"

#include <QNetworkReply>
#include <QPointer>
#include <QTimer>

#include <optional>

namespace lifeguard {

/// A request to an engine and its response, as a QNetworkReply. Emits metaDataChanged(), readyRead(), errorOccurred() and finished() in this
/// order. A response with a status of 400 or above is an error whose body can be read. While readBufferSize() bytes are unread, nothing more is
/// read from the connection and the transfer timeout is suspended.
class SocketReply : public QNetworkReply
{
    Q_OBJECT

public:
    /// isStream: uses a new connection, which is not reused. outgoing: the body, or null; it must stay valid until the request has finished.
    SocketReply(SocketPool *pool, QNetworkAccessManager::Operation operation, const QNetworkRequest &request, bool isStream, QIODevice *outgoing,
                QObject *parent);
    ~SocketReply() override;

    void abort() override;
    void close() override;
    [[nodiscard]] qint64 bytesAvailable() const override;
    [[nodiscard]] bool canReadLine() const override;
    [[nodiscard]] bool isSequential() const override { return true; }
    void setReadBufferSize(qint64 size) override;

protected:
    qint64 readData(char *data, qint64 maxSize) override;

private:
    void start();
    void openNewSocket();
    void useSocket(EngineSocket *socket);
    void sendHead();
    void sendBody();
    void receive();
    void handleParsedData();
    void handleHeader();
    void handleSocketEnd();
    [[nodiscard]] bool resend();
    [[nodiscard]] qint64 freeBufferSpace() const;
    void scheduleReceive();
    void restartTimeout();
    void releaseSocket(bool isReusable);
    void finish(NetworkError error, const QString &message);

    QPointer<SocketPool> m_pool;
    QPointer<QIODevice> m_outgoing;
    EngineSocket *m_socket = nullptr; ///< a child of this object
    std::unique_ptr<HttpParser> m_parser;
    QByteArray m_verb;
    QByteArray m_body; ///< received and not read yet
    QTimer m_timer; ///< the transfer timeout
    std::optional<qint64> m_unsentBytes; ///< of the body; nothing if the length is unknown, and the body is sent in chunks
    qint64 m_outgoingStart = 0;
    bool m_isStream;
    bool m_isSocketReused = false;
    bool m_isBodySent = false;
    bool m_isHeaderHandled = false;
    bool m_hasSocketEnded = false;
    bool m_isReceiveScheduled = false;
    NetworkError m_socketError = NoError;
    QString m_socketMessage;
};

} // namespace lifeguard

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/docker/httpparser.h"
#include "core/docker/socketpool.h"

#include <QNetworkReply>
#include <QPointer>
#include <QTimer>

#include <optional>

namespace lifeguard {

/// One request to an engine and its answer, as a QNetworkReply: metaDataChanged(), readyRead(), errorOccurred() and finished() in that
/// order. An answer with a status of 400 and above is an error whose body can be read. While the reader holds readBufferSize()
/// bytes that it has not read, nothing more is taken from the connection, and no time-out runs.
class SocketReply : public QNetworkReply
{
    Q_OBJECT

public:
    /// stream: on a connection of its own. outgoing: the body, or null; it must live as long as the request is under way.
    SocketReply(SocketPool *pool, QNetworkAccessManager::Operation operation, const QNetworkRequest &request, bool stream, QIODevice *outgoing,
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
    void openNew();
    void adopt(EngineSocket *socket);
    void sendHead();
    void sendBody();
    void receive();
    void takeAnswer();
    void takeHeader();
    void takeEnd();
    [[nodiscard]] bool sendAgain();
    [[nodiscard]] qint64 room() const;
    void wake();
    void moved();
    void releaseSocket(bool usable);
    void finish(NetworkError error, const QString &message);

    QPointer<SocketPool> m_pool;
    QPointer<QIODevice> m_outgoing;
    EngineSocket *m_socket = nullptr; ///< a child
    std::unique_ptr<HttpParser> m_parser;
    QByteArray m_verb;
    QByteArray m_body; ///< that has come and was not read
    QTimer m_timer; ///< of the transfer time-out
    std::optional<qint64> m_outgoingLeft; ///< bytes; nothing: unknown, and sent in chunks
    qint64 m_outgoingStart = 0;
    bool m_stream;
    bool m_reused = false; ///< the connection
    bool m_sent = false; ///< the body, to its end
    bool m_headerTold = false;
    bool m_socketEnded = false;
    bool m_waking = false;
    NetworkError m_socketError = NoError;
    QString m_socketMessage;
};

} // namespace lifeguard

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QList>
#include <QString>

#include <memory>
#include <utility>

namespace lifeguard {

/// Reads one answer of HTTP/1.x from the bytes of a connection, in pieces of any size: chunked or not, with a length or up to the end of
/// the connection. Provisional answers (1xx) before it are passed over. Headers are limited to headerLimit, bodies are not, as they
/// are handed on at once. Boost.Beast does the reading; its headers, slow to compile, stay in httpparser.cpp.
class HttpParser
{
public:
    enum class State { Header, Body, Done, Broken };

    static constexpr int headerLimit = 64 * 1024; ///< bytes; of a chunk's header or trailer too

    /// bodyless: the answer to HEAD, which has none whatever its headers say.
    explicit HttpParser(bool bodyless = false);
    ~HttpParser();
    HttpParser(const HttpParser &) = delete;
    HttpParser &operator=(const HttpParser &) = delete;

    /// What has come. Nothing is read any more after Done or Broken.
    void feed(const QByteArray &bytes);
    /// The connection has ended: so does a body without a length; anything else is broken then, unless it is done.
    void end();

    [[nodiscard]] State state() const;
    [[nodiscard]] int status() const; ///< 0: no header yet
    [[nodiscard]] QByteArray reason() const; ///< "Not Found"
    [[nodiscard]] QList<std::pair<QByteArray, QByteArray>> headers() const; ///< as they came, names too
    [[nodiscard]] QByteArray takeBody(); ///< what has come of it since the last call
    [[nodiscard]] bool hasBegun() const; ///< any byte has come
    /// Done, and the connection can be used again: the engine does not close it, and sent nothing beyond the answer.
    [[nodiscard]] bool keepsAlive() const;
    [[nodiscard]] QString error() const; ///< for logs

private:
    class Message;
    void startMessage();
    void readBuffer();
    void fail(const QString &error);

    std::unique_ptr<Message> m_message;
    QByteArray m_buffer; ///< what Beast has not taken: it wants headers whole
    QString m_error;
    bool m_bodyless;
    bool m_begun = false;
};

} // namespace lifeguard

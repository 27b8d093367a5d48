// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QList>
#include <QString>

#include <memory>
#include <utility>

namespace lifeguard {

/// Parses one HTTP/1.x response from the bytes of a connection, in pieces of any size. The body may be chunked, have a
/// length, or extend until the connection is closed. Provisional responses (1xx) are skipped. Headers are limited to
/// headerLimit; bodies are not limited, because they are passed on immediately. Based on Boost.Beast, whose headers
/// compile slowly and are included in httpparser.cpp only.
class HttpParser
{
public:
    enum class State { Header, Body, Done, Broken };

    static constexpr int headerLimit = 64 * 1024; ///< bytes; also applies to the header and the trailer of a chunk

    /// bodyless: whether this is a response to HEAD, which has no body whatever its headers say.
    explicit HttpParser(bool bodyless = false);
    ~HttpParser();
    HttpParser(const HttpParser &) = delete;
    HttpParser &operator=(const HttpParser &) = delete;

    /// Takes the next bytes. Ignores them in the states Done and Broken.
    void feed(const QByteArray &bytes);
    /// Reports the end of the connection, which completes a body without a length. An incomplete response becomes
    /// Broken.
    void end();

    [[nodiscard]] State state() const;
    [[nodiscard]] int status() const; ///< 0 before the header is complete
    [[nodiscard]] QByteArray reason() const; ///< "Not Found"
    [[nodiscard]] QList<std::pair<QByteArray, QByteArray>> headers() const; ///< in their original order and spelling
    [[nodiscard]] QByteArray takeBody(); ///< returns the part of the body since the last call
    [[nodiscard]] bool hasBegun() const; ///< returns whether any byte was received
    /// Returns whether the response is complete and the connection can be reused: the engine keeps it open and has sent
    /// nothing more.
    [[nodiscard]] bool keepsAlive() const;
    [[nodiscard]] QString error() const; ///< for logs

private:
    class Message;
    void startMessage();
    void readBuffer();
    void fail(const QString &error);

    std::unique_ptr<Message> m_message;
    QByteArray m_buffer; ///< bytes that Beast has not consumed, because it parses a header only when it is complete
    QString m_error;
    bool m_bodyless;
    bool m_hasBegun = false;
};

} // namespace lifeguard

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/http/httpexchange.h"
#include "core/http/httpserver.h"
#include "tests/support/testhelpers.h"

#include <QPointer>
#include <QTcpSocket>
#include <QTest>

namespace lifeguard::test {

/// A server with some routes, and limits that tests can change before start().
struct HttpWorld
{
    HttpLimits limits;
    std::unique_ptr<HttpServer> server;
    QPointer<HttpExchange> exchange; ///< the last one of /stream and /upload
    QByteArray uploaded;
    int aborted = 0;
    int calls = 0;
    bool takesUploads = true;

    void start()
    {
        server = std::make_unique<HttpServer>(limits);
        HttpRouter &router = server->router();
        router.add("GET", s("/hello"), [this](const HttpRequest &, const QByteArray &) {
            ++calls;
            return HttpResponse::text(200, "hello\n");
        });
        router.add("POST", s("/echo/{name}"), [](const HttpRequest &request, const QByteArray &body) {
            return HttpResponse::text(200, request.parameters.value(s("name")).toUtf8() + "=" + body);
        });
        router.add("GET", s("/nothing"), [](const HttpRequest &, const QByteArray &) {
            return HttpResponse{204, {}, {}};
        });
        router.addStreamed(
            "GET", s("/stream"),
            [this](HttpExchange &opened) {
                exchange = &opened;
                QObject::connect(&opened, &HttpExchange::aborted, &opened, [this] { ++aborted; });
                opened.beginResponse(200, {});
            },
            0);
        router.addStreamed(
            "PUT", s("/upload"),
            [this](HttpExchange &opened) {
                exchange = &opened;
                QObject::connect(&opened, &HttpExchange::aborted, &opened, [this] { ++aborted; });
                QObject::connect(&opened, &HttpExchange::bodyReceived, &opened, [this] { takeUpload(); });
                takeUpload();
            },
            100'000'000);
        router.addStreamed(
            "PUT", s("/refuse"), [](HttpExchange &opened) { opened.respond(HttpResponse::error(403, "not today")); },
            100'000'000);
        const Status listening = server->listen({QHostAddress(QHostAddress::LocalHost), 0});
        if (!listening)
            qFatal("%s", qPrintable(listening.error().message));
    }

    void takeUpload()
    {
        if (!takesUploads || !exchange)
            return;
        uploaded += exchange->takeBody();
        if (exchange->isBodyComplete())
            exchange->respond(HttpResponse::text(201, QByteArray::number(uploaded.size())));
    }
};

/// A client of which the test sees every byte.
struct RawHttpClient
{
    QTcpSocket socket;
    QByteArray received;

    explicit RawHttpClient(const HttpWorld &world)
    {
        socket.setReadBufferSize(64 * 1024);
        socket.connectToHost(world.server->address().host, world.server->address().port);
    }
    RawHttpClient &send(const QByteArray &bytes)
    {
        socket.write(bytes);
        return *this;
    }
    bool receives(const QByteArray &text)
    {
        return QTest::qWaitFor(
            [&] {
                received += socket.readAll();
                return received.contains(text);
            },
            patience);
    }
    bool isClosed()
    {
        return QTest::qWaitFor(
            [&] {
                received += socket.readAll();
                return socket.state() == QAbstractSocket::UnconnectedState;
            },
            patience);
    }
    /// Sends requests and reads the answers, one after another. The server, which has one event loop, has meanwhile had
    /// as many occasions to go on with its other connections.
    bool makesRoundTrips(int count)
    {
        bool isGood = true;
        for (int i = 0; i < count && isGood; ++i) {
            received.clear();
            isGood = send("GET /nothing HTTP/1.1\r\nHost: h\r\n\r\n").receives("\r\n\r\n");
        }
        return isGood;
    }
    [[nodiscard]] int status() const { return received.mid(9, 3).toInt(); }
    [[nodiscard]] QByteArray body() const { return received.mid(received.indexOf("\r\n\r\n") + 4); }
};

/// A complete request.
inline const QByteArray getHello("GET /hello HTTP/1.1\r\nHost: h\r\n\r\n");

} // namespace lifeguard::test

// SPDX-License-Identifier: GPL-3.0-or-later
// Fuzzes the HTTP requests of clients, with several requests on one connection.
#include "core/http/httprequestparser.h"
#include "tests/fuzz/targets/fuzz.h"

using namespace lifeguard;
using namespace lifeguard::fuzz;

namespace {

constexpr int headerLimit = 512;
constexpr qint64 bodyLimit = 256;

struct Outcome
{
    QList<HttpRequest> requests;
    QList<QByteArray> bodies;
    bool isBroken = false;

    bool operator==(const Outcome &) const = default;
};

Outcome read(const QByteArray &bytes, qsizetype pieceSize)
{
    HttpRequestParser parser(headerLimit);
    Outcome outcome;
    const auto advance = [&] {
        for (;;) {
            switch (parser.state()) {
            case HttpRequestParser::State::HeaderDone:
                outcome.requests.append(parser.request());
                outcome.bodies.append(QByteArray());
                parser.acceptBody(bodyLimit);
                continue;
            case HttpRequestParser::State::Done:
                outcome.bodies.last() += parser.takeBody();
                parser.startNext();
                if (!parser.hasBegun())
                    return;
                if (parser.state() == HttpRequestParser::State::Header)
                    return;
                continue;
            case HttpRequestParser::State::Body:
                outcome.bodies.last() += parser.takeBody();
                return;
            case HttpRequestParser::State::Broken:
                require(parser.errorStatus() >= 400, "an invalid request has an error status");
                require(!parser.errorText().isEmpty(), "an invalid request has an error text");
                return;
            case HttpRequestParser::State::Header:
                return;
            }
        }
    };
    for (qsizetype at = 0; at < bytes.size(); at += pieceSize) {
        parser.feed(bytes.mid(at, pieceSize));
        advance();
    }
    outcome.isBroken = parser.state() == HttpRequestParser::State::Broken;
    for (const QByteArray &body : outcome.bodies)
        require(body.size() <= bodyLimit, "the body is not longer than the limit");
    return outcome;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const QByteArray bytes = toBytes(data, size);
    const Outcome whole = read(bytes, qMax<qsizetype>(bytes.size(), 1));
    for (const qsizetype pieceSize : {1, 7}) {
        const Outcome pieces = read(bytes, pieceSize);
        // Beast may notice an error only with the bytes after it, so isBroken can differ at the end of the input.
        require(pieces.requests == whole.requests, "the requests do not depend on the size of the pieces");
        require(whole.isBroken || pieces.isBroken || pieces.bodies == whole.bodies,
                "the bodies do not depend on the size of the pieces");
    }
    return 0;
}

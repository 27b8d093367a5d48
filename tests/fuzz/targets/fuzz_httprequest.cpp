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
    HttpRequestParser::State state = HttpRequestParser::State::Header;
    int errorStatus = 0;
};

/// Reads all bytes in pieces, and then the end, which is one piece.
Outcome read(const QByteArray &bytes, qsizetype pieceSize, const QByteArray &end = {})
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
                if (!outcome.bodies.isEmpty())
                    outcome.bodies.last() += parser.takeBody();
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
    parser.feed(end);
    advance();
    outcome.state = parser.state();
    outcome.errorStatus = parser.errorStatus();
    for (const QByteArray &body : outcome.bodies)
        require(body.size() <= bodyLimit, "the body is not longer than the limit");
    return outcome;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    using State = HttpRequestParser::State;
    const QByteArray bytes = toBytes(data, size);
    const Outcome whole = read(bytes, qMax<qsizetype>(bytes.size(), 1));
    for (const qsizetype pieceSize : {1, 7}) {
        Outcome pieces = read(bytes, pieceSize);
        require(pieces.requests == whole.requests, "the requests do not depend on the size of the pieces");
        require(pieces.bodies == whole.bodies, "the bodies do not depend on the size of the pieces");
        if (whole.state == State::Broken && pieces.state == State::Header) {
            // Beast reports an error in a header that comes in pieces only when the header ends
            // (TestHttpRequestParser::malformedHeaderInPieces).
            pieces = read(bytes, pieceSize, "\r\n\r\n");
        }
        require(pieces.state == whole.state, "the state does not depend on the size of the pieces");
        // A header can be both malformed and too long.
        require(pieces.errorStatus == whole.errorStatus || pieces.errorStatus == 431,
                "the error does not depend on the size of the pieces");
    }
    return 0;
}

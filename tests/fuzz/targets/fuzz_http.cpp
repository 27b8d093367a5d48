// SPDX-License-Identifier: GPL-3.0-or-later
// Fuzzes HTTP responses of a Docker engine, or of another server at its address. The first byte selects the request
// method, HEAD or GET.
#include "core/docker/httpparser.h"
#include "tests/fuzz/targets/fuzz.h"

using namespace lifeguard;
using namespace lifeguard::fuzz;

namespace {

struct Outcome
{
    HttpParser::State state = HttpParser::State::Header;
    int status = 0;
    QByteArray body;
    bool keepsAlive = false;

    bool operator==(const Outcome &) const = default;
};

Outcome read(const QByteArray &bytes, bool head, qsizetype pieceSize)
{
    HttpParser parser(head);
    Outcome outcome;
    for (qsizetype at = 0; at < bytes.size(); at += pieceSize) {
        parser.feed(bytes.mid(at, pieceSize));
        outcome.body += parser.takeBody();
    }
    require(parser.state() != HttpParser::State::Broken || !parser.error().isEmpty(),
            "a broken response has an error message");
    outcome.keepsAlive = parser.keepsAlive();
    parser.end();
    outcome.body += parser.takeBody();
    outcome.state = parser.state();
    outcome.status = parser.status();
    require(outcome.state == HttpParser::State::Done || outcome.state == HttpParser::State::Broken,
            "a response that has ended is complete or broken");
    require(outcome.state == HttpParser::State::Broken || outcome.status >= 200,
            "a complete response has a final status");
    (void)parser.headers();
    (void)parser.reason();
    return outcome;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    if (size == 0)
        return 0;
    const bool head = (data[0] & 1) != 0;
    const QByteArray bytes = toBytes(data + 1, size - 1);
    const Outcome whole = read(bytes, head, qMax<qsizetype>(bytes.size(), 1));
    require(whole.body.size() <= bytes.size(), "the body is not longer than the input");
    require(!head || whole.body.isEmpty(), "the response to HEAD has no body");
    for (const qsizetype pieceSize : {1, 7}) {
        const Outcome pieces = read(bytes, head, pieceSize);
        require(pieces == whole
                    || (pieces.state == HttpParser::State::Broken && whole.state == HttpParser::State::Broken),
                "the result does not depend on the size of the pieces");
    }
    return 0;
}

// SPDX-License-Identifier: GPL-3.0-or-later
// Fuzzes the parser of the framed output stream of a container.
#include "core/docker/logframes.h"
#include "tests/fuzz/targets/fuzz.h"

using namespace lifeguard;
using namespace lifeguard::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const QByteArray bytes = toBytes(data, size);
    LogFrames whole;
    const QByteArray payload = whole.feed(bytes);
    require(payload.size() <= bytes.size(), "the output is not longer than its frames");
    for (const qsizetype pieceSize : {1, 3, 13}) {
        LogFrames pieces;
        QByteArray joined;
        for (qsizetype at = 0; at < bytes.size(); at += pieceSize)
            joined += pieces.feed(bytes.mid(at, pieceSize));
        require(joined == payload && pieces.isBroken() == whole.isBroken() && pieces.isMidFrame() == whole.isMidFrame(),
                "the result does not depend on the size of the pieces");
    }
    return 0;
}

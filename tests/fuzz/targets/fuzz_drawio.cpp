// SPDX-License-Identifier: GPL-3.0-or-later
// Fuzzes draw.io files, and the output files of a drawio command.
#include "core/formats/drawioembedding.h"
#include "core/formats/drawiofile.h"
#include "tests/fuzz/targets/fuzz.h"

#include <QBuffer>

using namespace lifeguard;
using namespace lifeguard::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const QByteArray file = toBytes(data, size);
    const auto drawing = extractDrawio(file);
    if (const auto names = drawing.and_then(drawioPageNames)) {
        require(!names->isEmpty(), "a drawing has at least one page");
        for (const int page : {0, int(names->size()) - 1}) {
            const auto remaining = drawioPageNames(drawioWithOnePage(*drawing, page));
            require(remaining.has_value(), "a page extracted from a drawing is a valid drawing");
            require(names->size() == 1 || remaining->size() == 1, "a page extracted from a drawing is a single page");
        }
    }
    QByteArray content = file;
    QBuffer device(&content);
    device.open(QIODevice::ReadOnly);
    (void)containsDrawio(device);
    (void)drawioPayloadText(file);
    (void)drawioWithOnePage(file, 1);
    for (const char *format : {"png", "svg", "pdf", "jpg"})
        (void)checkDrawioOutput(file, QString::fromLatin1(format));
    return 0;
}

// SPDX-License-Identifier: GPL-3.0-or-later
// Drawings, and the outputs of drawio commands.
#include "core/formats/drawiofile.h"
#include "tests/fuzz/targets/fuzz.h"

using namespace lifeguard;
using namespace lifeguard::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const QByteArray file = bytesOf(data, size);
    if (const auto pages = drawioPages(file)) {
        promise(*pages > 0, "a drawing has pages");
        for (const int page : {0, *pages - 1}) {
            const auto left = drawioPages(drawioWithOnePage(file, page));
            promise(left.has_value(), "an extracted page is a drawing");
            promise(*pages == 1 || *left == 1, "an extracted page is a drawing with one page");
        }
    }
    (void)drawioWithOnePage(file, 1);
    for (const char *format : {"png", "svg", "pdf", "jpg"})
        (void)checkDrawioOutput(file, QString::fromLatin1(format));
    return 0;
}

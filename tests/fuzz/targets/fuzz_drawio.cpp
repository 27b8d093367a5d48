// SPDX-License-Identifier: GPL-3.0-or-later
// Fuzzes draw.io files, and the output files of a drawio command.
#include "core/formats/drawiofile.h"
#include "tests/fuzz/targets/fuzz.h"

using namespace lifeguard;
using namespace lifeguard::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const QByteArray file = toBytes(data, size);
    if (const auto pages = drawioPages(file)) {
        require(*pages > 0, "a drawing has at least one page");
        for (const int page : {0, *pages - 1}) {
            const auto remaining = drawioPages(drawioWithOnePage(file, page));
            require(remaining.has_value(), "a page extracted from a drawing is a valid drawing");
            require(*pages == 1 || *remaining == 1, "a page extracted from a drawing is a single page");
        }
    }
    (void)drawioWithOnePage(file, 1);
    for (const char *format : {"png", "svg", "pdf", "jpg"})
        (void)checkDrawioOutput(file, QString::fromLatin1(format));
    return 0;
}

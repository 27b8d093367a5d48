// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>

#include <cstdint>
#include <cstdio>
#include <cstdlib>

/// The entry point of a target, which libFuzzer calls with each input. Each fuzz_<target>.cpp defines it. A failure is a crash, a
/// finding of a sanitizer or a failed require().
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size);

namespace lifeguard::fuzz {

/// Returns a copy of the input.
inline QByteArray toBytes(const std::uint8_t *data, std::size_t size)
{
    return QByteArray(reinterpret_cast<const char *>(data), qsizetype(size));
}

/// Aborts the program, which makes libFuzzer store the input, if a property of a parser does not hold.
inline void require(bool holds, const char *property)
{
    if (holds)
        return;
    std::fprintf(stderr, "property violated: %s\n", property);
    std::abort();
}

} // namespace lifeguard::fuzz

// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/formats/inflate.h"

#include <QCoreApplication>
#include <QScopeGuard>

#include <zlib.h>

namespace lifeguard {
namespace {

constexpr qsizetype maxSize = 400'000'000; ///< bytes; larger contents would exhaust the memory
constexpr int rawDeflate = -MAX_WBITS; ///< the value of inflateInit2() for data without a header
constexpr int withHeader = MAX_WBITS;

tl::unexpected<Error> damaged()
{
    return failure(ErrorCode::InvalidArgument,
                   QCoreApplication::translate("lifeguard::Inflate", "The compressed data is damaged."));
}

/// windowBits: as of inflateInit2().
Result<QByteArray> inflateAs(const QByteArray &data, int windowBits)
{
    z_stream stream{};
    if (inflateInit2(&stream, windowBits) != Z_OK)
        return damaged();
    const auto end = qScopeGuard([&stream] { inflateEnd(&stream); });
    QByteArray input = data; // zlib does not accept constant data
    stream.next_in = reinterpret_cast<Bytef *>(input.data());
    stream.avail_in = static_cast<uInt>(input.size());
    QByteArray content;
    QByteArray part(64 * 1024, Qt::Uninitialized);
    int result = Z_OK;
    while (result == Z_OK) {
        stream.next_out = reinterpret_cast<Bytef *>(part.data());
        stream.avail_out = static_cast<uInt>(part.size());
        result = ::inflate(&stream, Z_NO_FLUSH);
        content += QByteArrayView(part).first(part.size() - static_cast<qsizetype>(stream.avail_out));
        if (content.size() > maxSize)
            return damaged();
    }
    if (result != Z_STREAM_END)
        return damaged();
    return content;
}

} // namespace

Result<QByteArray> inflate(const QByteArray &data)
{
    Result<QByteArray> content = inflateAs(data, rawDeflate);
    if (!content)
        content = inflateAs(data, withHeader);
    return content;
}

} // namespace lifeguard

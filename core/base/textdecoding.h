// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>

namespace lifeguard {

/// The encodings of text files that are recognised.
enum class TextEncoding {
    Utf8,
    Utf16, ///< little or big endian, with a byte order mark or recognised by its zero bytes
    Utf32, ///< with a byte order mark
    Windows1252, ///< the encoding of older Windows programs, which includes the letters of Latin-1
};

/// Returns the encoding of the content of a text file: that of its byte order mark; UTF-16 if every other byte of it is
/// mostly zero; UTF-8 if it is valid; else Windows-1252.
[[nodiscard]] TextEncoding encodingOf(const QByteArray &bytes);

/// Decodes the content of a text file in the encoding that encodingOf() recognises. The byte order mark is left out.
[[nodiscard]] QString decodeText(const QByteArray &bytes);

} // namespace lifeguard

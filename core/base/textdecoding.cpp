// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/textdecoding.h"

#include <QStringDecoder>

#include <algorithm>
#include <array>
#include <optional>

namespace lifeguard {
namespace {

constexpr qsizetype shortestUtf16 = 8; ///< bytes; shorter texts are too short for a guess

/// Returns the encoding of UTF-16 or UTF-32 with a byte order mark.
std::optional<QStringConverter::Encoding> markedEncoding(const QByteArray &bytes)
{
    const std::optional<QStringConverter::Encoding> marked = QStringConverter::encodingForData(bytes);
    if (marked && *marked != QStringConverter::Utf8)
        return marked;
    return {};
}

/// Returns the byte order of UTF-16 text without a byte order mark: in texts of European languages, every other byte is
/// zero. A zero byte does not occur in text of the other encodings.
std::optional<QStringConverter::Encoding> unmarkedUtf16(const QByteArray &bytes)
{
    const qsizetype size = std::min<qsizetype>(bytes.size() & ~qsizetype(1), 4096);
    std::array<qsizetype, 2> zeros{};
    for (qsizetype i = 0; i < size; ++i) {
        if (bytes.at(i) == '\0')
            ++zeros.at(static_cast<std::size_t>(i % 2));
    }
    const qsizetype most = size / 2 * 9 / 10;
    if (size < shortestUtf16 || zeros[0] + zeros[1] <= most)
        return {};
    if (zeros[1] > most && zeros[0] == 0)
        return QStringConverter::Utf16LE;
    if (zeros[0] > most && zeros[1] == 0)
        return QStringConverter::Utf16BE;
    return {};
}

bool isUtf8(const QByteArray &bytes)
{
    QStringDecoder utf8(QStringDecoder::Utf8);
    (void)QString(utf8(bytes));
    return !utf8.hasError();
}

QString fromWindows1252(const QByteArray &bytes)
{
    // The characters for the bytes 0x80 to 0x9f. The others are those of Latin-1, and so are five unassigned ones.
    static constexpr std::array<char16_t, 32> special{0x20ac, 0x0081, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021,
                                                      0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0x008d, 0x017d, 0x008f,
                                                      0x0090, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
                                                      0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0x009d, 0x017e, 0x0178};
    QString text = QString::fromLatin1(bytes);
    for (QChar &character : text) {
        const char16_t code = character.unicode();
        if (code >= 0x80 && code <= 0x9f)
            character = QChar(special.at(code - 0x80u));
    }
    return text;
}

} // namespace

TextEncoding encodingOf(const QByteArray &bytes)
{
    if (const auto marked = markedEncoding(bytes)) {
        const bool isUtf32 = *marked == QStringConverter::Utf32LE || *marked == QStringConverter::Utf32BE;
        return isUtf32 ? TextEncoding::Utf32 : TextEncoding::Utf16;
    }
    if (unmarkedUtf16(bytes))
        return TextEncoding::Utf16;
    return isUtf8(bytes) ? TextEncoding::Utf8 : TextEncoding::Windows1252;
}

QString decodeText(const QByteArray &bytes)
{
    std::optional<QStringConverter::Encoding> unicode = markedEncoding(bytes);
    if (!unicode)
        unicode = unmarkedUtf16(bytes);
    if (unicode) {
        QStringDecoder decoder(*unicode);
        return decoder(bytes);
    }
    return isUtf8(bytes) ? QString::fromUtf8(bytes) : fromWindows1252(bytes);
}

} // namespace lifeguard

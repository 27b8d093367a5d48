// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/terminaltext.h"

#include <QList>

#include <algorithm>
#include <array>

namespace lifeguard {
namespace {

constexpr int maxMarks = 4; ///< combining characters on one base; more of them reach into other rows

struct Range
{
    char32_t first;
    char32_t last;
};

/// The characters that are two columns wide: East Asian Width W and F, and emoji, in ascending order.
constexpr std::array wideRanges{
    Range{0x1100, 0x115f},   Range{0x231a, 0x231b},   Range{0x2329, 0x232a},   Range{0x23e9, 0x23ec},
    Range{0x23f0, 0x23f0},   Range{0x23f3, 0x23f3},   Range{0x25fd, 0x25fe},   Range{0x2614, 0x2615},
    Range{0x2648, 0x2653},   Range{0x267f, 0x267f},   Range{0x2693, 0x2693},   Range{0x26a1, 0x26a1},
    Range{0x26aa, 0x26ab},   Range{0x26bd, 0x26be},   Range{0x26c4, 0x26c5},   Range{0x26ce, 0x26ce},
    Range{0x26d4, 0x26d4},   Range{0x26ea, 0x26ea},   Range{0x26f2, 0x26f3},   Range{0x26f5, 0x26f5},
    Range{0x26fa, 0x26fa},   Range{0x26fd, 0x26fd},   Range{0x2705, 0x2705},   Range{0x270a, 0x270b},
    Range{0x2728, 0x2728},   Range{0x274c, 0x274c},   Range{0x274e, 0x274e},   Range{0x2753, 0x2755},
    Range{0x2757, 0x2757},   Range{0x2795, 0x2797},   Range{0x27b0, 0x27b0},   Range{0x27bf, 0x27bf},
    Range{0x2b1b, 0x2b1c},   Range{0x2b50, 0x2b50},   Range{0x2b55, 0x2b55},   Range{0x2e80, 0x303e},
    Range{0x3041, 0x4dbf},   Range{0x4e00, 0xa4cf},   Range{0xa960, 0xa97f},   Range{0xac00, 0xd7a3},
    Range{0xf900, 0xfaff},   Range{0xfe10, 0xfe19},   Range{0xfe30, 0xfe6f},   Range{0xff00, 0xff60},
    Range{0xffe0, 0xffe6},   Range{0x16fe0, 0x18cff}, Range{0x1aff0, 0x1b2ff}, Range{0x1f004, 0x1f004},
    Range{0x1f0cf, 0x1f0cf}, Range{0x1f18e, 0x1f18e}, Range{0x1f191, 0x1f19a}, Range{0x1f200, 0x1f320},
    Range{0x1f32d, 0x1f335}, Range{0x1f337, 0x1f37c}, Range{0x1f37e, 0x1f393}, Range{0x1f3a0, 0x1f3ca},
    Range{0x1f3cf, 0x1f3d3}, Range{0x1f3e0, 0x1f3f0}, Range{0x1f3f4, 0x1f3f4}, Range{0x1f3f8, 0x1f43e},
    Range{0x1f440, 0x1f440}, Range{0x1f442, 0x1f4fc}, Range{0x1f4ff, 0x1f53d}, Range{0x1f54b, 0x1f54e},
    Range{0x1f550, 0x1f567}, Range{0x1f57a, 0x1f57a}, Range{0x1f595, 0x1f596}, Range{0x1f5a4, 0x1f5a4},
    Range{0x1f5fb, 0x1f64f}, Range{0x1f680, 0x1f6c5}, Range{0x1f6cc, 0x1f6cc}, Range{0x1f6d0, 0x1f6d2},
    Range{0x1f6d5, 0x1f6d7}, Range{0x1f6dc, 0x1f6df}, Range{0x1f6eb, 0x1f6ec}, Range{0x1f6f4, 0x1f6fc},
    Range{0x1f7e0, 0x1f7eb}, Range{0x1f7f0, 0x1f7f0}, Range{0x1f90c, 0x1f93a}, Range{0x1f93c, 0x1f945},
    Range{0x1f947, 0x1f9ff}, Range{0x1fa70, 0x1faff}, Range{0x20000, 0x3fffd},
};

/// Returns whether the character is drawn over its predecessor. Includes the joiners that Persian and Indian scripts
/// need, and the vowels and final consonants of decomposed Korean.
bool isMark(char32_t character)
{
    const QChar::Category category = QChar::category(character);
    return category == QChar::Mark_NonSpacing || category == QChar::Mark_Enclosing || character == 0x200c
        || character == 0x200d || (character >= 0x1160 && character <= 0x11ff);
}

/// Returns whether the character controls the terminal or is invisible.
bool isUnsafe(char32_t character)
{
    switch (QChar::category(character)) {
    case QChar::Other_Control:
    case QChar::Other_Surrogate:
    case QChar::Separator_Line:
    case QChar::Separator_Paragraph:
        return true;
    case QChar::Other_Format:
        return character != 0x200c && character != 0x200d;
    default:
        // Fillers of Korean and of Braille look like spaces or like nothing.
        return character == 0x115f || character == 0x1160 || character == 0x2800 || character == 0x3164
            || character == 0xffa0;
    }
}

int widthOf(char32_t character)
{
    if (character < 0x300) {
        return 1;
    }
    if (isMark(character)) {
        return 0;
    }
    const auto *range = std::lower_bound(wideRanges.begin(), wideRanges.end(), character,
                                         [](const Range &wide, char32_t value) { return wide.last < value; });
    return range != wideRanges.end() && range->first <= character ? 2 : 1;
}

QString escaped(char32_t character)
{
    switch (character) {
    case U'\n':
        return QStringLiteral("\\n");
    case U'\r':
        return QStringLiteral("\\r");
    case U'\t':
        return QStringLiteral("\\t");
    default:
        return character < 0x100 ? QStringLiteral("\\x%1").arg(uint(character), 2, 16, QLatin1Char('0'))
                                 : QStringLiteral("\\u{%1}").arg(uint(character), 0, 16);
    }
}

/// Returns the code point at the position, and advances the position behind it. A lone surrogate is returned as it is.
char32_t takeCharacter(const QString &text, qsizetype &position)
{
    const QChar first = text.at(position++);
    if (first.isHighSurrogate() && position < text.size() && text.at(position).isLowSurrogate()) {
        return QChar::surrogateToUcs4(first, text.at(position++));
    }
    return first.unicode();
}

/// A character that has its own columns, or an escape sequence, in the row that is being built.
struct Cell
{
    qsizetype begin;
    int width;
};

} // namespace

int displayWidth(const QString &text)
{
    int width = 0;
    for (qsizetype position = 0; position < text.size();) {
        width += widthOf(takeCharacter(text, position));
    }
    return width;
}

QString terminalRow(const QString &text, int maxWidth)
{
    QString row;
    QList<Cell> cells;
    int width = 0;
    int marks = maxMarks; // none is possible before the first base
    for (qsizetype position = 0; position < text.size();) {
        const char32_t character = takeCharacter(text, position);
        const bool unsafe = isUnsafe(character);
        if (!unsafe && isMark(character) && marks < maxMarks) {
            row += QString::fromUcs4(&character, 1);
            ++marks;
            continue;
        }
        const bool escape = unsafe || isMark(character);
        const QString piece = escape ? escaped(character) : QString::fromUcs4(&character, 1);
        const int pieceWidth = escape ? int(piece.size()) : widthOf(character);
        marks = unsafe ? maxMarks : escape ? marks : 0;
        if (pieceWidth > maxWidth - width) {
            while (!cells.isEmpty() && width > maxWidth - 1) {
                width -= cells.last().width;
                row.truncate(cells.takeLast().begin);
            }
            return row + QStringLiteral("…");
        }
        cells.append({row.size(), pieceWidth});
        width += pieceWidth;
        row += piece;
    }
    return row;
}

QString terminalLines(const QString &text)
{
    QString lines;
    qsizetype begin = 0;
    for (qsizetype position = 0; position <= text.size(); ++position) {
        const bool atEnd = position == text.size();
        if (!atEnd && text.at(position) != QLatin1Char('\n') && text.at(position) != QLatin1Char('\t')) {
            continue;
        }
        qsizetype end = position;
        // The line breaks of Windows.
        if (!atEnd && text.at(position) == QLatin1Char('\n') && end > begin && text.at(end - 1) == QLatin1Char('\r')) {
            --end;
        }
        lines += terminalRow(text.mid(begin, end - begin));
        if (!atEnd) {
            lines += text.at(position);
        }
        begin = position + 1;
    }
    return lines;
}

} // namespace lifeguard

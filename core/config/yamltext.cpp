// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/config/yamltext.h"

#include <algorithm>

namespace lifeguard {
namespace {

bool isSpace(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

bool isContinuation(char c)
{
    return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}

} // namespace

YamlText::YamlText(const QByteArray &bytes) : m_bytes(bytes)
{
    for (qsizetype end = bytes.indexOf('\n'); end >= 0; end = bytes.indexOf('\n', end + 1))
        m_lineStarts.append(end + 1);
}

YamlPosition YamlText::position(qsizetype offset) const
{
    const qsizetype at = std::clamp<qsizetype>(offset, 0, m_bytes.size());
    const auto next = std::upper_bound(m_lineStarts.begin(), m_lineStarts.end(), at);
    const int line = int(next - m_lineStarts.begin());
    YamlPosition from{line, 1, *(next - 1)};
    if (m_last.line == line && m_last.offset <= at)
        from = m_last;
    const auto begin = m_bytes.begin() + from.offset;
    const auto characters = std::count_if(begin, m_bytes.begin() + at, [](char c) { return !isContinuation(c); });
    m_last = {line, from.column + int(characters), at};
    return m_last;
}

bool YamlText::hasNullAt(qsizetype offset) const
{
    const QByteArray word = m_bytes.mid(offset, 4).toLower();
    return word.startsWith('~') || word == "null";
}

bool YamlText::isUnclosedAt(qsizetype offset) const
{
    qsizetype at = offset;
    // An anchor, a tag, comments and spaces may precede the quote.
    while (at < m_bytes.size()
           && (isSpace(m_bytes[at]) || m_bytes[at] == '&' || m_bytes[at] == '!' || m_bytes[at] == '#')) {
        const bool isComment = m_bytes[at] == '#';
        const bool isWord = !isSpace(m_bytes[at]);
        ++at;
        while (isWord && at < m_bytes.size() && (isComment ? m_bytes[at] != '\n' : !isSpace(m_bytes[at])))
            ++at;
    }
    if (at >= m_bytes.size() || (m_bytes[at] != '"' && m_bytes[at] != '\''))
        return false; // a block
    const char quote = m_bytes[at];
    for (++at; at < m_bytes.size(); ++at) {
        if (quote == '"' && m_bytes[at] == '\\') {
            ++at;
        } else if (m_bytes[at] == quote) {
            const bool isDoubled = quote == '\'' && at + 1 < m_bytes.size() && m_bytes[at + 1] == quote;
            if (!isDoubled)
                return false;
            ++at;
        }
    }
    return true;
}

bool YamlText::isIndentedWithTab(qsizetype offset) const
{
    qsizetype at = m_lineStarts.at(position(offset).line - 1);
    while (at < m_bytes.size() && m_bytes[at] == ' ')
        ++at;
    return at < m_bytes.size() && m_bytes[at] == '\t';
}

QString YamlText::characterAt(qsizetype offset) const
{
    if (offset < 0 || offset >= m_bytes.size())
        return {};
    qsizetype end = offset + 1;
    while (end < m_bytes.size() && isContinuation(m_bytes[end]))
        ++end;
    return QString::fromUtf8(m_bytes.mid(offset, end - offset));
}

} // namespace lifeguard

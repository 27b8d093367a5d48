// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/config/yamlspans.h"

namespace lifeguard {

qsizetype YamlSpans::lineBegin(qsizetype offset) const
{
    return offset <= 0 ? 0 : m_text.lastIndexOf('\n', offset - 1) + 1;
}

qsizetype YamlSpans::nextLine(qsizetype offset) const
{
    const qsizetype end = m_text.indexOf('\n', offset);
    return end < 0 ? m_text.size() : end + 1;
}

bool YamlSpans::isLineEnd(qsizetype offset) const
{
    return offset >= m_text.size() || m_text[offset] == '\n' || m_text[offset] == '\r';
}

qsizetype YamlSpans::skipSpaces(qsizetype offset) const
{
    while (isAt(offset, ' ') || isAt(offset, '\t'))
        ++offset;
    return offset;
}

qsizetype YamlSpans::skipAnchor(qsizetype offset) const
{
    if (!isAt(offset, '&'))
        return offset;
    while (!isLineEnd(offset) && !isAt(offset, ' '))
        ++offset;
    return skipSpaces(offset);
}

std::optional<qsizetype> YamlSpans::endOfQuotes(qsizetype begin) const
{
    const char quote = m_text[begin];
    for (qsizetype at = begin + 1; at < m_text.size(); ++at) {
        if (quote == '"' && m_text[at] == '\\') {
            ++at;
        } else if (m_text[at] == quote) {
            if (quote != '\'' || !isAt(at + 1, quote))
                return at + 1;
            ++at;
        }
    }
    return std::nullopt;
}

std::optional<qsizetype> YamlSpans::behindColon(const YamlNode &node) const
{
    qsizetype at = node.keyPosition.offset;
    if (at < 0 || at >= m_text.size())
        return std::nullopt;
    if (isAt(at, '"') || isAt(at, '\'')) {
        const std::optional<qsizetype> end = endOfQuotes(at);
        if (!end)
            return std::nullopt;
        at = *end;
    } else {
        const QByteArray key = node.key.toUtf8();
        if (m_text.mid(at, key.size()) != key)
            return std::nullopt;
        at += key.size();
    }
    at = skipSpaces(at);
    return isAt(at, ':') ? std::optional(at + 1) : std::nullopt;
}

std::optional<TextSpan> YamlSpans::flowCollection(qsizetype begin) const
{
    if (!isAt(begin, '{') && !isAt(begin, '['))
        return std::nullopt;
    int depth = 0;
    for (qsizetype at = begin; at < m_text.size(); ++at) {
        const char c = m_text[at];
        if (c == '"' || c == '\'') {
            // Within plain text, as in "it's", a quote is a character.
            const char before = at > begin ? m_text[at - 1] : ' ';
            if (QByteArray(" \t\r\n,[{:").contains(before)) {
                const std::optional<qsizetype> end = endOfQuotes(at);
                if (!end)
                    return std::nullopt;
                at = *end - 1;
            }
        } else if (c == '#' && QByteArray(" \t\n").contains(m_text[at - 1])) {
            at = nextLine(at) - 1;
        } else if (c == '{' || c == '[') {
            ++depth;
        } else if (c == '}' || c == ']') {
            if (--depth == 0)
                return TextSpan{begin, at + 1};
        }
    }
    return std::nullopt;
}

std::optional<qsizetype> YamlSpans::endOfPlain(qsizetype begin, const QByteArray &content, bool isInFlow) const
{
    if (content.isEmpty() || m_text.mid(begin, content.size()) != content)
        return std::nullopt; // folded from several lines
    const qsizetype end = begin + content.size();
    const qsizetype next = skipSpaces(end);
    const bool isComment = next > end && isAt(next, '#');
    const bool isFlowEnd = isInFlow && (isAt(next, ',') || isAt(next, '}') || isAt(next, ']'));
    return isLineEnd(next) || isComment || isFlowEnd ? std::optional(end) : std::nullopt;
}

std::optional<TextSpan> YamlSpans::inlineValue(const YamlNode &node, bool isInFlow) const
{
    const std::optional<qsizetype> colon = behindColon(node);
    if (!colon)
        return std::nullopt;
    const qsizetype begin = skipAnchor(skipSpaces(*colon));
    if (isAt(begin, '*')) {
        qsizetype end = begin;
        while (!isLineEnd(end) && !QByteArray(" ,}]").contains(m_text[end]))
            ++end;
        return TextSpan{begin, end};
    }
    if (isAt(begin, '{') || isAt(begin, '['))
        return flowCollection(begin);
    if (isAt(begin, '"') || isAt(begin, '\'')) {
        const std::optional<qsizetype> end = endOfQuotes(begin);
        return end ? std::optional(TextSpan{begin, *end}) : std::nullopt;
    }
    if (node.kind == YamlNode::Kind::Null) {
        const bool isWritten = node.position.offset == begin && node.position.offset != node.keyPosition.offset;
        const qsizetype length = !isWritten ? 0 : isAt(begin, '~') ? 1 : 4;
        return TextSpan{length > 0 ? begin : *colon, length > 0 ? begin + length : *colon};
    }
    if (node.kind != YamlNode::Kind::Text || isAt(begin, '|') || isAt(begin, '>'))
        return std::nullopt;
    const std::optional<qsizetype> end = endOfPlain(begin, node.text.toUtf8(), isInFlow);
    return end ? std::optional(TextSpan{begin, *end}) : std::nullopt;
}

bool YamlSpans::isBlock(const YamlNode &node) const
{
    const std::optional<qsizetype> colon = behindColon(node);
    if (!colon || node.kind == YamlNode::Kind::Null)
        return false;
    const qsizetype begin = skipAnchor(skipSpaces(*colon));
    return isLineEnd(begin) || isAt(begin, '#') || isAt(begin, '|') || isAt(begin, '>');
}

qsizetype YamlSpans::indentation(qsizetype begin) const
{
    qsizetype at = begin;
    while (isAt(at, ' '))
        ++at;
    return isLineEnd(at) || isAt(at, '#') ? -1 : at - begin;
}

bool YamlSpans::isListItem(qsizetype lineBegin) const
{
    qsizetype at = lineBegin;
    while (isAt(at, ' '))
        ++at;
    return isAt(at, '-') && (isAt(at + 1, ' ') || isLineEnd(at + 1));
}

std::optional<TextSpan> YamlSpans::entryLines(const YamlNode &node) const
{
    const qsizetype begin = lineBegin(node.keyPosition.offset);
    const qsizetype keyColumn = node.keyPosition.offset - begin;
    if (indentation(begin) != keyColumn)
        return std::nullopt;
    qsizetype end = nextLine(node.keyPosition.offset);
    for (qsizetype line = end; line < m_text.size(); line = nextLine(line)) {
        const qsizetype indent = indentation(line);
        if (indent < 0)
            continue; // belongs to the entry if a line of it follows
        if (indent < keyColumn || (indent == keyColumn && !isListItem(line)))
            break;
        end = nextLine(line);
    }
    return TextSpan{begin, end};
}

qsizetype YamlSpans::endOfBlock(qsizetype begin) const
{
    const qsizetype blockColumn = column(begin);
    const bool isList = isListItem(lineBegin(begin));
    qsizetype end = nextLine(begin);
    for (qsizetype line = end; line < m_text.size(); line = nextLine(line)) {
        const qsizetype indent = indentation(line);
        if (indent < 0)
            continue;
        const bool isEnd = m_text.mid(line, 3) == "..." || m_text.mid(line, 3) == "---";
        if (indent < blockColumn || isEnd || (isList && indent == blockColumn && !isListItem(line)))
            break;
        end = nextLine(line);
    }
    return end;
}

} // namespace lifeguard

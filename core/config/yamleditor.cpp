// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/config/yamleditor.h"

#include "core/config/yamlreader.h"
#include "core/config/yamlspans.h"
#include "core/config/yamlwriter.h"

#include <QCoreApplication>
#include <QJsonDocument>

#include <algorithm>

namespace lifeguard {
namespace {

using Kind = YamlNode::Kind;

constexpr const char *byteOrderMark = "\xEF\xBB\xBF";

QString tr(const char *text)
{
    return QCoreApplication::translate("lifeguard::YamlEditor", text);
}

/// Returns whether two trees have the same content, wherever and however it is written.
bool hasSameContent(const YamlNode &a, const YamlNode &b)
{
    return a.kind == b.kind && a.text == b.text && a.key == b.key
        && std::equal(a.children.begin(), a.children.end(), b.children.begin(), b.children.end(), hasSameContent);
}

YamlNode mapWith(const QString &key, YamlNode value)
{
    YamlNode map;
    map.kind = Kind::Map;
    value.key = key;
    map.children.push_back(std::move(value));
    return map;
}

/// One change of a text whose tree is known.
class SingleEdit
{
public:
    SingleEdit(QByteArray text, const YamlNode &root)
        : m_text(std::move(text))
        , m_root(root)
        , m_spans(m_text)
        , m_isJson(!QJsonDocument::fromJson(m_text).isNull())
        , m_lineBreak(m_text.contains("\r\n") ? "\r\n" : "\n")
        , m_writer(m_isJson, m_lineBreak)
    {
    }

    /// Returns the changed text; std::nullopt if the text has a form that is not supported.
    std::optional<QByteArray> apply(const YamlEdit &edit)
    {
        const YamlNode *map = &m_root;
        bool isInFlow = isFlow(m_root.position.offset);
        for (qsizetype i = 0; i < edit.keys.size(); ++i) {
            const YamlNode *child = map->child(edit.keys.at(i));
            const bool isLast = i == edit.keys.size() - 1;
            if (!child)
                return edit.value ? insert(*map, isInFlow, edit.keys.mid(i), *edit.value) : m_text;
            if (isLast)
                return edit.value ? replace(*child, isInFlow, *edit.value) : remove(*map, *child, isInFlow);
            if (child->kind != Kind::Map) // null, or a value that a map replaces
                return edit.value ? replace(*child, isInFlow, nested(edit.keys.mid(i + 1), *edit.value)) : m_text;
            if (isAlias(*child))
                return std::nullopt; // the change would apply elsewhere
            isInFlow = isInFlow || !m_spans.isBlock(*child);
            map = child;
        }
        return std::nullopt;
    }

private:
    static YamlNode nested(const QStringList &keys, YamlNode value)
    {
        for (auto key = keys.crbegin(); key != keys.crend(); ++key)
            value = mapWith(*key, std::move(value));
        return value;
    }
    [[nodiscard]] bool isFlow(qsizetype offset) const
    {
        return offset >= 0 && offset < m_text.size() && (m_text[offset] == '{' || m_text[offset] == '[');
    }
    [[nodiscard]] bool isAlias(const YamlNode &node) const
    {
        const std::optional<TextSpan> span = m_spans.inlineValue(node, true);
        return span && span->begin < span->end && m_text[span->begin] == '*';
    }
    [[nodiscard]] QByteArray replaced(const TextSpan &span, const QByteArray &by) const
    {
        return m_text.left(span.begin) + by + m_text.mid(span.end);
    }

    std::optional<QByteArray> replace(const YamlNode &node, bool isInFlow, const YamlNode &value) const
    {
        const std::optional<qsizetype> colon = m_spans.behindColon(node);
        if (!colon)
            return std::nullopt;
        const bool isBlockMap = value.kind == Kind::Map && !isInFlow && !value.children.empty();
        if (m_spans.isBlock(node)) {
            // The lines of the block are replaced; a comment on the line of the key stays.
            const std::optional<TextSpan> lines = m_spans.entryLines(node);
            if (!lines || m_text.mid(*colon).trimmed().startsWith('&'))
                return std::nullopt;
            const QByteArray line = m_text.mid(lines->begin, m_spans.nextLine(*colon) - lines->begin);
            QByteArray head = line;
            const qsizetype at = *colon - lines->begin;
            const bool isScalarBlock = node.kind == Kind::Text;
            if (isScalarBlock) // "|" or ">"
                head = line.left(at) + m_lineBreak;
            head.insert(at, ' ' + m_writer.inlineValue(value));
            return replaced(*lines, head);
        }
        const std::optional<TextSpan> span = m_spans.inlineValue(node, isInFlow);
        if (!span)
            return std::nullopt;
        if (isBlockMap && span->begin == span->end) {
            const qsizetype indent = m_spans.column(node.keyPosition.offset);
            if (m_spans.entryLines(node))
                return withLine(m_spans.nextLine(*colon), entries(value, indent + 2));
        }
        const bool needsSpace = span->begin == *colon;
        return replaced(*span, (needsSpace ? " " : "") + m_writer.inlineValue(value));
    }

    [[nodiscard]] QByteArray entries(const YamlNode &map, qsizetype indent) const
    {
        QByteArray lines;
        for (const YamlNode &child : map.children)
            lines += (lines.isEmpty() ? QByteArray() : m_lineBreak) + m_writer.blockEntry(child.key, child, indent);
        return lines;
    }
    /// Inserts lines before the line that begins at the offset.
    [[nodiscard]] QByteArray withLine(qsizetype offset, const QByteArray &lines) const
    {
        const bool isAfterLine = offset == 0 || m_text.at(offset - 1) == '\n';
        return m_text.left(offset) + (isAfterLine ? QByteArray() : m_lineBreak) + lines + m_lineBreak
             + m_text.mid(offset);
    }

    std::optional<QByteArray> insert(const YamlNode &map, bool isInFlow, const QStringList &keys,
                                     const YamlNode &value) const
    {
        const YamlNode content = nested(keys.mid(1), value);
        if (map.kind == Kind::Null && &map == &m_root) // nothing but comments
            return withLine(m_text.size(), m_writer.blockEntry(keys.first(), content, 0));
        if (map.kind != Kind::Map)
            return std::nullopt;
        if (isInFlow)
            return insertIntoFlow(map, m_writer.inlineEntry(keys.first(), content));
        if (map.children.empty())
            return std::nullopt;
        const qsizetype begin = map.children.front().keyPosition.offset;
        return withLine(m_spans.endOfBlock(begin), m_writer.blockEntry(keys.first(), content, m_spans.column(begin)));
    }

    std::optional<QByteArray> insertIntoFlow(const YamlNode &map, const QByteArray &entry) const
    {
        const std::optional<TextSpan> span = m_spans.flowCollection(map.position.offset);
        if (!span)
            return std::nullopt;
        if (map.children.empty())
            return replaced({span->begin + 1, span->begin + 1}, entry);
        qsizetype end = span->end - 1; // of the last entry
        while (end > span->begin && QByteArray(" \t\r\n").contains(m_text[end - 1]))
            --end;
        const qsizetype lastKey = map.children.back().keyPosition.offset;
        const bool hasOwnLine = m_spans.lineBegin(lastKey) > span->begin;
        const QByteArray comma = m_text[end - 1] == ',' ? "" : ",";
        const QByteArray gap = hasOwnLine ? m_lineBreak + QByteArray(m_spans.column(lastKey), ' ') : QByteArray(" ");
        return replaced({end, end}, comma + gap + entry);
    }

    std::optional<QByteArray> remove(const YamlNode &map, const YamlNode &child, bool isInFlow) const
    {
        if (isInFlow)
            return removeFromFlow(map, child);
        const std::optional<TextSpan> lines = m_spans.entryLines(child);
        if (!lines)
            return std::nullopt;
        if (map.children.size() > 1)
            return replaced(*lines, {});
        // A map without keys is written in braces, because nothing at all is no map.
        if (&map == &m_root)
            return replaced(*lines, "{}" + m_lineBreak);
        return replaceMapByEmptyOne(map);
    }

    std::optional<QByteArray> replaceMapByEmptyOne(const YamlNode &map) const
    {
        YamlNode empty;
        empty.kind = Kind::Map;
        return replace(map, false, empty);
    }

    std::optional<QByteArray> removeFromFlow(const YamlNode &map, const YamlNode &child) const
    {
        const std::optional<TextSpan> value = m_spans.inlineValue(child, true);
        if (!value)
            return std::nullopt;
        TextSpan span{child.keyPosition.offset, value->end};
        const auto isBlank = [this](qsizetype at) { return QByteArray(" \t\r\n").contains(m_text[at]); };
        qsizetype next = span.end;
        while (next < m_text.size() && isBlank(next))
            ++next;
        if (next < m_text.size() && m_text[next] == ',' && &child == &map.children.front()) {
            span.end = next + 1;
            while (span.end < m_text.size() && isBlank(span.end))
                ++span.end;
        } else {
            qsizetype before = span.begin;
            while (before > 0 && isBlank(before - 1))
                --before;
            if (before > 0 && m_text[before - 1] == ',')
                span.begin = before - 1;
        }
        return replaced(span, {});
    }

    QByteArray m_text;
    const YamlNode &m_root;
    YamlSpans m_spans;
    bool m_isJson;
    QByteArray m_lineBreak;
    YamlWriter m_writer;
};

void removeFrom(YamlNode &root, const QStringList &keys)
{
    YamlNode *map = &root;
    for (qsizetype i = 0; map && i < keys.size() - 1; ++i)
        map = map->child(keys.at(i));
    if (map)
        std::erase_if(map->children, [&keys, map](const YamlNode &child) {
            return map->kind == Kind::Map && child.key == keys.constLast();
        });
}

Error unsupported(const YamlEdit &edit)
{
    return {ErrorCode::InvalidArgument,
            tr("The value of '%1' is written in a way that cannot be changed here. Change it in a text editor.")
                .arg(edit.keys.join(u'.')),
            {}};
}

} // namespace

YamlNode editedTree(YamlNode root, const YamlEdit &edit)
{
    Q_ASSERT(!edit.keys.isEmpty());
    if (!edit.value) {
        removeFrom(root, edit.keys);
        return root;
    }
    YamlNode *map = &root;
    for (const QString &key : edit.keys) {
        if (map->kind != Kind::Map) {
            map->kind = Kind::Map;
            map->text.clear();
            map->children.clear();
        }
        if (!map->child(key)) {
            YamlNode child;
            child.key = key;
            map->children.push_back(child);
        }
        map = map->child(key);
    }
    *map = *edit.value;
    map->key = edit.keys.constLast();
    return root;
}

Result<QByteArray> editYaml(const QByteArray &file, const QList<YamlEdit> &edits)
{
    const bool hasMark = file.startsWith(byteOrderMark);
    QByteArray text = hasMark ? file.mid(3) : file;
    YamlDocument document = readYaml(text);
    if (!document.errors.isEmpty()) {
        const YamlError &first = document.errors.constFirst();
        return failure(ErrorCode::InvalidArgument,
                       tr("The file has an error in line %1, which must be corrected first: %2")
                           .arg(first.position.line)
                           .arg(first.message));
    }
    for (const YamlEdit &edit : edits) {
        const YamlNode expected = editedTree(document.root, edit);
        if (hasSameContent(expected, document.root))
            continue;
        const std::optional<QByteArray> changed = SingleEdit(text, document.root).apply(edit);
        if (!changed)
            return failure(unsupported(edit));
        document = readYaml(*changed);
        if (!document.errors.isEmpty() || !hasSameContent(document.root, expected))
            return failure(unsupported(edit));
        text = *changed;
    }
    return hasMark ? byteOrderMark + text : text;
}

YamlNode yamlText(const QString &text, bool isQuoted)
{
    YamlNode node;
    node.kind = Kind::Text;
    node.text = text;
    node.isQuoted = isQuoted;
    return node;
}

YamlNode yamlList(const QStringList &texts)
{
    YamlNode list;
    list.kind = Kind::List;
    for (const QString &text : texts)
        list.children.push_back(yamlText(text, true));
    return list;
}

} // namespace lifeguard

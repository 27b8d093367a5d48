// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/config/yamlwriter.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QRegularExpression>

namespace lifeguard {
namespace {

/// Returns the text in double quotes. JSON's escapes are also those of YAML.
QByteArray inDoubleQuotes(const QString &text)
{
    const QByteArray list = QJsonDocument(QJsonArray{text}).toJson(QJsonDocument::Compact);
    return list.mid(1, list.size() - 2);
}

/// Returns whether YAML reads the text back as it is, without quotes, also within braces and brackets.
bool isPlain(const QString &text)
{
    static const QRegularExpression harmless(QStringLiteral("\\A[A-Za-z0-9_./+][A-Za-z0-9_./+%@=:-]*\\z"));
    return harmless.match(text).hasMatch() && !text.endsWith(u':');
}

/// Returns whether YAML, or a reader of configurations, takes the text for something else than a text.
bool isAmbiguous(const QString &text)
{
    static const QRegularExpression word(QStringLiteral("\\A(null|true|false|yes|no|on|off|y|n|[-+.]?[0-9].*)\\z"),
                                         QRegularExpression::CaseInsensitiveOption);
    return word.match(text).hasMatch();
}

} // namespace

QByteArray YamlWriter::text(const QString &value, bool isQuoted) const
{
    if (m_isJson) {
        static const QRegularExpression literal(QStringLiteral("\\A(true|false|-?(0|[1-9][0-9]*)(\\.[0-9]+)?)\\z"));
        return !isQuoted && literal.match(value).hasMatch() ? value.toUtf8() : inDoubleQuotes(value);
    }
    return isPlain(value) && !(isQuoted && isAmbiguous(value)) ? value.toUtf8() : inDoubleQuotes(value);
}

QByteArray YamlWriter::inlineValue(const YamlNode &node) const
{
    QByteArray parts;
    for (const YamlNode &child : node.children) {
        if (!parts.isEmpty())
            parts += ", ";
        parts += node.kind == YamlNode::Kind::Map ? inlineEntry(child.key, child) : inlineValue(child);
    }
    switch (node.kind) {
    case YamlNode::Kind::Null:
        return "null";
    case YamlNode::Kind::Text:
        return text(node.text, node.isQuoted);
    case YamlNode::Kind::List:
        return '[' + parts + ']';
    case YamlNode::Kind::Map:
        return '{' + parts + '}';
    }
    return {};
}

QByteArray YamlWriter::inlineEntry(const QString &key, const YamlNode &value) const
{
    return text(key, true) + ": " + inlineValue(value);
}

QByteArray YamlWriter::blockEntry(const QString &key, const YamlNode &value, qsizetype indent) const
{
    const QByteArray margin(indent, ' ');
    if (value.kind != YamlNode::Kind::Map || value.children.empty())
        return margin + inlineEntry(key, value);
    QByteArray block = margin + text(key, true) + ':';
    for (const YamlNode &child : value.children)
        block += m_lineBreak + blockEntry(child.key, child, indent + 2);
    return block;
}

QString yamlScalar(const QString &text)
{
    YamlNode node;
    node.kind = YamlNode::Kind::Text;
    node.text = text;
    node.isQuoted = true;
    return QString::fromUtf8(YamlWriter(false, {}).inlineValue(node));
}

} // namespace lifeguard

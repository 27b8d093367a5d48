// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/formats/plantumldata.h"

#include <QJsonDocument>
#include <QRegularExpression>
#include <QStringList>

#include <algorithm>
#include <utility>

namespace lifeguard {
namespace {

/// Returns the first line of a bracket that is not closed, or that closes nothing, or -1.
int unmatchedBracketLine(const QStringList &lines)
{
    QList<std::pair<QChar, int>> open;
    for (qsizetype i = 1; i < lines.size() - 1; ++i) {
        for (const QChar character : lines.at(i)) {
            if (character == u'{' || character == u'[') {
                open.append({character, static_cast<int>(i)});
            } else if (character == u'}' || character == u']') {
                if (open.isEmpty() || open.takeLast().first != (character == u'}' ? u'{' : u'['))
                    return static_cast<int>(i);
            }
        }
        if (lines.at(i).count(u'"') % 2 != 0)
            return static_cast<int>(i);
    }
    return open.isEmpty() ? -1 : open.constLast().second;
}

int brokenJsonLine(const QStringList &lines)
{
    static const QRegularExpression style(QStringLiteral("^\\s*(?:#highlight\\b|</?style>|skinparam\\b|title\\b)"));
    qsizetype first = 1;
    bool inStyle = false;
    while (first < lines.size()
           && (inStyle || lines.at(first).trimmed().isEmpty() || style.match(lines.at(first)).hasMatch())) {
        inStyle = (inStyle || lines.at(first).contains(QLatin1String("<style>")))
               && !lines.at(first).contains(QLatin1String("</style>"));
        ++first;
    }
    const QByteArray json = lines.mid(first, lines.size() - first - 1).join(u'\n').toUtf8();
    QJsonParseError error;
    QJsonDocument::fromJson(json, &error);
    if (error.error == QJsonParseError::NoError)
        return -1;
    return static_cast<int>(first + json.left(error.offset).count('\n'));
}

/// PlantUML reads a part of YAML only. Each line is "key:", "key: value", "- item", or a continuation of a text.
int brokenYamlLine(const QStringList &lines)
{
    static const QRegularExpression known(
        QStringLiteral("^\\s*(?:$|#|---|- |-$|<|!|[^:]+:(?:\\s|$)|\"[^\"]*\"\\s*:|'[^']*'\\s*:)"));
    static const QRegularExpression text(QStringLiteral(":\\s*[|>][+-]?\\s*$"));
    const auto indentOf = [](const QString &line) {
        return std::find_if(line.cbegin(), line.cend(), [](QChar c) { return !c.isSpace(); }) - line.cbegin();
    };
    qsizetype textIndent = -1; // of the key of a text of several lines
    for (qsizetype i = 1; i < lines.size() - 1; ++i) {
        const QString &line = lines.at(i);
        if (textIndent >= 0 && (line.trimmed().isEmpty() || indentOf(line) > textIndent))
            continue;
        textIndent = text.match(line).hasMatch() ? indentOf(line) : -1;
        if (!known.match(line).hasMatch() || line.count(u'[') != line.count(u']'))
            return static_cast<int>(i);
    }
    return -1;
}

} // namespace

int brokenDataLine(const PlantUmlDiagram &diagram)
{
    const QStringList lines = QString::fromUtf8(diagram.text).trimmed().split(u'\n');
    static const QRegularExpression directive(QStringLiteral("\\s*!.*"));
    if (lines.indexOf(directive) >= 0) // the data is known only to PlantUML
        return -1;
    if (diagram.type == QLatin1String("json"))
        return brokenJsonLine(lines);
    if (diagram.type == QLatin1String("yaml"))
        return brokenYamlLine(lines);
    if (diagram.type == QLatin1String("hcl") || diagram.type == QLatin1String("salt"))
        return unmatchedBracketLine(lines);
    return -1;
}

} // namespace lifeguard

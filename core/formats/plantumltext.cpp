// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/formats/plantumltext.h"

#include "core/base/textdecoding.h"

#include <QCoreApplication>
#include <QList>
#include <QRegularExpression>

namespace lifeguard {
namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("lifeguard::PlantUml", text);
}

QStringList linesOf(const QByteArray &input)
{
    QString text = decodeText(input);
    if (text.startsWith(QChar::ByteOrderMark))
        text.remove(0, 1);
    text.replace(QLatin1String("\r\n"), QLatin1String("\n")).replace(u'\r', u'\n');
    return text.split(u'\n');
}

bool beginsDiagram(QStringView line)
{
    return line.trimmed().startsWith(QLatin1String("@start"));
}

/// Returns the indexes of the lines that begin a diagram.
QList<qsizetype> findStarts(const QStringList &lines)
{
    QList<qsizetype> starts;
    for (qsizetype i = 0; i < lines.size(); ++i) {
        if (beginsDiagram(lines.at(i)))
            starts.append(i);
    }
    return starts;
}

/// Returns "overview" for "@startuml overview", "@startuml{overview.png}" and "@startuml(id=overview)".
QString nameOf(const QString &line)
{
    static const QRegularExpression start(QStringLiteral("^@start\\w+\\s*(?:\\(\\s*id\\s*=\\s*)?[{\"]?([^(){}\",]*)"));
    QString name = start.match(line.trimmed()).captured(1).trimmed();
    static const QRegularExpression suffix(QStringLiteral("\\.(png|svg)$"), QRegularExpression::CaseInsensitiveOption);
    name.remove(suffix);
    return name;
}

/// Returns "uml" for "@startuml overview".
QString typeOf(const QString &line)
{
    static const QRegularExpression start(QStringLiteral("^\\s*@start([A-Za-z]*)"));
    return start.match(line).captured(1).toLower();
}

} // namespace

Result<PlantUmlDiagram> plantUmlDiagram(const QByteArray &input, int index)
{
    const QStringList lines = linesOf(input);
    const QList<qsizetype> starts = findStarts(lines);
    if (starts.isEmpty())
        return failure(ErrorCode::ToolFailed, tr("This is not a PlantUML diagram: it has no line '@startuml'."));
    if (index < 0 || index >= starts.size()) {
        return failure(ErrorCode::InvalidArgument,
                       tr("There is no diagram with the index %1, counted from 0. Diagrams in the file: %2.")
                           .arg(index)
                           .arg(starts.size()));
    }
    PlantUmlDiagram diagram;
    const qsizetype begin = starts.at(index);
    diagram.firstLine = static_cast<int>(begin) + 1;
    diagram.type = typeOf(lines.at(begin));
    QString taken = lines.at(begin).trimmed() + u'\n';
    bool hasContent = false;
    bool inComment = false;
    for (qsizetype i = begin + 1; i < lines.size() && !beginsDiagram(lines.at(i)); ++i) {
        const QString trimmed = lines.at(i).trimmed();
        // PlantUML recognizes the end of a diagram in its pipe only at the start of a line.
        if (trimmed.startsWith(QLatin1String("@end"))) {
            if (!hasContent)
                return failure(ErrorCode::ToolFailed, tr("line %1: the diagram is empty.").arg(diagram.firstLine));
            diagram.text = (taken + trimmed + u'\n').toUtf8();
            return diagram;
        }
        if (trimmed.startsWith(QLatin1String("/'")))
            inComment = true;
        if (!inComment && !trimmed.isEmpty() && !trimmed.startsWith(u'\''))
            hasContent = true;
        if (inComment && trimmed.contains(QLatin1String("'/")))
            inComment = false;
        // "@@@" at the start of a line is a command for the pipe: it could change the format of all later jobs.
        const bool isPipeCommand = lines.at(i).startsWith(QLatin1String("@@@"));
        taken += (isPipeCommand ? u' ' + lines.at(i) : lines.at(i)) + u'\n';
    }
    return failure(ErrorCode::ToolFailed,
                   tr("line %1: the diagram that begins here has no '@enduml'.").arg(diagram.firstLine));
}

QStringList plantUmlNames(const QByteArray &input)
{
    const QStringList lines = linesOf(input);
    QStringList names;
    for (const qsizetype begin : findStarts(lines))
        names.append(nameOf(lines.at(begin)));
    return names;
}

QList<int> plantUmlPageCounts(const QByteArray &input)
{
    static const QRegularExpression newPage(QStringLiteral("^\\s*newpage\\b"),
                                            QRegularExpression::CaseInsensitiveOption);
    const QStringList lines = linesOf(input);
    QList<int> counts;
    for (const QString &line : lines) {
        if (beginsDiagram(line))
            counts.append(1);
        else if (!counts.isEmpty() && newPage.match(line).hasMatch())
            ++counts.last();
    }
    return counts;
}

} // namespace lifeguard

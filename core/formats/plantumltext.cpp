// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/formats/plantumltext.h"

#include "core/base/textdecoding.h"

#include <QCoreApplication>
#include <QList>
#include <QRegularExpression>

namespace lifeguard {
namespace {

constexpr qsizetype detailLimit = 8000; // bytes of stderr

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

} // namespace

Result<PlantUmlDiagram> plantUmlDiagram(const QByteArray &input, int index)
{
    // The user's own themes are also read from files: "!theme course from themes".
    static const QRegularExpression include(QStringLiteral("^\\s*!\\s*(include|import|theme\\s+\\S+\\s+from\\b)"));
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
        diagram.hasIncludes = diagram.hasIncludes || include.match(lines.at(i)).hasMatch();
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

QStringList plantUmlIncludes(const QString &text)
{
    static const QRegularExpression include(
        QStringLiteral("^\\s*!\\s*(?:include(?:_many|_once|sub)?|import)\\s+([^<\\s][^\\n!]*?)\\s*(?:![^\\n]*)?$"
                       "|^\\s*!\\s*theme\\s+(\\S+)\\s+from\\s+([^<\\s]\\S*)\\s*$"),
        QRegularExpression::MultilineOption);
    QStringList names;
    for (auto match = include.globalMatch(text); match.hasNext();) {
        const QRegularExpressionMatch found = match.next();
        QString name = found.captured(1);
        if (name.isEmpty())
            name = found.captured(3) + QStringLiteral("/puml-theme-") + found.captured(2) + QStringLiteral(".puml");
        names.append(name.remove(u'"'));
    }
    return names;
}

Status checkPlantUmlErrors(const QByteArray &standardError, const PlantUmlDiagram &diagram)
{
    if (standardError.trimmed().isEmpty())
        return {};
    const QString detail = QString::fromUtf8(standardError.right(detailLimit)).trimmed();
    const QStringList lines = QString::fromUtf8(standardError).split(u'\n');

    // Without Graphviz, PlantUML draws a picture of an error message and reports success.
    static const QRegularExpression noProgram(QStringLiteral("Cannot run program \"([^\"]+)\""));
    if (const auto match = noProgram.match(detail); match.hasMatch()) {
        return failure(ErrorCode::ToolMissing,
                       tr("This diagram needs Graphviz, which is not installed (%1). Install it: apt install graphviz")
                           .arg(match.captured(1)),
                       detail);
    }
    const qsizetype at = lines.indexOf(QStringLiteral("ERROR"));
    if (at >= 0) {
        bool isLine = false;
        const int line = lines.value(at + 1).toInt(&isLine);
        QStringList errors;
        for (qsizetype i = at + (isLine ? 2 : 1); i < lines.size(); ++i) {
            // PlantUML's guess of the diagram type does not help the author.
            static const QRegularExpression assumed(QStringLiteral(" ?\\(Assumed diagram type: [^)]*\\)$"));
            const QString text = lines.at(i).trimmed().remove(assumed);
            if (text.isEmpty() || text == QLatin1String("Some diagram description contains errors"))
                break;
            errors.append(text);
        }
        const QString message = errors.isEmpty() ? tr("PlantUML reported an error without a description.")
                                                 : errors.join(QStringLiteral("; "));
        // PlantUML counts lines from @start…, which is its line 0. Versions before 1.2020.22 report a theme as a syntax
        // error.
        if (isLine
            && QString::fromUtf8(diagram.text).section(u'\n', line, line).trimmed().startsWith(QLatin1String("!theme "))
            && message.startsWith(QLatin1String("Syntax Error"))) {
            return failure(ErrorCode::ToolFailed,
                           tr("line %1: this version of PlantUML is too old for themes. Run "
                              "packaging/plantuml/install.sh, or set PLANTUML_JAR to a newer version")
                               .arg(diagram.firstLine + line),
                           detail);
        }
        return failure(ErrorCode::ToolFailed,
                       isLine ? tr("line %1: %2").arg(diagram.firstLine + line).arg(message) : message, detail);
    }
    // After an exception, PlantUML also reports success, and draws a picture of the stack trace.
    if (detail.contains(QLatin1String("\tat net.sourceforge.plantuml."))
        || detail.contains(QLatin1String("OutOfMemoryError"))) {
        static const QRegularExpression thrown(QStringLiteral("^\\S*(Exception|Error)\\b.*$"),
                                               QRegularExpression::MultilineOption);
        const auto match = thrown.match(detail);
        return failure(
            ErrorCode::ToolFailed,
            tr("PlantUML failed with an internal error: %1").arg(match.hasMatch() ? match.captured(0) : lines.value(0)),
            detail);
    }
    return {};
}

} // namespace lifeguard

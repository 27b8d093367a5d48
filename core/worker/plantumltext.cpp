// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/worker/plantumltext.h"

#include <QCoreApplication>
#include <QList>
#include <QRegularExpression>
#include <QStringDecoder>

namespace lifeguard {
namespace {

constexpr qsizetype detailLimit = 8000;

QString tr(const char *text)
{
    return QCoreApplication::translate("lifeguard::PlantUml", text);
}

/// As UTF-8 where it is, else as Latin-1, which older diagrams are written in.
QString decoded(const QByteArray &input)
{
    QStringDecoder utf8(QStringDecoder::Utf8);
    const QString text = utf8(input);
    return utf8.hasError() ? QString::fromLatin1(input) : text;
}

} // namespace

Result<PlantUmlDiagram> firstDiagram(const QByteArray &input)
{
    static const QRegularExpression include(QStringLiteral("^\\s*!\\s*(include|import)"));
    QString text = decoded(input);
    if (text.startsWith(QChar::ByteOrderMark))
        text.remove(0, 1);
    text.replace(QLatin1String("\r\n"), QLatin1String("\n")).replace(u'\r', u'\n');
    const QStringList lines = text.split(u'\n');

    PlantUmlDiagram diagram;
    QString taken;
    bool inside = false;
    bool hasContent = false;
    bool inComment = false;
    for (qsizetype i = 0; i < lines.size(); ++i) {
        const QString trimmed = lines.at(i).trimmed();
        if (!inside) {
            inside = trimmed.startsWith(QLatin1String("@start"));
            if (inside) {
                diagram.firstLine = static_cast<int>(i) + 1;
                taken = trimmed + u'\n';
            }
            continue;
        }
        // The pipe ends a diagram at a line that begins so, without looking at blanks before it.
        if (trimmed.startsWith(QLatin1String("@end"))) {
            if (!hasContent)
                return failure(ErrorCode::ToolFailed, tr("line %1: the diagram is empty.").arg(diagram.firstLine));
            diagram.text = (taken + trimmed + u'\n').toUtf8();
            return diagram;
        }
        if (trimmed.startsWith(QLatin1String("@start")))
            break; // the end of the one before is missing
        if (trimmed.startsWith(QLatin1String("/'")))
            inComment = true;
        if (!inComment && !trimmed.isEmpty() && !trimmed.startsWith(u'\''))
            hasContent = true;
        if (inComment && trimmed.contains(QLatin1String("'/")))
            inComment = false;
        diagram.hasIncludes = diagram.hasIncludes || include.match(lines.at(i)).hasMatch();
        // A command to the pipe, not of the diagram: it would switch the format for all jobs after this one.
        const bool toPipe = lines.at(i).startsWith(QLatin1String("@@@"));
        taken += (toPipe ? u' ' + lines.at(i) : lines.at(i)) + u'\n';
    }
    if (!inside)
        return failure(ErrorCode::ToolFailed, tr("This is no PlantUML diagram: it has no line '@startuml'."));
    return failure(ErrorCode::ToolFailed, tr("line %1: the diagram that begins here has no '@enduml'.").arg(diagram.firstLine));
}

Status plantUmlVerdict(const QByteArray &standardError, const PlantUmlDiagram &diagram)
{
    if (standardError.trimmed().isEmpty())
        return {};
    const QString detail = QString::fromUtf8(standardError.right(detailLimit)).trimmed();
    const QStringList lines = QString::fromUtf8(standardError).split(u'\n');

    // Without Graphviz PlantUML draws a picture that says so, and calls that success.
    static const QRegularExpression noProgram(QStringLiteral("Cannot run program \"([^\"]+)\""));
    if (const auto match = noProgram.match(detail); match.hasMatch()) {
        return failure(ErrorCode::ToolMissing,
                       tr("This diagram is laid out by Graphviz, which is not installed (%1): apt install graphviz").arg(match.captured(1)), detail);
    }
    const qsizetype at = lines.indexOf(QStringLiteral("ERROR"));
    if (at >= 0) {
        bool isLine = false;
        const int line = lines.value(at + 1).toInt(&isLine);
        QStringList what;
        for (qsizetype i = at + (isLine ? 2 : 1); i < lines.size(); ++i) {
            const QString text = lines.at(i).trimmed();
            if (text.isEmpty() || text == QLatin1String("Some diagram description contains errors"))
                break;
            what.append(text);
        }
        const QString words = what.isEmpty() ? tr("PlantUML reports an error") : what.join(QStringLiteral("; "));
        // PlantUML counts from the line of @start…, which is its line 0.
        return failure(ErrorCode::ToolFailed, isLine ? tr("line %1: %2").arg(diagram.firstLine + line).arg(words) : words, detail);
    }
    // A crash inside PlantUML ends in a picture of its stack, and is called success as well.
    if (detail.contains(QLatin1String("\tat net.sourceforge.plantuml.")) || detail.contains(QLatin1String("OutOfMemoryError"))) {
        static const QRegularExpression thrown(QStringLiteral("^\\S*(Exception|Error)\\b.*$"), QRegularExpression::MultilineOption);
        const auto match = thrown.match(detail);
        return failure(ErrorCode::ToolFailed, tr("PlantUML failed inside: %1").arg(match.hasMatch() ? match.captured(0) : lines.value(0)), detail);
    }
    return {};
}

} // namespace lifeguard

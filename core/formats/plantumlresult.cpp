// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/formats/plantumlresult.h"

#include "core/formats/plantumldata.h"

#include <QCoreApplication>
#include <QRegularExpression>
#include <QtEndian>

#include <algorithm>

namespace lifeguard {
namespace {

constexpr qsizetype detailLimit = 8000; // bytes of stderr

QString tr(const char *text)
{
    return QCoreApplication::translate("lifeguard::PlantUml", text);
}

/// Returns the words that an SVG shows, a line for each of its text elements, including those of pictures in it.
QString shownText(const QByteArray &svg)
{
    static const QRegularExpression text(QStringLiteral("<text[^>]*>([^<]*)"));
    static const QRegularExpression embedded(QStringLiteral("data:image/svg\\+xml;base64,([A-Za-z0-9+/=]+)"));
    const QString source = QString::fromUtf8(svg);
    QStringList lines;
    for (auto found = text.globalMatch(source); found.hasNext();)
        lines.append(found.next().captured(1));
    QString shown = lines.join(u'\n').replace(QLatin1String("&#160;"), QLatin1String(" "));
    shown.replace(QChar::Nbsp, u' ').replace(QLatin1String("&apos;"), QLatin1String("'"));
    for (auto found = embedded.globalMatch(source); found.hasNext();)
        shown += u'\n' + shownText(QByteArray::fromBase64(found.next().captured(1).toLatin1()));
    return shown;
}

/// Returns "line 4: text" with the number in the input. line counts from 0 within the diagram.
QString atLine(const PlantUmlDiagram &diagram, int line, const QString &text)
{
    //: %1 is a number, %2 an error.
    return tr("line %1: %2").arg(diagram.firstLine + line).arg(text);
}

/// Returns the number of the first line that contains a word, or 0.
int lineWith(const PlantUmlDiagram &diagram, const QString &word)
{
    const QStringList lines = QString::fromUtf8(diagram.text).split(u'\n');
    const auto found = std::find_if(lines.cbegin(), lines.cend(),
                                    [&](const QString &line) { return line.contains(word, Qt::CaseInsensitive); });
    return found == lines.cend() ? 0 : static_cast<int>(found - lines.cbegin());
}

QString brokenDataMessage(const PlantUmlDiagram &diagram, const QString &language)
{
    //: %1 is JSON, YAML or HCL.
    const QString text = tr("PlantUML cannot read this as %1.").arg(language);
    if (diagram.type != language.toLower()) // a diagram in a note of another diagram
        return atLine(diagram, lineWith(diagram, QStringLiteral("{{")), text);
    return atLine(diagram, std::max(0, brokenDataLine(diagram)), text);
}

int lineOfPicture(const PlantUmlReferences &references)
{
    for (const PlantUmlReference &reference : references.named) {
        if (reference.kind == PlantUmlReference::Kind::Picture)
            return reference.line;
    }
    return 0;
}

/// Returns the line and the description that PlantUML reported on stderr after "ERROR", if any.
struct ReportedError
{
    bool isReported = false;
    int line = -1; ///< counted from @start…, which is line 0
    QString description;
};

ReportedError reportedError(const QString &standardError)
{
    const QStringList lines = standardError.split(u'\n');
    const qsizetype at = lines.indexOf(QStringLiteral("ERROR"));
    if (at < 0)
        return {};
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
    return {true, isLine ? line : -1, errors.join(QStringLiteral("; "))};
}

Status failureOf(const ReportedError &error, const PlantUmlDiagram &diagram, const QString &detail)
{
    const QString message = error.description.isEmpty() ? tr("PlantUML reported an error without a description.")
                                                        : error.description;
    if (error.line < 0)
        return failure(ErrorCode::ToolFailed, message, detail);
    // Versions before 1.2020.22 report a theme as a syntax error.
    const QString line = QString::fromUtf8(diagram.text).section(u'\n', error.line, error.line).trimmed();
    if (line.startsWith(QLatin1String("!theme ")) && message.startsWith(QLatin1String("Syntax Error"))) {
        return failure(ErrorCode::ToolFailed,
                       atLine(diagram, error.line,
                              tr("this version of PlantUML is too old for themes. Run packaging/plantuml/install.sh, "
                                 "or set PLANTUML_JAR to a newer version")),
                       detail);
    }
    return failure(ErrorCode::ToolFailed, atLine(diagram, error.line, message), detail);
}

/// Returns the number of the first line of a formula, or 0.
int lineOfFormula(const PlantUmlDiagram &diagram)
{
    if (diagram.type == QLatin1String("latex") || diagram.type == QLatin1String("math"))
        return 1;
    return std::max(lineWith(diagram, QStringLiteral("<latex>")), lineWith(diagram, QStringLiteral("<math>")));
}

/// Returns the error for an exception in PlantUML, which also draws a picture of the stack trace and reports success.
Status failureOfException(const QString &standardError, const PlantUmlDiagram &diagram, const QString &detail)
{
    // The names of the classes are those of PlantUML's readers of data.
    for (const auto &[part, type] : {std::pair("plantuml.yaml.", "yaml"), {"plantuml.hcl.", "hcl"}}) {
        if (diagram.type == QLatin1String(type) && standardError.contains(QLatin1String(part)))
            return failure(ErrorCode::ToolFailed, brokenDataMessage(diagram, QString::fromLatin1(type).toUpper()),
                           detail);
    }
    if (diagram.type == QLatin1String("salt") && standardError.contains(QLatin1String("plantuml.salt."))) {
        return failure(ErrorCode::ToolFailed,
                       atLine(diagram, std::max(0, brokenDataLine(diagram)),
                              tr("PlantUML cannot read this as a picture of a window (salt). Check the braces.")),
                       detail);
    }
    if (standardError.contains(QLatin1String("org.scilab.forge.jlatexmath."))) {
        static const QRegularExpression cause(QStringLiteral("^Caused by: [^:\\n]*: (.+)$"),
                                              QRegularExpression::MultilineOption);
        if (const auto match = cause.match(standardError); match.hasMatch()) {
            //: %1 is an error of JLaTeXMath, in English.
            const QString text = tr("the formula cannot be drawn: %1").arg(match.captured(1));
            return failure(ErrorCode::ToolFailed, atLine(diagram, lineOfFormula(diagram), text), detail);
        }
    }
    static const QRegularExpression thrown(QStringLiteral("^\\S*(?:Exception|Error)\\b.*$"),
                                           QRegularExpression::MultilineOption);
    const auto match = thrown.match(standardError);
    return failure(ErrorCode::ToolFailed,
                   tr("PlantUML failed with an internal error: %1")
                       .arg(match.hasMatch() ? match.captured(0) : standardError.section(u'\n', 0, 0)),
                   detail);
}

} // namespace

bool acceptsSkinparam(const PlantUmlDiagram &diagram)
{
    // The others read the line as a part of their data, or refuse it. Some of these ignore it.
    static const QStringList accepting{
        QStringLiteral("uml"),    QStringLiteral("board"), QStringLiteral("chen"), QStringLiteral("chronology"),
        QStringLiteral("creole"), QStringLiteral("def"),   QStringLiteral("ebnf"), QStringLiteral("files"),
        QStringLiteral("gantt"),  QStringLiteral("git"),   QStringLiteral("hcl"),  QStringLiteral("mindmap"),
        QStringLiteral("nwdiag"), QStringLiteral("regex"), QStringLiteral("salt"), QStringLiteral("wbs"),
        QStringLiteral("wire")};
    if (!accepting.contains(diagram.type))
        return false;
    // With a skinparam, PlantUML draws an empty picture instead of the list.
    static const QRegularExpression list(QStringLiteral("\\A@start\\w+[^\\n]*\\n\\s*listsprites?\\s*$"),
                                         QRegularExpression::MultilineOption);
    return !list.match(QString::fromUtf8(diagram.text)).hasMatch();
}

bool mayDrawErrors(const PlantUmlDiagram &diagram, const PlantUmlReferences &references)
{
    // The types whose errors PlantUML 1.2025.8 reports. It draws others, and unknown ones, as pictures of messages.
    static const QStringList reported{QStringLiteral("uml"),        QStringLiteral("board"),   QStringLiteral("bpm"),
                                      QStringLiteral("chen"),       QStringLiteral("creole"),  QStringLiteral("def"),
                                      QStringLiteral("chronology"), QStringLiteral("ditaa"),   QStringLiteral("dot"),
                                      QStringLiteral("ebnf"),       QStringLiteral("files"),   QStringLiteral("flow"),
                                      QStringLiteral("gantt"),      QStringLiteral("git"),     QStringLiteral("latex"),
                                      QStringLiteral("math"),       QStringLiteral("mindmap"), QStringLiteral("nwdiag"),
                                      QStringLiteral("regex"),      QStringLiteral("salt"),    QStringLiteral("wbs"),
                                      QStringLiteral("wire")};
    return references.hasEmbeddedPictures || !reported.contains(diagram.type);
}

Status checkPlantUmlErrors(const QByteArray &standardError, const PlantUmlDiagram &diagram)
{
    if (standardError.trimmed().isEmpty())
        return {};
    const QString text = QString::fromUtf8(standardError);
    const QString detail = QString::fromUtf8(standardError.right(detailLimit)).trimmed();
    // Without Graphviz, PlantUML draws a picture of an error message and reports success.
    static const QRegularExpression noProgram(QStringLiteral("Cannot run program \"([^\"]+)\""));
    if (const auto match = noProgram.match(detail); match.hasMatch()) {
        return failure(ErrorCode::ToolMissing,
                       tr("This diagram needs Graphviz, which is not installed (%1). Install it: apt install graphviz")
                           .arg(match.captured(1)),
                       detail);
    }
    static const QRegularExpression noLibrary(
        QStringLiteral("(?:ClassNotFoundException|NoClassDefFoundError): \\S*(?:jlatexmath|batik|fop)\\b"));
    if (noLibrary.match(text).hasMatch()) {
        return failure(ErrorCode::RequirementMissing,
                       tr("This diagram contains a formula, which PlantUML draws with JLaTeXMath. Install it: apt "
                          "install libjlatexmath-java libbatik-java"),
                       detail);
    }
    if (const ReportedError error = reportedError(text); error.isReported)
        return failureOf(error, diagram, detail);
    if (hasPlantUmlException(standardError))
        return failureOfException(text, diagram, detail);
    return {};
}

bool hasPlantUmlException(const QByteArray &standardError)
{
    return standardError.contains("\tat net.sourceforge.plantuml.") || standardError.contains("OutOfMemoryError");
}

int reportedErrorLine(const QByteArray &standardError)
{
    return reportedError(QString::fromUtf8(standardError)).line;
}

Status checkPlantUmlSvg(const QByteArray &svg, const PlantUmlDiagram &diagram, const PlantUmlReferences &references)
{
    if (!svg.left(2048).contains("<svg")) {
        const QString text = tr("PlantUML draws diagrams of the type '%1' only as png. Use the format png.");
        return failure(ErrorCode::ToolFailed, atLine(diagram, 0, text.arg(diagram.type)));
    }
    const QString source = QString::fromUtf8(diagram.text);
    const QString shown = shownText(svg);
    const auto shows = [&](const char *words) {
        const QString message = QString::fromLatin1(words);
        return shown.contains(message) && !source.contains(message);
    };
    for (const char *language : {"JSON", "YAML", "HCL"}) {
        const QByteArray message = QByteArray("Your data does not sound like ") + language + " data";
        if (shows(message.constData()))
            return failure(ErrorCode::ToolFailed, brokenDataMessage(diagram, QString::fromLatin1(language)));
    }
    // Embedded pictures of @start… with other types use the first of these messages, unknown types the others.
    if (shows("Diagram not supported by this release") || shows("No valid @start/@end found")
        || shows("No @startuml/@enduml found")) {
        const QString text = tr("this version of PlantUML does not support the diagram type: %1");
        return failure(ErrorCode::ToolFailed, atLine(diagram, 0, text.arg(source.section(u'\n', 0, 0))));
    }
    if (shows("(Cannot decode") || shows("(File not found")) {
        const int line = lineOfPicture(references);
        const QString text = tr("PlantUML cannot read a picture: %1");
        return failure(ErrorCode::ToolFailed,
                       atLine(diagram, line, text.arg(source.section(u'\n', line, line).trimmed())));
    }
    if (source.contains(QLatin1String("{{")) && shows("Welcome to PlantUML!")) {
        return failure(ErrorCode::ToolFailed, atLine(diagram, lineWith(diagram, QStringLiteral("{{")),
                                                     tr("the diagram in the braces contains an error.")));
    }
    return {};
}

QSize pngSize(const QByteArray &png)
{
    constexpr qsizetype header = 24; // the signature, and the beginning of the chunk IHDR
    if (png.size() < header || !png.startsWith("\x89PNG\r\n\x1a\n"))
        return {};
    return {qFromBigEndian<qint32>(png.constData() + 16), qFromBigEndian<qint32>(png.constData() + 20)};
}

} // namespace lifeguard

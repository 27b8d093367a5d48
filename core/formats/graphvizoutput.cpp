// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/formats/graphvizoutput.h"

#include <QCoreApplication>
#include <QRegularExpression>
#include <QXmlStreamReader>

namespace lifeguard {
namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("lifeguard::PlantUml", text);
}

/// Returns the position of the first byte of a picture, or -1.
qsizetype beginOfPicture(const QByteArray &output)
{
    if (const qsizetype png = output.indexOf("\x89PNG\r\n\x1a\n"); png >= 0)
        return png;
    const qsizetype declaration = output.indexOf("<?xml");
    return declaration >= 0 ? declaration : output.indexOf("<svg");
}

bool isWellFormed(const QByteArray &xml)
{
    QXmlStreamReader reader(xml);
    while (!reader.atEnd())
        reader.readNext();
    return !reader.hasError();
}

void addMessage(QStringList &messages, const QString &line)
{
    static const QRegularExpression level(QStringLiteral("^\\s*(?:Warning|Error):\\s*"));
    const QString message = QString(line).remove(level).simplified();
    if (!message.isEmpty() && !messages.contains(message))
        messages.append(message);
}

/// Removes the messages in the middle of an svg. They cannot contain the end of an element: a label that looks like
/// one is followed by its end.
void removeInnerMessages(GraphvizOutput &output)
{
    static const QRegularExpression message(QStringLiteral("(?:Warning|Error): [^\\n<]*\\n"));
    const QString svg = QString::fromUtf8(output.picture);
    const QByteArray without = QString(svg).remove(message).toUtf8();
    if (without == output.picture || !isWellFormed(without))
        return;
    for (auto found = message.globalMatch(svg); found.hasNext();)
        addMessage(output.messages, found.next().captured());
    output.picture = without;
}

/// Returns whether a link runs a script. Browsers ignore white space and control characters in the scheme.
bool runsScript(const QString &link)
{
    QString plain;
    for (const QChar character : link) {
        if (character > u' ')
            plain += character.toLower();
    }
    return plain.startsWith(QLatin1String("javascript:")) || plain.startsWith(QLatin1String("vbscript:"))
        || plain.startsWith(QLatin1String("data:text/")) || plain.startsWith(QLatin1String("data:application/"));
}

/// Returns what is not harmless in the current part of an svg, or an empty text.
QString harmfulPart(const QXmlStreamReader &svg)
{
    if (svg.isProcessingInstruction())
        return svg.processingInstructionData().contains(QLatin1String("//"))
                 ? svg.processingInstructionData().toString()
                 : QString();
    if (!svg.isStartElement())
        return {};
    static const QStringList harmful{QStringLiteral("script"), QStringLiteral("foreignobject"),
                                     QStringLiteral("iframe"), QStringLiteral("style"),
                                     QStringLiteral("set"),    QStringLiteral("animate")};
    if (harmful.contains(svg.name().toString().toLower()))
        return svg.name().toString();
    const QXmlStreamAttributes attributes = svg.attributes();
    for (const QXmlStreamAttribute &attribute : attributes) {
        const QString value = attribute.value().toString();
        const bool isLink = attribute.name().compare(QLatin1String("href"), Qt::CaseInsensitive) == 0;
        if (attribute.name().startsWith(QLatin1String("on"), Qt::CaseInsensitive) || (isLink && runsScript(value)))
            return QStringLiteral("%1=\"%2\"").arg(attribute.name(), value);
    }
    return {};
}

} // namespace

Result<GraphvizOutput> graphvizOutput(const QByteArray &output)
{
    GraphvizOutput separated;
    const qsizetype begin = beginOfPicture(output);
    const QList<QByteArray> lines = output.left(begin < 0 ? output.size() : begin).split('\n');
    for (const QByteArray &line : lines)
        addMessage(separated.messages, QString::fromUtf8(line));
    //: %1 is a message of Graphviz, in English.
    const QString reports = tr("Graphviz reports: %1");
    if (begin < 0)
        return failure(ErrorCode::ToolFailed, reports.arg(separated.messages.value(0)));
    separated.picture = output.mid(begin);
    if (separated.picture.startsWith('<')) {
        removeInnerMessages(separated);
        if (!isWellFormed(separated.picture)) {
            return failure(ErrorCode::ToolFailed, separated.messages.isEmpty()
                                                      ? tr("The svg that Graphviz wrote is damaged.")
                                                      : reports.arg(separated.messages.constFirst()));
        }
    }
    return separated;
}

Status checkGraphvizSvg(const QByteArray &svg)
{
    QXmlStreamReader reader(svg);
    while (!reader.atEnd()) {
        reader.readNext();
        if (const QString part = harmfulPart(reader); !part.isEmpty()) {
            constexpr qsizetype longest = 80;
            //: %1 is a part of an svg, such as onload="f()".
            return failure(ErrorCode::ToolFailed,
                           tr("The picture would run a script, or fetch a style sheet, when it is opened (%1). Remove "
                              "that part of the diagram, or use the format png.")
                               .arg(part.left(longest)));
        }
    }
    return {};
}

QByteArray withEmbeddedPictures(const QByteArray &svg, const QHash<QString, QByteArray> &pictures, QStringList &missing)
{
    static const QRegularExpression image(QStringLiteral("(<image xlink:href=\")([^\"]*)\""));
    const QString text = QString::fromUtf8(svg);
    QString embedded;
    qsizetype from = 0;
    for (auto found = image.globalMatch(text); found.hasNext();) {
        const QRegularExpressionMatch match = found.next();
        const QString name = match.captured(2);
        const auto picture = pictures.constFind(name);
        if (picture == pictures.constEnd()) {
            if (!missing.contains(name))
                missing.append(name);
            continue;
        }
        embedded += QStringView(text).mid(from, match.capturedStart(2) - from);
        embedded += QString::fromLatin1(*picture);
        from = match.capturedEnd(2);
    }
    if (from == 0)
        return svg;
    embedded += QStringView(text).mid(from);
    return embedded.toUtf8();
}

} // namespace lifeguard

// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/formats/drawioembedding.h"

#include "core/base/textdecoding.h"
#include "core/formats/inflate.h"

#include <QBuffer>
#include <QCoreApplication>
#include <QJsonDocument>
#include <QJsonObject>
#include <QRegularExpression>
#include <QUrl>
#include <QXmlStreamReader>
#include <QtEndian>

namespace lifeguard {
namespace {

constexpr QByteArrayView pngSignature("\x89PNG\r\n\x1a\n", 8);
constexpr qint64 chunkFrame = 12; ///< bytes of a PNG chunk besides its content: length, type, checksum
constexpr qint64 startOfFile = 64 * 1024; ///< bytes; the root element of an SVG begins in them, and the drawing of HTML

QString tr(const char *text)
{
    return QCoreApplication::translate("lifeguard::Drawio", text);
}

bool isDrawingKey(const QByteArray &key)
{
    return key == "mxfile" || key == "mxGraphModel";
}

/// Returns the text in a chunk of a PNG if it is a drawing, otherwise an empty array. In all kinds of text chunks, the
/// key ends with a zero byte. zTXt: the compression method follows; iTXt: a flag, the method, and two texts.
QByteArray drawingInChunk(const QByteArray &type, const QByteArray &content)
{
    const qsizetype end = content.indexOf('\0');
    if (end < 0 || !isDrawingKey(content.left(end)))
        return {};
    QByteArray text = content.mid(end + 1);
    bool isCompressed = type == "zTXt";
    if (type == "iTXt") {
        isCompressed = text.startsWith('\1');
        const qsizetype language = text.indexOf('\0', 2);
        const qsizetype translation = language < 0 ? -1 : text.indexOf('\0', language + 1);
        if (translation < 0)
            return {};
        text = text.mid(translation + 1);
    } else if (isCompressed) {
        text = text.mid(1);
    }
    if (isCompressed)
        text = inflate(text).value_or(QByteArray());
    return text.startsWith('<') ? text : QByteArray::fromPercentEncoding(text);
}

/// Returns the drawing in a PNG whose signature has been read, or an empty array. Skips the pixels.
QByteArray drawingInPng(QIODevice &file)
{
    while (true) {
        const QByteArray head = file.read(8);
        if (head.size() < 8)
            return {};
        const qint64 length = qFromBigEndian<quint32>(head.constData());
        const QByteArray type = head.mid(4);
        if (type == "IEND")
            return {};
        if (length > file.bytesAvailable()) // damaged: do not allocate memory for it
            return {};
        if (type == "tEXt" || type == "zTXt" || type == "iTXt") {
            if (const QByteArray text = drawingInChunk(type, file.read(length)); !text.isEmpty())
                return text;
            file.skip(chunkFrame - 8);
        } else {
            file.skip(length + chunkFrame - 8);
        }
    }
}

/// Removes the byte order mark and the XML declaration, whose encoding is not that of the decoded text.
QString withoutDeclaration(const QString &text)
{
    static const QRegularExpression declaration(QStringLiteral("^\\x{feff}?\\s*(<\\?xml\\b[^>]*\\?>)?"));
    return QString(text).remove(declaration);
}

/// Returns the drawing in a text that is plain, percent-encoded, or compressed by draw.io; an empty array if it is
/// none.
QByteArray drawingInText(const QString &text)
{
    const QString trimmed = text.trimmed();
    if (trimmed.startsWith(u'<'))
        return trimmed.toUtf8();
    if (trimmed.startsWith(QLatin1String("%3C"), Qt::CaseInsensitive))
        return QUrl::fromPercentEncoding(trimmed.toLatin1()).toUtf8();
    const QByteArray inflated = inflate(QByteArray::fromBase64(trimmed.toLatin1())).value_or(QByteArray());
    return inflated.startsWith('<') ? inflated : QByteArray::fromPercentEncoding(inflated);
}

/// Replaces the character references of HTML that draw.io writes.
QString unescapedHtml(QString text)
{
    return text.replace(QLatin1String("&quot;"), QLatin1String("\""))
        .replace(QLatin1String("&#39;"), QLatin1String("'"))
        .replace(QLatin1String("&#xa;"), QLatin1String("\n"))
        .replace(QLatin1String("&#10;"), QLatin1String("\n"))
        .replace(QLatin1String("&lt;"), QLatin1String("<"))
        .replace(QLatin1String("&gt;"), QLatin1String(">"))
        .replace(QLatin1String("&amp;"), QLatin1String("&"));
}

/// Returns the drawing in an HTML page: the property "xml" of the first viewer. An empty array if there is none.
QByteArray drawingInHtml(const QString &html)
{
    static const QRegularExpression viewer(QStringLiteral("\\bdata-mxgraph\\s*=\\s*(?:\"([^\"]*)\"|'([^']*)')"));
    const QRegularExpressionMatch found = viewer.match(html);
    const QByteArray json = unescapedHtml(found.captured(1) + found.captured(2)).toUtf8();
    const QString xml = QJsonDocument::fromJson(json).object().value(QLatin1String("xml")).toString();
    return xml.isEmpty() ? QByteArray() : drawingInText(withoutDeclaration(xml));
}

bool isHtml(const QString &text)
{
    static const QRegularExpression root(QStringLiteral("^\\s*(<!--.*?-->\\s*)*(<!doctype\\s+html\\b|<html\\b)"),
                                         QRegularExpression::CaseInsensitiveOption
                                             | QRegularExpression::DotMatchesEverythingOption);
    return root.match(text).hasMatch();
}

tl::unexpected<Error> noDrawing(const QString &message)
{
    return failure(ErrorCode::InvalidArgument, message);
}

Result<QByteArray> extractFromText(const QString &text)
{
    if (isHtml(text)) {
        const QByteArray drawing = drawingInHtml(text);
        if (drawing.isEmpty())
            return noDrawing(tr("This HTML page contains no draw.io diagram. Export it from draw.io as HTML."));
        return drawing;
    }
    QXmlStreamReader xml(text);
    if (!xml.readNextStartElement() || xml.name() != QLatin1String("svg"))
        return text.toUtf8();
    const QString content = xml.attributes().value(QLatin1String("content")).toString();
    if (content.isEmpty())
        return noDrawing(tr("This SVG contains no draw.io diagram. Export it with a copy of the diagram included."));
    const QByteArray drawing = drawingInText(withoutDeclaration(content));
    if (drawing.isEmpty())
        return noDrawing(tr("The draw.io diagram in this SVG cannot be read."));
    return drawing;
}

/// Returns whether the text is the beginning of an SVG whose root element has the attribute "content".
bool isSvgWithContent(const QString &start)
{
    static const QRegularExpression root(QStringLiteral("<svg\\b[^>]*?\\scontent\\s*=\\s*[\"'](?![\"'])"));
    return root.match(start).hasMatch();
}

bool isDrawing(const QString &start)
{
    QXmlStreamReader xml(start);
    return xml.readNextStartElement()
        && (xml.name() == QLatin1String("mxfile") || xml.name() == QLatin1String("mxGraphModel"));
}

} // namespace

Result<QByteArray> extractDrawio(const QByteArray &data)
{
    if (!data.startsWith(pngSignature))
        return extractFromText(withoutDeclaration(decodeText(data)));
    QByteArray png = data;
    QBuffer file(&png);
    file.open(QIODevice::ReadOnly);
    file.skip(pngSignature.size());
    const QByteArray drawing = drawingInPng(file);
    if (drawing.isEmpty())
        return noDrawing(tr("This PNG contains no draw.io diagram. Export it with a copy of the diagram included."));
    return drawing;
}

QString drawioPayloadText(const QByteArray &data)
{
    const bool isPng = data.startsWith(pngSignature);
    const QString text = isPng ? QString() : decodeText(data);
    if (!isPng && !isHtml(text) && !isSvgWithContent(text.left(startOfFile)))
        return text;
    const Result<QByteArray> drawing = extractDrawio(data);
    return drawing ? QString::fromUtf8(*drawing) : text;
}

bool containsDrawio(QIODevice &file)
{
    const QByteArray signature = file.peek(pngSignature.size());
    if (signature == pngSignature) {
        file.skip(pngSignature.size());
        return !drawingInPng(file).isEmpty();
    }
    const QString start = withoutDeclaration(decodeText(file.read(startOfFile)));
    if (isHtml(start))
        return start.contains(QLatin1String("data-mxgraph"));
    return isSvgWithContent(start) || isDrawing(start);
}

} // namespace lifeguard

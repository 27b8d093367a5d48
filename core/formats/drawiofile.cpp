// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/formats/drawiofile.h"

#include <QCoreApplication>
#include <QScopeGuard>
#include <QXmlStreamReader>
#include <QXmlStreamWriter>

#include <algorithm>

#include <png.h>

namespace lifeguard {
namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("lifeguard::Drawio", text);
}

tl::unexpected<Error> invalidXml(const QXmlStreamReader &xml)
{
    return failure(ErrorCode::InvalidArgument,
                   tr("This is not a draw.io file: it is not well-formed XML (line %1, column %2: %3).")
                       .arg(xml.lineNumber())
                       .arg(xml.columnNumber())
                       .arg(xml.errorString()));
}

/// No drawio command creates larger pictures (16384 pixels a side). A header with a larger size must not cause a huge
/// allocation.
constexpr quint64 maxPixels = quint64(16'384) * 16'384;

/// Returns whether all pixels are the same.
bool isBlank(const QList<quint32> &pixels)
{
    return std::all_of(pixels.cbegin(), pixels.cend(),
                       [&pixels](quint32 pixel) { return pixel == pixels.constFirst(); });
}

Status checkPng(const QByteArray &png)
{
    png_image image{};
    image.version = PNG_IMAGE_VERSION;
    const auto release = qScopeGuard([&image] { png_image_free(&image); });
    // libpng stops reading at the last pixel. The file is complete only if it ends with the IEND chunk, which is always
    // the same.
    bool isComplete = png.endsWith(QByteArrayView("IEND\xae\x42\x60\x82", 8))
                   && png_image_begin_read_from_memory(&image, png.constData(), size_t(png.size()));
    QList<quint32> pixels;
    if (isComplete && quint64(image.width) * image.height <= maxPixels) {
        image.format = PNG_FORMAT_RGBA;
        pixels.resize(qsizetype(image.width) * image.height);
        isComplete = png_image_finish_read(&image, nullptr, pixels.data(), 0, nullptr);
    }
    if (!isComplete)
        return failure(ErrorCode::ToolFailed, tr("The output of draw.io is not a complete PNG."));
    if (!pixels.isEmpty() && isBlank(pixels))
        return failure(
            ErrorCode::ToolFailed,
            tr("draw.io drew a blank picture: the drawing has no visible content, or draw.io could not read it."));
    return {};
}

} // namespace

Result<QStringList> drawioPageNames(const QByteArray &drawing)
{
    if (drawing.trimmed().isEmpty())
        return failure(ErrorCode::InvalidArgument, tr("The drawing is empty."));
    QXmlStreamReader xml(drawing);
    if (!xml.readNextStartElement())
        return invalidXml(xml);
    const QString root = xml.name().toString();
    QStringList names;
    int depth = 1;
    while (!xml.atEnd()) {
        switch (xml.readNext()) {
        case QXmlStreamReader::StartElement:
            if (depth == 1 && xml.name() == QLatin1String("diagram"))
                names.append(xml.attributes().value(QLatin1String("name")).toString().trimmed());
            ++depth;
            break;
        case QXmlStreamReader::EndElement:
            --depth;
            break;
        default:
            break;
        }
    }
    if (xml.hasError())
        return invalidXml(xml);
    if (root == QLatin1String("mxGraphModel"))
        return QStringList{QString()};
    if (root != QLatin1String("mxfile"))
        return failure(ErrorCode::InvalidArgument,
                       tr("This is not a draw.io file: it begins with <%1> instead of <mxfile>.").arg(root.left(40)));
    if (names.isEmpty())
        return failure(ErrorCode::InvalidArgument, tr("There is no diagram in this file."));
    return names;
}

QByteArray drawioWithOnePage(const QByteArray &drawing, int pageIndex)
{
    QXmlStreamReader xml(drawing);
    QByteArray cut;
    QXmlStreamWriter out(&cut);
    int depth = 0;
    int page = -1;
    while (!xml.atEnd()) {
        const QXmlStreamReader::TokenType token = xml.readNext();
        if (token == QXmlStreamReader::StartElement && ++depth == 2 && xml.name() == QLatin1String("diagram")
            && ++page != pageIndex) {
            xml.skipCurrentElement();
            --depth;
            continue;
        }
        if (token == QXmlStreamReader::EndElement)
            --depth;
        if (token != QXmlStreamReader::Invalid)
            out.writeCurrentToken(xml);
    }
    return page < 1 ? drawing : cut; // not an <mxfile> with several pages
}

Status checkDrawioOutput(const QByteArray &output, const QString &format)
{
    if (output.trimmed().isEmpty())
        return failure(ErrorCode::ToolFailed, tr("draw.io wrote an empty output."));
    if (format == QLatin1String("png"))
        return checkPng(output);
    if (format == QLatin1String("pdf")
        && (!output.startsWith("%PDF") || !output.last(std::min<qsizetype>(1024, output.size())).contains("%%EOF")))
        return failure(ErrorCode::ToolFailed, tr("The output of draw.io is not a complete PDF."));
    if (format == QLatin1String("svg")) {
        QXmlStreamReader xml(output);
        if (!xml.readNextStartElement() || xml.name() != QLatin1String("svg"))
            return failure(ErrorCode::ToolFailed, tr("The output of draw.io is not an SVG."));
    }
    return {};
}

} // namespace lifeguard

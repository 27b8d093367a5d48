// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/worker/drawiofile.h"

#include <QCoreApplication>
#include <QXmlStreamReader>
#include <QXmlStreamWriter>
#include <QtEndian>

#include <algorithm>
#include <cstdlib>
#include <optional>

namespace lifeguard {
namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("lifeguard::Drawio", text);
}

tl::unexpected<Error> noXml(const QXmlStreamReader &xml)
{
    return failure(ErrorCode::InvalidArgument, tr("This is no draw.io file: it is no well-formed XML (line %1, column %2: %3)")
                                                   .arg(xml.lineNumber())
                                                   .arg(xml.columnNumber())
                                                   .arg(xml.errorString()));
}

constexpr qsizetype headerEnd = 33; ///< signature and IHDR of a PNG

/// The chunk's content, and where the next chunk begins. Nothing where the file is cut off.
std::optional<QByteArray> nextChunk(const QByteArray &png, qsizetype &at, QByteArray &type)
{
    if (at + 12 > png.size())
        return {};
    const qsizetype length = qFromBigEndian<quint32>(png.constData() + at);
    if (length > png.size() - at - 12)
        return {};
    type = png.mid(at + 4, 4);
    QByteArray content = png.mid(at + 8, length);
    at += length + 12;
    return content;
}

/// Whether all pixels are the same. Only PNGs of 8 bits a channel without interlace, which is what draw.io makes.
bool isBlank(const QByteArray &png, const QByteArray &pixels)
{
    if (png.size() < headerEnd || png.at(24) != 8 || png.at(28) != 0)
        return false;
    const int channels = png.at(25) == 2 ? 3 : png.at(25) == 6 ? 4 : 0;
    const qsizetype width = qFromBigEndian<quint32>(png.constData() + 16);
    const qsizetype height = qFromBigEndian<quint32>(png.constData() + 20);
    const qsizetype line = width * channels;
    if (channels == 0 || width == 0 || height == 0 || line > 400'000 || line * height > 1'000'000'000)
        return false;
    QByteArray header(4, '\0');
    qToBigEndian(quint32((line + 1) * height), header.data());
    const QByteArray raw = qUncompress(header + pixels);
    if (raw.size() != (line + 1) * height)
        return false;
    // Undoes the filter of each line, and stops at the first pixel that differs.
    QByteArray before(line, '\0');
    QByteArray now(line, '\0');
    for (qsizetype y = 0; y < height; ++y) {
        const char *const from = raw.constData() + y * (line + 1);
        for (qsizetype x = 0; x < line; ++x) {
            const int left = x < channels ? 0 : uchar(now.at(x - channels));
            const int up = uchar(before.at(x));
            const int corner = x < channels ? 0 : uchar(before.at(x - channels));
            int guess = 0;
            if (*from == 1)
                guess = left;
            else if (*from == 2)
                guess = up;
            else if (*from == 3)
                guess = (left + up) / 2;
            else if (*from == 4) {
                const int a = std::abs(up - corner);
                const int b = std::abs(left - corner);
                const int c = std::abs(left + up - 2 * corner);
                guess = a <= b && a <= c ? left : b <= c ? up : corner;
            }
            now[x] = char(uchar(from[x + 1]) + guess);
            if (x >= channels ? now.at(x) != now.at(x - channels) : y > 0 && now.at(x) != before.at(x))
                return false;
        }
        before.swap(now);
    }
    return true;
}

Status checkPng(const QByteArray &png)
{
    const auto broken = [] { return failure(ErrorCode::ToolFailed, tr("draw.io's output is no whole PNG.")); };
    if (!png.startsWith("\x89PNG\r\n\x1a\n"))
        return broken();
    QByteArray pixels;
    QByteArray type;
    for (qsizetype at = 8; type != "IEND";) {
        const std::optional<QByteArray> content = nextChunk(png, at, type);
        if (!content)
            return broken();
        if (type == "IDAT")
            pixels += *content;
    }
    if (isBlank(png, pixels))
        return failure(ErrorCode::ToolFailed, tr("draw.io drew a blank picture: there is nothing to see in this drawing, or draw.io could not read it."));
    return {};
}

} // namespace

Result<int> drawioPages(const QByteArray &data)
{
    if (data.trimmed().isEmpty())
        return failure(ErrorCode::InvalidArgument, tr("The drawing is empty."));
    QXmlStreamReader xml(data);
    if (!xml.readNextStartElement())
        return noXml(xml);
    const QString root = xml.name().toString();
    if (root == QLatin1String("svg")) {
        const QString content = xml.attributes().value(QLatin1String("content")).toString().trimmed();
        if (content.isEmpty())
            return failure(ErrorCode::InvalidArgument, tr("This SVG has no draw.io diagram in it: only one exported with a copy of the diagram has."));
        return content.startsWith(u'<') ? drawioPages(content.toUtf8()) : Result<int>(1);
    }
    int pages = 0;
    int depth = 1;
    while (!xml.atEnd()) {
        switch (xml.readNext()) {
        case QXmlStreamReader::StartElement:
            if (depth == 1 && xml.name() == QLatin1String("diagram"))
                ++pages;
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
        return noXml(xml);
    if (root == QLatin1String("mxGraphModel"))
        return 1;
    if (root != QLatin1String("mxfile"))
        return failure(ErrorCode::InvalidArgument, tr("This is no draw.io file: it begins with <%1> instead of <mxfile>.").arg(root.left(40)));
    if (pages == 0)
        return failure(ErrorCode::InvalidArgument, tr("There is no diagram in this file."));
    return pages;
}

QByteArray drawioWithOnePage(const QByteArray &data, int pageIndex)
{
    QXmlStreamReader xml(data);
    QByteArray cut;
    QXmlStreamWriter out(&cut);
    int depth = 0;
    int page = -1;
    while (!xml.atEnd()) {
        const QXmlStreamReader::TokenType token = xml.readNext();
        if (token == QXmlStreamReader::StartElement && ++depth == 2 && xml.name() == QLatin1String("diagram") && ++page != pageIndex) {
            xml.skipCurrentElement();
            --depth;
            continue;
        }
        if (token == QXmlStreamReader::EndElement)
            --depth;
        if (token != QXmlStreamReader::Invalid)
            out.writeCurrentToken(xml);
    }
    return page < 1 ? data : cut; // no <mxfile> of several pages: nothing to leave out
}

Status checkDrawioOutput(const QByteArray &output, const QString &format)
{
    if (output.trimmed().isEmpty())
        return failure(ErrorCode::ToolFailed, tr("draw.io made an empty output."));
    if (format == QLatin1String("png"))
        return checkPng(output);
    if (format == QLatin1String("pdf") && (!output.startsWith("%PDF") || !output.last(std::min<qsizetype>(1024, output.size())).contains("%%EOF")))
        return failure(ErrorCode::ToolFailed, tr("draw.io's output is no whole PDF."));
    if (format == QLatin1String("svg")) {
        QXmlStreamReader xml(output);
        if (!xml.readNextStartElement() || xml.name() != QLatin1String("svg"))
            return failure(ErrorCode::ToolFailed, tr("draw.io's output is no SVG."));
    }
    return {};
}

} // namespace lifeguard

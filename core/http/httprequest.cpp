// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/http/httprequest.h"

#include <QStringDecoder>

#include <algorithm>
#include <cctype>

namespace lifeguard {
namespace {

bool isSameName(const QByteArray &header, const char *name)
{
    return qstricmp(header.constData(), name) == 0;
}

/// Returns nothing if the text is not valid UTF-8 or contains an invalid escape.
std::optional<QString> decoded(const QByteArray &text)
{
    for (qsizetype at = text.indexOf('%'); at >= 0; at = text.indexOf('%', at + 1)) {
        if (at + 2 >= text.size() || std::isxdigit(static_cast<unsigned char>(text.at(at + 1))) == 0
            || std::isxdigit(static_cast<unsigned char>(text.at(at + 2))) == 0)
            return {};
    }
    QStringDecoder decoder(QStringDecoder::Utf8, QStringDecoder::Flag::Stateless);
    const QString result = decoder(QByteArray::fromPercentEncoding(text));
    if (decoder.hasError())
        return {};
    return result;
}

} // namespace

QByteArray HttpRequest::header(const char *name) const
{
    for (const auto &[key, value] : headers) {
        if (isSameName(key, name))
            return value;
    }
    return {};
}

qsizetype HttpRequest::countHeaders(const char *name) const
{
    return std::count_if(headers.cbegin(), headers.cend(),
                         [name](const auto &header) { return isSameName(header.first, name); });
}

bool HttpRequest::setTarget(const QByteArray &value)
{
    target = value;
    segments.clear();
    query.clear();
    QByteArray path = value;
    if (const qsizetype authority = path.indexOf("://"); authority > 0 && !path.startsWith('/')) {
        const qsizetype begin = path.indexOf('/', authority + 3); // the absolute form, which proxies use
        path = begin < 0 ? QByteArrayLiteral("/") : path.mid(begin);
    }
    if (!path.startsWith('/'))
        return false;
    if (const qsizetype mark = path.indexOf('?'); mark >= 0) {
        query = QUrlQuery(QString::fromUtf8(path.mid(mark + 1)));
        path.truncate(mark);
    }
    const QList<QByteArray> parts = path.mid(1).split('/');
    for (const QByteArray &part : parts) {
        const std::optional<QString> segment = decoded(part);
        if (!segment || segment->contains(QLatin1Char('/')) || segment->contains(QChar(u'\0'))
            || *segment == QLatin1String(".") || *segment == QLatin1String(".."))
            return false;
        segments.append(*segment);
    }
    if (segments.size() == 1 && segments.constFirst().isEmpty())
        segments.clear();
    return true;
}

} // namespace lifeguard

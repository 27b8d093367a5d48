// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/textdecoding.h"

#include <QStringDecoder>

namespace lifeguard {

QString decodeText(const QByteArray &bytes)
{
    QStringDecoder utf8(QStringDecoder::Utf8);
    const QString text = utf8(bytes);
    return utf8.hasError() ? QString::fromLatin1(bytes) : text;
}

} // namespace lifeguard

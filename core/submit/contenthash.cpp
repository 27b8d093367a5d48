// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/submit/contenthash.h"

#include <QCryptographicHash>
#include <QJsonDocument>
#include <QJsonObject>
#include <QStringList>

namespace lifeguard {

QString contentHash(const QByteArray &data)
{
    return QString::fromLatin1(QCryptographicHash::hash(data, QCryptographicHash::Sha256).toHex());
}

QString payloadHash(const QString &type, const QJsonObject &payload)
{
    if (!payload.contains(QLatin1String("data")))
        return contentHash(QJsonDocument(payload).toJson(QJsonDocument::Compact));
    const auto text = [&payload](const char *key) { return payload.value(QLatin1String(key)).toString(); };
    QStringList prefix;
    if (type == QLatin1String("notebook"))
        prefix = {text("kind"), text("prog_lang"), text("language"), text("format"), QString()};
    return contentHash(prefix.join(u':').toUtf8() + text("data").toUtf8());
}

} // namespace lifeguard

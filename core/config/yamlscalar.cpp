// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/config/yamlscalar.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QRegularExpression>

namespace lifeguard {

QString yamlScalar(const QString &text)
{
    // Words that YAML 1.1 or 1.2 takes for something else than a text.
    static const QRegularExpression reserved(QStringLiteral("\\A(null|true|false|yes|no|on|off|y|n)\\z"),
                                             QRegularExpression::CaseInsensitiveOption);
    static const QRegularExpression plain(QStringLiteral("\\A[A-Za-z/_][A-Za-z0-9_./+@-]*(:[A-Za-z0-9_./+@-]+)*\\z"));
    if (plain.match(text).hasMatch() && !reserved.match(text).hasMatch())
        return text;
    // A JSON string is a YAML string, except that yaml-cpp rejects characters beyond U+FFFF as escapes; JSON in Qt does
    // not escape them.
    const QByteArray json = QJsonDocument(QJsonArray{text}).toJson(QJsonDocument::Compact);
    return QString::fromUtf8(json.mid(1, json.size() - 2));
}

} // namespace lifeguard

// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/joberror.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QStringList>

namespace lifeguard {

JobError parseJobError(const QString &error)
{
    const QJsonObject object = error.startsWith(QLatin1Char('{')) ? QJsonDocument::fromJson(error.toUtf8()).object()
                                                                  : QJsonObject();
    JobError read;
    read.message = object.value(QLatin1String("error_message")).toString();
    if (read.message.isEmpty()) {
        read.message = error;
        return read;
    }
    read.kind = object.value(QLatin1String("error_class")).toString();
    read.category = object.value(QLatin1String("category")).toString();
    for (const QLatin1String key : {QLatin1String("actionable_guidance"), QLatin1String("guidance")}) {
        if (read.guidance.isEmpty()) {
            read.guidance = object.value(key).toString();
        }
    }
    QStringList rest;
    for (auto member = object.constBegin(); member != object.constEnd(); ++member) {
        static const QStringList taken{QStringLiteral("error_message"), QStringLiteral("error_class"),
                                       QStringLiteral("category"),      QStringLiteral("actionable_guidance"),
                                       QStringLiteral("guidance"),      QStringLiteral("traceback")};
        const QString text = member->isString()
                               ? member->toString()
                               : QString::fromUtf8(
                                     QJsonDocument(QJsonArray{member.value()}).toJson(QJsonDocument::Compact))
                                     .mid(1)
                                     .chopped(1);
        if (!taken.contains(member.key()) && !text.isEmpty() && !member->isNull()) {
            rest.append(QStringLiteral("%1: %2").arg(member.key(), text));
        }
    }
    read.rest = rest.join(QLatin1Char('\n'));
    return read;
}

QString jobErrorMessage(const QString &error)
{
    return parseJobError(error).message;
}

} // namespace lifeguard

// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/hooks/hookevent.h"

#include "core/base/secretmasking.h"
#include "core/base/timestamp.h"

#include <QJsonDocument>
#include <QJsonObject>

namespace lifeguard {
namespace {

QJsonValue valueOrNull(const QString &text)
{
    return text.isEmpty() ? QJsonValue() : QJsonValue(text);
}

QJsonValue valueOrNull(qint64 id)
{
    return id > 0 ? QJsonValue(id) : QJsonValue();
}

} // namespace

QByteArray hookPayload(const Event &event, const QString &database, const QString &managerId)
{
    const QString parameters = event.message.storedParameters();
    const QJsonObject payload{
        {QStringLiteral("event"), event.kindName()},
        {QStringLiteral("at"), event.at.toUTC().toString(Qt::ISODateWithMs)},
        {QStringLiteral("pool"), valueOrNull(event.pool)},
        {QStringLiteral("worker"), valueOrNull(event.executorId)},
        {QStringLiteral("worker_type"), valueOrNull(event.workerType)},
        {QStringLiteral("job"), valueOrNull(event.jobId)},
        {QStringLiteral("message"), event.message.englishText()},
        {QStringLiteral("code"), valueOrNull(event.message.storedCode())},
        {QStringLiteral("parameters"),
         parameters.isEmpty() ? QJsonValue() : QJsonValue(QJsonDocument::fromJson(parameters.toUtf8()).object())},
        {QStringLiteral("database"), database},
        {QStringLiteral("manager"), managerId},
    };
    return QJsonDocument(maskedJson(payload).toObject()).toJson(QJsonDocument::Compact);
}

} // namespace lifeguard

// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/jsonvalue.h"

#include "core/base/timestamp.h"

#include <QJsonDocument>
#include <QJsonObject>

namespace lifeguard::ctl {

QJsonValue valueOrNull(const QString &text)
{
    return text.isEmpty() ? QJsonValue(QJsonValue::Null) : QJsonValue(text);
}

QJsonValue valueOrNull(const QDateTime &time)
{
    return time.isValid() ? QJsonValue(toSqlTime(time)) : QJsonValue(QJsonValue::Null);
}

QJsonValue valueOrNull(qint64 id)
{
    return id == 0 ? QJsonValue(QJsonValue::Null) : QJsonValue(id);
}

QJsonValue valueOrNull(const std::optional<milliseconds> &duration)
{
    return duration ? QJsonValue(double(duration->count()) / 1000) : QJsonValue(QJsonValue::Null);
}

QJsonValue messageCode(const Message &message)
{
    return valueOrNull(message.storedCode());
}

QJsonValue messageParameters(const Message &message)
{
    const QJsonDocument parameters = QJsonDocument::fromJson(message.storedParameters().toUtf8());
    return parameters.isObject() ? QJsonValue(parameters.object()) : QJsonValue(QJsonValue::Null);
}

} // namespace lifeguard::ctl

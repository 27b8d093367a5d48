// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonArray>
#include <QJsonObject>
#include <QString>
#include <QStringList>

namespace lifeguard::helpermessage {

// Read the values of a message of the notebook helper (resources/notebook). Missing values are empty. Pure.

[[nodiscard]] inline QString text(const QJsonObject &message, const char *key)
{
    return message.value(QLatin1String(key)).toString();
}

[[nodiscard]] inline int number(const QJsonObject &message, const char *key)
{
    return message.value(QLatin1String(key)).toInt();
}

/// Returns the texts and whole numbers of a list, separated by commas.
[[nodiscard]] inline QString list(const QJsonObject &message, const char *key)
{
    QStringList names;
    const QJsonArray array = message.value(QLatin1String(key)).toArray();
    for (const QJsonValue &value : array)
        names.append(value.isDouble() ? QString::number(value.toInt()) : value.toString());
    return names.join(QStringLiteral(", "));
}

} // namespace lifeguard::helpermessage

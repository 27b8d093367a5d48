// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/messagecolumns.h"

#include <QSqlQuery>
#include <QSqlRecord>

namespace lifeguard {
namespace {

QVariant textOrNull(const QString &text)
{
    return text.isEmpty() ? QVariant() : QVariant(text);
}

Message messageOf(const QSqlQuery &row, QLatin1String textColumn, QLatin1String codeColumn, QLatin1String parametersColumn)
{
    const QSqlRecord record = row.record();
    const auto text = [&](QLatin1String column) {
        const int index = record.indexOf(column);
        return index < 0 ? QString() : row.value(index).toString();
    };
    return Message::fromStored(text(codeColumn), text(parametersColumn), text(textColumn));
}

} // namespace

Values eventMessageValues(const Message &message)
{
    const QString text = message.englishText();
    return {{QStringLiteral("message"), text.isNull() ? QStringLiteral("") : text}, // NOT NULL
            {QStringLiteral("code"), textOrNull(message.storedCode())},
            {QStringLiteral("parameters"), textOrNull(message.storedParameters())}};
}

Message eventMessageOf(const QSqlQuery &row)
{
    return messageOf(row, QLatin1String("message"), QLatin1String("code"), QLatin1String("parameters"));
}

Values reasonValues(const Message &reason)
{
    return {{QStringLiteral("reason"), textOrNull(reason.englishText())},
            {QStringLiteral("reason_code"), textOrNull(reason.storedCode())},
            {QStringLiteral("reason_parameters"), textOrNull(reason.storedParameters())}};
}

Message reasonOf(const QSqlQuery &row)
{
    const Message reason = messageOf(row, QLatin1String("reason"), QLatin1String("reason_code"), QLatin1String("reason_parameters"));
    const int index = row.record().indexOf(QLatin1String("reason"));
    const QString text = index < 0 ? QString() : row.value(index).toString();
    return reason.englishText() == text ? reason : Message::literal(text);
}

} // namespace lifeguard

// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/messagecolumns.h"

namespace lifeguard {
namespace {

QVariant textOrNull(const QString &text)
{
    return text.isEmpty() ? QVariant() : QVariant(text);
}

} // namespace

Values eventMessageValues(const Message &message)
{
    const QString text = message.englishText();
    return {{QStringLiteral("message"), text.isNull() ? QStringLiteral("") : text}, // NOT NULL
            {QStringLiteral("code"), textOrNull(message.storedCode())},
            {QStringLiteral("parameters"), textOrNull(message.storedParameters())}};
}

Values reasonValues(const Message &reason)
{
    return {{QStringLiteral("reason"), textOrNull(reason.englishText())},
            {QStringLiteral("reason_code"), textOrNull(reason.storedCode())},
            {QStringLiteral("reason_parameters"), textOrNull(reason.storedParameters())}};
}

Message storedReason(const QString &text, const QString &code, const QString &parameters)
{
    const Message reason = Message::fromStored(code, parameters, text);
    return reason.englishText() == text ? reason : Message::literal(text);
}

} // namespace lifeguard

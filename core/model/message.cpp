// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/message.h"

#include "core/model/messagecatalog.h"

#include <QCoreApplication>
#include <QJsonDocument>
#include <QList>
#include <QStringList>

namespace lifeguard {
namespace {

const QString codeKey = QStringLiteral("code");
const QString countKey = QStringLiteral("count");
const QString argumentsKey = QStringLiteral("arguments");
const QString literalCode = QStringLiteral("literal");
const QString listCode = QStringLiteral("list");

} // namespace

Message::Message(const char *code, QJsonArray arguments) : m_code(QLatin1String(code)), m_arguments(std::move(arguments))
{
    Q_ASSERT_X(messageTemplate(m_code), "Message", code);
}

Message::Message(const char *code, qint64 count, QJsonArray arguments)
    : m_code(QLatin1String(code)), m_count(count), m_arguments(std::move(arguments))
{
    Q_ASSERT_X(messageTemplate(m_code), "Message", code);
}

Message Message::literal(const QString &text)
{
    Message message;
    if (!text.isEmpty()) {
        message.m_code = literalCode;
        message.m_arguments = {text};
    }
    return message;
}

Message Message::list(const QList<Message> &parts)
{
    Message message;
    for (const Message &part : parts) {
        if (!part.isEmpty())
            message.m_arguments.append(part.toJson());
    }
    if (!message.m_arguments.isEmpty())
        message.m_code = listCode;
    return message;
}

QString Message::englishText() const
{
    return text(false);
}

QString Message::translatedText() const
{
    return text(true);
}

QString Message::text(bool translated) const
{
    if (isEmpty())
        return {};
    QStringList arguments;
    for (const QJsonValue argument : m_arguments)
        arguments.append(argument.isObject() ? fromJson(argument.toObject()).text(translated) : argument.toVariant().toString());
    if (m_code == literalCode)
        return arguments.value(0);
    if (m_code == listCode)
        return arguments.join(QStringLiteral(", "));
    const MessageTemplate *found = messageTemplate(m_code);
    if (!found)
        return m_code;
    QString text;
    const char *source = m_count && *m_count == 1 && found->singular ? found->singular : found->text;
    if (translated) {
        text = QCoreApplication::translate(messageContext, found->text, nullptr, m_count ? int(*m_count) : -1);
        if (text == QString::fromUtf8(found->text).replace(QLatin1String("%n"), QString::number(m_count.value_or(0)))) // no translation
            text = QString::fromUtf8(source);
    } else {
        text = QString::fromUtf8(source);
    }
    if (m_count)
        text.replace(QLatin1String("%n"), QString::number(*m_count));
    // All at once, so that a % in an argument stays what it is.
    switch (arguments.size()) {
    case 0:
        return text;
    case 1:
        return text.arg(arguments.at(0));
    case 2:
        return text.arg(arguments.at(0), arguments.at(1));
    case 3:
        return text.arg(arguments.at(0), arguments.at(1), arguments.at(2));
    default:
        return text.arg(arguments.value(0), arguments.value(1), arguments.value(2), arguments.value(3), arguments.value(4));
    }
}

QJsonObject Message::toJson() const
{
    QJsonObject json{{codeKey, m_code}};
    if (m_count)
        json.insert(countKey, *m_count);
    if (!m_arguments.isEmpty())
        json.insert(argumentsKey, m_arguments);
    return json;
}

Message Message::fromJson(const QJsonObject &json)
{
    Message message;
    message.m_code = json.value(codeKey).toString();
    if (json.contains(countKey))
        message.m_count = json.value(countKey).toInteger();
    message.m_arguments = json.value(argumentsKey).toArray();
    return message;
}

QString Message::parameters() const
{
    QJsonObject json = toJson();
    json.remove(codeKey);
    return json.isEmpty() ? QString() : QString::fromUtf8(QJsonDocument(json).toJson(QJsonDocument::Compact));
}

std::optional<Message> Message::fromStored(const QString &code, const QString &parameters)
{
    if (code.isEmpty() || (code != literalCode && code != listCode && !messageTemplate(code)))
        return {};
    QJsonObject json;
    if (!parameters.isEmpty()) {
        const QJsonDocument document = QJsonDocument::fromJson(parameters.toUtf8());
        if (!document.isObject())
            return {};
        json = document.object();
    }
    json.insert(codeKey, code);
    return fromJson(json);
}

} // namespace lifeguard

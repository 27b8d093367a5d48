// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/message.h"

#include "core/model/messagecatalog.h"

#include <QCoreApplication>
#include <QJsonDocument>
#include <QStringList>

#include <algorithm>
#include <limits>

namespace lifeguard {
namespace {

constexpr QLatin1String codeKey("code");
constexpr QLatin1String countKey("count");
constexpr QLatin1String argumentsKey("arguments");
constexpr QLatin1String literalCode("literal");
constexpr QLatin1String listCode("list");

/// Replaces %1 to %9 by the arguments and %n by the count in one pass, so that a % in an argument is kept as it is.
QString fillIn(const QString &text, const std::optional<qint64> &count, const QStringList &arguments)
{
    QString filled;
    filled.reserve(text.size());
    for (qsizetype i = 0; i < text.size(); ++i) {
        const QChar next = i + 1 < text.size() ? text.at(i + 1) : QChar();
        const int number = next >= u'1' && next <= u'9' ? next.digitValue() : 0;
        if (text.at(i) != u'%') { // NOLINT(bugprone-branch-clone): two reasons to copy the character
            filled += text.at(i);
        } else if (number > 0 && number <= arguments.size()) {
            filled += arguments.at(number - 1);
            ++i;
        } else if (next == u'n' && count) {
            filled += QString::number(*count);
            ++i;
        } else {
            filled += text.at(i);
        }
    }
    return filled;
}

/// Returns the template's text for this count, without a translation.
QString englishTemplate(const MessageTemplate &entry, const std::optional<qint64> &count)
{
    return QString::fromUtf8(count == 1 && entry.singular ? entry.singular : entry.text);
}

QString translatedTemplate(const MessageTemplate &entry, const std::optional<qint64> &count)
{
    const int n = count ? int(std::clamp<qint64>(*count, 0, std::numeric_limits<int>::max())) : -1;
    const QString translated = QCoreApplication::translate(messageContext, entry.text, nullptr, n);
    // translate() returns the source text, with %n replaced, if there is no translation. The source text is the plural.
    QString source = QString::fromUtf8(entry.text);
    if (count)
        source.replace(QLatin1String("%n"), QString::number(n));
    return translated == source ? englishTemplate(entry, count) : translated;
}

} // namespace

Message::Message(const char *code, QJsonArray arguments)
    : m_code(QLatin1String(code))
    , m_arguments(std::move(arguments))
{
    Q_ASSERT_X(isValid(), "Message", code);
}

Message::Message(const char *code, qint64 count, QJsonArray arguments)
    : m_code(QLatin1String(code))
    , m_count(count)
    , m_arguments(std::move(arguments))
{
    Q_ASSERT_X(isValid(), "Message", code);
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

bool Message::isLiteral() const
{
    return m_code == literalCode;
}

QString Message::englishText() const
{
    return text(false);
}

QString Message::translatedText() const
{
    return text(true);
}

bool Message::isValid() const
{
    if (isEmpty())
        return m_arguments.isEmpty();
    for (const QJsonValue &argument : m_arguments) {
        const bool isUsable = argument.isString() || argument.isDouble()
                           || (argument.isObject() && fromJson(argument.toObject()).isValid());
        if (!isUsable)
            return false;
    }
    if (m_code == literalCode)
        return m_arguments.size() == 1 && m_arguments.at(0).isString();
    if (m_code == listCode)
        return !m_arguments.isEmpty();
    const MessageTemplate *entry = messageTemplate(m_code);
    return entry && m_arguments.size() == argumentCount(*entry) && m_count.has_value() == (entry->singular != nullptr);
}

QString Message::text(bool translated) const
{
    if (isEmpty())
        return {};
    QStringList arguments;
    for (const QJsonValue &argument : m_arguments)
        arguments.append(argument.isObject() ? fromJson(argument.toObject()).text(translated)
                                             : argument.toVariant().toString());
    if (m_code == literalCode)
        return arguments.value(0);
    if (m_code == listCode)
        return arguments.join(QStringLiteral(", "));
    const MessageTemplate *entry = messageTemplate(m_code);
    if (!entry)
        return m_code;
    return fillIn(translated ? translatedTemplate(*entry, m_count) : englishTemplate(*entry, m_count), m_count,
                  arguments);
}

QJsonObject Message::toJson() const
{
    if (isEmpty())
        return {};
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

QString Message::storedCode() const
{
    return isLiteral() ? QString() : m_code;
}

QString Message::storedParameters() const
{
    QJsonObject json = toJson();
    json.remove(codeKey);
    return json.isEmpty() || isLiteral() ? QString()
                                         : QString::fromUtf8(QJsonDocument(json).toJson(QJsonDocument::Compact));
}

Message Message::fromStored(const QString &code, const QString &parameters, const QString &englishText)
{
    if (code.isEmpty())
        return literal(englishText);
    QJsonObject json;
    if (!parameters.isEmpty()) {
        const QJsonDocument document = QJsonDocument::fromJson(parameters.toUtf8());
        if (!document.isObject())
            return literal(englishText);
        json = document.object();
    }
    json.insert(codeKey, code);
    const Message message = fromJson(json);
    return message.isValid() ? message : literal(englishText);
}

} // namespace lifeguard

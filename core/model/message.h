// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QJsonArray>
#include <QJsonObject>
#include <QMetaType>
#include <QString>

#include <initializer_list>
#include <optional>

namespace lifeguard {

/// A sentence, or part of one, as a code with arguments: why a worker died, what happened to a pool. The database stores it as code,
/// arguments and English text; the window translates it when it displays it (translatedText()). The texts are in
/// core/model/messagecatalog.cpp. A value; two messages are equal if code, count and arguments are.
class Message
{
public:
    Message() = default;
    /// code: a key of the catalogue ("worker_out_of_memory"). arguments: the values of %1, %2, … as text, number or Message.
    explicit Message(const char *code, QJsonArray arguments = {});
    /// count: the value of %n, which selects between singular and plural.
    Message(const char *code, qint64 count, QJsonArray arguments);

    /// Returns a message whose text is not in the catalogue and is never translated: output of a program, an error of the system.
    [[nodiscard]] static Message literal(const QString &text);
    /// Returns a message that lists others, separated by ", ".
    [[nodiscard]] static Message list(const QList<Message> &parts);
    /// Returns this message as an argument of another one.
    [[nodiscard]] QJsonValue asArgument() const { return toJson(); }

    [[nodiscard]] bool isEmpty() const { return m_code.isEmpty(); }
    [[nodiscard]] QString code() const { return m_code; }
    /// Returns the text in English, for the database, logs and programs.
    [[nodiscard]] QString englishText() const;
    /// Returns the text in the language of the user.
    [[nodiscard]] QString translatedText() const;

    /// Returns count and arguments as one line of JSON, as stored beside the code; empty if there are none.
    [[nodiscard]] QString parameters() const;
    /// Returns the message with this stored code and these stored parameters; nothing if the code is empty or unknown, or the parameters
    /// are not valid JSON. The stored English text is then what can be shown.
    [[nodiscard]] static std::optional<Message> fromStored(const QString &code, const QString &parameters);

    bool operator==(const Message &) const = default;

private:
    [[nodiscard]] QJsonObject toJson() const;
    [[nodiscard]] static Message fromJson(const QJsonObject &json);
    [[nodiscard]] QString text(bool translated) const;

    QString m_code;
    std::optional<qint64> m_count;
    QJsonArray m_arguments;
};

} // namespace lifeguard

Q_DECLARE_METATYPE(lifeguard::Message)

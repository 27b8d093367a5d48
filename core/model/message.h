// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonArray>
#include <QJsonObject>
#include <QList>
#include <QMetaType>
#include <QString>

#include <optional>

namespace lifeguard {

/// A sentence, or part of one, as a code with arguments: why a worker died, what happened to a pool. The database
/// stores the code, the arguments and the English text; views translate the message when they display it
/// (translatedText()). The texts are in core/model/messagecatalog.cpp. A value type; all functions are reentrant.
class Message
{
public:
    Message() = default;
    /// Creates the message with this code of the catalogue ("worker_out_of_memory"). arguments are the values of %1,
    /// %2, … as text, number, or nested message (asArgument()).
    explicit Message(const char *code, QJsonArray arguments = {});
    /// Creates a message with a count, the value of %n, which selects between singular and plural.
    Message(const char *code, qint64 count, QJsonArray arguments);

    /// Returns a message whose text is not in the catalogue and is never translated: output of a program, an error of
    /// the system, the text of a row that was stored without a code. Empty if the text is empty.
    [[nodiscard]] static Message literal(const QString &text);
    /// Returns a message that joins the others with ", ". Omits empty messages.
    [[nodiscard]] static Message list(const QList<Message> &parts);
    /// Returns this message as an argument for another message.
    [[nodiscard]] QJsonValue asArgument() const { return toJson(); }

    [[nodiscard]] bool isEmpty() const { return m_code.isEmpty(); }
    [[nodiscard]] bool isLiteral() const;
    [[nodiscard]] QString code() const { return m_code; }
    /// Returns the text in English, for the database, logs and programs.
    [[nodiscard]] QString englishText() const;
    /// Returns the text in the language of the user.
    [[nodiscard]] QString translatedText() const;

    /// Returns the code to store beside the English text; empty for empty and literal messages, which the text
    /// describes completely.
    [[nodiscard]] QString storedCode() const;
    /// Returns the count and the arguments to store beside the code, as one line of JSON; empty if there are none.
    [[nodiscard]] QString storedParameters() const;
    /// Returns the message that was stored with this code, these parameters and this English text. The result is a
    /// literal message with the English text if the code or the code of a nested message is unknown (stored by another
    /// version), or if the parameters are not valid JSON or too few.
    [[nodiscard]] static Message fromStored(const QString &code, const QString &parameters, const QString &englishText);

    bool operator==(const Message &) const = default;

private:
    [[nodiscard]] bool isValid() const;
    [[nodiscard]] QJsonObject toJson() const;
    [[nodiscard]] static Message fromJson(const QJsonObject &json);
    [[nodiscard]] QString text(bool translated) const;

    QString m_code;
    std::optional<qint64> m_count;
    QJsonArray m_arguments;
};

} // namespace lifeguard

Q_DECLARE_METATYPE(lifeguard::Message)

// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/payloadtext.h"

#include "ui/format.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

namespace lifeguard {

namespace {

/// Provides tr() with a context of its own.
struct Text
{
    Q_DECLARE_TR_FUNCTIONS(lifeguard::payloadText)
};

constexpr qsizetype maxCharacters = 100'000; ///< The window would need seconds to lay out more.

/// Returns the text, cut after maxCharacters with a note.
QString shortened(const QString &text)
{
    if (text.size() <= maxCharacters) {
        return text;
    }
    return Text::tr("%1\n… (The first %2 of %3 characters are shown. Copy payload copies all of them.)")
        .arg(text.left(maxCharacters), format::count(maxCharacters), format::count(text.size()));
}

/// Returns the value with all long texts in it cut after their first lines.
QJsonValue withShortTexts(const QJsonValue &value)
{
    constexpr qsizetype maxLength = 400;
    constexpr qsizetype maxLines = 8;
    if (value.isString()) {
        const QString text = value.toString();
        const qsizetype lines = text.count(QLatin1Char('\n')) + 1;
        if (text.size() <= maxLength && lines <= maxLines) {
            return value;
        }
        const QString beginning = text.left(maxLength).section(QLatin1Char('\n'), 0, maxLines - 1);
        return Text::tr("%1 … (%2 characters, %3 lines)").arg(beginning, format::count(text.size()), format::count(lines));
    }
    if (value.isObject()) {
        QJsonObject object = value.toObject();
        for (auto member = object.begin(); member != object.end(); ++member) {
            *member = withShortTexts(member.value());
        }
        return object;
    }
    if (value.isArray()) {
        QJsonArray array = value.toArray();
        for (auto item = array.begin(); item != array.end(); ++item) {
            *item = withShortTexts(*item);
        }
        return array;
    }
    return value;
}

} // namespace

QString payloadText(const QByteArray &payload)
{
    const QJsonDocument document = QJsonDocument::fromJson(payload);
    if (document.isNull()) {
        return shortened(QString::fromUtf8(payload));
    }
    const QJsonValue value = document.isObject() ? QJsonValue(document.object()) : QJsonValue(document.array());
    const QJsonValue shown = withShortTexts(value);
    QString text = QString::fromUtf8((shown.isObject() ? QJsonDocument(shown.toObject()) : QJsonDocument(shown.toArray())).toJson());
    // Line breaks in texts are shown as such. The Copy payload button copies the payload itself.
    text = text.replace(QLatin1String("\\n"), QLatin1String("\n        ")).replace(QLatin1String("\\\""), QLatin1String("\"")).trimmed();
    return shortened(text);
}

} // namespace lifeguard

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QString>

namespace lifeguard {

/// The text of a message in English, with %1, %2, … for its arguments and %n for its count.
struct MessageTemplate
{
    const char *code;
    const char *text; ///< for every count but 1; the source text of the translation
    const char *singular = nullptr; ///< for a count of 1; null for a message without a count
};

/// The context of the texts in translation files.
inline constexpr char messageContext[] = "lifeguard::messages";

/// Returns the template of a code; null for an unknown code. Thread-safe.
[[nodiscard]] const MessageTemplate *messageTemplate(const QString &code);
/// Returns all templates, for tests.
[[nodiscard]] QList<MessageTemplate> messageTemplates();
/// Returns the number of arguments of the template: the highest of %1, %2, … in its text.
[[nodiscard]] int argumentCount(const MessageTemplate &entry);

} // namespace lifeguard

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace lifeguard {

/// The text of a message in English, with %1, %2, … for its arguments and %n for its count.
struct MessageTemplate
{
    const char *code;
    const char *text; ///< for any count but 1; the source text of the translation
    const char *singular = nullptr; ///< for a count of 1; null where the text has no %n
};

/// The context of the texts in translation files.
inline constexpr char messageContext[] = "lifeguard::messages";

/// Returns the template of a code; null for an unknown code. Any thread.
[[nodiscard]] const MessageTemplate *messageTemplate(const QString &code);

} // namespace lifeguard

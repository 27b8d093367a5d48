// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace lifeguard {

/// Texts of other programs and users (names, errors, output of tools) for a terminal. A terminal obeys control
/// characters, so such texts could clear the screen, overwrite other rows, or hide what a name really is.

/// Returns the number of terminal columns that an escaped text occupies: two for wide characters (Chinese, emoji), none
/// for combining characters.
[[nodiscard]] int displayWidth(const QString &text);

/// Returns the text as a part of one row. Control characters, line breaks, bidirectional controls and other invisible
/// characters are escaped (\n, \x1b, \u{202e}); so is a combining character without a base, and each one beyond the
/// fourth on the same base. A text that is wider than maxWidth columns is cut, and ends with an ellipsis.
[[nodiscard]] QString terminalRow(const QString &text, int maxWidth = 1'000'000'000);

/// Returns a text of several lines, each escaped like terminalRow(). Line breaks and tabs are kept.
[[nodiscard]] QString terminalLines(const QString &text);

} // namespace lifeguard

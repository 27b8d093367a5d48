// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFont>
#include <QString>

#include <optional>

class QApplication;

/// The appearance of the window: spacing, fonts, colours, shapes and icons. All functions compute their result from a
/// palette; nothing is stored.
namespace lifeguard::theme {

// Sizes follow a grid of 4 px: 8 px inside a group, 16 px between groups.
constexpr int unit = 4;
constexpr int inside = 2 * unit;
constexpr int between = 4 * unit;
constexpr int rowHeight = 26; ///< of tables, in pixels

enum class Mode { System, Light, Dark };
/// Returns the mode with this name ("system", "light" or "dark"); nothing for any other text.
[[nodiscard]] std::optional<Mode> modeFromString(const QString &text);
/// Returns the name that modeFromString() reads.
[[nodiscard]] QString toString(Mode mode);

/// Sets style, palette, style sheet and window icon of the application. Mode::System selects light or dark by the
/// palette that the application had before the first call.
void apply(QApplication &application, Mode mode);

[[nodiscard]] QFont fixedFont();
[[nodiscard]] QFont headingFont(const QFont &base);
[[nodiscard]] QFont smallFont(const QFont &base);

} // namespace lifeguard::theme

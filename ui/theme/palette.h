// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QPalette>

namespace lifeguard::theme {

/// Named colours of the palette by Okabe and Ito, which colour-blind people can tell apart. A hue is never the only
/// sign of a state: a shape and a word accompany it.
enum class Hue { Good, Busy, Warning, Bad, Neutral };

/// Returns the colour of a hue. Use readable() before it is painted on a background.
[[nodiscard]] QColor color(Hue hue);

[[nodiscard]] bool isDark(const QPalette &palette);
/// Returns the palette of the dark or the light theme.
[[nodiscard]] QPalette makePalette(bool dark);

[[nodiscard]] QColor accent(const QPalette &palette);
[[nodiscard]] QColor secondaryText(const QPalette &palette);
[[nodiscard]] QColor border(const QPalette &palette);

/// Returns the colour between a and b; share is 0 for a, 1 for b.
[[nodiscard]] QColor mix(const QColor &a, const QColor &b, double share);
/// Returns the contrast ratio of two colours, from 1 to 21 (WCAG 2.1, section 1.4.3).
[[nodiscard]] double contrast(const QColor &a, const QColor &b);
/// Returns the hue, darkened or lightened until its contrast to the background reaches the ratio.
[[nodiscard]] QColor readable(const QColor &hue, const QColor &background, double ratio = 4.5);

} // namespace lifeguard::theme

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/theme/palette.h"

#include <QPixmap>

class QPainter;
class QRectF;

namespace lifeguard::theme {

/// The shape that represents a state, together with a colour and a word.
enum class Shape { Ring, Disc, Arc, Triangle, Diamond, Cross, Half, Square, Check, Dash, Bars, Question };

/// Side length of a shape in tables and lists, in pixels.
constexpr int shapeSize = 12;

/// Paints a shape that fills the box.
void paintShape(QPainter &painter, const QRectF &box, Shape shape, const QColor &color);

/// Returns the shape on a transparent background, for labels. Its colour is adjusted to be readable on the background
/// colour. size is in device-independent pixels; devicePixelRatio is that of the screen.
[[nodiscard]] QPixmap shapePixmap(Shape shape, Hue hue, const QColor &background, int size, qreal devicePixelRatio);

} // namespace lifeguard::theme

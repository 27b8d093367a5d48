// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/jobstatus.h"
#include "core/model/poolstate.h"
#include "core/model/workerstate.h"

#include <QColor>
#include <QFont>
#include <QIcon>
#include <QPixmap>
#include <QString>

#include <optional>

class QApplication;
class QPainter;
class QPalette;
class QRectF;

/// The one sheet of spacing, type and colours. Everything is a function of the palette, so nothing has to be kept.
namespace lifeguard::theme {

// The grid: 4 px; 8 px inside, 16 px between groups.
constexpr int unit = 4;
constexpr int inside = 2 * unit;
constexpr int between = 4 * unit;
constexpr int rowHeight = 26;
constexpr int shapeSize = 12;

enum class Mode { System, Light, Dark };
[[nodiscard]] std::optional<Mode> modeFromString(const QString &text);
[[nodiscard]] QString toString(Mode mode); ///< what modeFromString() reads

/// Fusion with a palette and a small sheet of our own; System takes the lightness of the system's palette.
void apply(QApplication &application, Mode mode);
[[nodiscard]] bool isDark(const QPalette &palette);
[[nodiscard]] QPalette makePalette(bool dark);

[[nodiscard]] QColor accent(const QPalette &palette);
[[nodiscard]] QColor secondaryText(const QPalette &palette);
[[nodiscard]] QColor border(const QPalette &palette);

/// The ratio of WCAG 2: 1 to 21.
[[nodiscard]] double contrast(const QColor &a, const QColor &b);
/// The hue, darkened or lightened until it stands off the background by the ratio.
[[nodiscard]] QColor readable(const QColor &hue, const QColor &background, double ratio = 4.5);

// States: a colour (Okabe and Ito's, told apart by the colour-blind), a shape and a word each.
enum class Hue { Well, Busy, Warning, Bad, Quiet };
[[nodiscard]] QColor color(Hue hue);
enum class Shape { Ring, Disc, Arc, Triangle, Diamond, Cross, Half, Square, Check, Dash, Bars, Question };

struct StateLook
{
    Hue hue = Hue::Quiet;
    Shape shape = Shape::Ring;
    QString word;

    bool operator==(const StateLook &) const = default;
};

[[nodiscard]] StateLook look(WorkerState state);
[[nodiscard]] StateLook look(PoolState state);
[[nodiscard]] StateLook look(JobStatus status);

void paintShape(QPainter &painter, const QRectF &box, Shape shape, const QColor &color);

/// The shape alone on a transparent ground, for labels; its hue is made to stand off what is behind it. ratio: of the screen's
/// pixels to ours.
[[nodiscard]] QPixmap shapePixmap(Shape shape, Hue hue, const QColor &behind, int size, qreal ratio);

/// An icon of resources/icons in the palette's colours, normal and disabled.
[[nodiscard]] QIcon icon(const QString &name, const QPalette &palette);
[[nodiscard]] QIcon applicationIcon();

[[nodiscard]] QFont fixedFont();
[[nodiscard]] QFont headingFont(const QFont &base);
[[nodiscard]] QFont smallFont(const QFont &base);

} // namespace lifeguard::theme

// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme.h"

#include <QApplication>
#include <QCoreApplication>
#include <QFile>
#include <QFontDatabase>
#include <QPainter>
#include <QPainterPath>
#include <QPalette>
#include <QPixmap>
#include <QProxyStyle>
#include <QStyleFactory>
#include <QStyleOptionComplex>
#include <QSvgRenderer>

#include <array>
#include <cmath>

static void initIcons()
{
    Q_INIT_RESOURCE(lifeguard_icons);
}

namespace lifeguard::theme {

namespace {

/// Fusion without the coloured icons on the buttons of dialogs: their words are clearer.
class Style final : public QProxyStyle
{
public:
    Style()
        : QProxyStyle(QStyleFactory::create(QStringLiteral("Fusion")))
    {
    }
    int styleHint(StyleHint hint, const QStyleOption *option, const QWidget *widget, QStyleHintReturn *data) const override
    {
        return hint == SH_DialogButtonBox_ButtonsHaveIcons ? 0 : QProxyStyle::styleHint(hint, option, widget, data);
    }
    void drawPrimitive(PrimitiveElement element, const QStyleOption *option, QPainter *painter, const QWidget *widget) const override
    {
        QProxyStyle::drawPrimitive(element, option, painter, widget);
        if (element == PE_IndicatorCheckBox || element == PE_IndicatorRadioButton) {
            const QRectF outline = QRectF(option->rect).adjusted(0.5, 0.5, -0.5, -0.5);
            painter->save();
            painter->setRenderHint(QPainter::Antialiasing);
            painter->setPen(option->state & State_HasFocus ? accent(option->palette) : secondaryText(option->palette));
            painter->setBrush(Qt::NoBrush);
            if (element == PE_IndicatorCheckBox) {
                painter->drawRoundedRect(outline, 2, 2);
            } else {
                painter->drawEllipse(outline);
            }
            painter->restore();
        }
    }
    void drawComplexControl(ComplexControl control, const QStyleOptionComplex *option, QPainter *painter,
                            const QWidget *widget) const override
    {
        QProxyStyle::drawComplexControl(control, option, painter, widget);
        if (control == CC_SpinBox || control == CC_ComboBox) {
            // Fusion's own outline is darker than the window: on a dark one it cannot be seen.
            painter->save();
            painter->setRenderHint(QPainter::Antialiasing);
            painter->setPen(option->state & State_HasFocus ? accent(option->palette) : border(option->palette));
            painter->setBrush(Qt::NoBrush);
            painter->drawRoundedRect(QRectF(option->rect).adjusted(0.5, 0.5, -0.5, -0.5), 3, 3);
            painter->restore();
        }
    }
};

QString word(const char *text)
{
    return QCoreApplication::translate("lifeguard::theme", text);
}

double luminance(const QColor &color)
{
    const auto linear = [](double value) {
        return value <= 0.04045 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4);
    };
    return 0.2126 * linear(color.redF()) + 0.7152 * linear(color.greenF()) + 0.0722 * linear(color.blueF());
}

QColor mix(const QColor &a, const QColor &b, double share)
{
    const auto part = [share](int from, int to) { return int(std::lround(from + (to - from) * share)); };
    return QColor(part(a.red(), b.red()), part(a.green(), b.green()), part(a.blue(), b.blue()));
}

/// The few things a palette cannot say. Colours come from the palette; %1 border, %2 secondary text, %3 accent, %4 hover.
QString styleSheet(const QPalette &palette)
{
    const QColor hover = mix(palette.color(QPalette::Button), palette.color(QPalette::ButtonText), 0.07);
    const QColor pressed = mix(palette.color(QPalette::Button), palette.color(QPalette::ButtonText), 0.14);
    const QColor faint = mix(palette.color(QPalette::Base), border(palette), 0.6);
    return QStringLiteral(
               "QPushButton { border: 1px solid %1; border-radius: 4px; padding: 4px 12px; background: palette(button); }"
               "QPushButton:hover { background: %4; }"
               "QPushButton:pressed { background: %5; }"
               "QPushButton:focus { border-color: %3; }"
               "QPushButton:default { border-color: %3; }"
               "QPushButton:disabled { color: %7; background: transparent; }"
               "QPushButton#launchPoolButton { background: %6; color: white; border-color: %6; }"
               "QPushButton#launchPoolButton:hover, QPushButton#launchPoolButton:focus { border-color: palette(window-text); }"
               "QPushButton#launchPoolButton:disabled { background: transparent; color: %7; border-color: %1; }"
               "QToolButton { border: 1px solid transparent; border-radius: 4px; padding: 3px; }"
               "QToolButton:hover { background: %4; border-color: %1; }"
               "QToolButton:pressed, QToolButton:checked { background: %5; }"
               "QToolButton:focus { border-color: %3; }"
               "QToolButton#windowMenuButton::menu-indicator { image: none; }"
               "QLineEdit, QPlainTextEdit, QTextBrowser { border: 1px solid %1; border-radius: 4px; background: palette(base); }"
               "QLineEdit { padding: 3px 6px; }"
               "QComboBox, QAbstractSpinBox { min-height: 22px; }"
               "QLineEdit:focus, QPlainTextEdit:focus, QTextBrowser:focus { border-color: %3; }"
               "QAbstractItemView { border: 1px solid %1; border-radius: 4px; background: palette(base); outline: 0; }"
               "QTableView { gridline-color: transparent; }"
               "QHeaderView { background: transparent; border: 0; }"
               "QHeaderView::section { background: palette(base); color: %2; border: 0; border-bottom: 1px solid %1;"
               " padding: 4px 8px; font-weight: normal; }"
               "QHeaderView::section:hover { color: palette(text); }"
               "QTabWidget::pane { border: 0; }"
               "QTabBar { qproperty-drawBase: 0; }"
               "QTabBar::tab { background: transparent; color: %2; padding: 6px 12px; border: 0; border-bottom: 2px solid transparent; }"
               "QTabBar::tab:selected { color: palette(text); border-bottom-color: %3; }"
               "QTabBar::tab:hover { color: palette(text); }"
               "QTabBar::tab:focus { background: %4; }"
               "QSplitter::handle { background: transparent; }"
               "QFrame#card { background: palette(base); border: 1px solid %1; border-radius: 6px; }"
               "QFrame#statusStrip { background: palette(base); border: 0; border-bottom: 1px solid %1; }"
               "QToolTip { background: palette(base); color: palette(text); border: 1px solid %1; padding: 4px; }"
               "QLabel#qt_msgbox_label { font-weight: 600; }"
               "QLabel#qt_msgbox_informativelabel { min-width: 320px; }"
               "QMenu { background: palette(base); border: 1px solid %1; padding: 4px; }"
               "QMenu::item { padding: 5px 24px 5px 8px; border-radius: 3px; }"
               "QMenu::icon { padding-left: 8px; }"
               "QMenu::item:selected { background: palette(highlight); color: palette(text); }"
               "QMenu::item:disabled { color: %2; background: transparent; }"
               "QMenu::separator { height: 1px; background: %8; margin: 4px 0; }")
        .arg(border(palette).name(), secondaryText(palette).name(), accent(palette).name(), hover.name(), pressed.name(),
             readable(color(Hue::Busy), Qt::white).name(), palette.color(QPalette::Disabled, QPalette::ButtonText).name(),
             faint.name());
}

QPixmap drawn(const QByteArray &svg, int size)
{
    QPixmap pixmap(size, size);
    pixmap.fill(Qt::transparent);
    QSvgRenderer renderer(svg);
    QPainter painter(&pixmap);
    renderer.render(&painter);
    return pixmap;
}

QByteArray readIcon(const QString &name)
{
    initIcons();
    QFile file(QStringLiteral(":/icons/") + name + QStringLiteral(".svg"));
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

} // namespace

std::optional<Mode> modeFromString(const QString &text)
{
    if (text == QLatin1String("system") || text == QLatin1String("auto")) {
        return Mode::System;
    }
    if (text == QLatin1String("light")) {
        return Mode::Light;
    }
    if (text == QLatin1String("dark")) {
        return Mode::Dark;
    }
    return std::nullopt;
}

QString toString(Mode mode)
{
    switch (mode) {
    case Mode::System: return QStringLiteral("system");
    case Mode::Light: return QStringLiteral("light");
    case Mode::Dark: return QStringLiteral("dark");
    }
    return {};
}

bool isDark(const QPalette &palette)
{
    return luminance(palette.color(QPalette::Window)) < luminance(palette.color(QPalette::WindowText));
}

QPalette makePalette(bool dark)
{
    const QColor window(dark ? 0x1b1f24 : 0xf5f7f9);
    const QColor base(dark ? 0x14171b : 0xffffff);
    const QColor alternate(dark ? 0x191d22 : 0xf8fafb);
    const QColor text(dark ? 0xe4e8ec : 0x1c2126);
    const QColor button(dark ? 0x262c33 : 0xffffff);
    const QColor faded(dark ? 0x737d88 : 0x8b949e);
    const QColor selection(dark ? 0x1d3f57 : 0xd6e9f7);
    const QColor line(dark ? 0x363e47 : 0xd3dae1);
    QPalette palette(button, window);
    for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText, QPalette::ToolTipText, QPalette::HighlightedText}) {
        palette.setColor(role, text);
        if (role != QPalette::HighlightedText) {
            palette.setColor(QPalette::Disabled, role, faded);
        }
    }
    palette.setColor(QPalette::Window, window);
    palette.setColor(QPalette::Base, base);
    palette.setColor(QPalette::AlternateBase, alternate);
    palette.setColor(QPalette::Button, button);
    palette.setColor(QPalette::ToolTipBase, base);
    palette.setColor(QPalette::Highlight, selection);
    palette.setColor(QPalette::Disabled, QPalette::Highlight, line);
    palette.setColor(QPalette::Mid, line);
    palette.setColor(QPalette::PlaceholderText, QColor(dark ? 0x8d98a3 : 0x6a737d));
    palette.setColor(QPalette::Link, accent(palette));
    palette.setColor(QPalette::LinkVisited, accent(palette));
    return palette;
}

void apply(QApplication &application, Mode mode)
{
    static const bool systemIsDark = isDark(QApplication::palette()); // as it is before ours is set
    const bool dark = mode == Mode::Dark || (mode == Mode::System && systemIsDark);
    application.setStyle(new Style);
    const QPalette palette = makePalette(dark);
    QApplication::setPalette(palette);
    application.setStyleSheet(styleSheet(palette));
    QApplication::setWindowIcon(applicationIcon());
}

QColor accent(const QPalette &palette)
{
    return readable(isDark(palette) ? QColor(0x56b4e9) : QColor(0x0072b2), palette.color(QPalette::Window));
}

QColor secondaryText(const QPalette &palette)
{
    return QColor(isDark(palette) ? 0xabb5be : 0x57616b);
}

QColor border(const QPalette &palette)
{
    return palette.color(QPalette::Mid);
}

double contrast(const QColor &a, const QColor &b)
{
    const double first = luminance(a);
    const double second = luminance(b);
    return (std::max(first, second) + 0.05) / (std::min(first, second) + 0.05);
}

QColor readable(const QColor &hue, const QColor &background, double ratio)
{
    const QColor towards = luminance(background) > 0.18 ? QColor(Qt::black) : QColor(Qt::white);
    QColor result = hue;
    for (int step = 1; contrast(result, background) < ratio && step <= 25; ++step) {
        result = mix(hue, towards, step * 0.04);
    }
    return result;
}

QColor color(Hue hue)
{
    static constexpr std::array<QRgb, 5> hues{0x009e73, 0x0072b2, 0xe69f00, 0xd55e00, 0x7a8490};
    return QColor(hues.at(std::size_t(hue)));
}

StateLook look(WorkerState state)
{
    switch (state) {
    case WorkerState::Starting: return {Hue::Quiet, Shape::Arc, word(QT_TRANSLATE_NOOP("lifeguard::theme", "starting"))};
    case WorkerState::Idle: return {Hue::Well, Shape::Ring, word(QT_TRANSLATE_NOOP("lifeguard::theme", "idle"))};
    case WorkerState::Busy: return {Hue::Busy, Shape::Disc, word(QT_TRANSLATE_NOOP("lifeguard::theme", "busy"))};
    case WorkerState::Suspect: return {Hue::Warning, Shape::Triangle, word(QT_TRANSLATE_NOOP("lifeguard::theme", "suspect"))};
    case WorkerState::Hung: return {Hue::Bad, Shape::Diamond, word(QT_TRANSLATE_NOOP("lifeguard::theme", "hung"))};
    case WorkerState::Stopping: return {Hue::Quiet, Shape::Half, word(QT_TRANSLATE_NOOP("lifeguard::theme", "stopping"))};
    case WorkerState::Dead: return {Hue::Quiet, Shape::Cross, word(QT_TRANSLATE_NOOP("lifeguard::theme", "dead"))};
    case WorkerState::Unknown: return {Hue::Quiet, Shape::Question, word(QT_TRANSLATE_NOOP("lifeguard::theme", "unknown"))};
    case WorkerState::Stopped: break;
    }
    return {Hue::Quiet, Shape::Square, word(QT_TRANSLATE_NOOP("lifeguard::theme", "stopped"))};
}

StateLook look(PoolState state)
{
    switch (state) {
    case PoolState::Starting: return {Hue::Quiet, Shape::Arc, word(QT_TRANSLATE_NOOP("lifeguard::theme", "starting"))};
    case PoolState::Running: return {Hue::Well, Shape::Disc, word(QT_TRANSLATE_NOOP("lifeguard::theme", "running"))};
    case PoolState::Paused: return {Hue::Busy, Shape::Bars, word(QT_TRANSLATE_NOOP("lifeguard::theme", "paused"))};
    case PoolState::Stopping: return {Hue::Quiet, Shape::Half, word(QT_TRANSLATE_NOOP("lifeguard::theme", "stopping"))};
    case PoolState::CrashLooping:
        return {Hue::Bad, Shape::Triangle, word(QT_TRANSLATE_NOOP("lifeguard::theme", "crash-looping"))};
    case PoolState::Stopped: break;
    }
    return {Hue::Quiet, Shape::Square, word(QT_TRANSLATE_NOOP("lifeguard::theme", "stopped"))};
}

StateLook look(JobStatus status)
{
    switch (status) {
    case JobStatus::Pending: return {Hue::Quiet, Shape::Ring, word(QT_TRANSLATE_NOOP("lifeguard::theme", "waiting"))};
    case JobStatus::Processing: return {Hue::Busy, Shape::Disc, word(QT_TRANSLATE_NOOP("lifeguard::theme", "running"))};
    case JobStatus::Completed: return {Hue::Well, Shape::Check, word(QT_TRANSLATE_NOOP("lifeguard::theme", "completed"))};
    case JobStatus::Failed: return {Hue::Bad, Shape::Cross, word(QT_TRANSLATE_NOOP("lifeguard::theme", "failed"))};
    case JobStatus::Cancelled: break;
    }
    return {Hue::Quiet, Shape::Dash, word(QT_TRANSLATE_NOOP("lifeguard::theme", "cancelled"))};
}

void paintShape(QPainter &painter, const QRectF &box, Shape shape, const QColor &color)
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF r = box.adjusted(1, 1, -1, -1);
    const QPointF c = r.center();
    const QPen pen(color, box.width() / 6.0, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin);
    painter.setPen(Qt::NoPen);
    painter.setBrush(color);
    const auto stroked = [&] {
        painter.setPen(pen);
        painter.setBrush(Qt::NoBrush);
    };
    switch (shape) {
    case Shape::Disc: painter.drawEllipse(r); break;
    case Shape::Ring:
        stroked();
        painter.drawEllipse(r.adjusted(0.5, 0.5, -0.5, -0.5));
        break;
    case Shape::Arc:
        stroked();
        painter.drawArc(r.adjusted(0.5, 0.5, -0.5, -0.5), 90 * 16, -270 * 16);
        break;
    case Shape::Triangle:
        painter.drawPolygon(QPolygonF{QPointF(c.x(), r.top()), r.bottomRight(), r.bottomLeft()});
        break;
    case Shape::Diamond:
        painter.drawPolygon(QPolygonF{QPointF(c.x(), box.top()), QPointF(box.right(), c.y()), QPointF(c.x(), box.bottom()),
                                      QPointF(box.left(), c.y())});
        break;
    case Shape::Cross:
        stroked();
        painter.drawLine(r.adjusted(1, 1, -1, -1).topLeft(), r.adjusted(1, 1, -1, -1).bottomRight());
        painter.drawLine(r.adjusted(1, 1, -1, -1).topRight(), r.adjusted(1, 1, -1, -1).bottomLeft());
        break;
    case Shape::Half: {
        painter.drawPie(r, 90 * 16, 180 * 16);
        stroked();
        painter.drawEllipse(r.adjusted(0.5, 0.5, -0.5, -0.5));
        break;
    }
    case Shape::Square: painter.drawRoundedRect(r.adjusted(1, 1, -1, -1), 1, 1); break;
    case Shape::Check: {
        stroked();
        QPainterPath path(QPointF(r.left(), c.y() + r.height() * 0.05));
        path.lineTo(r.left() + r.width() * 0.36, r.bottom() - r.height() * 0.12);
        path.lineTo(r.right(), r.top() + r.height() * 0.12);
        painter.drawPath(path);
        break;
    }
    case Shape::Bars: {
        const qreal width = r.width() * 0.32;
        painter.drawRoundedRect(QRectF(r.left() + 1, r.top() + 1, width, r.height() - 2), 1, 1);
        painter.drawRoundedRect(QRectF(r.right() - 1 - width, r.top() + 1, width, r.height() - 2), 1, 1);
        break;
    }
    case Shape::Question: {
        stroked();
        QPainterPath path;
        const QRectF hook(r.left() + r.width() * 0.18, r.top(), r.width() * 0.64, r.height() * 0.56);
        path.arcMoveTo(hook, 180);
        path.arcTo(hook, 180, -225);
        path.lineTo(c.x(), r.top() + r.height() * 0.66);
        painter.drawPath(path);
        painter.drawPoint(QPointF(c.x(), r.bottom() - 0.5));
        break;
    }
    case Shape::Dash:
        stroked();
        painter.drawLine(QPointF(r.left() + 1, c.y()), QPointF(r.right() - 1, c.y()));
        break;
    }
    painter.restore();
}

QPixmap shapePixmap(Shape shape, Hue hue, const QColor &behind, int size, qreal ratio)
{
    QPixmap pixmap(QSize(size, size) * ratio);
    pixmap.setDevicePixelRatio(ratio);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    paintShape(painter, QRectF(1, 1, size - 2, size - 2), shape, readable(color(hue), behind, 3.0));
    return pixmap;
}

QIcon icon(const QString &name, const QPalette &palette)
{
    const QByteArray svg = readIcon(name);
    QIcon result;
    for (const auto &[mode, group] : {std::pair{QIcon::Normal, QPalette::Active}, std::pair{QIcon::Disabled, QPalette::Disabled}}) {
        QByteArray colored = svg;
        const QByteArray ink = palette.color(group, QPalette::ButtonText).name().toLatin1();
        for (const char *ofBreeze : {"currentColor", "#232629", "#da4453", "#f67400"}) {
            colored.replace(ofBreeze, ink);
        }
        for (const int size : {16, 32}) {
            result.addPixmap(drawn(colored, size), mode);
        }
    }
    return result;
}

QIcon applicationIcon()
{
    const QByteArray svg = readIcon(QStringLiteral("lifeguard"));
    QIcon result;
    for (const int size : {16, 24, 32, 48, 64, 128, 256}) {
        result.addPixmap(drawn(svg, size));
    }
    return result;
}

QFont fixedFont()
{
    return QFontDatabase::systemFont(QFontDatabase::FixedFont);
}

QFont headingFont(const QFont &base)
{
    QFont font = base;
    font.setPointSizeF(base.pointSizeF() * 1.25);
    font.setWeight(QFont::DemiBold);
    return font;
}

QFont smallFont(const QFont &base)
{
    QFont font = base;
    font.setPointSizeF(base.pointSizeF() * 0.9);
    return font;
}

} // namespace lifeguard::theme

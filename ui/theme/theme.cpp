// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/theme.h"

#include "ui/theme/fusionstyle.h"
#include "ui/theme/icons.h"
#include "ui/theme/palette.h"

#include <QApplication>
#include <QFontDatabase>

namespace lifeguard::theme {

namespace {

/// Returns the style sheet for what a palette cannot express. Placeholders: %1 border, %2 secondary text, %3 accent, %4 hovered,
/// %5 pressed, %6 background of the primary button, %7 disabled text, %8 separators.
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

void apply(QApplication &application, Mode mode)
{
    static const bool systemIsDark = isDark(QApplication::palette()); // evaluated once, before our palette is set
    const bool dark = mode == Mode::Dark || (mode == Mode::System && systemIsDark);
    application.setStyle(new FusionStyle);
    const QPalette palette = makePalette(dark);
    QApplication::setPalette(palette);
    application.setStyleSheet(styleSheet(palette));
    QApplication::setWindowIcon(applicationIcon());
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

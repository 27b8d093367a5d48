// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/palette.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace lifeguard::theme {

namespace {

/// Returns the relative luminance of a colour as WCAG 2.1 defines it.
double luminance(const QColor &color)
{
    const auto linear = [](double value) {
        return value <= 0.04045 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4);
    };
    return 0.2126 * linear(color.redF()) + 0.7152 * linear(color.greenF()) + 0.0722 * linear(color.blueF());
}

} // namespace

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

QColor mix(const QColor &a, const QColor &b, double share)
{
    const auto part = [share](int from, int to) { return int(std::lround(from + (to - from) * share)); };
    return QColor(part(a.red(), b.red()), part(a.green(), b.green()), part(a.blue(), b.blue()));
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

} // namespace lifeguard::theme

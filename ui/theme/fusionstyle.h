// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QProxyStyle>

namespace lifeguard::theme {

/// Qt's Fusion style without icons on dialog buttons, whose texts are clearer, and with outlines of check boxes, radio buttons, spin
/// boxes and combo boxes that are visible in the dark theme. Fusion derives them by darkening the window's colour.
class FusionStyle final : public QProxyStyle
{
    Q_OBJECT

public:
    FusionStyle();

    int styleHint(StyleHint hint, const QStyleOption *option, const QWidget *widget, QStyleHintReturn *data) const override;
    void drawPrimitive(PrimitiveElement element, const QStyleOption *option, QPainter *painter, const QWidget *widget) const override;
    void drawComplexControl(ComplexControl control, const QStyleOptionComplex *option, QPainter *painter,
                            const QWidget *widget) const override;
};

} // namespace lifeguard::theme

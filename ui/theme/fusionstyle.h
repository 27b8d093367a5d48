// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QProxyStyle>

namespace lifeguard::theme {

/// Qt's Fusion style with two changes. Dialog buttons have no icons, because their texts are clearer. The outlines of
/// check boxes, radio buttons, spin boxes and combo boxes are visible in the dark theme; Fusion darkens the window's
/// colour for them.
class FusionStyle final : public QProxyStyle
{
    Q_OBJECT

public:
    FusionStyle();

    int styleHint(StyleHint hint, const QStyleOption *option, const QWidget *widget,
                  QStyleHintReturn *data) const override;
    void drawPrimitive(PrimitiveElement element, const QStyleOption *option, QPainter *painter,
                       const QWidget *widget) const override;
    void drawComplexControl(ComplexControl control, const QStyleOptionComplex *option, QPainter *painter,
                            const QWidget *widget) const override;
};

} // namespace lifeguard::theme

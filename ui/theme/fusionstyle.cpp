// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/fusionstyle.h"

#include "ui/theme/palette.h"

#include <QPainter>
#include <QStyleFactory>
#include <QStyleOptionComplex>

namespace lifeguard::theme {

namespace {

QColor outlineColor(const QStyleOption &option, const QColor &unfocused)
{
    return option.state & QStyle::State_HasFocus ? accent(option.palette) : unfocused;
}

/// Returns the option's rectangle moved to pixel centres, so that a line of one pixel is sharp.
QRectF outlineRect(const QStyleOption &option)
{
    return QRectF(option.rect).adjusted(0.5, 0.5, -0.5, -0.5);
}

} // namespace

FusionStyle::FusionStyle()
    : QProxyStyle(QStyleFactory::create(QStringLiteral("Fusion")))
{
}

int FusionStyle::styleHint(StyleHint hint, const QStyleOption *option, const QWidget *widget, QStyleHintReturn *data) const
{
    return hint == SH_DialogButtonBox_ButtonsHaveIcons ? 0 : QProxyStyle::styleHint(hint, option, widget, data);
}

void FusionStyle::drawPrimitive(PrimitiveElement element, const QStyleOption *option, QPainter *painter, const QWidget *widget) const
{
    QProxyStyle::drawPrimitive(element, option, painter, widget);
    if (element != PE_IndicatorCheckBox && element != PE_IndicatorRadioButton) {
        return;
    }
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(outlineColor(*option, secondaryText(option->palette)));
    painter->setBrush(Qt::NoBrush);
    if (element == PE_IndicatorCheckBox) {
        painter->drawRoundedRect(outlineRect(*option), 2, 2);
    } else {
        painter->drawEllipse(outlineRect(*option));
    }
    painter->restore();
}

void FusionStyle::drawComplexControl(ComplexControl control, const QStyleOptionComplex *option, QPainter *painter,
                                     const QWidget *widget) const
{
    QProxyStyle::drawComplexControl(control, option, painter, widget);
    if (control != CC_SpinBox && control != CC_ComboBox) {
        return;
    }
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(outlineColor(*option, border(option->palette)));
    painter->setBrush(Qt::NoBrush);
    painter->drawRoundedRect(outlineRect(*option), 3, 3);
    painter->restore();
}

} // namespace lifeguard::theme

// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/inlinemessage.h"

#include "ui/theme/stateshapes.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>

namespace lifeguard {

InlineMessage::InlineMessage(const QString &name, QWidget *parent)
    : QWidget(parent)
    , m_shape(new QLabel(this))
    , m_text(new QLabel(this))
{
    m_text->setObjectName(name);
    m_text->setWordWrap(true);
    m_text->setAlignment(Qt::AlignLeft | Qt::AlignTop);
    m_text->setTextFormat(Qt::PlainText);
    m_text->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_text->setFocusPolicy(Qt::NoFocus);
    m_shape->setAlignment(Qt::AlignTop);
    m_shape->setContentsMargins(0, std::max(0, (m_text->fontMetrics().height() - theme::shapeSize) / 2), 0, 0);
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(6);
    layout->addWidget(m_shape);
    layout->addWidget(m_text, 1);
    QSizePolicy policy(QSizePolicy::Preferred, QSizePolicy::Preferred);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
    hide();
}

void InlineMessage::setMessage(theme::Hue hue, const QString &text)
{
    if (m_hue == hue && m_text->text() == text) {
        return;
    }
    m_hue = hue;
    m_text->setText(text);
    m_text->setAccessibleName(text);
    setVisible(!text.isEmpty());
    updateColors();
}

QString InlineMessage::text() const
{
    return m_text->text();
}

QSize InlineMessage::minimumSizeHint() const
{
    return {QWidget::minimumSizeHint().width(), m_text->fontMetrics().lineSpacing()};
}

void InlineMessage::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange) {
        updateColors();
    }
}

void InlineMessage::showEvent(QShowEvent *event)
{
    updateColors(); // the palette was lost if the message was set before the widget was put into its window
    QWidget::showEvent(event);
}

void InlineMessage::updateColors()
{
    using theme::Hue;
    const QPalette parentPalette = parentWidget() ? parentWidget()->palette() : palette();
    const QColor background = parentPalette.color(QPalette::Window);
    const bool isNeutral = m_hue == Hue::Neutral;
    QPalette textPalette = parentPalette;
    textPalette.setColor(QPalette::WindowText, isNeutral ? theme::secondaryText(parentPalette)
                                                         : theme::readable(theme::color(m_hue), background));
    m_text->setPalette(textPalette);
    m_shape->setVisible(!isNeutral);
    if (!isNeutral) {
        const theme::Shape shape = m_hue == Hue::Bad     ? theme::Shape::Cross
                                 : m_hue == Hue::Warning ? theme::Shape::Triangle
                                 : m_hue == Hue::Good    ? theme::Shape::Check
                                                         : theme::Shape::Arc;
        m_shape->setPixmap(theme::shapePixmap(shape, m_hue, background, theme::shapeSize + 2, devicePixelRatioF()));
    }
}

} // namespace lifeguard

// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/note.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>

namespace lifeguard {

Note::Note(const QString &name, QWidget *parent)
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

void Note::say(theme::Hue hue, const QString &text)
{
    if (m_hue == hue && m_text->text() == text) {
        return;
    }
    m_hue = hue;
    m_text->setText(text);
    m_text->setAccessibleName(text);
    setVisible(!text.isEmpty());
    colour();
}

QString Note::text() const
{
    return m_text->text();
}

QSize Note::minimumSizeHint() const
{
    return {QWidget::minimumSizeHint().width(), m_text->fontMetrics().lineSpacing()};
}

void Note::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange) {
        colour();
    }
}

void Note::showEvent(QShowEvent *event)
{
    colour(); // what is said before it stands in its window may have lost its ink on the way
    QWidget::showEvent(event);
}

void Note::colour()
{
    using theme::Hue;
    const QPalette around = parentWidget() ? parentWidget()->palette() : palette();
    const QColor ground = around.color(QPalette::Window);
    const bool quiet = m_hue == Hue::Quiet;
    QPalette ink = around;
    ink.setColor(QPalette::WindowText, quiet ? theme::secondaryText(around) : theme::readable(theme::color(m_hue), ground));
    m_text->setPalette(ink);
    m_shape->setVisible(!quiet);
    if (!quiet) {
        const theme::Shape shape = m_hue == Hue::Bad ? theme::Shape::Cross
            : m_hue == Hue::Warning                  ? theme::Shape::Triangle
            : m_hue == Hue::Well                     ? theme::Shape::Check
                                                     : theme::Shape::Arc;
        m_shape->setPixmap(theme::shapePixmap(shape, m_hue, ground, theme::shapeSize + 2, devicePixelRatioF()));
    }
}

} // namespace lifeguard

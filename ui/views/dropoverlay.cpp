// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/dropoverlay.h"

#include "ui/theme.h"

#include <QEvent>
#include <QPainter>

namespace lifeguard {

DropOverlay::DropOverlay(QWidget *window)
    : QWidget(window)
{
    setObjectName(QStringLiteral("dropOverlay"));
    setAttribute(Qt::WA_TransparentForMouseEvents); // drags go on to the window
    window->installEventFilter(this);
    hide();
}

void DropOverlay::present(const QString &reason)
{
    m_able = reason.isEmpty();
    m_text = m_able ? tr("Drop to add as jobs") : tr("No jobs can be added: %1").arg(reason);
    setAccessibleName(m_text);
    setGeometry(parentWidget()->rect());
    raise();
    show();
}

void DropOverlay::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    QColor veil = palette().color(QPalette::Window);
    veil.setAlphaF(0.85F);
    painter.fillRect(rect(), veil);
    const QColor ink = m_able ? theme::accent(palette()) : theme::readable(theme::color(theme::Hue::Bad), palette().color(QPalette::Window));
    painter.setPen(QPen(ink, 2, Qt::DashLine));
    painter.drawRoundedRect(QRectF(rect()).adjusted(theme::between, theme::between, -theme::between, -theme::between), theme::inside, theme::inside);
    QFont font = theme::headingFont(this->font());
    font.setPointSizeF(font.pointSizeF() * 1.5);
    painter.setFont(font);
    painter.setPen(ink);
    painter.drawText(rect().adjusted(4 * theme::between, 0, -4 * theme::between, 0), Qt::AlignCenter | Qt::TextWordWrap, m_text);
}

bool DropOverlay::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() == QEvent::Resize && isVisible()) {
        setGeometry(parentWidget()->rect());
    }
    return QWidget::eventFilter(watched, event);
}

} // namespace lifeguard

// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/stateshapes.h"

#include <QPainter>
#include <QPainterPath>

namespace lifeguard::theme {

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

QPixmap shapePixmap(Shape shape, Hue hue, const QColor &background, int size, qreal devicePixelRatio)
{
    QPixmap pixmap(QSize(size, size) * devicePixelRatio);
    pixmap.setDevicePixelRatio(devicePixelRatio);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    paintShape(painter, QRectF(1, 1, size - 2, size - 2), shape, readable(color(hue), background, 3.0));
    return pixmap;
}

} // namespace lifeguard::theme

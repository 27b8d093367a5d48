// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/dropoverlay.h"

#include "ui/format.h"
#include "ui/theme/stateshapes.h"
#include "ui/theme/theme.h"

#include <QApplication>
#include <QDragEnterEvent>
#include <QLineEdit>
#include <QMimeData>
#include <QPainter>
#include <QPlainTextEdit>
#include <QUrl>

#include <chrono>

namespace lifeguard {

QStringList droppedPaths(const QMimeData *data)
{
    QStringList paths;
    const QList<QUrl> urls = data->urls();
    for (const QUrl &url : urls) {
        if (url.isLocalFile() && !url.toLocalFile().isEmpty()) {
            paths.append(url.toLocalFile());
        }
    }
    return paths;
}

DropOverlay::DropOverlay(QWidget *window) : QWidget(window), m_window(window)
{
    setObjectName(QStringLiteral("dropOverlay"));
    setAttribute(Qt::WA_TransparentForMouseEvents); // the drag stays over the window
    setFocusPolicy(Qt::NoFocus);
    hide();
    window->setAcceptDrops(true);
    window->installEventFilter(this);
    // A drag that moves from one widget to the next leaves the window and enters it again. The delay prevents flicker.
    m_hideDelay.setSingleShot(true);
    m_hideDelay.setInterval(std::chrono::milliseconds(60));
    connect(&m_hideDelay, &QTimer::timeout, this, &QWidget::hide);
}

void DropOverlay::setDisabledReason(const QString &reason)
{
    m_disabledReason = reason;
}

bool DropOverlay::eventFilter(QObject *watched, QEvent *event)
{
    switch (event->type()) {
    case QEvent::Show:
        if (watched == m_window) {
            installFieldFilters();
        }
        return false;
    case QEvent::Resize:
        if (watched == m_window) {
            setGeometry(m_window->rect());
        }
        return false;
    case QEvent::DragEnter:
        return handleDragEnter(*static_cast<QDropEvent *>(event));
    case QEvent::DragMove: {
        if (!m_isDragging) {
            return false;
        }
        auto *move = static_cast<QDragMoveEvent *>(event);
        move->setDropAction(m_refusal.isEmpty() ? Qt::CopyAction : Qt::IgnoreAction);
        move->setAccepted(m_refusal.isEmpty());
        return true;
    }
    case QEvent::DragLeave:
        if (!m_isDragging) {
            return false;
        }
        m_isDragging = false;
        m_hideDelay.start();
        return true;
    case QEvent::Drop: {
        if (!m_isDragging) {
            return false;
        }
        m_isDragging = false;
        hide();
        auto *drop = static_cast<QDropEvent *>(event);
        const QStringList paths = m_refusal.isEmpty() ? droppedPaths(drop->mimeData()) : QStringList();
        if (paths.isEmpty()) {
            drop->ignore();
            return true;
        }
        // Always a copy: after a move, the source of the drag would delete the files.
        drop->setDropAction(Qt::CopyAction);
        drop->accept();
        QMetaObject::invokeMethod(
            this, [this, paths] { Q_EMIT dropped(paths); }, Qt::QueuedConnection);
        return true;
    }
    default:
        return false;
    }
}

bool DropOverlay::handleDragEnter(QDropEvent &event)
{
    if (!event.mimeData()->hasUrls()) {
        return false; // for example text dragged into a search field
    }
    const QStringList paths = droppedPaths(event.mimeData());
    m_pathCount = paths.size();
    if (!m_disabledReason.isEmpty()) {
        m_refusal = tr("Jobs cannot be added: %1.").arg(m_disabledReason);
    } else if (const QWidget *dialog = QApplication::activeModalWidget(); dialog && dialog != m_window) {
        m_refusal = tr("Close the open dialog first.");
    } else if (paths.isEmpty()) {
        m_refusal = tr("Only local files and folders can be added.");
    } else {
        m_refusal.clear();
    }
    m_isDragging = true;
    setAccessibleName(title());
    setAccessibleDescription(text());
    m_hideDelay.stop();
    setGeometry(m_window->rect());
    raise();
    show();
    update();
    // Accept the event even if the drop is refused, otherwise no leave event follows. The move events refuse the drop.
    event.setDropAction(Qt::CopyAction);
    event.accept();
    return true;
}

QString DropOverlay::title() const
{
    return m_refusal.isEmpty() ? tr("Drop to add jobs") : tr("Cannot be dropped here");
}

QString DropOverlay::text() const
{
    if (!m_refusal.isEmpty()) {
        return m_refusal;
    }
    return m_pathCount == 1
             ? tr("A preview is shown before any job is added.")
             : tr("%Ln file(s) or folder(s). A preview is shown before any job is added.", nullptr, int(m_pathCount));
}

void DropOverlay::installFieldFilters()
{
    // Text fields accept any text, and would insert the name of a dropped file.
    const auto install = [this](QWidget *field) {
        field->removeEventFilter(this);
        field->installEventFilter(this);
    };
    const auto fields = m_window->findChildren<QLineEdit *>();
    for (QLineEdit *field : fields) {
        install(field);
    }
    const auto texts = m_window->findChildren<QPlainTextEdit *>();
    for (QPlainTextEdit *text : texts) {
        install(text->viewport());
    }
}

void DropOverlay::paintEvent(QPaintEvent *)
{
    const bool refused = !m_refusal.isEmpty();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    QColor veil = palette().color(QPalette::Window);
    veil.setAlpha(210);
    painter.fillRect(rect(), veil);
    const QColor background = palette().color(QPalette::Base);
    const QColor edge = refused ? theme::readable(theme::color(theme::Hue::Bad), background, 3.0)
                                : theme::accent(palette());

    QFont big = theme::headingFont(font());
    big.setPointSizeF(big.pointSizeF() * 1.2);
    const int margin = 2 * theme::between;
    const int width = std::min(this->width() - 2 * margin, 60 * fontMetrics().averageCharWidth());
    const int textWidth = width - 2 * margin;
    const int titleHeight = QFontMetrics(big).lineSpacing();
    const int textHeight =
        fontMetrics().boundingRect(QRect(0, 0, textWidth, 1000), Qt::TextWordWrap | Qt::AlignHCenter, text()).height();
    constexpr int shape = 32;
    QRect card(0, 0, width, margin + shape + theme::between + titleHeight + theme::inside + textHeight + margin);
    card.moveCenter(rect().center());

    painter.setPen(QPen(edge, 2, Qt::DashLine));
    painter.setBrush(Qt::NoBrush);
    painter.drawRoundedRect(QRectF(rect()).adjusted(theme::inside, theme::inside, -theme::inside, -theme::inside), 8,
                            8);
    painter.setPen(QPen(edge, 1));
    painter.setBrush(background);
    painter.drawRoundedRect(QRectF(card).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8);
    QRect line = card.adjusted(margin, margin, -margin, -margin);
    const QRectF symbol(line.center().x() - shape / 2.0, line.top(), shape, shape);
    if (refused) {
        theme::paintShape(painter, symbol.adjusted(4, 4, -4, -4), theme::Shape::Cross, edge);
    } else { // a plus sign
        painter.setPen(QPen(edge, 3, Qt::SolidLine, Qt::RoundCap));
        painter.drawLine(QPointF(symbol.center().x(), symbol.top() + 4),
                         QPointF(symbol.center().x(), symbol.bottom() - 4));
        painter.drawLine(QPointF(symbol.left() + 4, symbol.center().y()),
                         QPointF(symbol.right() - 4, symbol.center().y()));
    }
    line.setTop(line.top() + shape + theme::between);
    painter.setFont(big);
    painter.setPen(palette().color(QPalette::Text));
    painter.drawText(line, Qt::AlignHCenter | Qt::AlignTop, title());
    line.setTop(line.top() + titleHeight + theme::inside);
    painter.setFont(font());
    painter.setPen(theme::secondaryText(palette()));
    painter.drawText(line, Qt::AlignHCenter | Qt::AlignTop | Qt::TextWordWrap, text());
}

} // namespace lifeguard

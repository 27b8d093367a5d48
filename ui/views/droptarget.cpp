// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/droptarget.h"

#include "ui/format.h"
#include "ui/theme.h"

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

DropTarget::DropTarget(QWidget *window)
    : QWidget(window)
    , m_window(window)
{
    setObjectName(QStringLiteral("dropOverlay"));
    setAttribute(Qt::WA_TransparentForMouseEvents); // the window stays what the drag is over
    setFocusPolicy(Qt::NoFocus);
    hide();
    window->setAcceptDrops(true);
    window->installEventFilter(this);
    // From one part of the window to the next a drag leaves and enters again: no flicker for that.
    m_leaving.setSingleShot(true);
    m_leaving.setInterval(std::chrono::milliseconds(60));
    connect(&m_leaving, &QTimer::timeout, this, &QWidget::hide);
}

void DropTarget::setDisabledReason(const QString &reason)
{
    m_disabledReason = reason;
}

bool DropTarget::eventFilter(QObject *watched, QEvent *event)
{
    switch (event->type()) {
    case QEvent::Show:
        if (watched == m_window) {
            watchFields();
        }
        return false;
    case QEvent::Resize:
        if (watched == m_window) {
            setGeometry(m_window->rect());
        }
        return false;
    case QEvent::DragEnter:
        return onEnter(*static_cast<QDropEvent *>(event));
    case QEvent::DragMove: {
        if (!m_over) {
            return false;
        }
        auto *move = static_cast<QDragMoveEvent *>(event);
        move->setDropAction(m_refusal.isEmpty() ? Qt::CopyAction : Qt::IgnoreAction);
        move->setAccepted(m_refusal.isEmpty());
        return true;
    }
    case QEvent::DragLeave:
        if (!m_over) {
            return false;
        }
        m_over = false;
        m_leaving.start();
        return true;
    case QEvent::Drop: {
        if (!m_over) {
            return false;
        }
        m_over = false;
        hide();
        auto *drop = static_cast<QDropEvent *>(event);
        const QStringList paths = m_refusal.isEmpty() ? droppedPaths(drop->mimeData()) : QStringList();
        if (paths.isEmpty()) {
            drop->ignore();
            return true;
        }
        // Never as a move: the one who gives would delete the files.
        drop->setDropAction(Qt::CopyAction);
        drop->accept();
        // After the event: the one who gives waits until it was answered.
        QMetaObject::invokeMethod(this, [this, paths] { Q_EMIT dropped(paths); }, Qt::QueuedConnection);
        return true;
    }
    default: return false;
    }
}

bool DropTarget::onEnter(QDropEvent &event)
{
    if (!event.mimeData()->hasUrls()) {
        return false; // text into a search box, say
    }
    const QStringList paths = droppedPaths(event.mimeData());
    m_count = paths.size();
    if (!m_disabledReason.isEmpty()) {
        m_refusal = tr("No jobs can be added: %1.").arg(m_disabledReason);
    } else if (const QWidget *dialog = QApplication::activeModalWidget(); dialog && dialog != m_window) {
        m_refusal = tr("Close the open dialog first.");
    } else if (paths.isEmpty()) {
        m_refusal = tr("Only files and folders of this machine can be added.");
    } else {
        m_refusal.clear();
    }
    m_over = true;
    setAccessibleName(title());
    setAccessibleDescription(text());
    m_leaving.stop();
    setGeometry(m_window->rect());
    raise();
    show();
    update();
    // Accepted also when it is refused, or nobody would tell when it leaves; the moves that follow say no.
    event.setDropAction(Qt::CopyAction);
    event.accept();
    return true;
}

QString DropTarget::title() const
{
    return m_refusal.isEmpty() ? tr("Drop to add as jobs") : tr("Cannot be dropped here");
}

QString DropTarget::text() const
{
    if (!m_refusal.isEmpty()) {
        return m_refusal;
    }
    return m_count == 1 ? tr("You will see what is made of it before anything is added.")
                        : tr("%1 files and folders. You will see what is made of them before anything is added.").arg(format::count(m_count));
}

void DropTarget::watchFields()
{
    // Fields take any text, and a file's name is text to them.
    const auto watch = [this](QWidget *field) {
        field->removeEventFilter(this);
        field->installEventFilter(this);
    };
    const auto fields = m_window->findChildren<QLineEdit *>();
    for (QLineEdit *field : fields) {
        watch(field);
    }
    const auto texts = m_window->findChildren<QPlainTextEdit *>();
    for (QPlainTextEdit *text : texts) {
        watch(text->viewport());
    }
}

void DropTarget::paintEvent(QPaintEvent *)
{
    const bool refused = !m_refusal.isEmpty();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    QColor veil = palette().color(QPalette::Window);
    veil.setAlpha(210);
    painter.fillRect(rect(), veil);
    const QColor ground = palette().color(QPalette::Base);
    const QColor edge = refused ? theme::readable(theme::color(theme::Hue::Bad), ground, 3.0) : theme::accent(palette());

    QFont big = theme::headingFont(font());
    big.setPointSizeF(big.pointSizeF() * 1.2);
    const int margin = 2 * theme::between;
    const int width = std::min(this->width() - 2 * margin, 60 * fontMetrics().averageCharWidth());
    const int textWidth = width - 2 * margin;
    const int titleHeight = QFontMetrics(big).lineSpacing();
    const int textHeight = fontMetrics().boundingRect(QRect(0, 0, textWidth, 1000), Qt::TextWordWrap | Qt::AlignHCenter, text()).height();
    constexpr int shape = 32;
    QRect card(0, 0, width, margin + shape + theme::between + titleHeight + theme::inside + textHeight + margin);
    card.moveCenter(rect().center());

    painter.setPen(QPen(edge, 2, Qt::DashLine));
    painter.setBrush(Qt::NoBrush);
    painter.drawRoundedRect(QRectF(rect()).adjusted(theme::inside, theme::inside, -theme::inside, -theme::inside), 8, 8);
    painter.setPen(QPen(edge, 1));
    painter.setBrush(ground);
    painter.drawRoundedRect(QRectF(card).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8);
    QRect line = card.adjusted(margin, margin, -margin, -margin);
    const QRectF sign(line.center().x() - shape / 2.0, line.top(), shape, shape);
    if (refused) {
        theme::paintShape(painter, sign.adjusted(4, 4, -4, -4), theme::Shape::Cross, edge);
    } else { // a plus
        painter.setPen(QPen(edge, 3, Qt::SolidLine, Qt::RoundCap));
        painter.drawLine(QPointF(sign.center().x(), sign.top() + 4), QPointF(sign.center().x(), sign.bottom() - 4));
        painter.drawLine(QPointF(sign.left() + 4, sign.center().y()), QPointF(sign.right() - 4, sign.center().y()));
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

// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/searchfield.h"

#include "ui/theme/icons.h"

#include <QAbstractItemView>
#include <QAction>
#include <QItemSelectionModel>
#include <QKeyEvent>
#include <QTimer>
#include <QToolButton>

namespace lifeguard {

namespace {

constexpr std::chrono::milliseconds delay(100); ///< between two key presses of a person who types, at most

/// Names the buttons inside the field for screen readers.
void nameButtons(QLineEdit &field)
{
    const QList<QToolButton *> buttons = field.findChildren<QToolButton *>();
    for (QToolButton *button : buttons) {
        const bool isClearButton = button->defaultAction()
                                && button->defaultAction()->objectName() == QLatin1String("_q_qlineeditclearaction");
        button->setAccessibleName(isClearButton ? SearchField::tr("Clear the search") : SearchField::tr("Search"));
    }
}

} // namespace

SearchField::SearchField(const QString &name, const QString &placeholder, QAbstractItemView *table, QWidget *parent)
    : QLineEdit(parent)
    , m_table(table)
    , m_delay(new QTimer(this))
{
    setObjectName(name);
    setPlaceholderText(placeholder);
    setAccessibleName(placeholder);
    addAction(theme::icon(QStringLiteral("edit-find"), palette()), LeadingPosition);
    setClearButtonEnabled(true);
    nameButtons(*this);
    m_delay->setSingleShot(true);
    m_delay->setInterval(delay);
    connect(this, &QLineEdit::textChanged, m_delay, qOverload<>(&QTimer::start));
    connect(m_delay, &QTimer::timeout, this, &SearchField::emitFilterChanged);
}

void SearchField::emitFilterChanged()
{
    m_delay->stop();
    Q_EMIT filterChanged(text().trimmed());
}

void SearchField::keyPressEvent(QKeyEvent *event)
{
    switch (event->key()) {
    case Qt::Key_Escape:
        if (!text().isEmpty()) {
            clear();
            return;
        }
        if (m_table && m_table->selectionModel()->hasSelection()) {
            m_table->clearSelection();
            return;
        }
        break;
    case Qt::Key_Down:
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (m_table) {
            if (m_delay->isActive() && event->key() != Qt::Key_Down) {
                emitFilterChanged();
            }
            m_table->setFocus(Qt::OtherFocusReason);
            return;
        }
        break;
    default:
        break;
    }
    QLineEdit::keyPressEvent(event);
}

} // namespace lifeguard

// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/filterbox.h"

#include "ui/theme.h"

#include <QAbstractItemView>
#include <QAction>
#include <QItemSelectionModel>
#include <QKeyEvent>
#include <QTimer>
#include <QToolButton>

namespace lifeguard {

namespace {

/// Gives the little buttons inside a search box their names, for screen readers.
void nameButtons(QLineEdit &box)
{
    const QList<QToolButton *> buttons = box.findChildren<QToolButton *>();
    for (QToolButton *button : buttons) {
        const bool clears = button->defaultAction() && button->defaultAction()->objectName() == QLatin1String("_q_qlineeditclearaction");
        button->setAccessibleName(clears ? FilterBox::tr("Clear the search") : FilterBox::tr("Search"));
    }
}

} // namespace

FilterBox::FilterBox(const QString &name, const QString &placeholder, QAbstractItemView *table, QWidget *parent)
    : QLineEdit(parent)
    , m_table(table)
    , m_typed(new QTimer(this))
{
    setObjectName(name);
    setPlaceholderText(placeholder);
    setAccessibleName(placeholder);
    addAction(theme::icon(QStringLiteral("edit-find"), palette()), LeadingPosition);
    setClearButtonEnabled(true);
    nameButtons(*this);
    m_typed->setSingleShot(true);
    m_typed->setInterval(250);
    connect(this, &QLineEdit::textChanged, m_typed, qOverload<>(&QTimer::start));
    connect(m_typed, &QTimer::timeout, this, &FilterBox::tell);
}

void FilterBox::tell()
{
    m_typed->stop();
    Q_EMIT filterChanged(text().trimmed());
}

void FilterBox::keyPressEvent(QKeyEvent *event)
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
            if (m_typed->isActive() && event->key() != Qt::Key_Down) {
                tell();
            }
            m_table->setFocus(Qt::OtherFocusReason);
            return;
        }
        break;
    default: break;
    }
    QLineEdit::keyPressEvent(event);
}

} // namespace lifeguard

// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/jobsview.h"

#include "ui/theme.h"

#include <QContextMenuEvent>
#include <QHeaderView>
#include <QItemSelectionModel>
#include <QMenu>
#include <QScrollBar>

#include <algorithm>

namespace lifeguard {

JobsView::JobsView(QWidget *parent)
    : LiveTable(parent)
{
    connect(verticalScrollBar(), &QScrollBar::valueChanged, this, [this] {
        Q_EMIT holdChanged(); // first: only a held order can be scrolled through
        Q_EMIT sightChanged();
    });
    connect(verticalScrollBar(), &QScrollBar::sliderPressed, this, &JobsView::holdChanged);
    connect(verticalScrollBar(), &QScrollBar::sliderReleased, this, &JobsView::holdChanged);
    connect(this, &QAbstractItemView::doubleClicked, this, &JobsView::openRequested);
}

void JobsView::setModel(QAbstractItemModel *model)
{
    LiveTable::setModel(model);
    // The headers show no selection. To find out whether a column is selected they would go through all rows of it, which
    // takes a quarter of a second when a million are selected.
    horizontalHeader()->setSelectionModel(new QItemSelectionModel(model, horizontalHeader()));
    verticalHeader()->setSelectionModel(new QItemSelectionModel(model, verticalHeader()));
    connect(selectionModel(), &QItemSelectionModel::selectionChanged, this, &JobsView::holdChanged);
    connect(model, &QAbstractItemModel::modelReset, this, [this] {
        Q_EMIT holdChanged(); // a reset clears the selection without a word
        Q_EMIT sightChanged();
    });
    connect(model, &QAbstractItemModel::rowsInserted, this, &JobsView::sightChanged);
    connect(model, &QAbstractItemModel::rowsRemoved, this, &JobsView::sightChanged);
}

QList<RowRange> JobsView::selectedRanges() const
{
    QList<RowRange> ranges;
    const QItemSelection selection = selectionModel()->selection();
    for (const QItemSelectionRange &range : selection) {
        ranges.append({range.top(), range.bottom()});
    }
    std::sort(ranges.begin(), ranges.end(), [](const RowRange &a, const RowRange &b) { return a.first < b.first; });
    QList<RowRange> merged;
    for (const RowRange &range : std::as_const(ranges)) {
        if (!merged.isEmpty() && range.first <= merged.last().last + 1) {
            merged.last().last = std::max(merged.last().last, range.last);
        } else {
            merged.append(range);
        }
    }
    return merged;
}

bool JobsView::mustHold() const
{
    return m_menus > 0 || m_keyDown != 0 || m_buttonDown || verticalScrollBar()->value() > 0 || verticalScrollBar()->isSliderDown()
        || (selectionModel() && selectionModel()->hasSelection());
}

RowRange JobsView::sight() const
{
    const int top = verticalScrollBar()->value(); // a row: rows are scrolled one by one
    return {top, top + viewport()->height() / theme::rowHeight};
}

void JobsView::popUp(QMenu *menu, const QPoint &position)
{
    ++m_menus;
    Q_EMIT holdChanged();
    menu->setAttribute(Qt::WA_DeleteOnClose);
    connect(menu, &QMenu::aboutToHide, this, [this] {
        --m_menus;
        Q_EMIT holdChanged();
    });
    menu->popup(position);
}

void JobsView::contextMenuEvent(QContextMenuEvent *event)
{
    if (!selectionModel()->hasSelection()) {
        return;
    }
    QPoint position = event->globalPos();
    if (event->reason() == QContextMenuEvent::Keyboard) {
        position = viewport()->mapToGlobal(visualRect(currentIndex()).bottomLeft());
    }
    Q_EMIT menuRequested(position);
}

void JobsView::keyPressEvent(QKeyEvent *event)
{
    if (event->matches(QKeySequence::Copy)) {
        Q_EMIT copyRequested();
        return;
    }
    if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) {
        Q_EMIT openRequested();
        return;
    }
    if (!event->isAutoRepeat()) {
        m_keyDown = event->key();
        Q_EMIT holdChanged();
    }
    LiveTable::keyPressEvent(event);
}

void JobsView::keyReleaseEvent(QKeyEvent *event)
{
    if (!event->isAutoRepeat()) {
        m_keyDown = 0;
        Q_EMIT holdChanged();
    }
    LiveTable::keyReleaseEvent(event);
}

void JobsView::mousePressEvent(QMouseEvent *event)
{
    m_buttonDown = true;
    Q_EMIT holdChanged();
    LiveTable::mousePressEvent(event);
}

void JobsView::mouseReleaseEvent(QMouseEvent *event)
{
    LiveTable::mouseReleaseEvent(event);
    m_buttonDown = false;
    Q_EMIT holdChanged();
}

void JobsView::focusOutEvent(QFocusEvent *event)
{
    m_keyDown = 0; // its release goes to somebody else
    m_buttonDown = false;
    LiveTable::focusOutEvent(event);
    Q_EMIT holdChanged();
}

void JobsView::resizeEvent(QResizeEvent *event)
{
    LiveTable::resizeEvent(event);
    Q_EMIT sightChanged();
}

} // namespace lifeguard

// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/jobstableview.h"

#include "ui/theme/theme.h"

#include <QContextMenuEvent>
#include <QHeaderView>
#include <QItemSelectionModel>
#include <QMenu>
#include <QScrollBar>

#include <algorithm>

namespace lifeguard {

JobsTableView::JobsTableView(QWidget *parent)
    : LiveTable(parent)
{
    connect(verticalScrollBar(), &QScrollBar::valueChanged, this, [this] {
        Q_EMIT holdConditionChanged(); // first, because only a held order can be scrolled
        Q_EMIT visibleRowsChanged();
    });
    connect(verticalScrollBar(), &QScrollBar::sliderPressed, this, &JobsTableView::holdConditionChanged);
    connect(verticalScrollBar(), &QScrollBar::sliderReleased, this, &JobsTableView::holdConditionChanged);
    connect(this, &QAbstractItemView::doubleClicked, this, &JobsTableView::openRequested);
}

void JobsTableView::setModel(QAbstractItemModel *model)
{
    LiveTable::setModel(model);
    // The headers get selection models of their own, and show no selection. To find out whether a column is selected, a header iterates
    // over all rows, which takes a quarter of a second for a million rows.
    horizontalHeader()->setSelectionModel(new QItemSelectionModel(model, horizontalHeader()));
    verticalHeader()->setSelectionModel(new QItemSelectionModel(model, verticalHeader()));
    connect(selectionModel(), &QItemSelectionModel::selectionChanged, this, &JobsTableView::holdConditionChanged);
    connect(model, &QAbstractItemModel::modelReset, this, [this] {
        Q_EMIT holdConditionChanged(); // a reset clears the selection without emitting selectionChanged()
        Q_EMIT visibleRowsChanged();
    });
    connect(model, &QAbstractItemModel::rowsInserted, this, &JobsTableView::visibleRowsChanged);
    connect(model, &QAbstractItemModel::rowsRemoved, this, &JobsTableView::visibleRowsChanged);
}

QList<RowRange> JobsTableView::selectedRanges() const
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

bool JobsTableView::mustHoldOrder() const
{
    return m_openMenus > 0 || m_pressedKey != 0 || m_buttonPressed || verticalScrollBar()->value() > 0 || verticalScrollBar()->isSliderDown()
        || (selectionModel() && selectionModel()->hasSelection());
}

RowRange JobsTableView::visibleRows() const
{
    const int top = verticalScrollBar()->value(); // a row number, because the view scrolls per item
    return {top, top + viewport()->height() / theme::rowHeight};
}

void JobsTableView::openMenu(QMenu *menu, const QPoint &position)
{
    ++m_openMenus;
    Q_EMIT holdConditionChanged();
    menu->setAttribute(Qt::WA_DeleteOnClose);
    connect(menu, &QMenu::aboutToHide, this, [this] {
        --m_openMenus;
        Q_EMIT holdConditionChanged();
    });
    menu->popup(position);
}

void JobsTableView::contextMenuEvent(QContextMenuEvent *event)
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

void JobsTableView::keyPressEvent(QKeyEvent *event)
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
        m_pressedKey = event->key();
        Q_EMIT holdConditionChanged();
    }
    LiveTable::keyPressEvent(event);
}

void JobsTableView::keyReleaseEvent(QKeyEvent *event)
{
    if (!event->isAutoRepeat()) {
        m_pressedKey = 0;
        Q_EMIT holdConditionChanged();
    }
    LiveTable::keyReleaseEvent(event);
}

void JobsTableView::mousePressEvent(QMouseEvent *event)
{
    m_buttonPressed = true;
    Q_EMIT holdConditionChanged();
    LiveTable::mousePressEvent(event);
}

void JobsTableView::mouseReleaseEvent(QMouseEvent *event)
{
    LiveTable::mouseReleaseEvent(event);
    m_buttonPressed = false;
    Q_EMIT holdConditionChanged();
}

void JobsTableView::focusOutEvent(QFocusEvent *event)
{
    m_pressedKey = 0; // another widget receives the release
    m_buttonPressed = false;
    LiveTable::focusOutEvent(event);
    Q_EMIT holdConditionChanged();
}

void JobsTableView::resizeEvent(QResizeEvent *event)
{
    LiveTable::resizeEvent(event);
    Q_EMIT visibleRowsChanged();
}

} // namespace lifeguard

// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/livetable.h"

#include "ui/theme/theme.h"

#include <QClipboard>
#include <QContextMenuEvent>
#include <QGuiApplication>
#include <QHeaderView>
#include <QMenu>
#include <QScrollBar>
#include <QSettings>

#include <algorithm>

namespace lifeguard {

LiveTable::LiveTable(QWidget *parent) : QTableView(parent)
{
    setShowGrid(false);
    setWordWrap(false);
    setSelectionBehavior(SelectRows);
    setSelectionMode(ExtendedSelection);
    setEditTriggers(NoEditTriggers);
    setVerticalScrollMode(ScrollPerItem);
    setHorizontalScrollMode(ScrollPerPixel);
    setTabKeyNavigation(false);
    verticalHeader()->hide();
    verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    verticalHeader()->setMinimumSectionSize(theme::rowHeight);
    verticalHeader()->setDefaultSectionSize(theme::rowHeight);
    horizontalHeader()->setHighlightSections(false);
    horizontalHeader()->setSectionsMovable(true);
    horizontalHeader()->setMinimumSectionSize(40);
    horizontalHeader()->setContextMenuPolicy(Qt::CustomContextMenu);
    connect(horizontalHeader(), &QWidget::customContextMenuRequested, this, &LiveTable::showHeaderMenu);
}

void LiveTable::setWidths(const QList<int> &widths, int stretchColumn)
{
    for (int column = 0; column < widths.size(); ++column) {
        if (widths.at(column) == 0) {
            setColumnHidden(column, true);
        } else {
            setColumnWidth(column, widths.at(column));
        }
    }
    horizontalHeader()->setSectionResizeMode(stretchColumn, QHeaderView::Stretch);
    m_defaultColumns = horizontalHeader()->saveState();
}

void LiveTable::saveColumns() const
{
    QSettings settings;
    settings.beginGroup(QStringLiteral("tables/") + objectName());
    settings.setValue(QStringLiteral("columns"), horizontalHeader()->count());
    settings.setValue(QStringLiteral("header"), horizontalHeader()->saveState());
}

void LiveTable::restoreColumns()
{
    QSettings settings;
    settings.beginGroup(QStringLiteral("tables/") + objectName());
    if (settings.value(QStringLiteral("columns")).toInt() == horizontalHeader()->count()) {
        applyColumns(settings.value(QStringLiteral("header")).toByteArray());
    }
}

void LiveTable::applyColumns(const QByteArray &state)
{
    QHeaderView &header = *horizontalHeader();
    const bool shown = header.isSortIndicatorShown();
    const int section = header.sortIndicatorSection();
    const Qt::SortOrder order = header.sortIndicatorOrder();
    if (!header.restoreState(state)) {
        return;
    }
    if (isSortingEnabled()) {
        sortByColumn(header.sortIndicatorSection(), header.sortIndicatorOrder());
    } else { // the owner sorts, and has set the indicator
        header.setSortIndicatorShown(shown);
        header.setSortIndicator(section, order);
    }
}

void LiveTable::updateKeepingPosition(const std::function<void()> &update)
{
    const int top = verticalScrollBar()->value(); // a row number, because the view scrolls per item
    if (top == 0 && !selectionModel()->hasSelection()) {
        update();
        return;
    }
    QList<QPersistentModelIndex> visibleRows;
    const int bottom = std::min(model()->rowCount(), top + viewport()->height() / theme::rowHeight);
    for (int row = top; row < bottom; ++row) {
        visibleRows.append(QPersistentModelIndex(model()->index(row, 0)));
    }
    update();
    // Individual rows may move elsewhere, for example because a job has ended. The table follows the median.
    QList<int> shifts;
    for (qsizetype i = 0; i < visibleRows.size(); ++i) {
        if (visibleRows.at(i).isValid()) {
            shifts.append(visibleRows.at(i).row() - top - int(i));
        }
    }
    if (shifts.isEmpty()) {
        return;
    }
    const auto median = shifts.begin() + shifts.size() / 2;
    std::nth_element(shifts.begin(), median, shifts.end());
    executeDelayedItemsLayout();
    verticalScrollBar()->setValue(top + *median);
}

QList<int> LiveTable::selectedRowNumbers() const
{
    QList<int> rows;
    const QModelIndexList selected = selectionModel()->selectedRows();
    for (const QModelIndex &index : selected) {
        rows.append(index.row());
    }
    std::sort(rows.begin(), rows.end());
    return rows;
}

void LiveTable::copySelection() const
{
    QStringList lines;
    for (const int row : selectedRowNumbers()) {
        QStringList cells;
        for (int visual = 0; visual < horizontalHeader()->count(); ++visual) {
            const int column = horizontalHeader()->logicalIndex(visual);
            if (!isColumnHidden(column)) {
                cells.append(model()->index(row, column).data(Qt::AccessibleTextRole).toString());
            }
        }
        lines.append(cells.join(QLatin1Char('\t')));
    }
    if (!lines.isEmpty()) {
        QGuiApplication::clipboard()->setText(lines.join(QLatin1Char('\n')));
    }
}

void LiveTable::contextMenuEvent(QContextMenuEvent *event)
{
    if (!m_menuBuilder || selectedRowNumbers().isEmpty()) {
        return;
    }
    auto *menu = new QMenu(this);
    menu->setObjectName(objectName() + QStringLiteral("Menu"));
    menu->setToolTipsVisible(true);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    m_menuBuilder(*menu);
    if (m_holdCallback) {
        m_holdCallback(true);
        connect(menu, &QMenu::aboutToHide, this, [this] { m_holdCallback(false); });
    }
    QPoint position = event->globalPos();
    if (event->reason() == QContextMenuEvent::Keyboard) {
        position = viewport()->mapToGlobal(visualRect(currentIndex()).bottomLeft());
    }
    menu->popup(position);
}

void LiveTable::keyPressEvent(QKeyEvent *event)
{
    if (event->matches(QKeySequence::Copy)) {
        copySelection();
        return;
    }
    if (event->key() == Qt::Key_Escape && selectionModel()->hasSelection()) {
        clearSelection();
        return;
    }
    // Home and End go to the first and the last row, not to the first and the last cell of the current row.
    const bool isEnd = event->key() == Qt::Key_End;
    if ((isEnd || event->key() == Qt::Key_Home) && event->modifiers() == Qt::NoModifier && model()->rowCount() > 0) {
        setCurrentIndex(model()->index(isEnd ? model()->rowCount() - 1 : 0, std::max(0, currentIndex().column())));
        return;
    }
    QTableView::keyPressEvent(event);
}

void LiveTable::showHeaderMenu(const QPoint &position)
{
    auto *menu = new QMenu(this);
    menu->setObjectName(objectName() + QStringLiteral("HeaderMenu"));
    menu->setAttribute(Qt::WA_DeleteOnClose);
    for (int column = 0; column < model()->columnCount(); ++column) {
        QAction *action = menu->addAction(model()->headerData(column, Qt::Horizontal).toString());
        action->setObjectName(QStringLiteral("column%1Action").arg(column));
        action->setCheckable(true);
        action->setChecked(!isColumnHidden(column));
        // The first column cannot be hidden: a table without columns has no header with the menu that shows them again.
        action->setEnabled(column != 0);
        connect(action, &QAction::toggled, this, [this, column](bool shown) { setColumnHidden(column, !shown); });
    }
    menu->addSeparator();
    QAction *reset = menu->addAction(tr("Reset columns"));
    reset->setObjectName(QStringLiteral("resetColumnsAction"));
    connect(reset, &QAction::triggered, this, [this] { applyColumns(m_defaultColumns); });
    menu->popup(horizontalHeader()->mapToGlobal(position));
}

} // namespace lifeguard

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/store/jobpagereader.h"
#include "ui/views/livetable.h"

namespace lifeguard {

/// The view of the jobs table. Returns its selection as ranges, because a million rows can be selected. Determines when
/// the order of the rows must be held: while a menu is open, rows are selected, a key or a button is pressed, or the
/// view is not at its top.
class JobsTableView : public LiveTable
{
    Q_OBJECT

public:
    explicit JobsTableView(QWidget *parent = nullptr);

    void setModel(QAbstractItemModel *model) override;
    [[nodiscard]] QList<RowRange> selectedRanges() const; ///< ascending, without overlaps
    [[nodiscard]] bool mustHoldOrder() const;
    [[nodiscard]] RowRange visibleRows() const;
    /// Opens a menu at a global position, and holds the order until it closes. The menu is deleted when it closes.
    void openMenu(QMenu *menu, const QPoint &position);

Q_SIGNALS:
    void holdConditionChanged(); ///< The result of mustHoldOrder() may have changed.
    void visibleRowsChanged();
    void menuRequested(const QPoint &position);
    void copyRequested();
    void openRequested(); ///< Return was pressed, or a row was double-clicked.

protected:
    void contextMenuEvent(QContextMenuEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void keyReleaseEvent(QKeyEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;
    void focusOutEvent(QFocusEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    int m_openMenus = 0;
    int m_pressedKey = 0;
    bool m_buttonPressed = false;
};

} // namespace lifeguard

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/store/jobpage.h"
#include "ui/views/livetable.h"

namespace lifeguard {

/// The table of jobs on the screen. Knows its selection as ranges, since a million rows can be selected, and when its order
/// must hold still: a menu is open, rows are selected, a key or button is down, or it is scrolled away from its top.
class JobsView : public LiveTable
{
    Q_OBJECT

public:
    explicit JobsView(QWidget *parent = nullptr);

    void setModel(QAbstractItemModel *model) override;
    [[nodiscard]] QList<RowRange> selectedRanges() const; ///< ascending, none overlaps
    [[nodiscard]] bool mustHold() const;
    [[nodiscard]] RowRange sight() const; ///< the rows that can be seen
    /// Opens the menu at the place; the order holds until it closes. The view takes the menu.
    void popUp(QMenu *menu, const QPoint &position);

Q_SIGNALS:
    void holdChanged(); ///< mustHold() may be another
    void sightChanged();
    void menuRequested(const QPoint &position);
    void copyRequested();
    void openRequested(); ///< Enter, or a double click

protected:
    void contextMenuEvent(QContextMenuEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void keyReleaseEvent(QKeyEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;
    void focusOutEvent(QFocusEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    int m_menus = 0;
    int m_keyDown = 0;
    bool m_buttonDown = false;
};

} // namespace lifeguard

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTableView>

#include <functional>

class QMenu;

namespace lifeguard {

/// A table that is refreshed while it is displayed. Rows do not move under the cursor while the context menu is open or after the user
/// has scrolled down. A menu on the header shows and hides columns. Escape clears the selection; Home and End go to the first and the
/// last row.
class LiveTable : public QTableView
{
    Q_OBJECT

public:
    using HoldCallback = std::function<void(bool held)>;
    using MenuBuilder = std::function<void(QMenu &menu)>;

    explicit LiveTable(QWidget *parent = nullptr);

    /// Sets a function that is called with true before a context menu opens, and with false after it has closed.
    void setHoldCallback(HoldCallback callback) { m_holdCallback = std::move(callback); }
    /// Sets the function that adds the actions for the selected rows to the context menu.
    void setMenuBuilder(MenuBuilder builder) { m_menuBuilder = std::move(builder); }
    /// Sets the initial widths of the columns; 0 hides a column. stretchColumn takes the remaining width.
    void setWidths(const QList<int> &widths, int stretchColumn);
    /// Saves or restores the columns under the table's object name in the user's settings. Settings of a version with another number of
    /// columns are ignored.
    void saveColumns() const;
    void restoreColumns();
    /// Calls a function that updates the model. The visible rows keep their place on the screen, unless the table is at its top and
    /// nothing is selected.
    void updateKeepingPosition(const std::function<void()> &update);
    /// Returns the selected rows in ascending order.
    [[nodiscard]] QList<int> selectedRowNumbers() const;
    /// Copies the visible columns of the selected rows to the clipboard, separated by tabs.
    void copySelection() const;

protected:
    void contextMenuEvent(QContextMenuEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;

private:
    void applyColumns(const QByteArray &state);
    void showHeaderMenu(const QPoint &position);

    QByteArray m_defaultColumns; ///< as set by setWidths()
    HoldCallback m_holdCallback;
    MenuBuilder m_menuBuilder;
};

} // namespace lifeguard

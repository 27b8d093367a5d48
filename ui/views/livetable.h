// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTableView>

#include <functional>

class QMenu;

namespace lifeguard {

/// A table that is refreshed while it is looked at: rows of 26 px, no grid, a menu on the header for its columns, and no
/// movement under the cursor while its context menu is open or after it was scrolled down. Escape clears the selection, Home and
/// End go to the first and last row.
class LiveTable : public QTableView
{
    Q_OBJECT

public:
    using Hold = std::function<void(bool held)>;
    using FillMenu = std::function<void(QMenu &menu)>;

    explicit LiveTable(QWidget *parent = nullptr);

    /// Called with true before a context menu opens, with false after it closed.
    void setHold(Hold hold) { m_hold = std::move(hold); }
    /// Fills the context menu for what is selected.
    void setFillMenu(FillMenu fillMenu) { m_fillMenu = std::move(fillMenu); }
    /// Initial widths by column; 0 hides it, the column of stretch takes the rest.
    void setWidths(const QList<int> &widths, int stretch);
    /// Columns as the user left them, under the table's object name in the settings. What was kept by a version with other
    /// columns is left alone.
    void saveColumns() const;
    void restoreColumns();
    /// Lets change refresh the model; the rows in sight stay where they are on the screen, unless the table stands at its top
    /// with nothing selected.
    void keepInPlace(const std::function<void()> &change);
    [[nodiscard]] QList<int> selectedRowNumbers() const;
    /// Selects the text of the selected rows' visible columns for the clipboard.
    void copySelection() const;

protected:
    void contextMenuEvent(QContextMenuEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;

private:
    void takeColumns(const QByteArray &state);
    void showHeaderMenu(const QPoint &position);

    QByteArray m_defaults; ///< the header as setWidths() made it
    Hold m_hold;
    FillMenu m_fillMenu;
};

} // namespace lifeguard

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QAbstractItemView;
class QHBoxLayout;
class QLabel;

namespace lifeguard {

class FilterBox;

/// The line over a table: its search box, what else narrows it down, and how much of it is shown.
class SearchBar : public QWidget
{
    Q_OBJECT

public:
    /// what: "worker" names its parts workerSearch and workersShown.
    SearchBar(const QString &what, const QString &placeholder, QAbstractItemView *table, QWidget *parent);

    [[nodiscard]] FilterBox &box() { return *m_box; }
    [[nodiscard]] QString text() const; ///< trimmed
    void add(QWidget *filter); ///< beside the box
    void setShown(const QString &text);
    void focusSearch();

Q_SIGNALS:
    void filterChanged(const QString &text); ///< a moment after the last key; trimmed

private:
    FilterBox *m_box;
    QLabel *m_shown;
    QHBoxLayout *m_layout;
};

} // namespace lifeguard

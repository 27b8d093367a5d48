// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QAbstractItemView;
class QHBoxLayout;
class QLabel;

namespace lifeguard {

class SearchField;

/// The line above a table: the search field, other filters, and how many rows are shown.
class SearchBar : public QWidget
{
    Q_OBJECT

public:
    /// subject is the prefix of the object names: "worker" for workerSearch and workersShown.
    SearchBar(const QString &subject, const QString &placeholder, QAbstractItemView *table, QWidget *parent);

    [[nodiscard]] SearchField &field() { return *m_field; }
    [[nodiscard]] QString text() const; ///< trimmed
    /// Adds a filter after the search field.
    void addFilter(QWidget *filter);
    /// Sets the text about the number of shown rows ("3 of 12"); an empty text hides it.
    void setShownText(const QString &text);
    void focusSearch();

Q_SIGNALS:
    void filterChanged(const QString &text); ///< shortly after the last keystroke; trimmed

private:
    SearchField *m_field;
    QLabel *m_shown;
    QHBoxLayout *m_layout;
};

} // namespace lifeguard

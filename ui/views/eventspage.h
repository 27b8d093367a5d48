// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/models/eventsmodel.h"

#include <QWidget>

class QSortFilterProxyModel;

namespace lifeguard {

class EmptyState;
class LiveTable;
class SearchBar;

/// The list of events, newest first. The owner passes the events that match searchText(). The list of a single worker
/// or job, in the details, has no search field.
class EventsPage : public QWidget
{
    Q_OBJECT

public:
    enum class Scope { All, Single };
    static constexpr int maxEvents = 500;

    explicit EventsPage(Scope scope, QWidget *parent = nullptr);

    void setEvents(const QList<Event> &events);
    void tick() { m_model->tick(); }
    /// Sets the short names of other managers that run pools now.
    void setOtherManagers(const QStringList &names);
    [[nodiscard]] QString searchText() const;
    void focusSearch();

Q_SIGNALS:
    void searchChanged();

private:
    void showEmptyTexts();

    EventsModel *m_model;
    bool m_hasWideNames = false; ///< the column of the pools was made wider for those of other managers
    QSortFilterProxyModel *m_proxy;
    LiveTable *m_table;
    EmptyState *m_empty;
    SearchBar *m_search = nullptr; ///< null for Scope::Single
};

} // namespace lifeguard

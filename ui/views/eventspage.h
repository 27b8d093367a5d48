// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/models/eventsmodel.h"

#include <QWidget>

class QSortFilterProxyModel;

namespace lifeguard {

class EmptyState;
class LiveTable;
class SearchBar;

/// What happened to pools, workers and jobs, and why; newest first. Given lists; what to ask for is in searchText(). Without a
/// search box it is the list of one worker or job in the details.
class EventsPage : public QWidget
{
    Q_OBJECT

public:
    enum class Scope { All, OfOne };
    static constexpr int shownAtMost = 500;

    explicit EventsPage(Scope scope, QWidget *parent = nullptr);

    void setEvents(const QList<Event> &events);
    void tick() { m_model->tick(); }
    [[nodiscard]] QString searchText() const;
    void focusSearch();

Q_SIGNALS:
    void searchChanged();

private:
    EventsModel *m_model;
    QSortFilterProxyModel *m_proxy;
    LiveTable *m_table;
    EmptyState *m_empty;
    SearchBar *m_search = nullptr; ///< null: of one worker or job
};

} // namespace lifeguard

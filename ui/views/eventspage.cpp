// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/eventspage.h"

#include "ui/delegates/celldelegate.h"
#include "ui/delegates/statedelegate.h"
#include "ui/format.h"
#include "ui/models/eventkinds.h"
#include "ui/theme.h"
#include "ui/views/emptystate.h"
#include "ui/views/livetable.h"
#include "ui/views/searchbar.h"

#include <QMenu>
#include <QSortFilterProxyModel>
#include <QVBoxLayout>

namespace lifeguard {

EventsPage::EventsPage(Scope scope, QWidget *parent)
    : QWidget(parent)
    , m_model(new EventsModel(this))
    , m_proxy(new QSortFilterProxyModel(this))
    , m_table(new LiveTable(this))
{
    const bool all = scope == Scope::All;
    m_proxy->setSourceModel(m_model);
    m_proxy->setSortRole(SortRole);
    m_table->setObjectName(all ? QStringLiteral("eventsView") : QStringLiteral("detailEventsView"));
    m_table->setAccessibleName(all ? tr("Events") : tr("Events of the worker or job"));
    m_table->setModel(m_proxy);
    m_table->setItemDelegate(new CellDelegate(CellDelegate::Kind::Text, this));
    m_table->setItemDelegateForColumn(EventsModel::TimeColumn, new CellDelegate(CellDelegate::Kind::Since, this));
    m_table->setItemDelegateForColumn(EventsModel::KindColumn, new StateDelegate(lookOfEvent, this));
    m_table->setWidths(all ? QList<int>{100, 168, 96, 0, 64, 300} : QList<int>{100, 168, 0, 0, 0, 300}, EventsModel::MessageColumn);
    m_table->setSortingEnabled(true);
    m_table->sortByColumn(EventsModel::TimeColumn, Qt::DescendingOrder);
    m_table->setHold([this](bool held) { m_model->setHeld(held); });
    m_table->setFillMenu([this](QMenu &menu) {
        QAction *copy = menu.addAction(theme::icon(QStringLiteral("edit-copy"), m_table->palette()), tr("Copy"));
        copy->setObjectName(QStringLiteral("copyEventsAction"));
        connect(copy, &QAction::triggered, m_table, &LiveTable::copySelection);
    });
    m_empty = new EmptyState(m_table, tr("Nothing happened yet"), tr("Starts, ends and deaths of workers are written here, each with its reason."));

    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, theme::inside, 0, 0);
    layout->setSpacing(theme::inside);
    if (all) {
        m_search = new SearchBar(QStringLiteral("event"), tr("Search what happened, names, job numbers (Ctrl+F)"), m_table, this);
        layout->addWidget(m_search);
        connect(m_search, &SearchBar::filterChanged, this, &EventsPage::searchChanged);
    }
    layout->addWidget(m_table);
}

QString EventsPage::searchText() const
{
    return m_search ? m_search->text() : QString();
}

void EventsPage::focusSearch()
{
    if (m_search) {
        m_search->focusSearch();
    }
}

void EventsPage::setEvents(const QList<Event> &events)
{
    m_table->keepInPlace([this, &events] { m_model->setRows(events); });
    if (!m_search) {
        return;
    }
    if (searchText().isEmpty()) {
        m_empty->setWords(tr("Nothing happened yet"), tr("Starts, ends and deaths of workers are written here, each with its reason."), false);
    } else {
        m_empty->setWords(tr("Nothing has that"), tr("Search for something else, or clear the search with Escape."), false);
    }
    m_search->setShown(events.size() >= shownAtMost ? tr("the newest %1").arg(format::count(shownAtMost)) : QString());
}

} // namespace lifeguard

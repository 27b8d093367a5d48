// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/eventspage.h"

#include "ui/delegates/celldelegate.h"
#include "ui/delegates/statedelegate.h"
#include "ui/format.h"
#include "ui/models/modelroles.h"
#include "ui/theme/eventkindappearance.h"
#include "ui/theme/icons.h"
#include "ui/theme/theme.h"
#include "ui/views/emptystate.h"
#include "ui/views/livetable.h"
#include "ui/views/searchbar.h"

#include <QMenu>
#include <QSortFilterProxyModel>
#include <QVBoxLayout>

#include <algorithm>
#include <utility>

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
    m_table->setAccessibleName(all ? tr("Events") : tr("Events of the selected worker or job"));
    m_table->setModel(m_proxy);
    m_table->setItemDelegate(new CellDelegate(CellDelegate::Kind::Text, this));
    m_table->setItemDelegateForColumn(EventsModel::TimeColumn, new CellDelegate(CellDelegate::Kind::TimeAgo, this));
    m_table->setItemDelegateForColumn(EventsModel::KindColumn,
                                      new StateDelegate([](int kind) { return eventKindAppearance(EventKind(kind)); },
                                                        this));
    m_table->setWidths(all ? QList<int>{100, 168, 96, 0, 64, 300} : QList<int>{100, 168, 0, 0, 0, 300},
                       EventsModel::MessageColumn);
    m_table->setSortingEnabled(true);
    m_table->sortByColumn(EventsModel::TimeColumn, Qt::DescendingOrder);
    m_table->setHoldCallback([this](bool held) { m_model->setHeld(held); });
    m_table->setMenuBuilder([this](QMenu &menu) {
        QAction *copy = menu.addAction(theme::icon(QStringLiteral("edit-copy"), m_table->palette()), tr("Copy"));
        copy->setObjectName(QStringLiteral("copyEventsAction"));
        connect(copy, &QAction::triggered, m_table, &LiveTable::copySelection);
    });
    m_empty = new EmptyState(m_table, {}, {});

    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, theme::inside, 0, 0);
    layout->setSpacing(theme::inside);
    if (all) {
        m_search = new SearchBar(QStringLiteral("event"), tr("Search events, names, job numbers (Ctrl+F)"), m_table,
                                 this);
        layout->addWidget(m_search);
        connect(m_search, &SearchBar::filterChanged, this, &EventsPage::searchChanged);
    }
    layout->addWidget(m_table);
    showEmptyTexts();
}

void EventsPage::showEmptyTexts()
{
    if (searchText().isEmpty()) {
        m_empty->setTexts(tr("No events yet"),
                          tr("The starts, stops and failures of workers are recorded here, with the reason."), false);
    } else {
        m_empty->setTexts(tr("No matching events"),
                          tr("Search for something else, or press Escape to clear the search."), false);
    }
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

void EventsPage::setOtherManagers(const QStringList &names)
{
    m_model->setOtherManagers(names);
    if (!names.isEmpty() && !std::exchange(m_hasWideNames, true)) { // "noop@run-4711"
        constexpr int wide = 160;
        m_table->setColumnWidth(EventsModel::PoolColumn, std::max(wide, m_table->columnWidth(EventsModel::PoolColumn)));
    }
}

void EventsPage::setEvents(const QList<Event> &events)
{
    m_table->updateKeepingPosition([this, &events] { m_model->setRows(events); });
    if (!m_search) {
        return;
    }
    showEmptyTexts();
    m_search->setShownText(events.size() >= maxEvents ? tr("the newest %Ln event(s)", nullptr, maxEvents) : QString());
}

} // namespace lifeguard

// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/eventspage.h"

#include "ui/delegates/celldelegate.h"
#include "ui/theme.h"
#include "ui/views/emptystate.h"
#include "ui/views/livetable.h"

#include <QMenu>
#include <QVBoxLayout>

namespace lifeguard {

EventsPage::EventsPage(QWidget *parent)
    : QWidget(parent)
    , m_model(new EventsModel(this))
    , m_table(new LiveTable(this))
{
    m_table->setObjectName(QStringLiteral("eventsView"));
    m_table->setAccessibleName(tr("Events"));
    m_table->setModel(m_model);
    m_table->setItemDelegate(new CellDelegate(CellDelegate::Kind::Text, this));
    m_table->setItemDelegateForColumn(EventsModel::TimeColumn, new CellDelegate(CellDelegate::Kind::Since, this));
    m_table->setWidths({96, 128, 160, 300}, EventsModel::MessageColumn);
    m_table->setHold([this](bool held) { m_model->setHeld(held); });
    m_table->setFillMenu([this](QMenu &menu) {
        QAction *copy = menu.addAction(theme::icon(QStringLiteral("edit-copy"), m_table->palette()), tr("Copy"));
        connect(copy, &QAction::triggered, m_table, &LiveTable::copySelection);
    });
    new EmptyState(m_table, tr("Nothing happened yet"), tr("Starts, ends and deaths of workers are written here, each with its reason."));

    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, theme::inside, 0, 0);
    layout->addWidget(m_table);
}

void EventsPage::setEvents(const QList<Event> &events)
{
    m_table->keepInPlace([this, &events] { m_model->setRows(events); });
}

} // namespace lifeguard

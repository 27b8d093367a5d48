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
{
    auto *table = new LiveTable(this);
    table->setObjectName(QStringLiteral("eventsView"));
    table->setAccessibleName(tr("Events"));
    table->setModel(m_model);
    table->setItemDelegate(new CellDelegate(CellDelegate::Kind::Text, this));
    table->setItemDelegateForColumn(EventsModel::TimeColumn, new CellDelegate(CellDelegate::Kind::Since, this));
    table->setWidths({96, 128, 160, 300}, EventsModel::MessageColumn);
    table->setHold([this](bool held) { m_model->setHeld(held); });
    table->setFillMenu([table](QMenu &menu) {
        QAction *copy = menu.addAction(theme::icon(QStringLiteral("edit-copy"), table->palette()), tr("Copy"));
        connect(copy, &QAction::triggered, table, &LiveTable::copySelection);
    });
    new EmptyState(table, tr("Nothing happened yet"), tr("Starts, ends and deaths of workers are written here, each with its reason."));

    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, theme::inside, 0, 0);
    layout->addWidget(table);
}

} // namespace lifeguard

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/models/eventsmodel.h"

#include <QWidget>

namespace lifeguard {

class LiveTable;

/// What happened to pools, workers and jobs, and why; newest first.
class EventsPage : public QWidget
{
    Q_OBJECT

public:
    explicit EventsPage(QWidget *parent = nullptr);

    void setEvents(const QList<Event> &events);
    void tick() { m_model->tick(); }

private:
    EventsModel *m_model;
    LiveTable *m_table;
};

} // namespace lifeguard

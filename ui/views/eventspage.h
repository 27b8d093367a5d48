// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/models/eventsmodel.h"

#include <QWidget>

namespace lifeguard {

/// What happened to pools, workers and jobs, and why; newest first.
class EventsPage : public QWidget
{
    Q_OBJECT

public:
    explicit EventsPage(QWidget *parent = nullptr);

    void setEvents(const QList<Event> &events) { m_model->setRows(events); }
    void tick() { m_model->tick(); }

private:
    EventsModel *m_model;
};

} // namespace lifeguard

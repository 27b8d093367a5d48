// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/jobcounts.h"
#include "core/model/runningjob.h"
#include "core/model/workerrow.h"

#include <QHash>
#include <QList>
#include <QMetaType>

namespace lifeguard {

/// The state of the whole database at one moment, read off the GUI thread whenever something changed.
struct StoreSnapshot
{
    QList<WorkerRow> workers; ///< all living ones and those that ended lately, ours and others'
    QList<RunningJob> running;
    QHash<QString, JobCounts> counts; ///< by job type
    qint64 failedLastHour = 0;
    qint64 completedLastMinute = 0;
    QDateTime readAt;
    quint64 generation = 0; ///< grows with each change of the database

    [[nodiscard]] JobCounts total() const;
};

} // namespace lifeguard

Q_DECLARE_METATYPE(lifeguard::StoreSnapshot)

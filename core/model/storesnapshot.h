// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/config/configuration.h"
#include "core/model/jobcounts.h"
#include "core/model/publishedpool.h"
#include "core/model/runningjob.h"
#include "core/model/workerrow.h"

#include <QHash>
#include <QList>
#include <QMetaType>

#include <optional>

namespace lifeguard {

/// The state of the whole database at one moment. Read outside the GUI thread after each change.
struct StoreSnapshot
{
    QList<WorkerRow> workers; ///< all living workers, and those that ended recently, of all programs
    QList<RunningJob> running;
    QHash<QString, JobCounts> counts; ///< by job type
    QList<PublishedPool> pools; ///< of all managers that are not gone
    qint64 failedLastHour = 0;
    qint64 completedLastMinute = 0;
    QDateTime pruningStartsAt; ///< when the announced first deletion of history begins; invalid: none is announced
    std::optional<RetentionConfig> retention; ///< while a deletion is announced: the retention times that are stored
    QDateTime readAt;
    quint64 generation = 0; ///< increases with each snapshot of a store

    /// Returns the sum of the counts of all types.
    [[nodiscard]] JobCounts total() const;
};

} // namespace lifeguard

Q_DECLARE_METATYPE(lifeguard::StoreSnapshot)

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/eventkind.h"
#include "core/model/message.h"

#include <QDateTime>
#include <QString>

namespace lifeguard {

/// Something that happened to a pool, a worker or a job, and why: a row of lifeguard_events.
struct Event
{
    qint64 id = 0;
    QDateTime at; ///< UTC
    EventKind kind = EventKind::Unknown;
    QString unknownKind; ///< the stored name of a kind that this version does not support; empty for all other kinds
    QString pool;
    QString manager; ///< the short name of the manager that recorded it, "run-4711"; empty: unknown, or no manager
    QString executorId;
    QString workerType;
    qint64 workerId = 0;
    qint64 jobId = 0;
    Message message; ///< a literal message for rows of earlier versions, which stored only the English text

    bool operator==(const Event &) const = default;
    /// Returns the stored name of the kind ("worker_failed"), even if the kind is unknown.
    [[nodiscard]] QString kindName() const { return kind == EventKind::Unknown ? unknownKind : toString(kind); }
};

} // namespace lifeguard

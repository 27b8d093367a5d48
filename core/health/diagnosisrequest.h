// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/processidentity.h"
#include "core/health/usagehistory.h"
#include "core/model/workerinfo.h"

#include <QStringList>

namespace lifeguard {

/// The worker to diagnose, and what is already known about it. A value type.
struct DiagnosisRequest
{
    WorkerInfo worker;
    ProcessIdentity process; ///< null if only worker.pid is known, or if the pid is unknown, too
    UsageHistory history; ///< empty if this program has not measured the worker
    QStringList events; ///< of the worker, oldest first, one line each with the time
    QStringList jobs; ///< of a worker that has ended: its last jobs, one line each
    /// False for workers of other programs, which need not beat while they are busy.
    bool judgedByBeat = true;
    QString problem; ///< what could not be determined, for the user

    bool operator==(const DiagnosisRequest &) const = default;
};

} // namespace lifeguard

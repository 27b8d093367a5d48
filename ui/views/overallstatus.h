// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/jobcounts.h"
#include "core/model/poolinfo.h"
#include "core/model/workerinfo.h"
#include "ui/theme/stateappearance.h"

#include <QHash>

namespace lifeguard {

/// The state of the whole system, as the status strip shows it.
struct OverallStatus
{
    theme::StateAppearance appearance;
    QString detail; ///< the reason, for the tooltip

    bool operator==(const OverallStatus &) const = default;
};

/// Returns the most serious problem of all workers, pools and queues, or that there is none. counts contains the
/// numbers of jobs by type.
[[nodiscard]] OverallStatus assessOverallStatus(const QList<WorkerInfo> &workers, const QList<PoolInfo> &pools,
                                                const QHash<QString, JobCounts> &counts);

} // namespace lifeguard

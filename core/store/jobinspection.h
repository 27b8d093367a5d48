// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/model/job.h"
#include "core/model/jobcounts.h"
#include "core/model/jobfilter.h"

#include <QList>

namespace lifeguard {

/// A request for the present values of some jobs, for the counts of all matching jobs, and for the number of newer
/// jobs.
struct JobInspectionRequest
{
    QList<qint64> ids;
    JobFilter filter; ///< selects the jobs that are counted
    qint64 newerThan = 0; ///< matching jobs with higher ids are counted as newer
    quint64 token = 0; ///< as JobPageRequest::token
};

/// The answer to a JobInspectionRequest.
struct JobInspection
{
    QList<Job> jobs; ///< in the order of the ids; deleted jobs have only their id
    JobCounts counts;
    qint64 newer = 0;
    milliseconds cost{0}; ///< the time that reading took
};

} // namespace lifeguard

// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/jobsource.h"

#include "core/store/store.h"

namespace lifeguard {

JobSource jobSourceOf(Store &store)
{
    JobSource source;
    source.jobPage = [&store](const JobPageRequest &request) { return store.jobPage(request); };
    source.inspectJobs = [&store](const JobInspectionRequest &request) { return store.inspectJobs(request); };
    source.jobsInRows = [&store](const JobPageRequest &request, const QList<RowRange> &ranges, int maxJobs) {
        return store.jobsInRows(request, ranges, maxJobs);
    };
    return source;
}

} // namespace lifeguard

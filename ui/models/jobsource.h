// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/store/jobinspection.h"
#include "core/store/jobpage.h"

#include <QFuture>

#include <functional>

namespace lifeguard {

class Store;

/// The functions through which the jobs table reads its rows: those of Store with the same names, or a replacement in
/// tests. Each returns at once; core/store/jobpagereader.h describes the requests.
struct JobSource
{
    std::function<QFuture<Result<JobPage>>(const JobPageRequest &request)> jobPage;
    std::function<QFuture<Result<JobInspection>>(const JobInspectionRequest &request)> inspectJobs;
    std::function<QFuture<Result<QList<Job>>>(const JobPageRequest &request, const QList<RowRange> &ranges,
                                              int maxJobs)>
        jobsInRows;
};

/// Returns a source that reads from an open store. The store must outlive the source.
[[nodiscard]] JobSource jobSourceOf(Store &store);

} // namespace lifeguard

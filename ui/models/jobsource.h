// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/store/jobinspection.h"
#include "core/store/jobpage.h"

#include <QFuture>

#include <functional>

namespace lifeguard {

class Store;

/// The functions that the jobs table reads its rows with. Each returns at once; core/store/jobpages.h describes the requests.
struct JobSource
{
    std::function<QFuture<Result<JobPage>>(const JobPageRequest &request)> page;
    std::function<QFuture<Result<JobInspection>>(const JobInspectionRequest &request)> look;
    std::function<QFuture<Result<QList<Job>>>(const JobPageRequest &request, const QList<RowRange> &ranges, int maxJobs)> rows;
};

/// Returns a source that reads from an open store. The store must outlive the source.
[[nodiscard]] JobSource jobSourceOf(Store &store);

} // namespace lifeguard

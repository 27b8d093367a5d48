// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/store/jobinspection.h"
#include "core/store/jobpage.h"

#include <QFuture>

#include <functional>

namespace lifeguard {

class Store;

/// Where the table of jobs gets its rows from. Each call returns at once; the meaning of the requests is in
/// core/store/jobpages.h.
struct JobSource
{
    std::function<QFuture<Result<JobPage>>(const JobPageRequest &request)> page;
    std::function<QFuture<Result<JobInspection>>(const JobInspectionRequest &request)> look;
    std::function<QFuture<Result<QList<Job>>>(const JobPageRequest &request, const QList<RowRange> &ranges, int most)> rows;
};

/// The jobs of an open store, which must outlive the source's use.
[[nodiscard]] JobSource jobSourceOf(Store &store);

} // namespace lifeguard

// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/jobbrowser.h"

#include "core/store/jobpagereader.h"

#include <QElapsedTimer>

#include <algorithm>

namespace lifeguard {

Status JobBrowser::fixOrder(Database &database, const JobPageRequest &request)
{
    if (m_order == request.order)
        return {};
    m_order = 0;
    Result<QList<qint64>> ids = JobPageReader(database).order(request.filter, request.sort, request.now);
    if (!ids)
        return failure(ids.error());
    m_ids = request.head.isEmpty() ? std::move(*ids) : JobPageReader::beginningWith(request.head, *ids);
    m_order = request.order;
    return {};
}

Result<JobPage> JobBrowser::page(Database &database, const JobPageRequest &request)
{
    if (request.order == 0) {
        m_order = 0;
        m_ids = {};
        return JobPageReader(database).page(request);
    }
    QElapsedTimer timer;
    timer.start();
    if (const Status fixed = fixOrder(database, request); !fixed)
        return failure(fixed.error());
    const Result<QList<Job>> jobs = JobPageReader(database).byIds(m_ids.mid(request.offset, request.limit));
    if (!jobs)
        return failure(jobs.error());
    JobPage page;
    page.jobs = *jobs;
    page.total = m_ids.size();
    page.cost = milliseconds(timer.elapsed());
    return page;
}

Result<QList<Job>> JobBrowser::rows(Database &database, const JobPageRequest &request, const QList<RowRange> &ranges,
                                    int limit)
{
    if (const Status fixed = fixOrder(database, request); !fixed)
        return failure(fixed.error());
    QList<qint64> ids;
    for (const RowRange &range : ranges)
        ids += m_ids.mid(range.first, std::min<qint64>(range.last - range.first + 1, limit + 1));
    if (ids.size() > limit)
        return failure(ErrorCode::InvalidArgument, tr("More than %n jobs are selected. Select fewer.", nullptr, limit));
    return JobPageReader(database).byIds(ids);
}

} // namespace lifeguard

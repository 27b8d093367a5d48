// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/jobtotalsreader.h"

#include "core/store/database.h"

#include <algorithm>

namespace lifeguard {
namespace {

void add(DurationHistogram &histogram, qint64 bucket, qint64 jobs, double seconds)
{
    const auto bound = std::find(histogram.bounds.cbegin(), histogram.bounds.cend(), bucket);
    if (bound == histogram.bounds.cend())
        return; // the duration is unknown
    histogram.jobs[std::size_t(bound - histogram.bounds.cbegin())] += jobs;
    histogram.seconds += seconds;
}

} // namespace

Result<JobTotalsByType> JobTotalsReader::read()
{
    JobTotalsByType totals;
    if (!m_db.hasTable(QStringLiteral("lifeguard_job_totals")))
        return totals;
    const Status done = m_db.run("jobs_totals", {}, [&totals](const QSqlQuery &row) {
        JobTotals &ofType = totals[row.value(0).toString()];
        const QString measure = row.value(1).toString();
        const qint64 bucket = row.value(2).toLongLong();
        const qint64 jobs = row.value(3).toLongLong();
        const double seconds = row.value(4).toDouble();
        if (measure == QLatin1String("completed")) {
            ofType.completed += jobs;
            add(ofType.duration, bucket, jobs, seconds);
        } else if (measure == QLatin1String("failed")) {
            ofType.failed += jobs;
            add(ofType.duration, bucket, jobs, seconds);
        } else if (measure == QLatin1String("cancelled")) {
            ofType.cancelled += jobs;
        } else if (measure == QLatin1String("returned")) {
            ofType.returned += jobs;
        } else if (measure == QLatin1String("waited")) {
            add(ofType.waited, bucket, jobs, seconds);
        }
    });
    if (!done)
        return failure(done.error());
    return totals;
}

} // namespace lifeguard

// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/snapshotreader.h"

#include "core/base/timestamp.h"
#include "core/store/jobreader.h"
#include "core/store/publishedpools.h"
#include "core/store/retentionstate.h"
#include "core/store/workerregistry.h"

#include <QSqlQuery>

namespace lifeguard {
namespace {

constexpr seconds endedWorkersShown{600};

} // namespace

Result<StoreSnapshot> SnapshotReader::read()
{
    StoreSnapshot snapshot;
    snapshot.readAt = m_clock.utcNow();
    auto workers = WorkerRegistry(m_db, m_clock).list(snapshot.readAt.addSecs(-endedWorkersShown.count()));
    if (!workers)
        return failure(workers.error());
    snapshot.workers = std::move(*workers);
    JobReader jobs(m_db);
    auto counts = jobs.counts();
    if (!counts)
        return failure(counts.error());
    snapshot.counts = std::move(*counts);
    auto running = jobs.running();
    if (!running)
        return failure(running.error());
    snapshot.running = std::move(*running);
    auto pools = PublishedPools(m_db, m_clock).list();
    if (!pools)
        return failure(pools.error());
    snapshot.pools = std::move(*pools);
    const auto retention = RetentionState(m_db, m_clock).state();
    if (!retention)
        return failure(retention.error());
    snapshot.pruningStartsAt = retention->begins;
    if (retention->begins.isValid()) {
        const auto times = RetentionState(m_db, m_clock).stored();
        if (!times)
            return failure(times.error());
        snapshot.retention = *times;
    }
    if (const Status recent = readRecentJobs(snapshot); !recent)
        return failure(recent.error());
    return snapshot;
}

Status SnapshotReader::readRecentJobs(StoreSnapshot &snapshot)
{
    const Values values{{QStringLiteral("hour"), toSqlTime(snapshot.readAt.addSecs(-3600))},
                        {QStringLiteral("minute"), toSqlTime(snapshot.readAt.addSecs(-60))}};
    return m_db.run("jobs_recent", values, [&snapshot](const QSqlQuery &row) {
        snapshot.failedLastHour = row.value(0).toLongLong();
        snapshot.completedLastMinute = row.value(1).toLongLong();
    });
}

} // namespace lifeguard

// SPDX-License-Identifier: GPL-3.0-or-later
#include "retentionbenchmark.h"

#include "measuring.h"
#include "requirement.h"

#include "core/pool/historypruner.h"
#include "core/pool/timerscheduler.h"
#include "tests/support/pooltest.h"
#include "tests/support/queuetest.h"

#include <QFileInfo>

#include <algorithm>

namespace lifeguard::bench {
namespace {

using test::PoolTest;
using test::RawSql;
using test::waitUntil;

constexpr int pendingPerPeriod = 60000; ///< more than the workers finish
constexpr double deletedTarget = 1e6 / 3600; ///< a million in an hour
constexpr double rateTarget = 0.9; ///< of the rate of the workers without the deletion
constexpr double holdTargetMs = 20;

/// Runs the first pass at once.
class EagerScheduler final : public Scheduler
{
public:
    void callAfter(milliseconds delay, QObject *context, std::function<void()> callback) override
    {
        m_timers.callAfter(delay == HistoryPruner::firstPassAfter ? milliseconds(0) : delay, context,
                           std::move(callback));
    }

private:
    TimerScheduler m_timers;
};

/// What happened in a period of time.
struct Period
{
    double seconds = 0;
    double done = 0;
    double deleted = 0;
};

/// Adds jobs of last year that Lifeguard has added, with content hashes in random order.
void addOldJobs(RawSql &raw, int count)
{
    require(raw.exec(QStringLiteral("BEGIN")), raw.error());
    require(raw.exec(QStringLiteral(
                         "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) "
                         "INSERT INTO jobs (job_type, status, priority, input_file, output_file, content_hash, "
                         "payload, created_at, started_at, completed_at, worker_id, attempts) "
                         "SELECT 'plantuml', 'completed', 0, printf('/home/anna/course/diagrams/%07d.puml', i), "
                         "printf('/home/anna/course/output/diagrams/%07d.svg', i), lower(hex(randomblob(32))), "
                         "'{\"data\": \"' || hex(zeroblob(150)) || '\"}', "
                         "strftime('%Y-%m-%d %H:%M:%f', '2025-01-01', printf('+%d seconds', i * 25)), "
                         "strftime('%Y-%m-%d %H:%M:%f', '2025-01-01', printf('+%d seconds', i * 25 + 1)), "
                         "strftime('%Y-%m-%d %H:%M:%f', '2025-01-01', printf('+%d seconds', i * 25 + 2)), "
                         "i % 7 + 1, 1 FROM n"),
                     {count}),
            raw.error());
    require(raw.exec(QStringLiteral("INSERT INTO lifeguard_jobs (job_id, submission_id) "
                                    "SELECT id, id / 40 FROM jobs WHERE job_type = 'plantuml'")),
            raw.error());
    require(raw.exec(QStringLiteral("COMMIT")), raw.error());
}

/// Adds jobs that take no time, as many as the workers may finish.
void addPendingJobs(RawSql &raw, int count)
{
    require(raw.exec(QStringLiteral("BEGIN")), raw.error());
    require(raw.exec(QStringLiteral("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) "
                                    "INSERT INTO jobs (job_type, status, priority, input_file, output_file, "
                                    "content_hash, payload, created_at, attempts, max_attempts) "
                                    "SELECT 'noop', 'pending', 0, '', '', '', '{}', "
                                    "strftime('%Y-%m-%d %H:%M:%f', 'now'), 0, 3 FROM n"),
                     {count}),
            raw.error());
    require(raw.exec(QStringLiteral("INSERT INTO lifeguard_jobs (job_id) SELECT id FROM jobs "
                                    "WHERE job_type = 'noop' AND status = 'pending'")),
            raw.error());
    require(raw.exec(QStringLiteral("COMMIT")), raw.error());
}

double countOf(RawSql &raw, const char *column, const char *type)
{
    return raw
        .value(QStringLiteral("SELECT %1 FROM lifeguard_job_counts WHERE job_type = '%2'")
                   .arg(QLatin1String(column), QLatin1String(type)))
        .toDouble();
}

void measure(RawSql &raw, int ms, Period &period)
{
    const double done = countOf(raw, "completed", "noop");
    const double old = countOf(raw, "completed", "plantuml");
    const Stopwatch watch;
    QTest::qWait(ms);
    period.seconds += watch.seconds();
    period.done += countOf(raw, "completed", "noop") - done;
    period.deleted += old - countOf(raw, "completed", "plantuml");
}

} // namespace

void measureRetention(Report &report, const Sizes &sizes)
{
    const int jobs = sizes.choose(1000000, 2000);
    const int periods = sizes.choose(6, 1);
    const int periodMs = sizes.choose(4000, 200);
    PoolTest pool;
    require(pool.begin(), QStringLiteral("The manager did not start."));
    RawSql raw(pool.store->path());
    addOldJobs(raw, jobs);
    addPendingJobs(raw, pendingPerPeriod * periods);
    raw.exec(QStringLiteral("PRAGMA wal_checkpoint(TRUNCATE)"));
    report.setting(
        QStringLiteral("old jobs"),
        QStringLiteral("%1, %2 MB").arg(jobs).arg(double(QFileInfo(pool.store->path()).size()) / 1e6, 0, 'f', 0));
    report.setting(QStringLiteral("noop workers"), QStringLiteral("2"));

    (void)valueOf(pool.manager->startPool(PoolTest::noop(2)));
    require(waitUntil([&] { return countOf(raw, "completed", "noop") > 500; }),
            QStringLiteral("The workers finish no jobs."));
    EagerScheduler scheduler;
    Period without;
    Period with;
    std::chrono::microseconds longest{0};
    for (int i = 0; i < periods; ++i) { // alternating, because the rate of the machine varies
        measure(raw, periodMs, without);
        HistoryPruner pruner(*pool.store, pool.clock, scheduler, {}, pool.manager->managerId(), {});
        pruner.start();
        QTest::qWait(periodMs / 8);
        measure(raw, periodMs, with);
        longest = std::max(longest, pruner.longestHold());
    }
    require(countOf(raw, "pending", "noop") > 0, QStringLiteral("The workers ran out of jobs."));
    const QString unit = QStringLiteral("jobs/s");
    report.add({QStringLiteral("old jobs deleted"),
                with.deleted / with.seconds,
                unit,
                {},
                Target::valueAtLeast(deletedTarget),
                {}});
    report.add({QStringLiteral("workers during the deletion"),
                with.done / with.seconds,
                unit,
                Limit{QStringLiteral("without it"), without.done / without.seconds},
                Target::ratioAtLeast(rateTarget),
                {}});
    report.add({QStringLiteral("longest hold of the write lock"),
                double(longest.count()) / 1000,
                QStringLiteral("ms"),
                {},
                Target::valueAtMost(holdTargetMs),
                {}});
    require(pool.stopAll(), QStringLiteral("The workers did not stop."));
}

} // namespace lifeguard::bench

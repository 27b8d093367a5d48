// SPDX-License-Identifier: GPL-3.0-or-later
// Measures the deletion of old jobs while workers run at full speed: jobs deleted per second, the rate that the workers
// lose, and the longest time for which the write lock was held. See README.md in this folder.
#include "tests/support/pooltest.h"
#include "tests/support/queuetest.h"

#include "core/pool/historypruner.h"
#include "core/pool/timerscheduler.h"

#include <QElapsedTimer>
#include <QFileInfo>

#include <cstdio>
#include <vector>

using namespace lifeguard;
using namespace lifeguard::test;

namespace {

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

} // namespace

class BenchRetention : public QObject
{
    Q_OBJECT

private:
    const int m_jobs = qEnvironmentVariableIntValue("JOBS") > 0 ? qEnvironmentVariableIntValue("JOBS") : 1'000'000;
    const int m_periods = qEnvironmentVariableIntValue("PERIODS") > 0 ? qEnvironmentVariableIntValue("PERIODS") : 6;

    /// Adds jobs of last year that Lifeguard has added, with content hashes in random order.
    void addOldJobs(RawSql &raw) const
    {
        QVERIFY(raw.exec(QStringLiteral("BEGIN")));
        QVERIFY(raw.exec(QStringLiteral(
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
                         {m_jobs}));
        QVERIFY(raw.exec(QStringLiteral("INSERT INTO lifeguard_jobs (job_id, submission_id) "
                                        "SELECT id, id / 40 FROM jobs WHERE job_type = 'plantuml'")));
        QVERIFY(raw.exec(QStringLiteral("COMMIT")));
    }

    /// Adds jobs that take no time, as many as the workers may finish.
    static void addPendingJobs(RawSql &raw, int count)
    {
        QVERIFY(raw.exec(QStringLiteral("BEGIN")));
        QVERIFY(raw.exec(QStringLiteral("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) "
                                        "INSERT INTO jobs (job_type, status, priority, input_file, output_file, "
                                        "content_hash, payload, created_at, attempts, max_attempts) "
                                        "SELECT 'noop', 'pending', 0, '', '', '', '{}', "
                                        "strftime('%Y-%m-%d %H:%M:%f', 'now'), 0, 3 FROM n"),
                         {count}));
        QVERIFY(raw.exec(QStringLiteral("INSERT INTO lifeguard_jobs (job_id) SELECT id FROM jobs "
                                        "WHERE job_type = 'noop' AND status = 'pending'")));
        QVERIFY(raw.exec(QStringLiteral("COMMIT")));
    }

    static double countOf(RawSql &raw, const char *column, const char *type)
    {
        return raw
            .value(QStringLiteral("SELECT %1 FROM lifeguard_job_counts WHERE job_type = '%2'")
                       .arg(QLatin1String(column), QLatin1String(type)))
            .toDouble();
    }

    static void measure(RawSql &raw, int ms, Period &period)
    {
        const double done = countOf(raw, "completed", "noop");
        const double old = countOf(raw, "completed", "plantuml");
        QElapsedTimer timer;
        timer.start();
        QTest::qWait(ms);
        period.seconds += double(timer.nsecsElapsed()) / 1e9;
        period.done += countOf(raw, "completed", "noop") - done;
        period.deleted += old - countOf(raw, "completed", "plantuml");
    }

private Q_SLOTS:
    void pruning()
    {
        PoolTest t;
        QVERIFY(t.begin());
        RawSql raw(t.store->path());
        QElapsedTimer timer;
        timer.start();
        addOldJobs(raw);
        addPendingJobs(raw, 60'000 * m_periods);
        raw.exec(QStringLiteral("PRAGMA wal_checkpoint(TRUNCATE)"));
        std::printf("wrote %d old jobs in %.0f s, %.0f MB\n", m_jobs, double(timer.elapsed()) / 1000,
                    double(QFileInfo(t.store->path()).size()) / 1e6);

        QVERIFY(t.manager->startPool(PoolTest::noop(2)));
        QVERIFY(QTest::qWaitFor([&] { return countOf(raw, "completed", "noop") > 500; }, patience));
        EagerScheduler scheduler;
        Period without;
        Period with;
        std::chrono::microseconds longest{0};
        for (int i = 0; i < m_periods; ++i) { // alternating, because the rate of the machine varies
            measure(raw, 4000, without);
            HistoryPruner pruner(*t.store, t.clock, scheduler, {}, t.manager->managerId(), {});
            pruner.start();
            QTest::qWait(500);
            measure(raw, 4000, with);
            longest = std::max(longest, pruner.longestHold());
        }
        QVERIFY(countOf(raw, "pending", "noop") > 0);
        const double rate = with.deleted / with.seconds;
        std::printf("%.0f old jobs deleted per second: a million takes %.0f minutes (limit 60)\n", rate,
                    rate > 0 ? 1e6 / rate / 60 : 0);
        const double rateWithout = without.done / without.seconds;
        const double rateWith = with.done / with.seconds;
        std::printf("2 noop workers: %.0f jobs/s without, %.0f jobs/s with the deletion: %.1f %% less (limit 10 %%)\n",
                    rateWithout, rateWith, 100 * (1 - rateWith / rateWithout));
        std::printf("write lock held for at most %.1f ms (limit 20)\n", double(longest.count()) / 1000);
        QVERIFY(t.stopAll());
    }
};

QTEST_GUILESS_MAIN(BenchRetention)
#include "bench_retention.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
#include "throughputbenchmark.h"

#include "measuring.h"
#include "noopruns.h"
#include "queuefile.h"

#include "core/base/timestamp.h"

namespace lifeguard::bench {
namespace {

/// Returns the jobs per second of one connection that claims and acknowledges each job in a transaction of its own,
/// with the statements of Lifeguard, and does nothing else.
double bareLoop(int jobs, const QString &synchronous)
{
    QueueFile queue;
    queue.add(jobs);
    queue.emptyLog();
    BareConnection connection(queue.path(), synchronous);
    connection.exec(
        QStringLiteral("INSERT INTO workers (worker_type, container_id, status) VALUES ('noop', 'x', 'idle')"));
    BareStatement begin(connection.handle(), QStringLiteral("BEGIN IMMEDIATE"));
    BareStatement commit(connection.handle(), QStringLiteral("COMMIT"));
    BareStatement claim(connection.handle(), queue.statement(QStringLiteral("job_claim")));
    BareStatement acknowledge(connection.handle(), queue.statement(QStringLiteral("job_acknowledge")));
    const QByteArray now = toSqlTime(QDateTime::currentDateTimeUtc()).toUtf8();
    claim.bind(":worker_id", qint64(1));
    claim.bind(":type", QByteArray("noop"));
    claim.bind(":mode", QByteArray("direct"));
    claim.bind(":now", now);
    claim.bind(":limit", qint64(1));
    acknowledge.bind(":worker_id", qint64(1));
    acknowledge.bind(":attempt", qint64(1));
    acknowledge.bind(":now", now);
    const Stopwatch watch;
    for (int i = 0; i < jobs; ++i) {
        begin.run();
        const qint64 id = claim.run();
        commit.run();
        begin.run();
        acknowledge.bind(":id", id);
        acknowledge.run();
        commit.run();
    }
    return jobs / watch.seconds();
}

/// Returns the jobs per second of idle worker processes, from the commit that adds the jobs to the last completed job.
double workers(int count, int jobs, const QString &synchronous, int largestBatch)
{
    QueueFile queue;
    const NoopRun run = runNoopJobs(queue, count, jobs,
                                    {{"LIFEGUARD_LARGEST_BATCH", QByteArray::number(largestBatch)},
                                     {"LIFEGUARD_SYNCHRONOUS", synchronous.toUtf8()}});
    return jobs / run.seconds;
}

} // namespace

void measureThroughput(Report &report, const Sizes &sizes)
{
    const int jobs = sizes.choose(20000, 200);
    const QList<int> counts = sizes.choose<QList<int>>({1, 2, 4, 8, 64, 200, 400}, {1, 2});
    report.setting(QStringLiteral("jobs"), QString::number(jobs));
    for (const QString &synchronous : {QStringLiteral("NORMAL"), QStringLiteral("FULL")}) {
        const QString suffix = QStringLiteral(", ") + synchronous;
        const Limit bare{QStringLiteral("bare loop"), bareLoop(jobs, synchronous)};
        const QString unit = QStringLiteral("jobs/s");
        report.add({QStringLiteral("1 worker, no batches") + suffix,
                    workers(1, jobs, synchronous, 1),
                    unit,
                    bare,
                    Target::ratioAtLeast(1.0),
                    {}});
        double ofEight = 0;
        for (const int count : counts) {
            const double rate = workers(count, jobs, synchronous, 0);
            Row row{QStringLiteral("%1 workers").arg(count) + suffix, rate, unit, bare, {}, {}};
            if (count == 1)
                row.target = Target::ratioAtLeast(3.0);
            if (count == 8)
                ofEight = rate;
            if (count > 8) {
                row.limit = {QStringLiteral("8 workers"), ofEight};
                row.target = Target::ratioAtLeast(0.95);
            }
            report.add(row);
        }
    }
}

} // namespace lifeguard::bench

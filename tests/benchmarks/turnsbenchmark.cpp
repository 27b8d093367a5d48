// SPDX-License-Identifier: GPL-3.0-or-later
#include "turnsbenchmark.h"

#include "measuring.h"
#include "noopruns.h"
#include "queuefile.h"
#include "requirement.h"

#include <QByteArray>
#include <QFile>
#include <QList>

#include <chrono>

namespace lifeguard::bench {
namespace {

constexpr double nearlyAll = 0.99;
constexpr double waitTargetMs = 50;
constexpr double shareTarget = 0.5;
constexpr int fewWorkers = 8; ///< the share has a target up to this number

/// Reads the waits, in milliseconds, that began in a run (core/store/lockwaits.h).
QList<double> waitsIn(const QString &path, const NoopRun &run)
{
    using std::chrono::duration_cast;
    using std::chrono::microseconds;
    const qint64 begin = duration_cast<microseconds>(run.begin.time_since_epoch()).count();
    const qint64 end = begin + qint64(run.seconds * 1e6);
    QFile file(path);
    require(file.open(QIODevice::ReadOnly), QStringLiteral("The workers have not recorded how long they waited."));
    QList<double> waits;
    for (const QByteArray &line : file.readAll().split('\n')) {
        const QList<QByteArray> words = line.split(' ');
        if (words.size() == 2 && words.at(0).toLongLong() >= begin && words.at(0).toLongLong() < end)
            waits.append(words.at(1).toDouble() / 1000);
    }
    return waits;
}

/// Returns the number of jobs of the worker that has completed the fewest.
double fewestJobs(const QueueFile &queue)
{
    return double(
        BareConnection(queue.path())
            .number(QStringLiteral("SELECT min(jobs) FROM (SELECT count(j.id) AS jobs FROM workers w LEFT JOIN "
                                   "jobs j ON j.worker_id = w.id GROUP BY w.id)")));
}

void measure(Report &report, int workers, int jobs)
{
    QueueFile queue;
    const QString path = queue.folder() + QStringLiteral("/waits");
    const NoopRun run = runNoopJobs(queue, workers, jobs, {{"LIFEGUARD_LOCK_WAITS", path.toUtf8()}});
    const QList<double> waits = waitsIn(path, run);
    const double turnMs = run.seconds * 1000 / double(waits.size());
    const QString name = QStringLiteral("%1 workers, ").arg(workers);
    const QString ms = QStringLiteral("ms");
    const Limit everyOther{QStringLiteral("a turn of every other worker"), turnMs * (workers - 1)};
    report.add({name + QStringLiteral("wait for a turn, p50"), median(waits), ms, everyOther, {}, {}});
    report.add({name + QStringLiteral("wait for a turn, p99"), percentile(waits, nearlyAll), ms, everyOther,
                Target::valueAtMost(waitTargetMs),
                QStringLiteral("%1 transactions, %2 jobs each")
                    .arg(waits.size())
                    .arg(double(jobs) / double(waits.size()), 0, 'f', 1)});
    report.add({name + QStringLiteral("longest wait"), percentile(waits, 1), ms, everyOther, {}, {}});
    Row share{name + QStringLiteral("fewest jobs of a worker"),
              fewestJobs(queue),
              QStringLiteral("jobs"),
              Limit{QStringLiteral("fair share"), double(jobs) / workers},
              {},
              {}};
    if (workers <= fewWorkers)
        share.target = Target::ratioAtLeast(shareTarget);
    report.add(share);
}

} // namespace

void measureTurns(Report &report, const Sizes &sizes)
{
    const int jobs = sizes.choose(20000, 2000);
    report.setting(QStringLiteral("jobs"), QString::number(jobs));
    for (const int workers : sizes.choose<QList<int>>({fewWorkers, 64}, {2}))
        measure(report, workers, jobs);
}

} // namespace lifeguard::bench

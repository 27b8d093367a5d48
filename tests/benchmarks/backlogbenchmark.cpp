// SPDX-License-Identifier: GPL-3.0-or-later
#include "backlogbenchmark.h"

#include "measuring.h"
#include "queuefile.h"
#include "requirement.h"
#include "workerprocesses.h"

#include <QList>
#include <QThread>

namespace lifeguard::bench {
namespace {

const QString noop = QStringLiteral("noop");
constexpr int backlogPriority = -1;

struct Backlog
{
    QString name;
    int jobs;
    int payloadBytes;
};

struct Length
{
    QList<int> workers;
    int rounds;
    int warmUp; ///< jobs until the workers have found the size of their batches
    int jobs; ///< measured in each round
    int spare; ///< more jobs than the workers complete before and after the measured ones
};

qint64 pending(const QueueFile &queue, const QString &priorities)
{
    return BareConnection(queue.path())
        .number(QStringLiteral("SELECT count(*) FROM jobs WHERE job_type = 'noop' AND status = 'pending' AND ")
                + priorities);
}

/// Returns the jobs per second of workers that have more jobs than they complete, so that none takes a job of the
/// backlog.
double rate(QueueFile &queue, int workers, const Length &length)
{
    constexpr int pollMs = 2;
    constexpr int patienceSeconds = 60;
    const QString first = QStringLiteral("priority = 0");
    queue.add(int(length.jobs + length.spare - pending(queue, first)), noop);
    queue.emptyLog();
    double seconds = 0;
    qint64 completedJobs = 0;
    {
        WorkerProcesses processes(queue, workers);
        BareConnection connection(queue.path());
        BareStatement registered(connection.handle(),
                                 QStringLiteral("SELECT count(*) FROM workers WHERE status IN ('idle', 'busy')"));
        BareStatement completed(connection.handle(),
                                QStringLiteral("SELECT completed FROM lifeguard_job_counts WHERE job_type = 'noop'"));
        const qint64 atStart = completed.run();
        const Stopwatch starting;
        while (registered.run() < workers || completed.run() < atStart + length.warmUp) {
            require(starting.seconds() < patienceSeconds, QStringLiteral("The workers did not register."));
            QThread::msleep(pollMs);
        }
        const qint64 before = completed.run();
        const Stopwatch watch;
        while (completedJobs < length.jobs) {
            QThread::msleep(pollMs);
            completedJobs = completed.run() - before;
            seconds = watch.seconds();
        }
    }
    require(pending(queue, first) > 0, QStringLiteral("The workers have completed all jobs before the backlog."));
    return double(completedJobs) / seconds;
}

void measure(Report &report, const Backlog &backlog, const Length &length)
{
    QueueFile without;
    QueueFile with;
    with.add(backlog.jobs, noop, backlogPriority, backlog.payloadBytes);
    for (const int workers : length.workers) {
        QList<double> ratesWithout;
        QList<double> ratesWith;
        for (int i = 0; i < length.rounds; ++i) { // alternating, because the speed of the machine varies
            ratesWithout.append(rate(without, workers, length));
            ratesWith.append(rate(with, workers, length));
        }
        report.add({QStringLiteral("%1 workers, %2").arg(workers).arg(backlog.name),
                    median(ratesWith),
                    QStringLiteral("jobs/s"),
                    Limit{QStringLiteral("without backlog"), median(ratesWithout)},
                    Target::ratioAtLeast(0.9),
                    {}});
    }
    // The workers rely on the counts, which triggers keep.
    require(pending(with, QStringLiteral("priority < 0")) == backlog.jobs
                && pending(with, QStringLiteral("1")) == with.count(QStringLiteral("pending")),
            QStringLiteral("The backlog is not complete, or its jobs are not counted."));
}

} // namespace

void measureBacklog(Report &report, const Sizes &sizes)
{
    const Length length = sizes.choose<Length>({{1, 4}, 3, 2000, 20000, 60000}, {{1, 2}, 1, 100, 500, 10000});
    report.setting(QStringLiteral("jobs"), QStringLiteral("%1; the backlog has a lower priority").arg(length.jobs));
    report.setting(QStringLiteral("figures"), QStringLiteral("median of %1 rounds").arg(length.rounds));
    const QList<Backlog> backlogs{
        {QStringLiteral("100,000 small jobs pending"), 100000, 0},
        {QStringLiteral("1,000,000 small jobs pending"), 1000000, 0},
        {QStringLiteral("20,000 jobs of 40 KB pending"), 20000, 40000},
    };
    const QList<Backlog> smallBacklogs{
        {QStringLiteral("2,000 small jobs pending"), 2000, 0},
        {QStringLiteral("100 jobs of 40 KB pending"), 100, 40000},
    };
    for (const Backlog &backlog : sizes.choose(backlogs, smallBacklogs))
        measure(report, backlog, length);
}

} // namespace lifeguard::bench

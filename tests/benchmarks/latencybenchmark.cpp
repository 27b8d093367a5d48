// SPDX-License-Identifier: GPL-3.0-or-later
#include "latencybenchmark.h"

#include "measuring.h"
#include "queuefile.h"
#include "workerprocesses.h"

#include "core/base/timestamp.h"

#include <QFile>
#include <QRandomGenerator>
#include <QThread>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <thread>

#include <poll.h>
#include <sqlite3.h>
#include <sys/inotify.h>
#include <sys/prctl.h>
#include <unistd.h>

namespace lifeguard::bench {
namespace {

using std::chrono::microseconds;

constexpr microseconds pollPause{20};
constexpr double patienceSeconds = 30;

/// While it exists, the kernel does not prolong the short pauses of this thread, by 50 µs otherwise. Programs and
/// threads that are started in the meantime inherit that.
class ExactPauses
{
public:
    ExactPauses() { prctl(PR_SET_TIMERSLACK, 1); }
    ~ExactPauses() { prctl(PR_SET_TIMERSLACK, 0); }
    Q_DISABLE_COPY_MOVE(ExactPauses)
};

/// Adds jobs like a program that is not part of Lifeguard, and observes when they are claimed.
class AddingProgram
{
public:
    explicit AddingProgram(const QString &path)
        : m_adding(path)
        , m_observing(path)
        , m_add(m_adding.handle(),
                QStringLiteral("INSERT INTO jobs (job_type, status, priority, input_file, output_file, content_hash, "
                               "payload, created_at, attempts, max_attempts) VALUES ('noop', 'pending', 0, '', '', '', "
                               "'{}', datetime('now'), 0, 3) RETURNING id"))
        , m_isClaimed(m_observing.handle(), QStringLiteral("SELECT status <> 'pending' FROM jobs WHERE id = :id"))
        , m_isCompleted(m_observing.handle(), QStringLiteral("SELECT status = 'completed' FROM jobs WHERE id = :id"))
        , m_busyWorkers(m_observing.handle(), QStringLiteral("SELECT count(*) FROM workers WHERE status = 'busy'"))
    {
        // SQLite checkpoints within the commit, after the job is visible. The worker would claim it in the meantime.
        m_adding.exec(QStringLiteral("PRAGMA wal_autocheckpoint = 0"));
    }

    /// Adds a job and returns the milliseconds between the end of its commit and the moment at which another connection
    /// sees the committed claim. The row is read every 20 µs, so that the time is at most about 50 µs too long.
    double timeUntilClaim()
    {
        m_id = m_add.run(); // without BEGIN: the end of the statement is the end of its commit
        const Stopwatch watch;
        m_isClaimed.bind(":id", m_id);
        while (m_isClaimed.run() == 0) {
            require(watch.seconds() < patienceSeconds);
            std::this_thread::sleep_for(pollPause);
        }
        return watch.milliseconds();
    }

    /// Waits until the worker has completed the job and is idle again.
    void waitUntilIdle()
    {
        const Stopwatch watch;
        m_isCompleted.bind(":id", m_id);
        while (m_isCompleted.run() == 0 || m_busyWorkers.run() > 0) {
            require(watch.seconds() < patienceSeconds);
            QThread::msleep(1);
        }
    }

private:
    static void require(bool isInTime)
    {
        if (isInTime)
            return;
        std::fprintf(stderr, "A job was not claimed or not completed in time.\n");
        std::exit(1);
    }

    BareConnection m_adding;
    BareConnection m_observing;
    BareStatement m_add;
    BareStatement m_isClaimed;
    BareStatement m_isCompleted;
    BareStatement m_busyWorkers;
    qint64 m_id = 0;
};

/// Returns the times of jobs that are added one at a time, each after a pause in which the workers are idle.
QList<double> addOneByOne(AddingProgram &program, int jobs, const std::function<void()> &waitUntilIdle)
{
    constexpr int shortestPauseMs = 5;
    constexpr int longestPauseMs = 30;
    const ExactPauses exact;
    QList<double> times;
    for (int i = 0; i < jobs; ++i) {
        // Of varying length, so that the jobs do not fall into step with a timer.
        QThread::usleep(QRandomGenerator::global()->bounded(shortestPauseMs * 1000, longestPauseMs * 1000));
        times.append(program.timeUntilClaim());
        waitUntilIdle();
    }
    return times;
}

/// What a worker must do at least: it waits for a change of the log, then until the commit is visible, and claims.
void claimBare(const QueueFile &queue, const std::atomic<bool> &isStopping)
{
    constexpr int pollTimeoutMs = 50;
    constexpr int looks = 50;
    const ExactPauses exact;
    BareConnection connection(queue.path());
    BareStatement version(connection.handle(), QStringLiteral("PRAGMA data_version"));
    BareStatement commit(connection.handle(), QStringLiteral("COMMIT"));
    BareStatement claim(connection.handle(), queue.statement(QStringLiteral("job_claim")));
    claim.bind(":worker_id", qint64(1));
    claim.bind(":type", QByteArray("noop"));
    claim.bind(":limit", qint64(1));
    claim.bind(":limit", qint64(1));
    claim.bind(":mode", QByteArray("direct"));
    claim.bind(":now", toSqlTime(QDateTime::currentDateTimeUtc()).toUtf8());
    const int events = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    inotify_add_watch(events, QFile::encodeName(queue.path() + QStringLiteral("-wal")).constData(), IN_MODIFY);
    qint64 seen = 0; // claims at once: a job may have been added before this thread began
    while (!isStopping) {
        pollfd waiting{events, POLLIN, 0};
        poll(&waiting, 1, pollTimeoutMs);
        char buffer[4096];
        while (read(events, buffer, sizeof buffer) > 0) {}
        qint64 now = version.run();
        for (int i = 0; i < looks && now == seen; ++i) {
            std::this_thread::sleep_for(pollPause);
            now = version.run();
        }
        if (now == seen)
            continue;
        seen = now;
        // Not with the timeout of SQLite, which would sleep for a millisecond if the adding program still has the lock.
        sqlite3_busy_timeout(connection.handle(), 0);
        while (sqlite3_exec(connection.handle(), "BEGIN IMMEDIATE", nullptr, nullptr, nullptr) != SQLITE_OK)
            std::this_thread::sleep_for(pollPause);
        claim.run();
        commit.run();
    }
    ::close(events);
}

QList<double> bareTimes(int jobs)
{
    QueueFile queue;
    BareConnection(queue.path())
        .exec(QStringLiteral("INSERT INTO workers (worker_type, container_id, status) VALUES ('noop', 'x', 'idle')"));
    AddingProgram program(queue.path());
    std::atomic<bool> isStopping = false;
    std::thread claiming([&] { claimBare(queue, isStopping); });
    const QList<double> times = addOneByOne(program, jobs, [] {});
    isStopping = true;
    claiming.join();
    return times;
}

QList<double> timesOfWorkers(int workers, int jobs)
{
    QueueFile queue;
    WorkerProcesses processes(queue, workers);
    processes.waitUntilIdle();
    AddingProgram program(queue.path());
    return addOneByOne(program, jobs, [&] { program.waitUntilIdle(); });
}

} // namespace

void measureLatency(Report &report, const Sizes &sizes)
{
    constexpr double half = 0.5;
    constexpr double nearlyAll = 0.99;
    constexpr double targetOfHalf = 1; // ms
    constexpr double targetOfNearlyAll = 3; // ms
    const int jobs = sizes.choose(400, 10);
    report.setting(QStringLiteral("jobs, added one at a time"), QString::number(jobs));
    const QString unit = QStringLiteral("ms");
    const QString limitName = QStringLiteral("bare wake-up and claim");
    const QList<double> bare = bareTimes(jobs);
    for (const int workers : sizes.choose<QList<int>>({1, 4, 16, 64}, {1, 4})) {
        const QList<double> times = timesOfWorkers(workers, jobs);
        const QString name = QStringLiteral("%1 idle workers, ").arg(workers);
        report.add({name + QStringLiteral("p50"),
                    percentile(times, half),
                    unit,
                    Limit{limitName, percentile(bare, half)},
                    Target::valueAtMost(targetOfHalf),
                    {}});
        report.add({name + QStringLiteral("p99"),
                    percentile(times, nearlyAll),
                    unit,
                    Limit{limitName, percentile(bare, nearlyAll)},
                    Target::valueAtMost(targetOfNearlyAll),
                    {}});
    }
}

} // namespace lifeguard::bench

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QDateTime>
#include <QHash>
#include <QJsonObject>
#include <QList>
#include <QMetaType>
#include <QString>

#include <optional>

namespace lifeguard {

enum class JobStatus { Pending, Processing, Completed, Failed, Cancelled };

[[nodiscard]] QString toString(JobStatus status);
[[nodiscard]] std::optional<JobStatus> jobStatusFromString(const QString &text);

/// The right to finish a job: worker and attempt together. Attempts only grow, so a lease never repeats.
struct Lease
{
    qint64 jobId = 0;
    qint64 workerId = 0;
    int attempt = 0;

    bool operator==(const Lease &) const = default;
};

/// A row of jobs. All times UTC, invalid where NULL.
struct Job
{
    qint64 id = 0;
    QString type;
    JobStatus status = JobStatus::Pending;
    int priority = 0;
    QString inputFile;
    QString outputFile;
    QString contentHash;
    QByteArray payload; ///< JSON text; empty in lists, filled by JobQueue::job() and claims
    QDateTime createdAt;
    QDateTime startedAt;
    QDateTime completedAt;
    qint64 workerId = 0; ///< 0: none
    int attempts = 0;
    int maxAttempts = 3;
    QString error;
    QString traceback;
    QString correlationId;
    QDateTime cancelledAt;
    QString cancelledBy;

    bool operator==(const Job &) const = default;
    [[nodiscard]] Lease lease() const { return {id, workerId, attempts}; }
};

/// What is needed to add a job.
struct NewJob
{
    QString type;
    QString inputFile;
    QString outputFile;
    QString contentHash;
    QByteArray payload;
    int priority = 0;
    int maxAttempts = 3;
    QString correlationId;

    bool operator==(const NewJob &) const = default;
};

/// Which jobs to list, newest first.
struct JobFilter
{
    std::optional<JobStatus> status;
    QString type; ///< empty: all
    QString text; ///< part of input or output path or error; empty: all
    int limit = 1000;
    qint64 maxId = 0; ///< pages and commands by filter only: those added up to this one; 0: all

    bool operator==(const JobFilter &) const = default;
};

/// How many jobs of a type are in each state, and how long the oldest of them has waited.
struct JobCounts
{
    qint64 pending = 0;
    qint64 processing = 0;
    qint64 completed = 0;
    qint64 failed = 0;
    qint64 cancelled = 0;
    QDateTime oldestPending; ///< created_at of the oldest waiting; invalid if none

    bool operator==(const JobCounts &) const = default;
    [[nodiscard]] qint64 total() const { return pending + processing + completed + failed + cancelled; }
    JobCounts &operator+=(const JobCounts &other);
};

/// A row of workers, with what lifeguard_workers knows of it (empty where the worker did not come from us).
struct WorkerRow
{
    qint64 id = 0; ///< workers.id; 0 while starting
    QString type;
    QString executorId; ///< workers.container_id
    QString status; ///< idle, busy, hung, dead, created; empty while starting
    QDateTime startedAt;
    QDateTime lastHeartbeat;
    double cpuUsage = 0; ///< percent of one core
    double memoryUsageMb = 0;
    qint64 jobsProcessed = 0;
    qint64 jobsFailed = 0;
    double avgProcessingTime = 0; ///< seconds
    QString executionMode;
    QString pool; ///< from lifeguard_workers, as are all below
    QString managerId;
    int index = 0;
    qint64 pid = 0;
    QString reason; ///< why it is dead, stopped or hung
    bool wanted = false; ///< its end was asked for: shown as stopped instead of dead
    QString logPath;
    QDateTime endedAt;

    bool operator==(const WorkerRow &) const = default;
};

/// A job being worked on, as the worker table shows it.
struct RunningJob
{
    qint64 id = 0;
    qint64 workerId = 0;
    int attempt = 0;
    QString type;
    QString inputFile;
    QDateTime startedAt;

    bool operator==(const RunningJob &) const = default;
};

/// What happened to pools, workers and jobs, and why. Stored in lifeguard_events.
struct Event
{
    qint64 id = 0;
    QDateTime at;
    QString kind; ///< "pool_started", "worker_dead", "job_returned", …
    QString pool;
    QString executorId;
    QString workerType;
    qint64 workerId = 0;
    qint64 jobId = 0;
    QString message; ///< in words a user can read

    bool operator==(const Event &) const = default;
};

/// The state of the whole database at one moment, read off the GUI thread whenever something changed.
struct StoreSnapshot
{
    QList<WorkerRow> workers; ///< all living ones and those that ended lately, ours and others'
    QList<RunningJob> running;
    QHash<QString, JobCounts> counts; ///< by job type
    qint64 failedLastHour = 0;
    qint64 completedLastMinute = 0;
    QDateTime readAt;
    quint64 generation = 0; ///< grows with each change of the database

    [[nodiscard]] JobCounts total() const;
};

} // namespace lifeguard

Q_DECLARE_METATYPE(lifeguard::StoreSnapshot)

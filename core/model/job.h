// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/jobstatus.h"

#include <QByteArray>
#include <QDateTime>
#include <QString>

namespace lifeguard {

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

} // namespace lifeguard

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/model/jobstatus.h"

#include <QByteArray>
#include <QDateTime>
#include <QString>
#include <QStringList>

#include <optional>

namespace lifeguard {

/// The right to finish a job, identified by worker and attempt. The number of attempts only grows, so a lease never
/// repeats.
struct Lease
{
    qint64 jobId = 0;
    qint64 workerId = 0;
    int attempt = 0;

    bool operator==(const Lease &) const = default;
};

/// A row of jobs. All times are UTC, and invalid where the column is NULL.
struct Job
{
    qint64 id = 0;
    QString type;
    JobStatus status = JobStatus::Pending;
    int priority = 0;
    QString inputFile;
    QString outputFile;
    QString contentHash;
    QByteArray payload; ///< JSON text; empty in lists, filled by JobReader::job() and by claims
    QDateTime createdAt;
    QDateTime startedAt;
    QDateTime completedAt;
    qint64 workerId = 0; ///< 0: no worker
    int attempts = 0;
    int maxAttempts = 3;
    QString error;
    QString traceback;
    QString correlationId;
    QDateTime cancelledAt;
    QString cancelledBy;
    bool isForced = false; ///< the results cache is not used; filled by claims
    /// The time that the job may take; nothing: that of the pool of its worker. Filled by claims and JobReader::job().
    std::optional<seconds> maxJobTime = {};
    /// What users must know about the result, in sentences. Filled by JobReader and by the table of jobs.
    QStringList notes = {};
    QStringList outputs = {}; ///< all files that the job made, outputFile first; filled by JobReader::job() only

    bool operator==(const Job &) const = default;
    [[nodiscard]] Lease lease() const { return {id, workerId, attempts}; }
};

/// The values of a job to add.
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
    bool isForced = false; ///< the results cache is not used
    std::optional<seconds> maxJobTime = {}; ///< the time that the job may take; nothing: that of the pool of its worker

    bool operator==(const NewJob &) const = default;
};

} // namespace lifeguard

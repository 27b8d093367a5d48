// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/job.h"
#include "core/store/interruptedjobs.h"

#include <QHash>
#include <QMap>
#include <QSet>

namespace lifeguard::test {

/// A job of the model.
struct ModelJob
{
    QString type;
    int priority = 0;
    QString status = QStringLiteral("pending");
    int attempts = 0;
    int maxAttempts = 3;
    qint64 worker = 0;
    qint64 startedAt = 0; ///< ms; used for the order only
    int interrupted = 0; ///< interruptions, which count, including the last one of a job that is given up
    int returned = 0; ///< returns that did not count

    /// Returns the text that the job's row is compared with.
    [[nodiscard]] QString text(qint64 id) const;
};

/// A simple model of docs/protocol.md, "Jobs", without SQL, to which JobQueue and InterruptedJobs are compared.
class QueueModel
{
public:
    struct Worker
    {
        QString executorId;
        QString type;
        QString manager; ///< empty: a worker of another program
        bool isDead = false; ///< according to its row
        bool hasRow = true;
        bool isEnded = false; ///< a manager has recorded its end
    };

    QMap<qint64, ModelJob> jobs;
    QMap<qint64, Worker> workers;
    QSet<QString> liveManagers;

    [[nodiscard]] bool holds(const Lease &lease) const;
    /// Claims jobs and returns their ids in the order of the claim.
    QList<qint64> claim(qint64 worker, const QString &type, int limit, qint64 now);
    bool acknowledge(const Lease &lease); ///< returns whether the lease is valid
    bool fail(const Lease &lease);
    bool giveBack(const Lease &lease);
    int cancel(const QList<qint64> &ids);
    int retry(const QList<qint64> &ids);
    void returnJobsOf(qint64 worker, const ReturnOptions &policy);
    void rescue();
    /// Returns the processing jobs of a worker, oldest first.
    [[nodiscard]] QList<qint64> heldBy(qint64 worker) const;

private:
    void returnJob(ModelJob &job, bool counts);
};

} // namespace lifeguard::test

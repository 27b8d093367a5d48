// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/job.h"
#include "core/store/jobqueue.h"

#include <QHash>
#include <QMap>
#include <QSet>

namespace lifeguard::test {

/// A job as the model has it.
struct ModelJob
{
    QString type;
    int priority = 0;
    QString status = QStringLiteral("pending");
    int attempts = 0;
    int maxAttempts = 3;
    qint64 worker = 0;
    qint64 startedAt = 0; ///< ms; only its order counts
    int interrupted = 0; ///< returns that counted, given up or not
    int returned = 0; ///< returns that did not count

    /// As one row of the table reads.
    [[nodiscard]] QString text(qint64 id) const;
};

/// The table "Jobs" of shared/PROTOCOL.md once more, as plainly as it can be said, to compare JobQueue with. Knows nothing of SQL.
class QueueModel
{
public:
    struct Worker
    {
        QString executorId;
        QString type;
        QString manager; ///< empty: a worker of another program
        bool isDead = false; ///< in the table
        bool hasRow = true;
    };

    QMap<qint64, ModelJob> jobs;
    QMap<qint64, Worker> workers;
    QSet<QString> liveManagers;

    [[nodiscard]] bool holds(const Lease &lease) const;
    /// What a claim has to answer, in order; and does it.
    QList<qint64> claim(qint64 worker, const QString &type, int limit, qint64 now);
    bool acknowledge(const Lease &lease); ///< whether it may
    bool fail(const Lease &lease);
    bool giveBack(const Lease &lease);
    int cancel(const QList<qint64> &ids);
    int retry(const QList<qint64> &ids);
    void returnJobsOf(qint64 worker, const ReturnPolicy &policy);
    void rescue();
    /// The jobs a worker holds, the oldest first.
    [[nodiscard]] QList<qint64> heldBy(qint64 worker) const;

private:
    void takeBack(ModelJob &job, bool counts);
};

} // namespace lifeguard::test

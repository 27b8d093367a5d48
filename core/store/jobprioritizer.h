// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/model/jobfilter.h"
#include "core/store/database.h"

#include <QCoreApplication>
#include <QList>

namespace lifeguard {

/// Moves pending jobs to the front of the queue: gives them priorities above those of all other pending jobs of their
/// type. Their order among themselves does not change. Synchronous; on the thread of its database.
class JobPrioritizer
{
    Q_DECLARE_TR_FUNCTIONS(lifeguard::JobPrioritizer)

public:
    explicit JobPrioritizer(Database &database) : m_db(database) {}

    /// A pending job and the priority that it gets.
    struct NewPriority
    {
        qint64 id = 0;
        int priority = 0;

        bool operator==(const NewPriority &) const = default;
    };

    /// Returns the priorities that move these jobs, or the jobs that match, to the front. Jobs that are not pending are
    /// left out. InvalidArgument if there is no higher priority.
    [[nodiscard]] Result<QList<NewPriority>> plan(const QList<qint64> &ids);
    [[nodiscard]] Result<QList<NewPriority>> plan(const JobFilter &filter);
    /// Stores priorities in one transaction, from the one at next on, at most limit and fewer if the jobs are large.
    /// Moves next behind them, and returns how many jobs were still pending.
    [[nodiscard]] Result<int> apply(const QList<NewPriority> &priorities, qsizetype &next, int limit);

private:
    struct PendingJob
    {
        qint64 id = 0;
        QString type;
        qint64 priority = 0;
    };

    [[nodiscard]] Status read(const QStringList &options, const Values &values, QList<PendingJob> &jobs);
    [[nodiscard]] Result<QList<NewPriority>> plan(const QList<PendingJob> &jobs);

    Database &m_db;
};

} // namespace lifeguard

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/store/database.h"
#include "core/store/deletionbudget.h"

#include <QDateTime>
#include <QList>
#include <QVariant>

namespace lifeguard {

/// The kinds of history, in the order in which they are deleted.
enum class HistoryKind {
    CompletedJobs,
    FailedJobs,
    UndatedFailedJobs, ///< jobs that workers of CLX have failed: only the time of their start is known
    CancelledJobs,
    Submissions, ///< those whose jobs have been deleted
    Events,
    Commands,
    Workers, ///< of managers
    Results, ///< entries of the results cache
};

/// Returns all kinds, in the order of the enumeration.
[[nodiscard]] const QList<HistoryKind> &historyKinds();

/// Which history is deleted.
struct HistorySelection
{
    HistoryKind kind = HistoryKind::CompletedJobs;
    QDateTime before; ///< what ended (or was used last) before this time
    bool includesForeign = false; ///< also what other programs have added

    bool operator==(const HistorySelection &) const = default;
};

/// The position of a pass over one kind of history, from old to new. What is older has been deleted, or is kept because
/// it belongs to other programs, and need not be read again.
struct HistoryPosition
{
    QString time;
    QVariant id = 0;

    bool operator==(const HistoryPosition &) const = default;
};

/// The result of deleting one batch.
struct HistoryBatch
{
    int deleted = 0;
    bool more = false; ///< more rows may follow
    HistoryPosition position; ///< where the next batch begins
    std::chrono::microseconds held{0}; ///< how long the write lock was held; 0 if it was not taken

    bool operator==(const HistoryBatch &) const = default;
};

/// Deletes history in small batches. What to delete is searched for without the write lock, in indexes that contain all
/// columns that the search needs. Outputs are never deleted, nor rows of CLX and CLM, except jobs and results if the
/// selection includes them. Synchronous; on the thread of its database.
class Retention
{
public:
    explicit Retention(Database &database) : m_db(database) {}

    /// Deletes the next batch, in one transaction that takes as long as the budget permits, and adapts the budget.
    [[nodiscard]] Result<HistoryBatch> deleteBatch(const HistorySelection &selection, const HistoryPosition &position,
                                                   DeletionBudget &budget);
    /// Returns the number of rows that would be deleted, at most limit. Reads all of them.
    [[nodiscard]] Result<qint64> count(const HistorySelection &selection, qint64 limit);

private:
    struct Candidate
    {
        QVariant key;
        QString time;
        bool isOurs = false;
    };

    [[nodiscard]] bool isStored(HistoryKind kind) const;
    [[nodiscard]] Result<QList<Candidate>> candidates(const HistorySelection &selection,
                                                      const HistoryPosition &position, int limit);
    [[nodiscard]] Result<bool> deleteOne(const HistorySelection &selection, const QVariant &key);

    Database &m_db;
};

} // namespace lifeguard

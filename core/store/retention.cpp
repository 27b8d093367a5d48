// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/retention.h"

#include "core/base/timestamp.h"

#include <algorithm>

namespace lifeguard {
namespace {

using std::chrono::duration_cast;
using std::chrono::microseconds;
using std::chrono::steady_clock;

constexpr int rowsInBatch = 500;
constexpr int rowsInCount = 5000;

/// How one kind of history is found and deleted.
struct HistoryStatements
{
    const char *find;
    QStringList option; ///< of the last statement of deleteInOrder
    QList<const char *> deleteInOrder; ///< for one row; the last one deletes the row itself
};

const HistoryStatements &statementsOf(HistoryKind kind)
{
    static const HistoryStatements completed{"history_completed",
                                             {QStringLiteral("completed")},
                                             {"history_delete_job"}};
    static const HistoryStatements failed{"history_failed", {QStringLiteral("failed")}, {"history_delete_job"}};
    static const HistoryStatements undated{"history_failed_undated",
                                           {QStringLiteral("failed")},
                                           {"history_delete_job"}};
    static const HistoryStatements cancelled{"history_cancelled",
                                             {QStringLiteral("cancelled")},
                                             {"history_delete_job"}};
    static const HistoryStatements submissions{"history_submissions", {}, {"history_delete_submission"}};
    static const HistoryStatements events{"history_events",
                                          {},
                                          {"history_delete_worker_event", "history_delete_event"}};
    static const HistoryStatements commands{"history_commands", {}, {"history_delete_command"}};
    static const HistoryStatements workers{"history_workers", {}, {"history_delete_worker", "history_delete_owned"}};
    static const HistoryStatements results{"history_results", {}, {"history_delete_result"}};
    switch (kind) {
    case HistoryKind::CompletedJobs:
        return completed;
    case HistoryKind::FailedJobs:
        return failed;
    case HistoryKind::UndatedFailedJobs:
        return undated;
    case HistoryKind::CancelledJobs:
        return cancelled;
    case HistoryKind::Submissions:
        return submissions;
    case HistoryKind::Events:
        return events;
    case HistoryKind::Commands:
        return commands;
    case HistoryKind::Workers:
        return workers;
    case HistoryKind::Results:
        break;
    }
    return results;
}

/// Returns whether the search leaves out rows, so that a part of a batch does not mean that the end was reached.
bool leavesOutRows(HistoryKind kind)
{
    return kind == HistoryKind::Events || kind == HistoryKind::Commands;
}

} // namespace

const QList<HistoryKind> &historyKinds()
{
    static const QList<HistoryKind> all{
        HistoryKind::CompletedJobs, HistoryKind::FailedJobs,  HistoryKind::UndatedFailedJobs,
        HistoryKind::CancelledJobs, HistoryKind::Submissions, HistoryKind::Events,
        HistoryKind::Commands,      HistoryKind::Workers,     HistoryKind::Results};
    return all;
}

/// Returns whether the file has the columns that the search needs. Files of CLX may lack some.
bool Retention::isStored(HistoryKind kind) const
{
    switch (kind) {
    case HistoryKind::CancelledJobs:
        return m_db.hasColumn(QStringLiteral("jobs"), QStringLiteral("cancelled_at"));
    case HistoryKind::Results:
        return m_db.hasColumn(QStringLiteral("results_cache"), QStringLiteral("last_accessed"));
    default:
        return true;
    }
}

Result<QList<Retention::Candidate>> Retention::candidates(const HistorySelection &selection,
                                                          const HistoryPosition &position, int limit)
{
    QList<Candidate> found;
    const bool includesForeign = selection.includesForeign && selection.kind != HistoryKind::Submissions;
    const Status read = m_db.run(
        statementsOf(selection.kind).find,
        {{QStringLiteral("before"), toSqlTime(selection.before)},
         {QStringLiteral("time"), position.time.isNull() ? QStringLiteral("") : position.time},
         {QStringLiteral("id"), position.id},
         {QStringLiteral("limit"), limit}},
        [&](const QSqlQuery &row) {
            found.append({row.value(0), row.value(1).toString(), includesForeign || row.value(2).toBool()});
        });
    if (!read)
        return failure(read.error());
    return found;
}

Result<bool> Retention::deleteOne(const HistorySelection &selection, const QVariant &key)
{
    const HistoryStatements &statements = statementsOf(selection.kind);
    const Values values{{QStringLiteral("key"), key}, {QStringLiteral("before"), toSqlTime(selection.before)}};
    for (const char *statement : statements.deleteInOrder.first(statements.deleteInOrder.size() - 1)) {
        if (const Status done = m_db.run(statement, values); !done)
            return failure(done.error());
    }
    const Result<int> deleted = m_db.change(statements.deleteInOrder.last(), statements.option, values);
    if (!deleted)
        return failure(deleted.error());
    return *deleted > 0;
}

Result<HistoryBatch> Retention::deleteBatch(const HistorySelection &selection, const HistoryPosition &position,
                                            DeletionBudget &budget)
{
    HistoryBatch batch;
    batch.position = position;
    if (!isStored(selection.kind))
        return batch;
    const Result<QList<Candidate>> found = candidates(selection, position, rowsInBatch);
    if (!found)
        return failure(found.error());
    batch.more = found->size() == rowsInBatch || (leavesOutRows(selection.kind) && !found->isEmpty());
    qsizetype next = 0;
    const auto skipForeign = [&] {
        for (; next < found->size() && !found->at(next).isOurs; ++next)
            batch.position = {found->at(next).time, found->at(next).key};
    };
    skipForeign();
    if (next == found->size())
        return batch;
    int deleted = 0;
    HistoryPosition reached = batch.position;
    steady_clock::time_point begin;
    const Status done = m_db.transaction([&]() -> Status {
        begin = steady_clock::now();
        do {
            const Candidate &candidate = found->at(next);
            const Result<bool> one = deleteOne(selection, candidate.key);
            if (!one)
                return failure(one.error());
            deleted += *one ? 1 : 0;
            reached = {candidate.time, candidate.key};
            ++next;
            while (next < found->size() && !found->at(next).isOurs) {
                reached = {found->at(next).time, found->at(next).key};
                ++next;
            }
        } while (next < found->size() && steady_clock::now() - begin < budget.limit());
        return {};
    });
    if (!done)
        return failure(done.error());
    batch.held = duration_cast<microseconds>(steady_clock::now() - begin);
    budget.record(batch.held);
    batch.deleted = deleted;
    batch.position = reached;
    batch.more = batch.more || next < found->size();
    return batch;
}

Result<qint64> Retention::count(const HistorySelection &selection, qint64 limit)
{
    qint64 count = 0;
    if (!isStored(selection.kind))
        return count;
    HistoryPosition position;
    while (count < limit) {
        const Result<QList<Candidate>> found = candidates(selection, position, rowsInCount);
        if (!found)
            return failure(found.error());
        if (found->isEmpty())
            break;
        for (const Candidate &candidate : *found)
            count += candidate.isOurs ? 1 : 0;
        position = {found->last().time, found->last().key};
    }
    return std::min(count, limit);
}

} // namespace lifeguard

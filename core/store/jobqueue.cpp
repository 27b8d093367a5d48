// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/jobqueue.h"

#include "core/base/secretmasking.h"
#include "core/base/timestamp.h"
#include "core/store/eventlog.h"
#include "core/store/jobreturner.h"
#include "core/store/jobrow.h"
#include "core/store/transactionsize.h"

#include <QSqlRecord>

#include <algorithm>

namespace lifeguard {
namespace {

constexpr int triesWhileBusy = 12; ///< each of them waits for the lock, for up to 5 s

template<typename Function>
Status whileBusy(int tries, const Function &function)
{
    Status done = function();
    for (int i = 1; i < tries && !done && done.error().code == ErrorCode::Busy; ++i)
        done = function();
    return done;
}

} // namespace

Result<qint64> JobQueue::add(const NewJob &job)
{
    const Result<QList<qint64>> ids = addMany({job});
    if (!ids)
        return failure(ids.error());
    return ids->first();
}

Result<QList<qint64>> JobQueue::addMany(const QList<NewJob> &jobs, const std::optional<NewSubmission> &submission)
{
    QList<qint64> ids;
    QVariant submissionId;
    while (ids.size() < jobs.size()) {
        // Once a part is visible to other programs, a lock is no reason to give up soon.
        const int tries = ids.isEmpty() ? 1 : triesWhileBusy;
        if (const Status added = whileBusy(tries, [&] { return addChunk(jobs, submission, submissionId, ids); });
            !added) {
            if (const Status removed = whileBusy(triesWhileBusy, [&] { return removeAdded(ids); }); !removed)
                return failure(removed.error());
            return failure(added.error());
        }
    }
    return ids;
}

/// Adds the jobs that follow those of ids, up to the size of one transaction.
Status JobQueue::addChunk(const QList<NewJob> &jobs, const std::optional<NewSubmission> &submission,
                          QVariant &submissionId, QList<qint64> &ids)
{
    QList<qint64> added;
    QVariant idOfSubmission = submissionId;
    const Status done = m_db.transaction([&]() -> Status {
        const QString now = toSqlTime(m_clock.utcNow());
        if (submission && ids.isEmpty()) {
            // With the total, so that the submission does not end while jobs are still being added.
            const Result<int> inserted = m_db.change("submission_add",
                                                     {{QStringLiteral("title"), notNull(submission->title)},
                                                      {QStringLiteral("submitter"), notNull(submission->submitter)},
                                                      {QStringLiteral("now"), now},
                                                      {QStringLiteral("total"), jobs.size()}});
            if (!inserted)
                return failure(inserted.error());
            idOfSubmission = m_db.lastInsertId();
        }
        qint64 bytes = 0;
        for (qsizetype i = ids.size(); i < jobs.size() && bytes < transactionBytes; ++i) {
            const NewJob &job = jobs.at(i);
            bytes += job.payload.size() + rowBytes;
            const Result<int> inserted = m_db.change(
                "job_add",
                {{QStringLiteral("type"), job.type},
                 {QStringLiteral("priority"), job.priority},
                 {QStringLiteral("input_file"), notNull(job.inputFile)},
                 {QStringLiteral("output_file"), notNull(job.outputFile)},
                 {QStringLiteral("content_hash"), notNull(job.contentHash)},
                 {QStringLiteral("payload"), QString::fromUtf8(job.payload.isEmpty() ? QByteArray("{}") : job.payload)},
                 {QStringLiteral("max_attempts"), job.maxAttempts},
                 {QStringLiteral("correlation_id"), job.correlationId},
                 {QStringLiteral("now"), now}});
            if (!inserted)
                return failure(inserted.error());
            added.append(m_db.lastInsertId());
            const Status submitted = m_db.run("submitted_job_add",
                                              {{QStringLiteral("job_id"), added.last()},
                                               {QStringLiteral("submission_id"), idOfSubmission},
                                               {QStringLiteral("max_job_time"),
                                                job.maxJobTime ? QVariant(qint64(job.maxJobTime->count()))
                                                               : QVariant()},
                                               {QStringLiteral("is_forced"), job.isForced ? 1 : 0}});
            if (!submitted)
                return submitted;
        }
        return {};
    });
    if (done) {
        ids += added;
        submissionId = idOfSubmission;
    }
    return done;
}

/// Removes those of the jobs that no worker has claimed.
Status JobQueue::removeAdded(const QList<qint64> &ids)
{
    const Result<int> removed = changeEach(ids, "job_remove_added", {});
    return removed ? Status() : failure(removed.error());
}

Result<QList<Job>> JobQueue::claim(qint64 workerId, const QString &type, int limit)
{
    QList<Job> jobs;
    const Values worker{{QStringLiteral("worker_id"), workerId}};
    const auto workerDead = [] {
        return failure(ErrorCode::WorkerDead,
                       tr("This worker is marked dead in the database and must not claim jobs."));
    };
    // Checked without the write lock, so that idle workers do not delay the busy ones.
    bool isPending = false;
    bool isAlive = false;
    Values filter{{QStringLiteral("type"), type}, {QStringLiteral("limit"), 1}};
    const Status readWorker = m_db.run("worker_alive", worker, [&isAlive, &filter](const QSqlQuery &row) {
        const QSqlRecord columns = row.record();
        isAlive = true;
        filter.insert(QStringLiteral("mode"), columns.value(QStringLiteral("execution_mode")));
        filter.insert(QStringLiteral("session"), columns.value(QStringLiteral("session_id")));
    });
    if (!readWorker)
        return failure(readWorker.error());
    if (!isAlive)
        return workerDead();
    if (const Status read = m_db.run("job_is_claimable", filter, [&isPending](const QSqlQuery &) { isPending = true; });
        !read)
        return failure(read.error());
    if (!isPending)
        return jobs;
    const Status done = m_db.transaction([&]() -> Status {
        const QString now = toSqlTime(m_clock.utcNow());
        Values values = filter;
        values.insert(QStringLiteral("worker_id"), workerId);
        values.insert(QStringLiteral("now"), now);
        values.insert(QStringLiteral("limit"), limit);
        JobRows rows;
        const Status claimed = m_db.run("job_claim", values,
                                        [&jobs, &rows](const QSqlQuery &row) { jobs.append(rows.jobOf(row)); });
        if (!claimed)
            return claimed;
        if (jobs.isEmpty())
            return {};
        const Result<int> busy = m_db.change("worker_busy",
                                             {{QStringLiteral("worker_id"), workerId}, {QStringLiteral("now"), now}});
        if (!busy)
            return failure(busy.error());
        if (*busy == 0)
            return workerDead();
        return {};
    });
    if (!done)
        return failure(done.error());
    std::sort(jobs.begin(), jobs.end(), [](const Job &a, const Job &b) {
        return a.priority != b.priority ? a.priority > b.priority : a.id < b.id;
    });
    return jobs;
}

Status JobQueue::acknowledge(const Lease &lease, double duration)
{
    return m_db.transaction([&]() -> Status {
        if (const Status completed = complete(lease); !completed)
            return completed;
        return countCompleted(lease.workerId, 1, duration);
    });
}

Status JobQueue::complete(const Lease &lease)
{
    Values values = leaseValues(lease);
    values.insert(QStringLiteral("now"), toSqlTime(m_clock.utcNow()));
    const Result<int> changed = m_db.change("job_acknowledge", values);
    if (!changed)
        return failure(changed.error());
    if (*changed == 0)
        return failure(ErrorCode::LeaseLost,
                       tr("Job %1 now belongs to another worker; its result is discarded.").arg(lease.jobId));
    return {};
}

Status JobQueue::countCompleted(qint64 workerId, int jobs, double duration)
{
    return m_db.run("worker_count_done", {{QStringLiteral("worker_id"), workerId},
                                          {QStringLiteral("now"), toSqlTime(m_clock.utcNow())},
                                          {QStringLiteral("jobs"), jobs},
                                          {QStringLiteral("seconds"), duration}});
}

Status JobQueue::fail(const Lease &lease, const QString &error, const QString &traceback)
{
    return m_db.transaction([&]() -> Status {
        Values values = leaseValues(lease);
        values.insert(QStringLiteral("now"), toSqlTime(m_clock.utcNow()));
        // Contains output of the tool.
        values.insert(QStringLiteral("error"), maskSecrets(error));
        values.insert(QStringLiteral("traceback"), traceback.isEmpty() ? QVariant() : QVariant(maskSecrets(traceback)));
        const Result<int> changed = m_db.change("job_fail", values);
        if (!changed)
            return failure(changed.error());
        if (*changed == 0)
            return failure(ErrorCode::LeaseLost,
                           tr("Job %1 now belongs to another worker; its result is discarded.").arg(lease.jobId));
        return m_db.run("worker_count_failed", values);
    });
}

Status JobQueue::giveBack(const Lease &lease, const Message &reason)
{
    return m_db.transaction([&]() -> Status {
        const Result<int> changed = m_db.change("job_return_uncounted", leaseValues(lease));
        if (!changed)
            return failure(changed.error());
        if (*changed == 0)
            return failure(ErrorCode::LeaseLost,
                           tr("Job %1 now belongs to another worker, so it was not given back.").arg(lease.jobId));
        // As when a manager returns a job: the event explains why the attempt does not count.
        Event event;
        event.kind = EventKind::JobReturned;
        event.jobId = lease.jobId;
        event.workerId = lease.workerId;
        event.message = Message("job_returned",
                                {Message("job_number", {lease.jobId}).asArgument(), reason.asArgument()});
        return EventLog(m_db, m_clock).add(event);
    });
}

Status JobQueue::interrupt(const Job &job, const Message &reason)
{
    return m_db.transaction([&]() -> Status {
        const Result<ReturnedJob> returned = JobReturner(m_db, m_clock).returnJob({job, true, true, reason});
        if (!returned)
            return failure(returned.error());
        return {};
    });
}

Status JobQueue::giveBackAll(const QList<Lease> &leases)
{
    return m_db.transaction([&]() -> Status {
        for (const Lease &lease : leases) {
            const Status returned = giveBack(lease);
            if (!returned && returned.error().code != ErrorCode::LeaseLost)
                return failure(returned.error());
        }
        return {};
    });
}

Result<bool> JobQueue::isLeaseValid(const Lease &lease)
{
    bool held = false;
    const Status done = m_db.run("job_lease_valid", leaseValues(lease), [&held](const QSqlQuery &) { held = true; });
    if (!done)
        return failure(done.error());
    return held;
}

Result<QList<Lease>> JobQueue::leasesOf(qint64 workerId)
{
    QList<Lease> leases;
    const Status read = m_db.run("jobs_held", {{QStringLiteral("worker_id"), workerId}},
                                 [&leases, workerId](const QSqlQuery &row) {
                                     leases.append({row.value(0).toLongLong(), workerId, row.value(1).toInt()});
                                 });
    if (!read)
        return failure(read.error());
    return leases;
}

Result<bool> JobQueue::hasFinishedAny(qint64 workerId, const QString &type, const QDateTime &since)
{
    bool found = false;
    // CLX stores times in whole seconds.
    const Status done = m_db.run("worker_finished",
                                 {{QStringLiteral("worker_id"), workerId},
                                  {QStringLiteral("type"), type},
                                  {QStringLiteral("since"), toSqlTime(since.addSecs(-1))}},
                                 [&found](const QSqlQuery &) { found = true; });
    if (!done)
        return failure(done.error());
    return found;
}

Result<int> JobQueue::cancel(const QList<qint64> &ids, const QString &by)
{
    return changeEach(ids, m_db.acceptsCancelled() ? "job_cancel" : "job_cancel_v1",
                      {{QStringLiteral("by"), by}, {QStringLiteral("now"), toSqlTime(m_clock.utcNow())}});
}

Result<int> JobQueue::retry(const QList<qint64> &ids)
{
    return changeEach(ids, "job_retry", {});
}

Result<int> JobQueue::rerun(const QList<qint64> &ids, bool isForced)
{
    return changeEach(ids, "job_rerun", {}, isForced ? "job_force" : "job_unforce");
}

/// Runs the statement for each job and returns the number of jobs that it changed. after: a statement to run for each
/// of those jobs.
Result<int> JobQueue::changeEach(const QList<qint64> &ids, const char *statement, Values values, const char *after)
{
    int changed = 0;
    for (qsizetype next = 0; next < ids.size();) {
        qsizetype end = next;
        int changedNow = 0;
        const Status done = m_db.transaction([&]() -> Status {
            for (qint64 bytes = 0; end < ids.size() && bytes < transactionBytes; ++end) {
                const Result<qint64> size = rowSize(m_db, ids.at(end));
                if (!size)
                    return failure(size.error());
                bytes += *size;
                values.insert(QStringLiteral("id"), ids.at(end));
                const Result<int> one = m_db.change(statement, values);
                if (!one)
                    return failure(one.error());
                changedNow += *one;
                if (*one > 0 && after) {
                    if (const Status followed = m_db.run(after, values); !followed)
                        return followed;
                }
            }
            return {};
        });
        if (!done)
            return failure(done.error());
        changed += changedNow;
        next = end;
    }
    return changed;
}

} // namespace lifeguard

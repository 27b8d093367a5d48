// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/jobqueue.h"

#include "core/base/beatfile.h"
#include "core/base/timestamp.h"
#include "core/store/eventlog.h"
#include "core/store/jobrow.h"

#include <QCoreApplication>
#include <QFileInfo>
#include <QSqlRecord>

namespace lifeguard {
namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("lifeguard::JobQueue", text);
}

/// NOT NULL columns want an empty text, not NULL.
QString notNull(const QString &text)
{
    return text.isNull() ? QStringLiteral("") : text;
}

QDateTime timeAt(const QSqlQuery &row, const QString &column)
{
    return fromSqlTime(row.value(column).toString());
}

Values leaseValues(const Lease &lease)
{
    return {{QStringLiteral("id"), lease.jobId}, {QStringLiteral("worker_id"), lease.workerId}, {QStringLiteral("attempt"), lease.attempt}};
}

Values filterValues(const JobFilter &filter)
{
    return {{QStringLiteral("status"), filter.status ? toString(*filter.status) : QStringLiteral("")},
            {QStringLiteral("type"), notNull(filter.type)},
            {QStringLiteral("text"), notNull(filter.text.toLower())},
            {QStringLiteral("limit"), filter.limit}};
}

/// A processing job whose worker ended.
struct Interrupted
{
    Job job;
    bool counts = true;
    bool hasLease = true; ///< false: worker_id is NULL or its row is gone; attempts alone name the lease
    QString reason;
};

Job interruptedOf(const QSqlQuery &row)
{
    Job job;
    job.id = row.value(QStringLiteral("id")).toLongLong();
    job.workerId = row.value(QStringLiteral("worker_id")).toLongLong();
    job.attempts = row.value(QStringLiteral("attempts")).toInt();
    job.maxAttempts = row.value(QStringLiteral("max_attempts")).toInt();
    job.startedAt = timeAt(row, QStringLiteral("started_at"));
    job.inputFile = row.value(QStringLiteral("input_file")).toString();
    job.type = row.value(QStringLiteral("job_type")).toString();
    return job;
}

} // namespace

namespace {

/// Puts one interrupted job back, or gives it up when its attempts are used up; writes the event either way.
Result<ReturnedJob> takeBack(Database &db, const Clock &clock, const Interrupted &interrupted)
{
    const Job &job = interrupted.job;
    EventLog events(db, clock);
    const QString now = toSqlTime(clock.utcNow());
    Values values = leaseValues(job.lease());
    values.insert(QStringLiteral("now"), now);
    const QString name = job.inputFile.isEmpty() ? tr("job %1").arg(job.id) : QFileInfo(job.inputFile).fileName();

    ReturnedJob returned{job.id, JobStatus::Pending, interrupted.counts};
    Event event;
    event.jobId = job.id;
    event.workerId = job.workerId;
    event.workerType = job.type;
    Result<int> changed = 0;
    if (!interrupted.counts) {
        changed = db.change("job_give_back", values);
        event.kind = QStringLiteral("job_returned");
        event.message = tr("%1 waits again, not counted as an attempt: %2").arg(name, interrupted.reason);
    } else if (job.attempts >= job.maxAttempts) {
        // Written first, so that the list below has it, and still has it when the job is retried and given up once more.
        Event death = event;
        death.kind = QStringLiteral("job_interrupted");
        death.message = interrupted.reason;
        if (const Status added = events.add(death); !added)
            return tl::unexpected(added.error());
        const Result<QList<Event>> past = events.ofJob(job.id);
        if (!past)
            return tl::unexpected(past.error());
        QStringList deaths;
        for (const Event &one : *past) {
            if (one.kind == QStringLiteral("job_interrupted"))
                deaths.append(one.at.toString(QStringLiteral("yyyy-MM-dd HH:mm:ss")) + QStringLiteral(" UTC: ") + one.message);
        }
        values.insert(QStringLiteral("error"),
                      tr("Given up: its attempts are used up. These ended with their worker:\n%1").arg(deaths.join(u'\n')));
        changed = db.change(interrupted.hasLease ? "job_give_up" : "job_give_up_orphan", values);
        returned.status = JobStatus::Failed;
        event.kind = QStringLiteral("job_given_up");
        event.message = tr("%1 is given up, its attempts are used up: %2").arg(name, interrupted.reason);
    } else {
        changed = db.change(interrupted.hasLease ? "job_return_counted" : "job_return_orphan", values);
        event.kind = QStringLiteral("job_interrupted");
        event.message = interrupted.reason;
    }
    if (!changed)
        return tl::unexpected(changed.error());
    if (*changed == 0)
        return failure(ErrorCode::LeaseLost, tr("Job %1 is somebody else's by now.").arg(job.id));
    if (const Status added = events.add(event); !added)
        return tl::unexpected(added.error());
    return returned;
}

Result<QList<ReturnedJob>> takeAllBack(Database &db, const Clock &clock, const QList<Interrupted> &all)
{
    QList<ReturnedJob> returned;
    for (const Interrupted &interrupted : all) {
        const Result<ReturnedJob> one = takeBack(db, clock, interrupted);
        if (one)
            returned.append(*one);
        else if (one.error().code != ErrorCode::LeaseLost)
            return tl::unexpected(one.error());
    }
    return returned;
}

/// The job of its batch that a worker of ours had begun when it died, from its slot; 0 where that is unknown.
qint64 begunJobFromBeat(const QString &beatPath, int slot, qint64 workerId)
{
    if (beatPath.isEmpty() || slot < 0)
        return 0;
    const auto file = BeatFile::open(beatPath, false);
    if (!file || slot >= (*file)->slotCount())
        return 0;
    const Beat beat = (*file)->read(slot);
    if (beat.workerId != workerId)
        return 0; // the slot is another's by now
    return beat.jobId > 0 ? beat.jobId : -1;
}

/// Counts the job that had begun, and no other.
QList<Interrupted> judge(const QList<Job> &jobs, const ReturnPolicy &policy)
{
    QList<Interrupted> all;
    for (const Job &job : jobs) {
        const bool begun = policy.begunJob == job.id || (policy.begunJob == 0 && all.isEmpty());
        all.append({job, begun && policy.countBegun, true, policy.reason});
    }
    return all;
}

} // namespace

Result<qint64> JobQueue::add(const NewJob &job)
{
    const Result<QList<qint64>> ids = addMany({job});
    if (!ids)
        return tl::unexpected(ids.error());
    return ids->first();
}

Result<QList<qint64>> JobQueue::addMany(const QList<NewJob> &jobs)
{
    QList<qint64> ids;
    const Status done = m_db.transaction([&]() -> Status {
        const QString now = toSqlTime(m_clock.utcNow());
        for (const NewJob &job : jobs) {
            const Result<int> added = m_db.change("job_add", {{QStringLiteral("type"), job.type},
                                                             {QStringLiteral("priority"), job.priority},
                                                             {QStringLiteral("input_file"), notNull(job.inputFile)},
                                                             {QStringLiteral("output_file"), notNull(job.outputFile)},
                                                             {QStringLiteral("content_hash"), notNull(job.contentHash)},
                                                             {QStringLiteral("payload"), QString::fromUtf8(job.payload.isEmpty() ? QByteArray("{}") : job.payload)},
                                                             {QStringLiteral("max_attempts"), job.maxAttempts},
                                                             {QStringLiteral("correlation_id"), job.correlationId},
                                                             {QStringLiteral("now"), now}});
            if (!added)
                return tl::unexpected(added.error());
            ids.append(m_db.lastInsertId());
        }
        return {};
    });
    if (!done)
        return tl::unexpected(done.error());
    return ids;
}

Result<QList<Job>> JobQueue::claim(qint64 workerId, const QString &type, int limit)
{
    QList<Job> jobs;
    const Values worker{{QStringLiteral("worker_id"), workerId}};
    // Look before locking: an idle worker must not take the write lock away from those that work.
    bool waiting = false;
    bool living = false;
    if (const Status looked = m_db.run("worker_living", worker, [&living](const QSqlQuery &) { living = true; }); !looked)
        return tl::unexpected(looked.error());
    if (!living)
        return failure(ErrorCode::WorkerDead, tr("This worker is dead in the table: it claims nothing more."));
    if (const Status looked = m_db.run("jobs_waiting", {{QStringLiteral("type"), type}}, [&waiting](const QSqlQuery &) { waiting = true; }); !looked)
        return tl::unexpected(looked.error());
    if (!waiting)
        return jobs;
    const Status done = m_db.transaction([&]() -> Status {
        const QString now = toSqlTime(m_clock.utcNow());
        for (int i = 0; i < limit; ++i) {
            const qsizetype before = jobs.size();
            const Status claimed = m_db.run("job_claim",
                                            {{QStringLiteral("worker_id"), workerId}, {QStringLiteral("type"), type}, {QStringLiteral("now"), now}},
                                            [&jobs](const QSqlQuery &row) { jobs.append(jobOf(row)); });
            if (!claimed)
                return claimed;
            if (jobs.size() == before)
                break;
        }
        if (jobs.isEmpty())
            return {};
        const Result<int> busy = m_db.change("worker_busy", {{QStringLiteral("worker_id"), workerId}, {QStringLiteral("now"), now}});
        if (!busy)
            return tl::unexpected(busy.error());
        if (*busy == 0)
            return failure(ErrorCode::WorkerDead, tr("This worker is dead in the table: it claims nothing more."));
        return {};
    });
    if (!done)
        return tl::unexpected(done.error());
    return jobs;
}

Status JobQueue::acknowledge(const Lease &lease, double took)
{
    return m_db.transaction([&]() -> Status {
        Values values = leaseValues(lease);
        values.insert(QStringLiteral("now"), toSqlTime(m_clock.utcNow()));
        values.insert(QStringLiteral("seconds"), took);
        const Result<int> changed = m_db.change("job_acknowledge", values);
        if (!changed)
            return tl::unexpected(changed.error());
        if (*changed == 0)
            return failure(ErrorCode::LeaseLost, tr("Job %1 is somebody else's by now: its result is dropped.").arg(lease.jobId));
        return m_db.run("worker_count_done", values);
    });
}

Status JobQueue::fail(const Lease &lease, const QString &error, const QString &traceback, double)
{
    return m_db.transaction([&]() -> Status {
        Values values = leaseValues(lease);
        values.insert(QStringLiteral("now"), toSqlTime(m_clock.utcNow()));
        values.insert(QStringLiteral("error"), error);
        values.insert(QStringLiteral("traceback"), traceback.isEmpty() ? QVariant() : QVariant(traceback));
        const Result<int> changed = m_db.change("job_fail", values);
        if (!changed)
            return tl::unexpected(changed.error());
        if (*changed == 0)
            return failure(ErrorCode::LeaseLost, tr("Job %1 is somebody else's by now: its result is dropped.").arg(lease.jobId));
        return m_db.run("worker_count_failed", values);
    });
}

Status JobQueue::giveBack(const Lease &lease)
{
    return m_db.transaction([&]() -> Status {
        const Result<int> changed = m_db.change("job_give_back", leaseValues(lease));
        if (!changed)
            return tl::unexpected(changed.error());
        if (*changed == 0)
            return failure(ErrorCode::LeaseLost, tr("Job %1 is somebody else's by now.").arg(lease.jobId));
        return {};
    });
}

Result<bool> JobQueue::holds(const Lease &lease)
{
    bool held = false;
    const Status done = m_db.run("job_holds", leaseValues(lease), [&held](const QSqlQuery &) { held = true; });
    if (!done)
        return tl::unexpected(done.error());
    return held;
}

Result<bool> JobQueue::hasFinishedAny(qint64 workerId, const QString &type, const QDateTime &since)
{
    bool found = false;
    // CLX writes whole seconds.
    const Status done = m_db.run("worker_finished",
                                 {{QStringLiteral("worker_id"), workerId}, {QStringLiteral("type"), type}, {QStringLiteral("since"), toSqlTime(since.addSecs(-1))}},
                                 [&found](const QSqlQuery &) { found = true; });
    if (!done)
        return tl::unexpected(done.error());
    return found;
}

Result<int> JobQueue::cancel(const QList<qint64> &ids, const QString &by)
{
    int cancelled = 0;
    const Status done = m_db.transaction([&]() -> Status {
        const char *statement = m_db.knowsCancelled() ? "job_cancel" : "job_cancel_v1";
        for (const qint64 id : ids) {
            const Result<int> changed = m_db.change(statement, {{QStringLiteral("id"), id},
                                                               {QStringLiteral("by"), by},
                                                               {QStringLiteral("now"), toSqlTime(m_clock.utcNow())}});
            if (!changed)
                return tl::unexpected(changed.error());
            cancelled += *changed;
        }
        return {};
    });
    if (!done)
        return tl::unexpected(done.error());
    return cancelled;
}

Result<int> JobQueue::retry(const QList<qint64> &ids)
{
    int retried = 0;
    const Status done = m_db.transaction([&]() -> Status {
        for (const qint64 id : ids) {
            const Result<int> changed = m_db.change("job_retry", {{QStringLiteral("id"), id}});
            if (!changed)
                return tl::unexpected(changed.error());
            retried += *changed;
        }
        return {};
    });
    if (!done)
        return tl::unexpected(done.error());
    return retried;
}

Result<QList<ReturnedJob>> JobQueue::returnJobsOf(qint64 workerId, const ReturnPolicy &policy)
{
    QList<ReturnedJob> returned;
    const Status done = m_db.transaction([&]() -> Status {
        QList<Job> jobs;
        const Status read = m_db.run("jobs_of_worker", {{QStringLiteral("worker_id"), workerId}},
                                     [&jobs](const QSqlQuery &row) { jobs.append(interruptedOf(row)); });
        if (!read)
            return read;
        const Result<QList<ReturnedJob>> all = takeAllBack(m_db, m_clock, judge(jobs, policy));
        if (!all)
            return tl::unexpected(all.error());
        returned = *all;
        return {};
    });
    if (!done)
        return tl::unexpected(done.error());
    return returned;
}

Result<QList<ReturnedJob>> JobQueue::returnOverdue(seconds limit)
{
    QList<ReturnedJob> returned;
    const Status done = m_db.transaction([&]() -> Status {
        QList<Interrupted> overdue;
        const Status read = m_db.run("jobs_overdue",
                                     {{QStringLiteral("before"), toSqlTime(m_clock.utcNow().addSecs(-limit.count()))}},
                                     [&](const QSqlQuery &row) {
                                         const Job job = interruptedOf(row);
                                         overdue.append({job, true, job.workerId > 0,
                                                         tr("over its limit of %1 s, and its worker is not living").arg(limit.count())});
                                     });
        if (!read)
            return read;
        const Result<QList<ReturnedJob>> all = takeAllBack(m_db, m_clock, overdue);
        if (!all)
            return tl::unexpected(all.error());
        returned = *all;
        return {};
    });
    if (!done)
        return tl::unexpected(done.error());
    return returned;
}

Result<QList<ReturnedJob>> JobQueue::rescue(const QStringList &liveManagers)
{
    // Both are looked for without the write lock first: mostly there is nothing to do.
    QList<Job> orphans;
    QHash<qint64, qint64> begun; // by worker id
    const auto readOrphans = [&]() -> Status {
        orphans.clear();
        return m_db.run("jobs_orphaned", {}, [&](const QSqlQuery &row) {
            const QSqlRecord record = row.record();
            const int managerColumn = record.indexOf(QStringLiteral("manager_id"));
            const QString manager = managerColumn < 0 ? QString() : row.value(managerColumn).toString();
            if (!manager.isEmpty() && liveManagers.contains(manager))
                return; // its own manager sees to it
            const Job job = interruptedOf(row);
            if (managerColumn >= 0 && !begun.contains(job.workerId)) {
                begun.insert(job.workerId, begunJobFromBeat(row.value(QStringLiteral("beat_path")).toString(),
                                                            row.value(QStringLiteral("beat_slot")).toInt(), job.workerId));
            }
            orphans.append(job);
        });
    };
    QList<qint64> usedUp;
    const auto readUsedUp = [&]() -> Status {
        usedUp.clear();
        return m_db.run("jobs_used_up", {}, [&usedUp](const QSqlQuery &row) { usedUp.append(row.value(0).toLongLong()); });
    };
    QList<ReturnedJob> returned;
    if (const Status read = readOrphans(); !read)
        return tl::unexpected(read.error());
    if (const Status read = readUsedUp(); !read)
        return tl::unexpected(read.error());
    if (orphans.isEmpty() && usedUp.isEmpty())
        return returned;
    const Status done = m_db.transaction([&]() -> Status {
        if (const Status read = readOrphans(); !read)
            return read;
        if (const Status read = readUsedUp(); !read)
            return read;
        QHash<qint64, QList<Job>> byWorker;
        for (const Job &job : orphans)
            byWorker[job.workerId].append(job);
        for (auto jobs = byWorker.cbegin(); jobs != byWorker.cend(); ++jobs) {
            const QString reason = tr("its worker is gone, and no manager looked after it");
            QList<Interrupted> all;
            if (jobs.key() > 0) {
                all = judge(jobs.value(), {begun.value(jobs.key()), true, reason});
            } else {
                // Without a worker they are of no batch: each counts.
                for (const Job &job : jobs.value())
                    all.append({job, true, false, reason});
            }
            const Result<QList<ReturnedJob>> back = takeAllBack(m_db, m_clock, all);
            if (!back)
                return tl::unexpected(back.error());
            returned += *back;
        }
        for (const qint64 id : usedUp) {
            const QString error = tr("Its attempts were used up while it waited: nobody could have claimed it any more. Retry puts it back.");
            const Result<int> changed = m_db.change("job_fail_used_up", {{QStringLiteral("id"), id},
                                                                        {QStringLiteral("error"), error},
                                                                        {QStringLiteral("now"), toSqlTime(m_clock.utcNow())}});
            if (!changed)
                return tl::unexpected(changed.error());
            if (*changed > 0)
                returned.append({id, JobStatus::Failed, false});
        }
        return {};
    });
    if (!done)
        return tl::unexpected(done.error());
    return returned;
}

Result<int> JobQueue::clearFinished(const QDateTime &before)
{
    int cleared = 0;
    const Status done = m_db.transaction([&]() -> Status {
        const Result<int> changed = m_db.change("jobs_clear", {{QStringLiteral("before"), toSqlTime(before)}});
        if (!changed)
            return tl::unexpected(changed.error());
        cleared = *changed;
        return {};
    });
    if (!done)
        return tl::unexpected(done.error());
    return cleared;
}

Result<Job> JobQueue::job(qint64 id)
{
    std::optional<Job> found;
    const Status done = m_db.run("job_get", {{QStringLiteral("id"), id}}, [&found](const QSqlQuery &row) { found = jobOf(row); });
    if (!done)
        return tl::unexpected(done.error());
    if (!found)
        return failure(ErrorCode::NotFound, tr("There is no job %1.").arg(id));
    return *found;
}

Result<QList<Job>> JobQueue::list(const JobFilter &filter)
{
    QList<Job> jobs;
    const Status done = m_db.run(filter.activeFirst ? "jobs_list_active_first" : "jobs_list", filterValues(filter),
                                 [&jobs](const QSqlQuery &row) { jobs.append(jobOf(row)); });
    if (!done)
        return tl::unexpected(done.error());
    return jobs;
}

Result<qint64> JobQueue::count(const JobFilter &filter)
{
    qint64 count = 0;
    const Status done = m_db.run("jobs_count", filterValues(filter), [&count](const QSqlQuery &row) { count = row.value(0).toLongLong(); });
    if (!done)
        return tl::unexpected(done.error());
    return count;
}

Result<QHash<QString, JobCounts>> JobQueue::counts()
{
    QHash<QString, JobCounts> counts;
    const Status counted = m_db.run("jobs_counts", {}, [&counts](const QSqlQuery &row) {
        JobCounts &entry = counts[row.value(1).toString()];
        const qint64 n = row.value(2).toLongLong();
        switch (jobStatusFromString(row.value(0).toString()).value_or(JobStatus::Pending)) {
        case JobStatus::Pending:
            entry.pending = n;
            break;
        case JobStatus::Processing:
            entry.processing = n;
            break;
        case JobStatus::Completed:
            entry.completed = n;
            break;
        case JobStatus::Failed:
            entry.failed = n;
            break;
        case JobStatus::Cancelled:
            entry.cancelled = n;
            break;
        }
    });
    if (!counted)
        return tl::unexpected(counted.error());
    const Status aged = m_db.run("jobs_oldest_pending", {}, [&counts](const QSqlQuery &row) {
        counts[row.value(0).toString()].oldestPending = fromSqlTime(row.value(1).toString());
    });
    if (!aged)
        return tl::unexpected(aged.error());
    return counts;
}

Result<QList<RunningJob>> JobQueue::running()
{
    QList<RunningJob> jobs;
    const Status done = m_db.run("jobs_running", {}, [&jobs](const QSqlQuery &row) {
        jobs.append({row.value(0).toLongLong(), row.value(1).toLongLong(), row.value(2).toInt(), row.value(3).toString(),
                     row.value(4).toString(), fromSqlTime(row.value(5).toString())});
    });
    if (!done)
        return tl::unexpected(done.error());
    return jobs;
}

} // namespace lifeguard

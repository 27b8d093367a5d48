// SPDX-License-Identifier: GPL-3.0-or-later
// JobQueue: what becomes of the jobs of workers that ended.
#include "core/base/beatfile.h"
#include "core/base/timestamp.h"
#include "core/store/eventlog.h"
#include "core/store/jobqueue.h"
#include "core/store/jobrow.h"
#include "core/store/messagecolumns.h"

#include <QCoreApplication>
#include <QFileInfo>
#include <QSet>
#include <QSqlQuery>
#include <QSqlRecord>

namespace lifeguard {
namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("lifeguard::JobQueue", text);
}

QDateTime timeAt(const QSqlQuery &row, const QString &column)
{
    return fromSqlTime(row.value(column).toString());
}

/// A processing job whose worker ended.
struct Interrupted
{
    Job job;
    bool counts = true;
    bool hasLease = true; ///< false: worker_id is NULL or its row is gone; attempts alone name the lease
    Message reason;
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

/// Puts one interrupted job back, or gives it up when its attempts are used up; writes the event either way.
Result<ReturnedJob> takeBack(Database &db, const Clock &clock, const Interrupted &interrupted)
{
    const Job &job = interrupted.job;
    EventLog events(db, clock);
    const QString now = toSqlTime(clock.utcNow());
    Values values = leaseValues(job.lease());
    values.insert(QStringLiteral("now"), now);
    const QJsonValue name = job.inputFile.isEmpty() ? Message("job_number", {job.id}).asArgument() : QJsonValue(QFileInfo(job.inputFile).fileName());

    ReturnedJob returned{job.id, JobStatus::Pending, interrupted.counts};
    Event event;
    event.jobId = job.id;
    event.workerId = job.workerId;
    event.workerType = job.type;
    Result<int> changed = 0;
    if (!interrupted.counts) {
        changed = db.change("job_give_back", values);
        event.kind = EventKind::JobReturned;
        event.message = Message("job_returned", {name, interrupted.reason.asArgument()});
    } else if (job.attempts >= job.maxAttempts) {
        // Written first, so that the list below has it, and still has it when the job is retried and given up once more.
        Event death = event;
        death.kind = EventKind::JobInterrupted;
        death.message = interrupted.reason;
        if (const Status added = events.add(death); !added)
            return tl::unexpected(added.error());
        const Result<QList<Event>> past = events.ofJob(job.id);
        if (!past)
            return tl::unexpected(past.error());
        QStringList deaths;
        for (const Event &one : *past) {
            if (one.kind == EventKind::JobInterrupted)
                deaths.append(one.at.toString(QStringLiteral("yyyy-MM-dd HH:mm:ss")) + QStringLiteral(" UTC: ") + one.message.englishText());
        }
        values.insert(QStringLiteral("error"),
                      tr("Given up: its attempts are used up. These ended with their worker:\n%1").arg(deaths.join(u'\n')));
        changed = db.change(interrupted.hasLease ? "job_give_up" : "job_give_up_orphan", values);
        returned.status = JobStatus::Failed;
        event.kind = EventKind::JobGivenUp;
        event.message = Message("job_given_up", {name, interrupted.reason.asArgument()});
    } else {
        changed = db.change(interrupted.hasLease ? "job_return_counted" : "job_return_orphan", values);
        event.kind = EventKind::JobInterrupted;
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

Result<QList<ReturnedJob>> JobQueue::returnForgotten(const std::function<bool(const IdleWorkersJob &)> &isForgotten)
{
    QList<ReturnedJob> returned;
    QSet<qint64> ids;
    const Status looked = m_db.run("jobs_forgotten", {}, [&](const QSqlQuery &row) {
        IdleWorkersJob job;
        job.jobId = row.value(QStringLiteral("id")).toLongLong();
        job.startedAt = timeAt(row, QStringLiteral("started_at"));
        if (row.record().contains(QStringLiteral("manager_id")) && !row.value(QStringLiteral("manager_id")).isNull()) {
            job.managerId = row.value(QStringLiteral("manager_id")).toString();
            job.maxJobTime = seconds(row.value(QStringLiteral("max_job_time")).toLongLong());
        }
        if (isForgotten(job))
            ids.insert(job.jobId);
    });
    if (!looked) // without the write lock first: mostly there is nothing to do
        return tl::unexpected(looked.error());
    if (ids.isEmpty())
        return returned;
    const Status done = m_db.transaction([&]() -> Status {
        QList<Interrupted> forgotten;
        const Status read = m_db.run("jobs_forgotten", {}, [&](const QSqlQuery &row) {
            const Job job = interruptedOf(row);
            if (ids.contains(job.id))
                forgotten.append({job, true, true, Message("job_forgotten")});
        });
        if (!read)
            return read;
        const Result<QList<ReturnedJob>> all = takeAllBack(m_db, m_clock, forgotten);
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
    QHash<qint64, Message> ends; // by worker id: the reason of its end, where known
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
                if (const Message end = reasonOf(row); !end.isEmpty()) {
                    const QString worker = row.value(QStringLiteral("pool")).toString() + u'-' + row.value(QStringLiteral("idx")).toString();
                    ends.insert(job.workerId, Message("worker_reason", {worker, end.asArgument()}));
                }
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
            const Message reason = ends.value(jobs.key(), Message("job_worker_gone"));
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
} // namespace lifeguard

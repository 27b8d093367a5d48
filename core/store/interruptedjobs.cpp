// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/interruptedjobs.h"

#include "core/base/beatfile.h"
#include "core/base/processidentity.h"
#include "core/base/timestamp.h"
#include "core/store/jobrow.h"
#include "core/store/messagecolumns.h"
#include "core/store/transactionsize.h"

#include <QSqlQuery>
#include <QSqlRecord>

#include <memory>

namespace lifeguard {
namespace {

/// Returns which job of its batch a worker had begun, according to its slot in the beat file. The values are those of
/// ReturnOptions::begunJob.
qint64 begunJobFromBeat(const QString &beatPath, int slot, qint64 workerId)
{
    if (beatPath.isEmpty() || slot < 0)
        return 0;
    const auto file = BeatFile::open(beatPath, false);
    if (!file || slot >= (*file)->slotCount())
        return 0;
    const Beat beat = (*file)->read(slot);
    if (beat.workerId != workerId)
        return 0; // the slot now belongs to another worker
    return beat.jobId > 0 ? beat.jobId : -1;
}

/// Returns the jobs with the decision whose attempt counts: only that of the job that had begun.
QList<InterruptedJob> interruptionsOf(const QList<Job> &jobs, const ReturnOptions &options)
{
    QList<InterruptedJob> interrupted;
    for (const Job &job : jobs) {
        const bool begun = options.begunJob == job.id || (options.begunJob == 0 && interrupted.isEmpty());
        interrupted.append({job, begun && options.countBegun, true, options.reason});
    }
    return interrupted;
}

} // namespace

Result<QList<ReturnedJob>> InterruptedJobs::returnJobsOf(qint64 workerId, const ReturnOptions &options)
{
    Result<QList<ReturnedJob>> returned;
    const Status done = m_db.transaction([&]() -> Status {
        QList<Job> jobs;
        const Status read = m_db.run("jobs_of_worker", {{QStringLiteral("worker_id"), workerId}},
                                     [&jobs](const QSqlQuery &row) {
                                         jobs.append(JobReturner::interruptedJobOf(row));
                                     });
        if (!read)
            return read;
        returned = JobReturner(m_db, m_clock).returnAll(interruptionsOf(jobs, options));
        return returned ? Status() : failure(returned.error());
    });
    if (!done)
        return failure(done.error());
    return returned;
}

Result<QSet<qint64>> InterruptedJobs::forgottenJobs(const std::function<bool(const IdleWorkersJob &)> &isForgotten)
{
    QSet<qint64> ids;
    const Status read = m_db.run("jobs_of_idle_workers", {}, [&](const QSqlQuery &row) {
        IdleWorkersJob job;
        job.jobId = row.value(QStringLiteral("id")).toLongLong();
        job.startedAt = fromSqlTime(row.value(QStringLiteral("started_at")).toString());
        if (row.record().contains(QStringLiteral("manager_id")) && !row.value(QStringLiteral("manager_id")).isNull()) {
            job.managerId = row.value(QStringLiteral("manager_id")).toString();
            job.maxJobTime = seconds(row.value(QStringLiteral("max_job_time")).toLongLong());
        }
        if (const auto own = jobTimeOf(row.value(QStringLiteral("own_max_job_time"))))
            job.maxJobTime = own;
        if (isForgotten(job))
            ids.insert(job.jobId);
    });
    if (!read)
        return failure(read.error());
    return ids;
}

Result<QList<ReturnedJob>> InterruptedJobs::returnForgotten(
    const std::function<bool(const IdleWorkersJob &)> &isForgotten)
{
    const Result<QSet<qint64>> ids = forgottenJobs(isForgotten); // usually none: no write lock is needed
    if (!ids)
        return failure(ids.error());
    Result<QList<ReturnedJob>> returned;
    if (ids->isEmpty())
        return returned;
    const Status done = m_db.transaction([&]() -> Status {
        QList<InterruptedJob> forgotten;
        const Status read = m_db.run("jobs_of_idle_workers", {}, [&](const QSqlQuery &row) {
            const Job job = JobReturner::interruptedJobOf(row);
            if (ids->contains(job.id))
                forgotten.append({job, true, true, Message("job_forgotten")});
        });
        if (!read)
            return read;
        returned = JobReturner(m_db, m_clock).returnAll(forgotten);
        return returned ? Status() : failure(returned.error());
    });
    if (!done)
        return failure(done.error());
    return returned;
}

Result<InterruptedJobs::Orphans> InterruptedJobs::orphans(const QStringList &liveManagers)
{
    Orphans orphans;
    const Status read = m_db.run("jobs_orphaned", {}, [&](const QSqlQuery &row) {
        const QSqlRecord record = row.record();
        const auto text = [&record](const char *column) { return record.value(QLatin1String(column)).toString(); };
        const bool hasManagers = record.contains(QStringLiteral("manager_id")); // false: the file has none of our
                                                                                // tables
        const QString manager = hasManagers ? text("manager_id") : QString();
        if (!manager.isEmpty() && liveManagers.contains(manager))
            return; // the worker's own manager takes the job back
        const Job job = JobReturner::interruptedJobOf(row);
        if (hasManagers && !orphans.begunJobs.contains(job.workerId)) {
            orphans.begunJobs.insert(job.workerId,
                                     begunJobFromBeat(text("beat_path"),
                                                      record.value(QStringLiteral("beat_slot")).toInt(), job.workerId));
            const Message reason = storedReason(text("reason"), text("reason_code"), text("reason_parameters"));
            if (!reason.isEmpty()) {
                const QString worker = text("pool") + u'-' + text("idx");
                orphans.reasons.insert(job.workerId, Message("worker_reason", {worker, reason.asArgument()}));
            }
        }
        if (job.workerId > 0 && record.value(QStringLiteral("worker_status")).isNull())
            orphans.withoutRow.insert(job.workerId);
        orphans.jobs.append(job);
    });
    if (!read)
        return failure(read.error());
    if (const Status found = findDisowned(orphans, liveManagers); !found)
        return failure(found.error());
    return orphans;
}

/// A deleted row leaves no link from the job to its worker, but a trigger has recorded it, and the worker's slot in the
/// beat file has its id (in case the row was deleted before the trigger existed).
Status InterruptedJobs::findDisowned(Orphans &orphans, const QStringList &liveManagers)
{
    if (orphans.withoutRow.isEmpty() || !m_db.hasTable(QStringLiteral("lifeguard_workers")))
        return {};
    if (m_db.hasTable(QStringLiteral("lifeguard_deleted_workers"))) {
        const Status read = m_db.run("workers_deleted", {}, [&](const QSqlQuery &row) {
            const auto process = ProcessIdentity::fromString(row.value(QStringLiteral("process")).toString());
            const ProcessPresence presence = process ? presenceOf(*process) : ProcessPresence::Unknown;
            // A manager that is alive records the end of its containers at once.
            const bool isManaged = liveManagers.contains(row.value(QStringLiteral("manager_id")).toString());
            if (presence == ProcessPresence::Alive || (presence == ProcessPresence::Unknown && isManaged))
                orphans.disowned.insert(row.value(QStringLiteral("worker_id")).toLongLong());
        });
        if (!read)
            return read;
    }
    QHash<QString, std::shared_ptr<BeatFile>> files; // the workers of a manager have one; null: it cannot be opened
    return m_db.run("owned_list", {}, [&](const QSqlQuery &row) {
        const auto process = ProcessIdentity::fromString(row.value(QStringLiteral("process")).toString());
        const QString path = row.value(QStringLiteral("beat_path")).toString();
        if (!process || path.isEmpty())
            return;
        if (!files.contains(path)) {
            Result<std::unique_ptr<BeatFile>> opened = BeatFile::open(path, false);
            files.insert(path, opened ? std::shared_ptr<BeatFile>(std::move(*opened)) : nullptr);
        }
        const std::shared_ptr<BeatFile> file = files.value(path);
        const int slot = row.value(QStringLiteral("beat_slot")).toInt();
        if (!file || slot < 0 || slot >= file->slotCount())
            return;
        const Beat beat = file->read(slot);
        if (!orphans.withoutRow.contains(beat.workerId))
            return;
        if (beat.phase == WorkerPhase::Ended) // its process is just ending
            orphans.disowned.remove(beat.workerId);
        else if (presenceOf(*process) == ProcessPresence::Alive)
            orphans.disowned.insert(beat.workerId);
    });
}

Result<QList<qint64>> InterruptedJobs::pendingJobsWithUsedUpAttempts()
{
    QList<qint64> ids;
    const Status read = m_db.run("jobs_attempts_used_up", {},
                                 [&ids](const QSqlQuery &row) { ids.append(row.value(0).toLongLong()); });
    if (!read)
        return failure(read.error());
    return ids;
}

/// Takes the jobs back until a transaction is full. Those of one worker are taken back together, because only one of
/// them had begun. bytes: the size of the transaction, to which the jobs are added.
Result<QList<ReturnedJob>> InterruptedJobs::returnAll(const Orphans &orphans, qint64 &bytes)
{
    QHash<qint64, QList<Job>> byWorker;
    for (const Job &job : orphans.jobs)
        byWorker[job.workerId].append(job);
    QList<InterruptedJob> interrupted;
    for (auto jobs = byWorker.cbegin(); jobs != byWorker.cend() && bytes < transactionBytes; ++jobs) {
        for (const Job &job : jobs.value()) {
            const Result<qint64> size = rowSize(m_db, job.id);
            if (!size)
                return failure(size.error());
            bytes += *size;
        }
        const Message reason = orphans.reasons.value(jobs.key(), Message("job_worker_gone"));
        if (jobs.key() > 0) {
            const bool counts = !orphans.disowned.contains(jobs.key());
            interrupted += interruptionsOf(jobs.value(), {orphans.begunJobs.value(jobs.key()), counts, reason});
        } else {
            // Jobs without a worker belong to no batch: each attempt counts.
            for (const Job &job : jobs.value())
                interrupted.append({job, true, false, reason});
        }
    }
    return JobReturner(m_db, m_clock).returnAll(interrupted);
}

Result<QList<ReturnedJob>> InterruptedJobs::failUsedUpAttempts(const QList<qint64> &ids, qint64 &bytes)
{
    QList<ReturnedJob> failed;
    const QString error = QStringLiteral("The attempts were used up while the job was pending, so that no worker could "
                                         "claim it. Retry it to run it again.");
    for (const qint64 id : ids) {
        if (bytes >= transactionBytes)
            break;
        const Result<qint64> size = rowSize(m_db, id);
        if (!size)
            return failure(size.error());
        bytes += *size;
        const Result<int> changed = m_db.change("job_fail_attempts_used_up",
                                                {{QStringLiteral("id"), id},
                                                 {QStringLiteral("error"), error},
                                                 {QStringLiteral("now"), toSqlTime(m_clock.utcNow())}});
        if (!changed)
            return failure(changed.error());
        if (*changed > 0)
            failed.append({id, JobStatus::Failed, false});
    }
    return failed;
}

Result<QList<ReturnedJob>> InterruptedJobs::returnOrphans(const QStringList &liveManagers)
{
    const Result<Orphans> found = orphans(liveManagers); // usually none: no write lock is needed
    if (!found)
        return failure(found.error());
    const Result<QList<qint64>> usedUp = pendingJobsWithUsedUpAttempts();
    if (!usedUp)
        return failure(usedUp.error());
    QList<ReturnedJob> returned;
    if (found->jobs.isEmpty() && usedUp->isEmpty())
        return returned;
    qint64 bytes = 0;
    qsizetype before = 0;
    do {
        before = returned.size();
        bytes = 0;
        const Result<QList<ReturnedJob>> some = returnSome(liveManagers, bytes);
        if (!some)
            return failure(some.error());
        returned += *some;
    } while (bytes >= transactionBytes && returned.size() > before);
    return returned;
}

/// Takes back as many jobs as fit into one transaction. bytes: receives the size of the transaction.
Result<QList<ReturnedJob>> InterruptedJobs::returnSome(const QStringList &liveManagers, qint64 &bytes)
{
    QList<ReturnedJob> returned;
    const Status done = m_db.transaction([&]() -> Status {
        const Result<Orphans> found = orphans(liveManagers);
        if (!found)
            return failure(found.error());
        const Result<QList<qint64>> usedUp = pendingJobsWithUsedUpAttempts();
        if (!usedUp)
            return failure(usedUp.error());
        const Result<QList<ReturnedJob>> back = returnAll(*found, bytes);
        if (!back)
            return failure(back.error());
        const Result<QList<ReturnedJob>> failed = failUsedUpAttempts(*usedUp, bytes);
        if (!failed)
            return failure(failed.error());
        returned = *back + *failed;
        return {};
    });
    if (!done)
        return failure(done.error());
    return returned;
}

} // namespace lifeguard

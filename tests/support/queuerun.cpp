// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/queuerun.h"

#include "core/model/job.h"
#include "core/model/jobcounts.h"

#include <algorithm>

namespace lifeguard::test {
namespace {

/// The type of most jobs.
const QString noop = QStringLiteral("noop");

QString nameOf(const Lease &lease)
{
    return QStringLiteral("job %1, attempt %2 of worker %3").arg(lease.jobId).arg(lease.attempt).arg(lease.workerId);
}

} // namespace

QueueRun::QueueRun()
{
    const QString path = m_folder.filePath(QStringLiteral("q.db"));
    for (int i = 0; i < connections; ++i) {
        auto db = Database::open(path, OpenMode::Create);
        if (!db)
            qFatal("%s", qPrintable(db.error().message));
        Connection connection;
        connection.db = std::move(*db);
        connection.queue = std::make_unique<JobQueue>(*connection.db, m_clock);
        connection.reader = std::make_unique<JobReader>(*connection.db);
        connection.interrupted = std::make_unique<InterruptedJobs>(*connection.db, m_clock);
        connection.registry = std::make_unique<WorkerRegistry>(*connection.db, m_clock);
        m_connections.push_back(std::move(connection));
    }
    m_raw = std::make_unique<RawSql>(path);
    m_model.liveManagers = {QStringLiteral("m0"), QStringLiteral("m1")};
}

QString QueueRun::apply(const Step &step)
{
    Connection &by = m_connections.at(std::size_t(step.connection));
    m_clock.advance(milliseconds(step.c % 3 == 0 ? 0 : step.c % 2000)); // several claims may happen in one millisecond
    const QString wrong = act(step, by);
    return wrong.isEmpty() ? compare(step, by) : wrong;
}

QString QueueRun::act(const Step &step, Connection &by)
{
    const QString type = step.b % 5 == 0 ? QStringLiteral("other") : noop;
    // Usually one of the last three workers, so that a worker often gets the same job again, with another lease.
    const QList<qint64> workers = m_model.workers.keys();
    const qint64 worker = choose(step.c % 4 == 0 ? workers : workers.mid(std::max<qsizetype>(0, workers.size() - 3)),
                                 step.a);
    const qint64 job = choose(m_model.jobs.keys(), step.a);
    switch (step.operation) {
    case Step::Add: {
        NewJob added;
        added.type = type;
        added.priority = int(step.a % 3);
        added.maxAttempts = 1 + int(step.c % 3);
        const Result<qint64> id = by.queue->add(added);
        if (!id)
            return id.error().message;
        ModelJob same;
        same.type = type;
        same.priority = added.priority;
        same.maxAttempts = added.maxAttempts;
        m_model.jobs.insert(*id, same);
        record(QStringLiteral("job %1 added: %2, priority %3, %4 attempts")
                   .arg(*id)
                   .arg(type)
                   .arg(same.priority)
                   .arg(same.maxAttempts));
        return {};
    }
    case Step::Claim:
    case Step::ClaimBatch: {
        if (worker == 0)
            return {};
        const int limit = step.operation == Step::Claim ? 1 : 1 + int(step.b % 4);
        const QueueModel::Worker &claimer = m_model.workers[worker];
        record(QStringLiteral("worker %1 claims up to %2").arg(worker).arg(limit));
        const Result<QList<Job>> claimed = by.queue->claim(worker, claimer.type, limit);
        if (claimer.isDead || !claimer.hasRow)
            return claimed || claimed.error().code != ErrorCode::WorkerDead
                     ? QStringLiteral("a dead worker could claim")
                     : QString();
        if (!claimed)
            return claimed.error().message;
        QList<qint64> ids;
        for (const Job &got : *claimed) {
            ids.append(got.id);
            m_leases.append(got.lease());
        }
        if (ids != m_model.claim(worker, claimer.type, limit, m_clock.utcNow().toMSecsSinceEpoch()))
            return QStringLiteral("the claimed jobs are not those of the highest priority, oldest first");
        return {};
    }
    case Step::Acknowledge:
    case Step::Fail:
    case Step::GiveBack:
        return finish(step, by);
    case Step::Cancel:
    case Step::Retry: {
        const QList<qint64> ids = job == 0 ? QList<qint64>() : QList<qint64>{job, choose(m_model.jobs.keys(), step.b)};
        record(QStringLiteral("%1 of job %2")
                   .arg(step.operation == Step::Cancel ? QStringLiteral("cancel") : QStringLiteral("retry"))
                   .arg(job));
        const Result<int> changed = step.operation == Step::Cancel ? by.queue->cancel(ids, QStringLiteral("anna"))
                                                                   : by.queue->retry(ids);
        if (!changed)
            return changed.error().message;
        const int expected = step.operation == Step::Cancel ? m_model.cancel(ids) : m_model.retry(ids);
        return *changed == expected ? QString()
                                    : QStringLiteral("%1 changed instead of %2").arg(*changed).arg(expected);
    }
    case Step::WorkerStarts: {
        const QString name = QStringLiteral("direct-%1-%2").arg(type).arg(++m_names);
        const QString manager = step.c % 4 == 0
                                  ? QString()
                                  : choose(QStringList(m_model.liveManagers.cbegin(), m_model.liveManagers.cend()),
                                           step.c);
        if (!manager.isEmpty()) {
            OwnedWorker owned;
            owned.executorId = name;
            owned.managerId = manager;
            owned.pool = owned.type = type;
            owned.mode = QStringLiteral("direct");
            if (const Status added = by.registry->addOwned({owned}); !added)
                return added.error().message;
        }
        const Result<qint64> id = by.registry->registerWorker(type, name, QStringLiteral("direct"));
        if (!id)
            return id.error().message;
        m_model.workers.insert(*id, {name, type, manager});
        record(QStringLiteral("worker %1 (%2) of manager '%3' starts").arg(*id).arg(type, manager));
        return {};
    }
    case Step::WorkerDies:
        return worker == 0 ? QString() : end(step, by, worker);
    case Step::WorkerLeaves: {
        if (worker == 0)
            return {};
        record(QStringLiteral("worker %1 marks itself dead").arg(worker));
        m_model.workers[worker].isDead = m_model.workers[worker].isDead || m_model.workers[worker].hasRow;
        const Status dead = by.registry->setDead(worker);
        return dead ? QString() : dead.error().message;
    }
    case Step::RowIsDeleted: // as by workers of CLX at their end
        if (worker == 0)
            return {};
        record(QStringLiteral("the row of worker %1 is deleted").arg(worker));
        m_model.workers[worker].hasRow = false;
        return m_raw->exec(QStringLiteral("DELETE FROM workers WHERE id = ?"), {worker}) ? QString() : m_raw->error();
    case Step::ManagerDies: {
        const QString manager = choose(QStringList(m_model.liveManagers.cbegin(), m_model.liveManagers.cend()), step.a);
        record(QStringLiteral("manager '%1' dies, another starts").arg(manager));
        m_model.liveManagers.remove(manager);
        m_model.liveManagers.insert(QStringLiteral("m%1").arg(2 + ++m_names));
        return {};
    }
    case Step::Rescue: {
        record(QStringLiteral("rescue"));
        // As in rescueStale(): dead workers of managers that are gone are marked as ended first.
        for (auto modelWorker = m_model.workers.begin(); modelWorker != m_model.workers.end(); ++modelWorker) {
            if (modelWorker->manager.isEmpty() || m_model.liveManagers.contains(modelWorker->manager)
                || modelWorker.key() % 3 == 0)
                continue; // every third worker is still alive
            if (const Status ended = by.registry->end(modelWorker->executorId, Message::literal(QStringLiteral("gone")),
                                                      false);
                !ended)
                return ended.error().message;
            modelWorker->isDead = modelWorker->isEnded = true;
        }
        const Result<QList<ReturnedJob>> back = by.interrupted->returnOrphans(
            QStringList(m_model.liveManagers.cbegin(), m_model.liveManagers.cend()));
        m_model.rescue();
        return back ? QString() : back.error().message;
    }
    case Step::AttemptsAreUsedUp: { // by another program
        if (job == 0 || m_model.jobs[job].status != QLatin1String("pending"))
            return {};
        record(QStringLiteral("job %1 has no attempts left").arg(job));
        m_model.jobs[job].maxAttempts = m_model.jobs[job].attempts;
        return m_raw->exec(QStringLiteral("UPDATE jobs SET max_attempts = attempts WHERE id = ?"), {job})
                 ? QString()
                 : m_raw->error();
    }
    }
    return {};
}

/// Finishes a job with any lease of the run, usually a recent one.
QString QueueRun::finish(const Step &step, Connection &by)
{
    if (m_leases.isEmpty())
        return {};
    const qsizetype back = step.b % 4 == 0 ? m_leases.size() : std::min<qsizetype>(8, m_leases.size());
    const Lease lease = m_leases.at(m_leases.size() - 1 - qsizetype(step.a) % back);
    const bool held = m_model.holds(lease);
    Status done;
    bool isValid = false;
    switch (step.operation) {
    case Step::Acknowledge:
        record(QStringLiteral("acknowledge ") + nameOf(lease));
        done = by.queue->acknowledge(lease, 1);
        isValid = m_model.acknowledge(lease);
        break;
    case Step::Fail:
        record(QStringLiteral("fail ") + nameOf(lease));
        done = by.queue->fail(lease, QStringLiteral("bad"), {});
        isValid = m_model.fail(lease);
        break;
    default:
        record(QStringLiteral("give back ") + nameOf(lease));
        done = by.queue->giveBack(lease);
        isValid = m_model.giveBack(lease);
    }
    if (done.has_value() != isValid)
        return isValid ? QStringLiteral("a valid lease was refused: ") + done.error().message
                       : QStringLiteral("a stale lease finished a job");
    if (!done && done.error().code != ErrorCode::LeaseLost)
        return done.error().message;
    if (done && step.operation != Step::GiveBack) {
        if (m_finished.contains(nameOf(lease)))
            return QStringLiteral("the same lease finished its job twice");
        m_finished.insert(nameOf(lease));
    }
    const Result<bool> holds = by.queue->isLeaseValid(lease);
    if (!holds || *holds || !(held == isValid))
        return QStringLiteral("a lease is valid after its job has ended");
    return {};
}

/// Ends a worker as its manager does: returns its jobs and marks its row dead in one transaction.
QString QueueRun::end(const Step &step, Connection &by, qint64 worker)
{
    const QList<qint64> held = m_model.heldBy(worker);
    ReturnOptions policy;
    policy.reason = Message::literal(QStringLiteral("died"));
    policy.countBegun = step.b % 3 != 0;
    policy.begunJob = step.c % 3 == 0 ? 0 : step.c % 3 == 1 ? -1 : choose(held, step.b);
    record(QStringLiteral("worker %1 dies; begun %2, %3")
               .arg(worker)
               .arg(policy.begunJob)
               .arg(policy.countBegun ? QStringLiteral("counts") : QStringLiteral("does not count")));
    QueueModel::Worker &ended = m_model.workers[worker];
    const Status done = by.db->transaction([&]() -> Status {
        const auto back = by.interrupted->returnJobsOf(worker, policy);
        if (!back)
            return failure(back.error());
        if (back->size() != held.size())
            return failure(ErrorCode::Database,
                           QStringLiteral("%1 jobs were returned instead of %2").arg(back->size()).arg(held.size()));
        return by.registry->end(ended.executorId, policy.reason, false);
    });
    m_model.returnJobsOf(worker, policy);
    ended.isDead = ended.isEnded = true;
    return done ? QString() : done.error().message;
}

/// Compares the table with the model, and checks the invariants that hold independently of the model.
QString QueueRun::compare(const Step &step, Connection &by)
{
    QStringList expected;
    QHash<QString, qint64> counts;
    for (auto job = m_model.jobs.cbegin(); job != m_model.jobs.cend(); ++job) {
        expected.append(job->text(job.key()));
        ++counts[job->status];
    }
    const QStringList rows = m_raw->column(
        QStringLiteral("SELECT id || ' ' || status || ' ' || attempts || '/' || max_attempts || ' ' || "
                       "coalesce(worker_id, 0) FROM jobs ORDER BY id"));
    for (qsizetype i = 0; i < std::max(rows.size(), expected.size()); ++i) {
        if (rows.value(i) != expected.value(i))
            return QStringLiteral("the table has '%1', the model '%2'").arg(rows.value(i), expected.value(i));
    }
    for (const QString &row : rows) {
        const QStringList parts = row.split(u' ');
        const qint64 id = parts.at(0).toLongLong();
        const int attempts = parts.at(2).section(u'/', 0, 0).toInt();
        const auto before = m_before.value(id, {QStringLiteral("pending"), 0});
        if (attempts < before.second)
            return QStringLiteral("job %1 had %2 attempts, and has %3").arg(id).arg(before.second).arg(attempts);
        if (before.first != parts.at(1)
            && (before.first == QLatin1String("completed")
                || (before.first == QLatin1String("cancelled") && step.operation != Step::Retry)
                || (parts.at(1) == QLatin1String("completed") && before.first != QLatin1String("processing"))))
            return QStringLiteral("job %1 went from %2 to %3").arg(id).arg(before.first, parts.at(1));
        m_before.insert(id, {parts.at(1), attempts});
    }
    if (step.operation == Step::Rescue) {
        if (m_raw
                ->value(
                    QStringLiteral("SELECT count(*) FROM jobs WHERE status = 'pending' AND attempts >= max_attempts"))
                .toInt()
            > 0)
            return QStringLiteral("a pending job has no attempts left");
        const QStringList orphans = m_raw->column(QStringLiteral(
            "SELECT coalesce((SELECT manager_id FROM lifeguard_workers l WHERE l.executor_id = w.container_id), '') "
            "FROM jobs j LEFT JOIN workers w "
            "ON w.id = j.worker_id WHERE j.status = 'processing' AND coalesce(w.status, 'dead') = 'dead'"));
        for (const QString &manager : orphans) {
            if (!m_model.liveManagers.contains(manager))
                return QStringLiteral("a job of a dead worker without a live manager is processing");
        }
    }
    const auto counted = by.reader->counts();
    if (!counted)
        return counted.error().message;
    JobCounts all;
    for (const JobCounts &ofType : *counted)
        all += ofType;
    const bool same = all.pending == counts.value(QStringLiteral("pending"))
                   && all.processing == counts.value(QStringLiteral("processing"))
                   && all.completed == counts.value(QStringLiteral("completed"))
                   && all.failed == counts.value(QStringLiteral("failed"))
                   && all.cancelled == counts.value(QStringLiteral("cancelled"));
    return same ? QString() : QStringLiteral("the counts differ");
}

QString QueueRun::checkEvents()
{
    for (auto job = m_model.jobs.cbegin(); job != m_model.jobs.cend(); ++job) {
        const auto events = [&](const char *kind) {
            return m_raw
                ->value(QStringLiteral("SELECT count(*) FROM lifeguard_events WHERE job_id = ? AND kind = ?"),
                        {job.key(), QString::fromLatin1(kind)})
                .toInt();
        };
        if (events("job_interrupted") != job->interrupted || events("job_returned") != job->returned)
            return QStringLiteral("job %1: the event log has %2 interruptions of %3, and %4 returns of %5")
                .arg(job.key())
                .arg(events("job_interrupted"))
                .arg(job->interrupted)
                .arg(events("job_returned"))
                .arg(job->returned);
    }
    return {};
}

} // namespace lifeguard::test

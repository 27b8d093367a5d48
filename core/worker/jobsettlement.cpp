// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/worker/jobsettlement.h"

#include "core/base/logging.h"
#include "core/store/jobresults.h"
#include "core/worker/fileerrors.h"

namespace lifeguard {

JobSettlement::JobSettlement(Database &database, JobQueue &queue, ResultsCache &cache, Fingerprints &fingerprints,
                             const HostPaths &paths)
    : m_database(database)
    , m_queue(queue)
    , m_cache(cache)
    , m_fingerprints(fingerprints)
    , m_paths(paths)
{
}

void JobSettlement::begin(const Job &job, const JobOutcome &outcome)
{
    Q_ASSERT(outcome.kind != JobOutcome::Kind::LeaseLost);
    m_job = job;
    m_outcome = outcome;
    m_isCommitted = false;
}

bool JobSettlement::needsCommit() const
{
    return m_outcome.kind == JobOutcome::Kind::Converted && !m_outcome.output.target.isEmpty()
        && !m_outcome.output.isLocal && !m_isCommitted;
}

void JobSettlement::commit(FileThread &files, seconds limit, const std::function<void(const Status &)> &done)
{
    Q_ASSERT(needsCommit());
    if (const Status holds = checkLease(); !holds) {
        done(holds);
        return;
    }
    const auto finish = [this, done](const Status &committed) {
        setCommitted(committed);
        done({});
    };
    files.run(
        [output = m_outcome.output, further = m_outcome.fingerprint.further, obsolete = m_outcome.obsolete,
         finish]() -> FileThread::Continuation {
            const Status committed = commitOutputs(output, further, obsolete);
            return [finish, committed] { finish(committed); };
        },
        limit, [this, limit, finish] { finish(failure(unreachableError(m_outcome.output.target, limit))); });
}

Status JobSettlement::checkLease()
{
    const Result<bool> holds = m_queue.isLeaseValid(m_job.lease());
    if (!holds)
        return failure(holds.error());
    if (!*holds)
        return failure(ErrorCode::LeaseLost, {});
    return {};
}

void JobSettlement::setCommitted(const Status &committed)
{
    if (committed) {
        m_isCommitted = true;
        return;
    }
    m_outcome.kind = isBlocking(committed.error()) ? JobOutcome::Kind::Blocked : JobOutcome::Kind::Failed;
    m_outcome.error = committed.error();
}

Status JobSettlement::settle(double duration)
{
    Q_ASSERT(!needsCommit());
    const Status settled = m_database.transaction([&]() -> Status {
        const Result<bool> isCompleted = write();
        if (!isCompleted)
            return failure(isCompleted.error());
        return *isCompleted ? m_queue.countCompleted(m_job.workerId, 1, duration) : Status();
    });
    if (settled)
        cacheResult();
    return settled;
}

Result<bool> JobSettlement::write()
{
    if (const Status committed = commitLocalOutput(); !committed)
        return failure(committed.error());
    const Error &error = m_outcome.error;
    const QString text = m_paths.textToHost(error.message);
    Status written;
    bool isCompleted = false;
    switch (m_outcome.kind) {
    case JobOutcome::Kind::Failed:
        written = m_queue.fail(m_job.lease(), text, m_paths.textToHost(error.detail));
        break;
    case JobOutcome::Kind::Blocked:
        written = m_queue.giveBack(m_job.lease(), Message::literal(text));
        break;
    case JobOutcome::Kind::Interrupted:
        written = m_queue.interrupt(m_job, Message::literal(text));
        break;
    default:
        written = complete();
        isCompleted = true;
        break;
    }
    if (!written)
        return failure(written.error());
    return isCompleted;
}

Status JobSettlement::complete()
{
    if (const Status completed = m_queue.complete(m_job.lease()); !completed)
        return completed;
    if (m_outcome.result == JobResult())
        return {};
    return JobResults(m_database).store(m_job, m_outcome.result);
}

Status JobSettlement::commitLocalOutput()
{
    const OutputPath &output = m_outcome.output;
    if (m_outcome.kind != JobOutcome::Kind::Converted || output.target.isEmpty() || m_isCommitted)
        return {};
    if (const Status holds = checkLease(); !holds)
        return failure(holds.error());
    setCommitted(commitOutputs(output, m_outcome.fingerprint.further, m_outcome.obsolete));
    return {};
}

void JobSettlement::cacheResult()
{
    if (!m_isCommitted || m_job.contentHash.isEmpty() || m_outcome.metadata.isEmpty())
        return;
    // The job counts as completed even if its result cannot be cached. An entry without a fingerprint is not used.
    const Status stored = m_database.transaction([&]() -> Status {
        return m_cache.store(m_job.outputFile, m_job.contentHash, m_outcome.metadata).and_then([&] {
            return m_fingerprints.store(m_job.outputFile, m_outcome.fingerprint);
        });
    });
    if (!stored)
        qCWarning(lcWorker).noquote() << "The result could not be cached:" << stored.error().message;
}

} // namespace lifeguard

// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/worker/workerloop.h"

#include "core/base/logging.h"
#include "core/base/orphanreaper.h"
#include "core/model/temporaryoutput.h"
#include "core/worker/toolprocess.h"
#include "core/worker/workerdatabase.h"

#include <algorithm>
#include <tuple>

namespace lifeguard {
namespace {

constexpr milliseconds retryPause{50};
/// The time after which an idle worker starts its tools, so that the workers of a pool register before their tools use
/// the processor.
constexpr milliseconds startAheadDelay{300};
/// The time for which a worker waits for the row that a manager of CLM inserts for it, as long as CLM's own workers do.
constexpr seconds rowPatience{10};
/// The number of times that an ending worker tries to write to a locked database. Its manager detects the end of the
/// process in any case.
constexpr int maxEndAttempts = 100;

} // namespace

WorkerLoop::WorkerLoop(WorkerOptions options, std::unique_ptr<Database> database, std::unique_ptr<BeatFile> beats,
                       std::unique_ptr<Converter> converter, QObject *parent)
    : QObject(parent)
    , m_options(std::move(options))
    , m_paths(m_options.hostWorkspace, m_options.workspace)
    , m_log(m_options, m_clock)
    , m_database(std::move(database))
    , m_queue(*m_database, m_clock)
    , m_registry(*m_database, m_clock)
    , m_cache(*m_database, m_clock)
    , m_fingerprints(*m_database)
    , m_slot(std::move(beats), m_options.beatSlot)
    , m_converter(std::move(converter))
    , m_registration(m_registry, m_options)
    , m_batch(m_queue)
    , m_batchSize(m_options.largestBatch)
    , m_runner(m_options, m_paths, m_cache, m_fingerprints, *m_converter, m_files)
    , m_unsettled(*m_database, m_queue, m_cache, m_fingerprints, m_paths)
    , m_commits(*m_database, m_options.type, this)
    , m_hold(m_slot)
    , m_blockage(m_registration, m_slot, m_clock)
{
    m_retry.setSingleShot(true);
    m_returnRetry.setSingleShot(true);
    m_startAhead.setSingleShot(true);
    m_startAhead.setInterval(startAheadDelay);
    connect(&m_startAhead, &QTimer::timeout, this, &WorkerLoop::startToolsAhead);
    m_settlementTimer.setSingleShot(true);
    m_settlementTimer.setTimerType(Qt::PreciseTimer);
    connect(&m_settlementTimer, &QTimer::timeout, this, &WorkerLoop::settleWhileWorking);
    connect(&m_returnRetry, &QTimer::timeout, this, &WorkerLoop::returnBatch);
    connect(&m_runner, &JobRunner::finished, this, &WorkerLoop::onJobFinished);
    connect(&m_commits, &CommitWatcher::committed, this, &WorkerLoop::onCommitted);
    connect(&m_commits, &CommitWatcher::databaseReplaced, this, &WorkerLoop::onDatabaseReplaced);
    connect(&m_hold, &HoldWatcher::released, this, &WorkerLoop::claimIfWaiting);
    connect(&m_blockage, &Blockage::retryDue, this, &WorkerLoop::claimIfWaiting);
    connect(m_converter.get(), &Converter::closed, this, [this] {
        Q_ASSERT(m_stage >= Stage::ClosingTools);
        if (m_stage == Stage::ClosingTools) {
            m_stage = Stage::LeavingQueue;
            end();
        }
    });
}

WorkerLoop::~WorkerLoop() = default;

void WorkerLoop::start()
{
    m_startedAt = m_clock.steadyNow();
    m_slot.publish(WorkerPhase::Starting);
    connect(&m_manager, &ManagerProcess::gone, this, [this] {
        if (m_beatThread)
            m_beatThread->setManagerGone();
        onManagerGone();
    });
    if (m_options.manager)
        m_manager.watch(*m_options.manager);
    registerWorker();
}

void WorkerLoop::stop(const QString &reason)
{
    if (m_stage >= Stage::Stopping)
        return;
    m_log.stopping(reason);
    m_stage = Stage::Stopping;
    m_blockage.stop();
    m_commits.setEager(false); // another worker claims the next job
    if (m_job)
        m_slot.publish(WorkerPhase::Stopping);
    returnBatch(); // ends the worker if no job has begun
}

void WorkerLoop::onCommitted()
{
    reapOrphans(ToolProcess::livePids());
    if (m_runner.isRunning())
        checkLease();
    else if (m_registration.isRegistered() && isWaiting()) {
        std::ignore = m_database->repairSchema(); // CLM may have added columns, which claims must respect
        claim();
    }
}

/// Ends the worker without writing anything. The result of a begun job could not be recorded, so its tool is stopped.
void WorkerLoop::onDatabaseReplaced(const Error &error)
{
    m_fatalError = error;
    if (m_runner.isRunning())
        m_runner.abandon(); // beginNextJob() ends the worker
    else
        endWithError(error);
}

void WorkerLoop::claimIfWaiting()
{
    if (m_stage == Stage::Working && isWaiting())
        claim();
}

void WorkerLoop::onManagerGone()
{
    if (!m_options.detach)
        stop(QStringLiteral("the manager is gone"));
    else
        m_slot.releaseHold();
}

void WorkerLoop::registerWorker()
{
    if (m_stage >= Stage::Stopping)
        return; // stop() was called while the database was locked
    if (const Status registered = m_registration.registerWorker(); !registered) {
        handleRegistrationError(registered.error());
        return;
    }
    if (m_options.assignedWorkerId > 0 && !m_options.manager)
        m_manager.watchForeign(m_registration.managerPid());
    m_slot.setWorkerId(m_registration.workerId());
    startBeating();
    m_slot.publish(WorkerPhase::Idle);
    claim();
}

void WorkerLoop::handleRegistrationError(const Error &error)
{
    const bool isRowMissing = error.code == ErrorCode::NotFound && m_options.assignedWorkerId > 0;
    if (isRowMissing && m_clock.steadyNow() - m_startedAt < rowPatience) {
        retryLater(&WorkerLoop::registerWorker);
    } else if (isRowMissing || (error.code == ErrorCode::WorkerDead && m_options.assignedWorkerId > 0)) {
        m_log.fatal(error.message);
        m_exitCode = ExitDisowned;
        end();
    } else if (error.code == ErrorCode::Busy || !isTransient(error)) {
        handleDatabaseError(error, &WorkerLoop::registerWorker);
    } else {
        // Wait only for a lock: no job is lost if the worker fails to start.
        endWithError(error);
    }
}

void WorkerLoop::startBeating()
{
    BeatThread::Manager manager;
    // If the manager's process is visible, it is more reliable evidence than the manager's row.
    if (!m_options.manager) {
        manager.id = m_options.managerId;
        manager.onGone = [this] { QMetaObject::invokeMethod(this, &WorkerLoop::onManagerGone, Qt::QueuedConnection); };
    }
    // Waiting for a locked database delays the end of the worker.
    const auto openDatabase = [options = m_options, file = m_database->info().file] {
        return openWorkerDatabase(options, seconds(1), file);
    };
    m_beatThread = std::make_unique<BeatThread>(m_slot.beatFile(), m_slot.slot(), openDatabase,
                                                m_registration.workerId(), std::move(manager));
}

void WorkerLoop::claim()
{
    Q_ASSERT(!m_job && m_batch.isEmpty() && !m_retry.isActive());
    if (m_stage >= Stage::Stopping) {
        end();
        return;
    }
    if (mustWait()) {
        waitForResume();
        return;
    }
    const int limit = m_batchSize.batchSize();
    const Result<QList<Job>> jobs = m_queue.claim(m_registration.workerId(), m_options.type, limit);
    if (!jobs) {
        handleDatabaseError(jobs.error(), &WorkerLoop::claim);
        return;
    }
    if (jobs->isEmpty()) {
        becomeIdle();
        return;
    }
    recordTransaction(jobs->size());
    accept(*jobs);
    beginNextJob();
}

/// Records the transaction that has just settled or claimed this number of jobs.
void WorkerLoop::recordTransaction(qsizetype jobs)
{
    m_batchSize.recordTransaction(std::chrono::duration<double>(m_database->lockTime()).count(), int(jobs));
}

/// Takes over the jobs that were just claimed.
void WorkerLoop::accept(const QList<Job> &claimed)
{
    m_hold.stop();
    m_mayStartAhead = false;
    m_startAhead.stop();
    m_registration.setBusy();
    m_commits.resetBackOff();
    m_commits.setBusy(m_batchSize.mayBeBrief());
    m_batch.setJobs(claimed);
}

void WorkerLoop::becomeIdle()
{
    if (m_mayStartAhead && !m_startAhead.isActive() && !mustWait())
        m_startAhead.start();
    if (m_registration.isIdle()) {
        m_commits.setEager(!mustWait());
        m_commits.backOff();
        return;
    }
    if (const Status idle = m_registration.setIdle(); !idle) {
        handleDatabaseError(idle.error(), &WorkerLoop::claim); // retried with claim(), because jobs may have been added
                                                               // by then
        return;
    }
    m_slot.publish(WorkerPhase::Idle);
    m_commits.setEager(!mustWait());
}

/// Starts what the first job will need, unless it has begun.
void WorkerLoop::startToolsAhead()
{
    if (!m_mayStartAhead || m_stage != Stage::Working || !isWaiting() || mustWait())
        return;
    m_mayStartAhead = false;
    m_converter->startAhead(m_options.workspace, m_options.converter);
}

/// Returns the unstarted jobs at once and claims none until the pool is resumed, or the pause of a blockage has ended.
void WorkerLoop::waitForResume()
{
    if (m_stage >= Stage::Stopping)
        return;
    if (!m_batch.returnAll()) {
        retryLater(&WorkerLoop::waitForResume);
        return;
    }
    if (m_hold.isHeld()) {
        m_hold.start();
    } else if (!m_blockage.isPausing()) {
        claim(); // the pause has ended in the meantime
        return;
    }
    becomeIdle();
}

void WorkerLoop::beginNextJob()
{
    if (m_fatalError) {
        endWithError(*m_fatalError);
        return;
    }
    if (m_stage >= Stage::Stopping) {
        returnBatch(); // ends the worker
        return;
    }
    // Checked here and not only in claim(): a worker that still has a batch must not claim another one.
    if (mustWait()) {
        waitForResume();
        return;
    }
    const Result<std::optional<Job>> next = m_batch.takeNextValid();
    if (!next) {
        handleDatabaseError(next.error(), &WorkerLoop::beginNextJob);
        return;
    }
    if (!*next) {
        if (m_unsettled.isEmpty())
            claim();
        else
            settleAndContinue();
        return;
    }
    m_job = *next;
    m_jobTime.start();
    // Published before the job starts, so that the manager can identify the job if it kills the worker.
    m_slot.setJob(*m_job, m_clock.steadyNow());
    m_slot.publish(WorkerPhase::Working);
    m_batch.startJobTimeLimit();
    m_runner.start(*m_job);
}

void WorkerLoop::checkLease()
{
    Q_ASSERT(m_job);
    if (!m_queue.isLeaseValid(m_job->lease()).value_or(true))
        m_runner.abandon();
}

void WorkerLoop::onJobFinished(const JobOutcome &outcome)
{
    Q_ASSERT(m_job);
    const double duration = double(m_jobTime.nsecsElapsed()) / 1e9;
    if (outcome.wasConverted)
        m_batchSize.recordJob(duration);
    if (outcome.kind == JobOutcome::Kind::LeaseLost) {
        onSettled({*m_job, outcome, duration});
        endJob();
        return;
    }
    m_unsettled.add(*m_job, outcome, duration);
    commitOutput();
}

/// Renames the output of the finished job into place, if that may block. Other outputs are renamed when the job is
/// settled.
void WorkerLoop::commitOutput()
{
    if (!m_unsettled.last().needsCommit()) {
        onJobCommitted();
        return;
    }
    m_unsettled.last().commit(m_files, m_options.fileLimit, [this](const Status &committed) {
        if (m_stage == Stage::Ended)
            return;
        if (committed || committed.error().code == ErrorCode::LeaseLost) // which settling finds again
            onJobCommitted();
        else
            handleSettlementError(committed.error(), &WorkerLoop::commitOutput);
    });
}

void WorkerLoop::onJobCommitted()
{
    if (mustSettle()) {
        settleAndContinue();
        return;
    }
    if (!m_settlementTimer.isActive())
        m_settlementTimer.start(UnsettledJobs::timeLimit);
    endJob();
}

/// Returns whether the finished jobs must be settled before the next one begins.
bool WorkerLoop::mustSettle() const
{
    return m_batch.isEmpty() || m_unsettled.isDue() || m_unsettled.hasFailure() || m_stage >= Stage::Stopping
        || m_fatalError || mustWait();
}

/// Settles all finished jobs and claims the next ones, in one transaction.
void WorkerLoop::settleAndContinue()
{
    m_retry.stop();
    QList<Job> claimed;
    bool isClaimFailed = false;
    const auto claimNext = [&]() -> Status {
        const Result<QList<Job>> jobs = m_queue.claim(m_registration.workerId(), m_options.type,
                                                      m_batchSize.batchSize());
        isClaimFailed = !jobs;
        if (!jobs)
            return failure(jobs.error());
        claimed = *jobs;
        return {};
    };
    // A job that could not be converted may begin a pause, which onSettled() decides.
    const bool claims = m_batch.isEmpty() && !m_unsettled.hasFailure() && m_stage == Stage::Working && !m_fatalError
                     && !mustWait();
    const qsizetype finished = m_unsettled.size();
    Status settled = settle(claims ? claimNext : std::function<Status()>());
    if (!settled && isClaimFailed)
        settled = settle({}); // claim() will handle the error
    if (!settled) {
        handleSettlementError(settled.error(), &WorkerLoop::settleAndContinue);
        return;
    }
    recordTransaction(std::max(finished, claimed.size()));
    if (!claimed.isEmpty())
        accept(claimed);
    endJob();
}

/// Settles the finished jobs although the next one has begun, so that its duration does not delay them.
void WorkerLoop::settleWhileWorking()
{
    if (m_unsettled.isEmpty() || m_retry.isActive() || m_stage == Stage::Ended)
        return;
    const bool isRenaming = m_unsettled.last().needsCommit();
    const Status settled = isRenaming ? Status() : settle({});
    if (isRenaming || (!settled && isTransient(settled.error()))) {
        m_settlementTimer.start(retryPause);
    } else if (!settled && m_runner.isRunning()) {
        m_fatalError = settled.error();
        m_runner.abandon(); // beginNextJob() ends the worker
    } else if (!settled) {
        endWithError(settled.error());
    }
}

Status WorkerLoop::settle(const std::function<Status()> &andThen)
{
    const Result<QList<UnsettledJobs::Settled>> settled = m_unsettled.settle(andThen);
    if (!settled)
        return failure(settled.error());
    m_settlementTimer.stop();
    for (const UnsettledJobs::Settled &job : *settled)
        onSettled(job);
    return {};
}

void WorkerLoop::onSettled(const UnsettledJobs::Settled &settled)
{
    const JobOutcome &outcome = settled.outcome;
    logJob(settled.job, outcome, settled.duration);
    if (outcome.kind != JobOutcome::Kind::Converted && outcome.kind != JobOutcome::Kind::Unchanged)
        removeTemporaryOutput(outcome.output.temporary);
    if (outcome.kind != JobOutcome::Kind::LeaseLost)
        m_blockage.update(outcome, m_paths.textToHost(outcome.error.message));
}

void WorkerLoop::handleSettlementError(const Error &error, Step step)
{
    if (isTransient(error))
        retryLater(step);
    else
        endWithError(error);
}

void WorkerLoop::endJob()
{
    m_batch.stopJobTimeLimit();
    m_job.reset();
    m_slot.clearJob();
    m_isContinuing = true;
    if (!m_isInTurn)
        QMetaObject::invokeMethod(this, &WorkerLoop::runJobs, Qt::QueuedConnection);
}

/// Begins the next job, and those after it as long as they are short. Returns to the event loop every few milliseconds,
/// so that signals and messages are handled between short jobs.
void WorkerLoop::runJobs()
{
    constexpr milliseconds turn{2};
    m_isInTurn = true;
    const auto begin = std::chrono::steady_clock::now();
    while (m_isContinuing && std::chrono::steady_clock::now() - begin < turn) {
        m_isContinuing = false;
        if (m_stage != Stage::Ended)
            beginNextJob();
    }
    m_isInTurn = false;
    if (m_isContinuing)
        QMetaObject::invokeMethod(this, &WorkerLoop::runJobs, Qt::QueuedConnection);
}

void WorkerLoop::returnBatch()
{
    Q_ASSERT(m_stage >= Stage::Stopping);
    if (!m_batch.returnAll()) {
        if (++m_endAttempts < maxEndAttempts) {
            m_returnRetry.start(retryPause);
            return;
        }
        m_batch.drop();
    }
    if (!m_job)
        end();
}

void WorkerLoop::end()
{
    if (m_stage == Stage::Ended || m_stage == Stage::ClosingTools)
        return;
    if (m_stage == Stage::Working)
        m_stage = Stage::Stopping;
    if (!m_batch.isEmpty()) {
        returnBatch(); // calls end() again
        return;
    }
    if (!m_unsettled.isEmpty()) {
        settleAndContinue(); // calls end() again
        return;
    }
    if (m_stage == Stage::Stopping) {
        m_stage = Stage::ClosingTools;
        m_converter->close(); // closed() starts the next stage
        return;
    }
    if (const Status left = m_registration.leave();
        !left && isTransient(left.error()) && ++m_endAttempts < maxEndAttempts) {
        retryLater(&WorkerLoop::end);
        return;
    }
    m_stage = Stage::Ended;
    m_beatThread.reset();
    m_slot.publish(WorkerPhase::Ended);
    Q_EMIT finished(m_exitCode);
}

/// Handles a database error: ends the worker or repeats the step later.
void WorkerLoop::handleDatabaseError(const Error &error, Step step)
{
    // The row of the worker is also missing if the content of the file was replaced.
    const Status same = error.code == ErrorCode::WorkerDead ? m_database->checkIdentity() : Status();
    if (m_database->isReplaced())
        endWithError(same ? error : same.error());
    else if (error.code == ErrorCode::WorkerDead)
        endDisowned();
    else if (isTransient(error))
        retryLater(step);
    else
        endWithError(error);
}

void WorkerLoop::endDisowned()
{
    m_log.fatal(QStringLiteral("another program marked this worker dead in the database or deleted its row. "
                               "The worker ends."));
    m_exitCode = ExitDisowned;
    end();
}

void WorkerLoop::endWithError(const Error &error)
{
    if (m_stage == Stage::Ended)
        return;
    m_stage = Stage::Ended;
    m_retry.stop();
    m_log.fatal(error.message);
    if (!error.detail.isEmpty())
        qCWarning(lcWorker).noquote() << error.detail;
    for (const QString &temporary : m_unsettled.drop())
        removeTemporaryOutput(temporary);
    m_beatThread.reset();
    Q_EMIT finished(ExitDatabase);
}

void WorkerLoop::retryLater(Step step)
{
    m_retry.disconnect(this);
    qCDebug(lcWorker) << "The database is locked. The step is repeated.";
    connect(&m_retry, &QTimer::timeout, this, step);
    m_retry.start(retryPause);
}

void WorkerLoop::logJob(const Job &job, const JobOutcome &outcome, double duration) const
{
    m_log.jobOutcome(job.id, m_paths.toLocal(job.inputFile), outcome, duration,
                     m_paths.textToHost(outcome.error.message));
}

void WorkerLoop::removeTemporaryOutput(const QString &temporary)
{
    if (!temporary.isEmpty())
        m_files.post([temporary] { removeTemporaryOutputs(temporary); });
}

} // namespace lifeguard

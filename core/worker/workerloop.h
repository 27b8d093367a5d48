// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/beatfile.h"
#include "core/base/protocol.h"
#include "core/base/systemclock.h"
#include "core/store/database.h"
#include "core/store/fingerprints.h"
#include "core/store/jobqueue.h"
#include "core/store/resultscache.h"
#include "core/store/workerregistry.h"
#include "core/worker/batchsizepolicy.h"
#include "core/worker/beatthread.h"
#include "core/worker/blockage.h"
#include "core/worker/commitwatcher.h"
#include "core/worker/converter.h"
#include "core/worker/filethread.h"
#include "core/worker/holdwatcher.h"
#include "core/worker/hostpaths.h"
#include "core/worker/jobbatch.h"
#include "core/worker/jobrunner.h"
#include "core/worker/managerprocess.h"
#include "core/worker/unsettledjobs.h"
#include "core/worker/workerlog.h"
#include "core/worker/workeroptions.h"
#include "core/worker/workerregistration.h"
#include "core/worker/workerslot.h"

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>

#include <memory>
#include <optional>

namespace lifeguard {

/// The main loop of a worker process: registers, claims jobs, runs and settles each of them, waits for more, and ends
/// (docs/protocol.md). This class decides only the order of the steps; each step is a class of its own. Lives on the
/// main thread. No step blocks, so that the worker reacts at once to a signal, the end of the manager or the loss of a
/// lease.
class WorkerLoop : public QObject
{
    Q_OBJECT

public:
    /// Exit codes of lifeguard-worker.
    enum ExitCode {
        ExitSuccess = 0,
        ExitUsage = 2,
        ExitDatabase = 3,
        ExitDisowned = workerExitDisowned,
    };

    /// database and converter must not be null; beats may be null.
    WorkerLoop(WorkerOptions options, std::unique_ptr<Database> database, std::unique_ptr<BeatFile> beats,
               std::unique_ptr<Converter> converter, QObject *parent = nullptr);
    ~WorkerLoop() override;

    void start();
    /// Stops the worker as the signal TERM does: claims no more jobs, returns unstarted jobs to the queue, finishes the
    /// begun job, and ends. reason: for the log.
    void stop(const QString &reason);

Q_SIGNALS:
    /// The worker has ended. Its row is marked dead, or could not be written.
    void finished(int exitCode);

private:
    /// The stages of the worker until its end. It passes through them in this order.
    enum class Stage {
        Working,
        Stopping, ///< finishes the begun job
        ClosingTools,
        LeavingQueue, ///< all tools have ended; the row is being marked dead
        Ended,
    };
    using Step = void (WorkerLoop::*)();

    void onCommitted();
    void onDatabaseReplaced(const Error &error);
    void claimIfWaiting();
    void onManagerGone();
    void registerWorker();
    void handleRegistrationError(const Error &error);
    void startBeating();
    void claim();
    void becomeIdle();
    void startToolsAhead();
    void waitForResume();
    void beginNextJob();
    void recordTransaction(qsizetype jobs);
    void accept(const QList<Job> &claimed);
    void checkLease();
    void onJobFinished(const JobOutcome &outcome);
    void commitOutput();
    void onJobCommitted();
    [[nodiscard]] bool mustSettle() const;
    void settleAndContinue();
    void settleWhileWorking();
    [[nodiscard]] Status settle(const std::function<Status()> &andThen);
    void onSettled(const UnsettledJobs::Settled &settled);
    void handleSettlementError(const Error &error, Step step);
    void endJob();
    void runJobs();
    void returnBatch();
    void end();
    void handleDatabaseError(const Error &error, Step step);
    void endDisowned();
    void endWithError(const Error &error);
    void retryLater(Step step);
    /// Returns whether the worker must not claim or begin a job at the moment.
    [[nodiscard]] bool mustWait() const { return m_hold.isHeld() || m_blockage.isPausing(); }
    [[nodiscard]] bool isWaiting() const
    {
        return !m_job && m_batch.isEmpty() && m_unsettled.isEmpty() && !m_isContinuing && !m_retry.isActive();
    }
    void logJob(const Job &job, const JobOutcome &outcome, double duration) const;
    void removeTemporaryOutput(const QString &temporary);

    const WorkerOptions m_options;
    const HostPaths m_paths;
    const SystemClock m_clock;
    const WorkerLog m_log;
    std::unique_ptr<Database> m_database;
    JobQueue m_queue;
    WorkerRegistry m_registry;
    ResultsCache m_cache;
    Fingerprints m_fingerprints;
    WorkerSlot m_slot;
    std::unique_ptr<Converter> m_converter;
    WorkerRegistration m_registration;
    JobBatch m_batch;
    BatchSizePolicy m_batchSize;
    FileThread m_files;
    JobRunner m_runner;
    UnsettledJobs m_unsettled;
    CommitWatcher m_commits;
    HoldWatcher m_hold;
    Blockage m_blockage;
    std::unique_ptr<BeatThread> m_beatThread;
    ManagerProcess m_manager;
    /// Set between the end of a job and the call of beginNextJob() in runJobs(). Other events must not claim jobs in
    /// that time: a claim that failed because of a lock would be repeated later, and replace the job that
    /// beginNextJob() had begun.
    bool m_isContinuing = false;
    bool m_isInTurn = false; ///< runJobs() is running
    QTimer m_returnRetry; ///< repeats returnBatch(); m_retry may be in use to settle the begun job
    QTimer m_retry; ///< repeats a step for which the database was locked
    QTimer m_startAhead; ///< starts the tools of a worker that has no job yet
    QTimer m_settlementTimer; ///< settles the finished jobs while the next one takes longer

    std::optional<Job> m_job; ///< the begun job, as stored in the queue
    QElapsedTimer m_jobTime; ///< since the beginning of this job
    milliseconds m_startedAt{0};
    std::optional<Error> m_fatalError; ///< ends the worker after the begun job was abandoned
    Stage m_stage = Stage::Working;
    bool m_mayStartAhead = true; ///< no job has begun, and no tool has been started
    int m_endAttempts = 0;
    int m_exitCode = ExitSuccess;
};

} // namespace lifeguard

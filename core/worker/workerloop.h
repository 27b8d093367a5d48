// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/beatfile.h"
#include "core/base/pidwatcher.h"
#include "core/base/systemclock.h"
#include "core/store/database.h"
#include "core/store/jobqueue.h"
#include "core/store/resultscache.h"
#include "core/store/workerregistry.h"
#include "core/worker/beatthread.h"
#include "core/worker/commitwatcher.h"
#include "core/worker/converter.h"
#include "core/worker/hostpaths.h"
#include "core/worker/jobfiles.h"
#include "core/worker/workeroptions.h"

#include <QObject>
#include <QTimer>

#include <functional>
#include <memory>
#include <optional>

namespace lifeguard {

/// A worker's life: registers, claims, converts, acknowledges, waits, ends (shared/PROTOCOL.md). On the main thread;
/// nothing in it waits, so that TERM, the manager's end and a lost lease are seen at once, job or no job.
class WorkerLoop : public QObject
{
    Q_OBJECT

public:
    enum ExitCode {
        ExitWell = 0,
        ExitUsage = 2,
        ExitDatabase = 3,
        ExitDisowned = 4, ///< somebody else marked its row dead, or deleted it
    };

    /// converter and database must not be null; beats may be.
    WorkerLoop(WorkerOptions options, std::unique_ptr<Database> database, std::unique_ptr<BeatFile> beats,
               std::unique_ptr<Converter> converter, QObject *parent = nullptr);
    ~WorkerLoop() override;

    void start();
    /// As TERM: nothing more is claimed, what has not begun is given back, the job begun is finished.
    void stop(const QString &why);

Q_SIGNALS:
    /// The worker's row is dead (or could not be made so); its process can end.
    void finished(int exitCode);

private:
    /// Why the job at work is being broken off.
    enum class Abort { None, LeaseLost, TooLong };

    void registerWorker();
    void startBeating();
    void managerGone();
    void claim();
    void beginNext();
    void begin();
    void endJob(const Result<Conversion> &result);
    void settle();
    [[nodiscard]] Status settleOnce();
    void nextAfterJob();
    void becomeIdle();
    [[nodiscard]] bool isHeld() const;
    void rest();
    void disowned();
    void checkLease();
    void giveBack();
    void end();
    void giveUp(int exitCode, const Error &error);
    void again(void (WorkerLoop::*step)());
    void writeSlot(WorkerPhase phase);
    void logJob(const QString &outcome) const;
    void removeTemporary();

    const WorkerOptions m_options;
    const HostPaths m_paths;
    const SystemClock m_clock;
    std::unique_ptr<Database> m_db;
    JobQueue m_queue;
    WorkerRegistry m_registry;
    ResultsCache m_cache;
    CommitWatcher m_commits;
    std::unique_ptr<BeatFile> m_beats;
    std::unique_ptr<BeatThread> m_beatThread;
    std::unique_ptr<Converter> m_converter;
    std::unique_ptr<PidWatcher> m_manager;
    QTimer m_retry; ///< after a locked database
    QTimer m_limit; ///< max_job_time
    QTimer m_hold; ///< looks whether its pool is still paused

    qint64 m_workerId = 0;
    QList<Job> m_batch; ///< claimed, not begun
    std::optional<Job> m_job; ///< begun; as it stands in the queue
    Job m_localJob; ///< the same with its files where we see them
    OutputPath m_output;
    milliseconds m_startedAt{0};
    Abort m_abort = Abort::None;
    std::optional<Error> m_failure; ///< of the job at work
    QString m_stoppedAt; ///< how far the job had come that took too long
    bool m_fromCache = false;
    bool m_isCommitted = false; ///< the output stands in its place
    double m_average = -1; ///< seconds a job took lately
    bool m_isIdleStored = true; ///< registered as idle
    bool m_isStopping = false;
    bool m_isConverting = false;
    bool m_isClosing = false;
    bool m_isClosed = false; ///< no tool is left
    bool m_isOver = false;
    int m_endTries = 0;
    int m_exitCode = ExitWell;
};

} // namespace lifeguard

// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/runsession.h"

#include "core/base/future.h"
#include "app/ctl/output.h"
#include "app/ctl/runprinter.h"
#include "core/config/jobtypes.h"
#include "core/tools/missingtools.h"

#include <QTimer>

#include <limits>

namespace lifeguard::ctl {

namespace {

constexpr int progressEveryMs = 1000;
constexpr int workersOfDefaultPool = 2;

WorkerConfig defaultPool(const QString &type)
{
    WorkerConfig config;
    config.type = type;
    config.count = workersOfDefaultPool;
    config.mode = ExecutionMode::Auto;
    return config;
}

/// When the job failed; programs of CLX leave completed_at empty.
QDateTime failedAt(const Job &job)
{
    return job.completedAt.isValid() ? job.completedAt : job.startedAt;
}

} // namespace

RunSession::RunSession(RunOptions options, RunPrinter &printer, QObject *parent)
    : QObject(parent)
    , m_options(std::move(options))
    , m_printer(printer)
{
    connect(&m_store, &Store::snapshotRead, this, &RunSession::onSnapshot);
    connect(&m_store, &Store::readFailed, this,
            [this](const Error &error) { m_printer.print(QStringLiteral("database_error"), tr("database"), error.message); });
    connect(&m_store, &Store::lockedChanged, this, [this](bool locked) {
        m_printer.print(QStringLiteral("database_locked"), tr("database"), locked ? tr("locked by another program") : tr("free again"));
    });
}

RunSession::~RunSession() = default;

void RunSession::start()
{
    if (m_options.timeout) {
        QTimer::singleShot(*m_options.timeout, this, [this] {
            m_exitCode = ExitTimeout;
            end(ExitTimeout, tr("the time of %1 s ran out").arg(m_options.timeout->count()));
        });
    }
    whenAnswered(m_store.open(m_options.database, OpenMode::Create), this, [this](const Result<DatabaseInfo> &info) {
        if (!info) {
            endForError(info.error());
        } else {
            opened();
        }
    });
}

void RunSession::opened()
{
    if (m_ending) {
        finish(m_exitCode);
        return;
    }
    ManagerPaths paths;
    paths.workspace = m_options.workspace;
    m_manager = std::make_unique<WorkerPoolManager>(m_store, m_clock, paths);
    connect(m_manager.get(), &WorkerPoolManager::ready, this, &RunSession::rememberFailed);
    connect(m_manager.get(), &WorkerPoolManager::failed, this, &RunSession::endForError);
    connect(m_manager.get(), &WorkerPoolManager::writeFailed, this, [this](const Error &error) {
        m_printer.print(QStringLiteral("database_error"), tr("database"), tr("%1 It is tried again until it works.").arg(error.message));
    });
    connect(m_manager.get(), &WorkerPoolManager::poolsChanged, this, &RunSession::onPools);
    connect(m_manager.get(), &WorkerPoolManager::workersChanged, this, &RunSession::onWorkers);
    connect(m_manager.get(), &WorkerPoolManager::eventHappened, this, &RunSession::onEvent);
    connect(m_manager.get(), &WorkerPoolManager::allStopped, this, [this] {
        if (m_ending) {
            readOutcome();
        }
    });
    m_manager->start();
}

QFuture<Result<QList<Job>>> RunSession::jobsOf(JobStatus status)
{
    JobFilter filter;
    filter.status = status;
    filter.limit = std::numeric_limits<int>::max();
    return m_store.jobs(filter);
}

void RunSession::rememberFailed()
{
    whenAnswered(jobsOf(JobStatus::Failed), this, [this](const Result<QList<Job>> &jobs) {
        if (!jobs) {
            endForError(jobs.error());
            return;
        }
        for (const Job &job : *jobs) {
            m_failedBefore.insert(job.id, failedAt(job));
        }
        whenAnswered(m_store.snapshot(), this, [this](const Result<StoreSnapshot> &snapshot) {
            if (!snapshot) {
                endForError(snapshot.error());
                return;
            }
            m_snapshot = *snapshot;
            startPools();
        });
    });
}

void RunSession::startPools()
{
    if (m_ending) {
        readOutcome();
        return;
    }
    if (m_options.pools.isEmpty()) {
        for (const JobType &type : jobTypes()) {
            if (m_snapshot->counts.value(type.name).pending > 0) {
                m_options.pools << defaultPool(type.name);
            }
        }
        if (m_options.pools.isEmpty()) {
            m_options.pools << defaultPool(QStringLiteral("plantuml"));
        }
    }
    for (const WorkerConfig &config : std::as_const(m_options.pools)) {
        m_types.insert(config.type);
    }
    m_poolsStarted = true;
    checkIdle(); // nothing to do: no worker needs to be started for it
    if (m_ending) {
        return;
    }
    for (const WorkerConfig &config : std::as_const(m_options.pools)) {
        const auto name = m_manager->startPool(config);
        if (!name) {
            printError(name.error().message);
            end(ExitUsage, tr("the pool %1 could not be started").arg(config.type));
            return;
        }
    }
}

void RunSession::stop(const QString &why)
{
    if (!m_ending) {
        end(ExitWell, why);
    } else if (m_manager && !m_killing) {
        m_killing = true;
        m_printer.print(QStringLiteral("killing"), tr("killing the workers"), why);
        m_manager->stopAll(seconds(0));
    }
}

void RunSession::end(int exitCode, const QString &why)
{
    if (m_ending) {
        return;
    }
    m_ending = true;
    m_exitCode = exitCode;
    if (!m_manager) {
        return; // opened() ends it
    }
    const bool live = m_manager->hasLiveWorkers();
    m_printer.print(QStringLiteral("stopping"), live ? tr("stopping the workers") : tr("ending"), why);
    m_manager->stopAll();
    if (!m_poolsStarted) {
        return; // startPools() goes on
    }
    if (!live) {
        readOutcome();
    }
}

void RunSession::endForError(const Error &error)
{
    if (m_finished) {
        return;
    }
    report(error);
    m_ending = true;
    finish(ExitDatabase);
}

void RunSession::readOutcome()
{
    if (m_finished) {
        return;
    }
    m_finished = true; // allStopped may come once more
    whenAnswered(jobsOf(JobStatus::Failed), this, [this](const Result<QList<Job>> &jobs) {
        m_finished = false;
        if (!jobs) {
            endForError(jobs.error());
            return;
        }
        for (auto job = jobs->crbegin(); job != jobs->crend(); ++job) {
            const auto before = m_failedBefore.constFind(job->id);
            if (!m_types.contains(job->type) || (before != m_failedBefore.cend() && *before == failedAt(*job))) {
                continue;
            }
            m_printer.print(QStringLiteral("job_failed"), tr("job %1 failed").arg(job->id),
                            job->inputFile.isEmpty() ? errorLine(job->error)
                                                     : QString(shownName(*job) + QStringLiteral(": ") + errorLine(job->error)),
                            {{QStringLiteral("job_id"), job->id}});
            if (m_exitCode == ExitWell) {
                m_exitCode = ExitJobFailed;
            }
        }
        finish(m_exitCode);
    });
}

void RunSession::finish(int exitCode)
{
    if (m_finished) {
        return;
    }
    m_finished = true;
    Q_EMIT finished(exitCode);
}

void RunSession::onSnapshot(const StoreSnapshot &snapshot)
{
    if (!m_poolsStarted) {
        return;
    }
    m_snapshot = snapshot;
    checkIdle();
    JobCounts counts;
    for (const QString &type : std::as_const(m_types)) {
        counts += snapshot.counts.value(type);
    }
    const QString progress = tr("%1 waiting, %2 running, %3 completed, %4 failed")
                                 .arg(counts.pending)
                                 .arg(counts.processing)
                                 .arg(counts.completed)
                                 .arg(counts.failed);
    // A queue that moves fast would drown everything else.
    const bool due = !m_sinceProgress.isValid() || m_sinceProgress.elapsed() >= progressEveryMs || m_ending;
    if (due && progress != m_lastProgress) {
        m_lastProgress = progress;
        m_sinceProgress.start();
        m_printer.print(QStringLiteral("jobs"), tr("jobs"), progress,
                        {{QStringLiteral("pending"), counts.pending},
                         {QStringLiteral("processing"), counts.processing},
                         {QStringLiteral("completed"), counts.completed},
                         {QStringLiteral("failed"), counts.failed}});
    }
}

void RunSession::onPools(const QList<PoolInfo> &pools)
{
    for (const PoolInfo &pool : pools) {
        const QString state = toString(pool.state);
        const QJsonObject facts{{QStringLiteral("pool"), pool.name}, {QStringLiteral("state"), state}, {QStringLiteral("reason"), pool.reason},
                                {QStringLiteral("mode"), pool.mode}, {QStringLiteral("mode_reason"), pool.modeReason}};
        if (!pool.mode.isEmpty() && !pool.modeReason.isEmpty() && m_poolModes.value(pool.name) != pool.modeReason) {
            m_poolModes.insert(pool.name, pool.modeReason);
            m_printer.print(QStringLiteral("pool_mode"), tr("pool %1 runs %2").arg(pool.name, pool.modeReason), {}, facts);
        }
        // Containers need nothing of this machine.
        if (!pool.mode.isEmpty() && !m_toolsLooked.contains(pool.name)) {
            m_toolsLooked.insert(pool.name);
            const bool isHere = pool.mode == toString(ExecutionMode::Direct) && pool.config.command.isEmpty();
            if (const QString missing = isHere ? missingTools(pool.config.type) : QString(); !missing.isEmpty()) {
                m_printer.print(QStringLiteral("tool_missing"), pool.config.type, missing);
            }
        }
        if (m_poolStates.value(pool.name) == state) {
            // An image that is pulled takes its time; a line a second says how far it is.
            const bool isDue = !m_sinceWait.isValid() || m_sinceWait.elapsed() >= progressEveryMs;
            if (pool.mode.isEmpty() && pool.state == PoolState::Starting && !pool.reason.isEmpty() && isDue && m_poolWaits.value(pool.name) != pool.reason) {
                m_poolWaits.insert(pool.name, pool.reason);
                m_sinceWait.start();
                m_printer.print(QStringLiteral("pool_waits"), tr("pool %1 waits").arg(pool.name), pool.reason, facts);
            }
            continue;
        }
        m_poolStates.insert(pool.name, state);
        m_printer.print(QStringLiteral("pool_state"), tr("pool %1 is %2").arg(pool.name, state), pool.reason, facts);
    }
    checkIdle();
}

void RunSession::onWorkers(const QList<WorkerInfo> &workers)
{
    for (const WorkerInfo &worker : workers) {
        if (!worker.own) {
            continue;
        }
        const QString state = toString(worker.state);
        QString shown = state;
        if (worker.state == WorkerState::Busy && worker.jobId != 0) {
            shown += QStringLiteral(" #") + QString::number(worker.jobId);
        }
        if (m_workerStates.value(worker.executorId) == shown) {
            continue;
        }
        m_workerStates.insert(worker.executorId, shown);
        const QString why = worker.state == WorkerState::Busy ? worker.jobName : worker.reason;
        m_printer.print(QStringLiteral("worker_state"), tr("%1 is %2").arg(worker.name(), state), why,
                        {{QStringLiteral("container_id"), worker.executorId},
                         {QStringLiteral("worker_type"), worker.type},
                         {QStringLiteral("mode"), worker.mode},
                         {QStringLiteral("image"), worker.image},
                         {QStringLiteral("worker_id"), worker.workerId},
                         {QStringLiteral("state"), state},
                         {QStringLiteral("job_id"), worker.jobId},
                         {QStringLiteral("reason"), worker.reason}});
    }
}

void RunSession::onEvent(const Event &event)
{
    // What happens to pools and workers shows in their states.
    if (event.kind.startsWith(QLatin1String("pool_")) || event.kind.startsWith(QLatin1String("worker_"))) {
        return;
    }
    m_printer.print(event.kind, event.kind, event.message,
                    {{QStringLiteral("pool"), event.pool},
                     {QStringLiteral("executor_id"), event.executorId},
                     {QStringLiteral("worker_id"), event.workerId},
                     {QStringLiteral("job_id"), event.jobId}});
}

QStringList RunSession::crashLoopingTypes() const
{
    QSet<QString> looping;
    QSet<QString> others;
    for (const PoolInfo &pool : m_manager->pools()) {
        (pool.state == PoolState::CrashLooping ? looping : others).insert(pool.config.type);
    }
    return (looping - others).values();
}

void RunSession::checkIdle()
{
    if (!m_options.untilIdle || !m_poolsStarted || m_ending || !m_snapshot) {
        return;
    }
    const QStringList looping = crashLoopingTypes();
    QStringList stuck;
    for (const QString &type : std::as_const(m_types)) {
        const JobCounts counts = m_snapshot->counts.value(type);
        if (counts.pending + counts.processing == 0) {
            continue;
        }
        if (!looping.contains(type)) {
            return; // others may still do their work
        }
        stuck << type;
    }
    if (stuck.isEmpty()) {
        end(ExitWell, tr("no job waits or runs"));
    } else {
        nameStuckJobs(stuck);
    }
}

void RunSession::nameStuckJobs(const QStringList &types)
{
    // Named before the end is begun, so that they stand above the last lines.
    m_options.untilIdle = false;
    whenAnswered(jobsOf(JobStatus::Pending), this, [this, types](const Result<QList<Job>> &jobs) {
        if (!jobs) {
            endForError(jobs.error());
            return;
        }
        for (auto job = jobs->crbegin(); job != jobs->crend(); ++job) {
            if (types.contains(job->type)) {
                m_printer.print(QStringLiteral("job_stuck"), tr("job %1 still waits").arg(job->id),
                                job->inputFile.isEmpty() ? job->type : job->inputFile, {{QStringLiteral("job_id"), job->id}});
            }
        }
        end(ExitJobFailed, tr("no worker of the type %1 can start").arg(types.join(QStringLiteral(", "))));
    });
}

} // namespace lifeguard::ctl

// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/runsession.h"

#include "app/ctl/console.h"
#include "app/ctl/runprinter.h"
#include "core/base/futurecallbacks.h"
#include "core/config/jobtypes.h"

#include <QTimer>

#include <limits>

namespace lifeguard::ctl {

namespace {

WorkerConfig defaultPool(const QString &type)
{
    WorkerConfig config;
    config.type = type;
    config.count = 2;
    config.mode = ExecutionMode::Auto;
    return config;
}

QDateTime timeOfFailure(const Job &job)
{
    return job.completedAt.isValid() ? job.completedAt : job.startedAt; // workers of CLX do not set completed_at
}

} // namespace

RunSession::RunSession(RunOptions options, RunPrinter &printer, QObject *parent)
    : QObject(parent)
    , m_options(std::move(options))
    , m_printer(printer)
    , m_session([this] {
        ManagerSessionOptions session;
        session.database = m_options.database;
        session.workspace = m_options.workspace;
        return session; // without pools: startPools() launches them after the earlier failures have been read
    }())
{
    connectPrinter();
    connect(&m_session, &ManagerSession::ready, this, &RunSession::readEarlierFailures);
    connect(&m_session, &ManagerSession::failed, this, &RunSession::endWithError);
    connect(&m_session, &ManagerSession::snapshotRead, this, &RunSession::onSnapshot);
    connect(&m_session, &ManagerSession::poolsChanged, this, &RunSession::endIfIdle);
    connect(&m_session, &ManagerSession::stopped, this, &RunSession::readNewFailures);
}

RunSession::~RunSession() = default;

void RunSession::connectPrinter()
{
    connect(&m_session, &ManagerSession::poolsChanged, this,
            [this](const QList<PoolInfo> &pools) { m_printer.printPools(pools); });
    connect(&m_session, &ManagerSession::workersChanged, this,
            [this](const QList<WorkerInfo> &workers) { m_printer.printWorkers(workers); });
    connect(&m_session, &ManagerSession::eventHappened, this,
            [this](const Event &event) { m_printer.printEvent(event); });
    connect(&m_session, &ManagerSession::readFailed, this,
            [this](const Error &error) { m_printer.printReadError(error); });
    connect(&m_session, &ManagerSession::writeFailed, this,
            [this](const Error &error) { m_printer.printWriteError(error); });
    connect(&m_session, &ManagerSession::lockedChanged, this,
            [this](bool locked) { m_printer.printLocked(locked, m_session.lockedText()); });
}

void RunSession::start()
{
    if (m_options.timeout) {
        QTimer::singleShot(*m_options.timeout, this, [this] {
            m_exitCode = ExitCode::Timeout; // even if the session is already ending
            end(ExitCode::Timeout, tr("the timeout of %1 s was reached").arg(m_options.timeout->count()));
        });
    }
    m_session.open();
}

QFuture<Result<QList<Job>>> RunSession::jobsWithStatus(JobStatus status)
{
    JobFilter filter;
    filter.status = status;
    filter.limit = std::numeric_limits<int>::max();
    return m_session.store().jobs(filter);
}

void RunSession::readEarlierFailures()
{
    whenFinished(jobsWithStatus(JobStatus::Failed), this, [this](const Result<QList<Job>> &jobs) {
        if (!jobs) {
            endWithError(jobs.error());
            return;
        }
        for (const Job &job : *jobs) {
            m_earlierFailures.insert(job.id, timeOfFailure(job));
        }
        whenFinished(m_session.store().snapshot(), this, [this](const Result<StoreSnapshot> &snapshot) {
            if (!snapshot) {
                endWithError(snapshot.error());
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
        return;
    }
    if (m_options.pools.isEmpty()) {
        for (const JobType &type : jobTypes()) {
            if (m_snapshot.counts.value(type.name).pending > 0) {
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
    endIfIdle(); // ends without starting workers if there is nothing to do
    if (m_ending) {
        return;
    }
    for (const WorkerConfig &config : std::as_const(m_options.pools)) {
        if (const Result<QString> name = m_session.launch(config); !name) {
            printError(name.error().message);
            end(ExitCode::Usage, tr("the pool %1 could not be started").arg(config.type));
            return;
        }
    }
}

void RunSession::interrupt(const QString &reason)
{
    if (!m_ending) {
        end(ExitCode::Success, reason);
    } else if (m_session.isOpen() && !m_killing) {
        m_killing = true;
        m_printer.printKilling(reason);
        m_session.stop(seconds(0));
    }
}

void RunSession::end(ExitCode exitCode, const QString &reason)
{
    if (m_ending) {
        return;
    }
    m_ending = true;
    m_exitCode = exitCode;
    m_printer.printEnding(m_session.hasLiveWorkers(), reason);
    m_session.stop(); // readNewFailures() continues when no worker is left
}

void RunSession::endWithError(const Error &error)
{
    if (m_finished) {
        return;
    }
    printError(error);
    m_ending = true;
    finish(ExitCode::Database);
}

void RunSession::readNewFailures()
{
    if (!m_poolsStarted) {
        finish(m_exitCode);
        return;
    }
    whenFinished(jobsWithStatus(JobStatus::Failed), this, [this](const Result<QList<Job>> &jobs) {
        if (!jobs) {
            endWithError(jobs.error());
            return;
        }
        for (auto job = jobs->crbegin(); job != jobs->crend(); ++job) { // oldest first
            const auto earlier = m_earlierFailures.constFind(job->id);
            const bool failedEarlier = earlier != m_earlierFailures.cend() && *earlier == timeOfFailure(*job);
            if (failedEarlier || !m_types.contains(job->type)) {
                continue;
            }
            m_printer.printFailedJob(*job);
            if (m_exitCode == ExitCode::Success) {
                m_exitCode = ExitCode::JobFailed;
            }
        }
        finish(m_exitCode);
    });
}

void RunSession::finish(ExitCode exitCode)
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
    endIfIdle();
    JobCounts counts;
    for (const QString &type : std::as_const(m_types)) {
        counts += snapshot.counts.value(type);
    }
    m_printer.printProgress(counts, m_ending);
}

QSet<QString> RunSession::crashLoopingTypes()
{
    QSet<QString> crashLooping;
    QSet<QString> others;
    for (const PoolInfo &pool : m_session.manager()->pools()) {
        (pool.state == PoolState::CrashLooping ? crashLooping : others).insert(pool.config.type);
    }
    return crashLooping - others;
}

void RunSession::endIfIdle()
{
    if (!m_options.untilIdle || !m_poolsStarted || m_ending || m_reportingStuckJobs) {
        return;
    }
    const QSet<QString> crashLooping = crashLoopingTypes();
    QStringList stuck;
    for (const QString &type : std::as_const(m_types)) {
        const JobCounts counts = m_snapshot.counts.value(type);
        if (counts.pending + counts.processing == 0) {
            continue;
        }
        if (!crashLooping.contains(type)) {
            return; // the jobs of this type can still be run
        }
        stuck << type;
    }
    if (stuck.isEmpty()) {
        end(ExitCode::Success, tr("no jobs are waiting or running"));
    } else {
        endWithStuckJobs(stuck);
    }
}

void RunSession::endWithStuckJobs(const QStringList &types)
{
    m_reportingStuckJobs = true;
    whenFinished(jobsWithStatus(JobStatus::Pending), this, [this, types](const Result<QList<Job>> &jobs) {
        if (!jobs) {
            endWithError(jobs.error());
            return;
        }
        for (auto job = jobs->crbegin(); job != jobs->crend(); ++job) { // oldest first
            if (types.contains(job->type)) {
                m_printer.printStuckJob(*job);
            }
        }
        end(ExitCode::JobFailed,
            types.size() == 1 ? tr("no worker of type %1 can start").arg(types.first())
                              : tr("no workers of these types can start: %1").arg(types.join(QStringLiteral(", "))));
    });
}

} // namespace lifeguard::ctl

// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/runsession.h"

#include "app/ctl/console.h"
#include "app/ctl/runprinter.h"
#include "core/base/futurecallbacks.h"
#include "core/config/clmprograms.h"
#include "core/config/jobtypes.h"
#include "core/store/jobreader.h"

#include <QTimer>

#include <algorithm>
#include <limits>
#include <utility>

namespace lifeguard::ctl {

namespace {

/// How long workers may take to end after the database was replaced. Then the command ends even if some are left.
constexpr seconds replacedTimeout = ManagerSession::replacedGrace + seconds(1);

WorkerConfig defaultPool(const QString &type)
{
    WorkerConfig config;
    config.type = type;
    config.count = 2;
    config.mode = ExecutionMode::Auto;
    return config;
}

/// Returns whether workers of these modes can claim a job. modes: by job type.
Result<bool> isAnyClaimable(JobReader &reader, const QHash<QString, QStringList> &modes)
{
    for (auto type = modes.cbegin(); type != modes.cend(); ++type) {
        for (const QString &mode : type.value()) {
            const Result<bool> found = reader.isClaimable(type.key(), mode);
            if (!found || *found) {
                return found;
            }
        }
    }
    return false;
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
        session.allowNetworkFile = m_options.allowNetworkFile;
        session.outputRoots = m_options.outputRoots;
        if (m_options.config) {
            session.use(m_options.config->selection.result->configuration);
        }
        return session; // without pools: startPools() launches them after the earlier failures have been read
    }())
{
    connectPrinter();
    connect(&m_session, &ManagerSession::opened, this, [](const QString &notice) { printNotice(notice); });
    connect(&m_session, &ManagerSession::ready, this, &RunSession::readEarlierFailures);
    connect(&m_session, &ManagerSession::ready, &m_service, &ServiceNotifier::setReady);
    connect(&m_session, &ManagerSession::poolsChanged, this, &RunSession::updateServiceStatus);
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
    connect(&m_session, &ManagerSession::hookFailed, this, [](const Error &error) { printError(error); });
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
    if (const Status served = serveMetrics(); !served) {
        printError(served.error());
        m_ending = true;
        finish(ExitCode::Usage);
        return;
    }
    m_session.open();
}

Status RunSession::serveMetrics()
{
    if (!m_options.metricsAddress) {
        return {};
    }
    m_metrics = std::make_unique<MetricsServer>(m_session);
    const Status listening = m_metrics->listen(*m_options.metricsAddress);
    if (listening) {
        m_printer.printMetricsAddress(m_metrics->address().toString());
    }
    return listening;
}

/// Describes the pools for `systemctl status`.
void RunSession::updateServiceStatus()
{
    int alive = 0;
    int wanted = 0;
    int busy = 0;
    qint64 pending = 0;
    QSet<QString> types;
    for (const PoolInfo &pool : m_session.manager()->pools()) {
        alive += pool.alive;
        wanted += pool.config.count;
        busy += pool.busy;
        if (!types.contains(pool.config.type)) {
            types.insert(pool.config.type);
            pending += pool.pendingJobs;
        }
    }
    m_service.setStatus(m_ending ? tr("Stopping: workers left: %1").arg(alive)
                                 : tr("Workers: %1 of %2, busy: %3, jobs waiting: %4")
                                       .arg(QString::number(alive), QString::number(wanted), QString::number(busy),
                                            QString::number(pending)));
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
    choosePools();
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
    if (m_follower) {
        followConfig();
    }
}

/// Chooses which pools run: those of the command line, those of the configuration file, or those that the waiting jobs
/// need.
void RunSession::choosePools()
{
    if (m_options.pools.isEmpty() && m_options.config) {
        m_follower = std::make_unique<ConfigFollower>(m_session, *m_options.config);
        for (const NamedPool &pool : m_options.config->selection.result->configuration.pools) {
            m_types.insert(pool.config.type);
        }
    }
    if (m_options.pools.isEmpty() && m_types.isEmpty()) {
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
}

/// Starts the pools of the configuration file, and follows the file.
void RunSession::followConfig()
{
    const auto onStartFailed = connect(m_follower.get(), &ConfigFollower::failed, this, [this](const QString &message) {
        printError(message);
        end(ExitCode::Usage, tr("a pool of the configuration file could not be started"));
    });
    m_follower->start();
    disconnect(onStartFailed);
    connect(m_follower.get(), &ConfigFollower::failed, this, [](const QString &message) { printError(message); });
    connect(m_follower.get(), &ConfigFollower::refused, this, [](const QString &text) { printNotice(text); });
    connect(m_follower.get(), &ConfigFollower::applied, this, [this](const QString &text) {
        printNotice(text);
        m_types.clear();
        for (const NamedPool &pool : m_follower->configuration().pools) {
            m_types.insert(pool.config.type);
        }
    });
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

void RunSession::hangUp(const QString &reason)
{
    end(ExitCode::Success, reason);
}

void RunSession::endWithoutOutput()
{
    if (m_ending && m_exitCode == ExitCode::Success) {
        m_exitCode = ExitCode::OutputClosed;
    }
    end(ExitCode::OutputClosed, tr("the output was closed"));
}

void RunSession::end(ExitCode exitCode, const QString &reason)
{
    if (m_ending) {
        return;
    }
    m_ending = true;
    m_service.setStopping();
    m_exitCode = exitCode;
    // The session may have seen the state of a pool before poolsChanged() is emitted.
    if (WorkerPoolManager *manager = m_session.manager()) {
        m_printer.printPools(manager->pools());
    }
    if (m_options.untilIdle) {
        for (auto counts = m_snapshot.counts.cbegin(); counts != m_snapshot.counts.cend(); ++counts) {
            if (counts->pending > 0 && !m_types.contains(counts.key())) {
                m_printer.printUnhandledType(counts.key(), counts->pending);
            }
        }
    }
    m_printer.printEnding(m_session.hasLiveWorkers(), reason);
    m_session.stop(); // readNewFailures() continues when no worker is left
}

void RunSession::endWithError(const Error &error)
{
    if (m_finished || m_waitingForWorkers) {
        return;
    }
    printError(error);
    m_ending = true;
    m_service.setStopping();
    if (!m_session.isDatabaseReplaced() || !m_session.hasLiveWorkers()) {
        finish(ExitCode::Database);
        return;
    }
    m_waitingForWorkers = true;
    m_exitCode = ExitCode::Database;
    m_session.stop(ManagerSession::replacedGrace); // readNewFailures() continues when no worker is left
    QTimer::singleShot(replacedTimeout, this, [this] { finish(ExitCode::Database); });
}

void RunSession::readNewFailures()
{
    if (!m_poolsStarted || m_waitingForWorkers) {
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
    QHash<QString, QStringList> modes; // of types with waiting jobs that none of their workers has claimed
    for (const QString &type : std::as_const(m_types)) {
        const JobCounts counts = m_snapshot.counts.value(type);
        if (counts.pending + counts.processing == 0) {
            continue;
        }
        if (crashLooping.contains(type)) {
            stuck << type;
            continue;
        }
        const QStringList modesOfType = decidedModes(type);
        if (counts.processing > 0 || modesOfType.isEmpty()) {
            return; // the jobs of this type can still be run
        }
        modes.insert(type, modesOfType);
    }
    if (!modes.isEmpty()) {
        endIfNotClaimable(modes, stuck);
    } else if (stuck.isEmpty()) {
        end(ExitCode::Success, tr("no jobs are waiting or running"));
    } else {
        endWithStuckJobs(stuck, stuckReason(stuck));
    }
}

QStringList RunSession::decidedModes(const QString &type)
{
    QStringList modes;
    for (const PoolInfo &pool : m_session.manager()->pools()) {
        if (pool.config.type != type || pool.state == PoolState::CrashLooping) {
            continue;
        }
        if (pool.mode.isEmpty()) {
            return {};
        }
        modes << claimedMode(pool.config, pool.mode);
    }
    return modes;
}

/// CLM tags jobs with the mode of the workers that may claim them. Jobs that no pool of this manager may claim would
/// keep the command waiting forever.
void RunSession::endIfNotClaimable(const QHash<QString, QStringList> &modes, const QStringList &stuck)
{
    if (std::exchange(m_checkingClaims, true)) {
        return;
    }
    const auto isAnyLeft = [modes](Database &database) -> Result<bool> {
        JobReader reader(database);
        if (const Result<bool> found = isAnyClaimable(reader, modes); !found || *found) {
            return found;
        }
        if (const Result<bool> usedUp = reader.hasUsedUpJobs(); !usedUp || *usedUp) {
            return usedUp;
        }
        // A worker may have claimed the last jobs since the snapshot was read.
        const Result<QList<RunningJob>> running = reader.running();
        if (!running) {
            return failure(running.error());
        }
        const auto isOfThese = [&modes](const RunningJob &job) { return modes.contains(job.type); };
        if (std::any_of(running->cbegin(), running->cend(), isOfThese)) {
            return true;
        }
        // Or has even finished them.
        const Result<QHash<QString, JobCounts>> counts = reader.counts();
        if (!counts) {
            return failure(counts.error());
        }
        for (auto type = modes.cbegin(); type != modes.cend(); ++type) {
            if (counts->value(type.key()).pending == 0) {
                return true;
            }
        }
        return isAnyClaimable(reader, modes); // returned since the first check
    };
    whenFinished(m_session.store().read<bool>(isAnyLeft), this, [this, modes, stuck](const Result<bool> &isLeft) {
        m_checkingClaims = false;
        if (!isLeft || *isLeft || m_ending || m_reportingStuckJobs) {
            return; // the next snapshot leads to another check
        }
        const QStringList types = stuck + modes.keys();
        endWithStuckJobs(types, stuck.isEmpty() ? unclaimableReason(types) : stuckReason(types));
    });
}

QString RunSession::unclaimableReason(const QStringList &types)
{
    for (const PoolInfo &pool : m_session.manager()->pools()) {
        if (types.contains(pool.config.type) && claimedMode(pool.config, pool.mode) != pool.mode) {
            return tr("the waiting jobs are for workers that use CLM's REST interface, which Lifeguard does not offer. "
                      "Set the execution mode of %1 workers to 'direct' in the configuration of CLM")
                .arg(pool.config.type);
        }
    }
    return tr("the waiting jobs are for workers of another mode");
}

QString RunSession::stuckReason(const QStringList &types)
{
    return types.size() == 1 ? tr("no worker of type %1 can start").arg(types.first())
                             : tr("no workers of these types can start: %1").arg(types.join(QStringLiteral(", ")));
}

void RunSession::endWithStuckJobs(const QStringList &types, const QString &reason)
{
    m_reportingStuckJobs = true;
    m_printer.printPools(m_session.manager()->pools()); // the reason precedes the list of its jobs
    whenFinished(jobsWithStatus(JobStatus::Pending), this, [this, types, reason](const Result<QList<Job>> &jobs) {
        if (!jobs) {
            endWithError(jobs.error());
            return;
        }
        bool isAnyStuck = false;
        for (auto job = jobs->crbegin(); job != jobs->crend(); ++job) { // oldest first
            if (types.contains(job->type)) {
                m_printer.printStuckJob(*job);
                isAnyStuck = true;
            }
        }
        if (isAnyStuck) {
            end(ExitCode::JobFailed, reason);
        } else {
            m_reportingStuckJobs = false; // the last jobs have ended since the snapshot; the next one shows it
        }
    });
}

} // namespace lifeguard::ctl

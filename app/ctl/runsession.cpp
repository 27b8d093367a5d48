// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/runsession.h"

#include "app/ctl/console.h"
#include "app/ctl/runprinter.h"
#include "core/base/futurecallbacks.h"
#include "core/config/jobtypes.h"

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
    , m_idle(m_session, printer)
    , m_notes(m_session.store())
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
    connect(&m_notes, &NoteReader::notesRead, this, &RunSession::onNotes);
    connect(&m_idle, &IdleWatch::idle, this, &RunSession::end);
    connect(&m_idle, &IdleWatch::failed, this, &RunSession::endWithError);
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
    m_notes.start();
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

void RunSession::endIfIdle()
{
    if (m_options.untilIdle && m_poolsStarted && !m_ending) {
        m_idle.update(m_snapshot.counts, m_types);
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
    m_idle.stop();
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
    m_idle.stop();
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
        m_notes.read([this, failed = *jobs] {
            if (m_cachedJobs > 0) {
                m_printer.printCachedJobs(m_cachedJobs);
            }
            reportNewFailures(failed);
            finish(m_exitCode);
        });
    });
}

void RunSession::reportNewFailures(const QList<Job> &failed)
{
    for (auto job = failed.crbegin(); job != failed.crend(); ++job) { // oldest first
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
}

/// Prints the notes, and counts those that every unchanged file has, which would hide the others.
void RunSession::onNotes(const QList<JobNote> &notes)
{
    for (const JobNote &note : notes) {
        if (!m_types.contains(note.jobType)) {
            continue;
        }
        if (note.isFromCache) {
            ++m_cachedJobs;
        } else {
            m_printer.printNote(note);
        }
    }
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
    m_notes.read();
    endIfIdle();
    JobCounts counts;
    for (const QString &type : std::as_const(m_types)) {
        counts += snapshot.counts.value(type);
    }
    m_printer.printProgress(counts, m_ending);
}

} // namespace lifeguard::ctl

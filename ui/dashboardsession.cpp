// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dashboardsession.h"

#include "core/base/futurecallbacks.h"

#include <QtConcurrent>

namespace lifeguard {

namespace {

constexpr qsizetype skippedPathsShown = 3;

} // namespace

DashboardSession::DashboardSession(DashboardOptions options, QObject *parent)
    : QObject(parent)
    , m_options(std::move(options))
    , m_session(m_options) // NOLINT(cppcoreguidelines-slicing): only the options of the session itself
    , m_control(m_session)
    , m_adder([this](const QList<NewJob> &jobs, const NewSubmission &submission) {
        return m_session.store().addJobs(jobs, submission);
    })
{
    connect(&m_adder, &JobAdder::errorHappened, this, &DashboardSession::errorHappened);
    connect(&m_adder, &JobAdder::stateChanged, this, &DashboardSession::emitEndedWhenDone);
    connect(&m_session, &ManagerSession::opened, this, [this](const QString &notice) {
        Q_EMIT opened();
        if (!notice.isEmpty()) {
            Q_EMIT noticed(notice);
        }
    });
    connect(&m_session, &ManagerSession::ready, this, &DashboardSession::onReady);
    connect(&m_session, &ManagerSession::failed, this, &DashboardSession::onFailed);
    connect(&m_session, &ManagerSession::launchFailed, this,
            [this](const WorkerConfig &, const Error &error) { Q_EMIT errorHappened(error); });
    connect(&m_session, &ManagerSession::readFailed, this, &DashboardSession::errorHappened);
    connect(&m_session, &ManagerSession::writeFailed, this, &DashboardSession::errorHappened);
    connect(&m_session, &ManagerSession::hookFailed, this, &DashboardSession::errorHappened);
    connect(&m_session, &ManagerSession::lockedChanged, this, &DashboardSession::lockedChanged);
    connect(&m_session, &ManagerSession::snapshotRead, this, &DashboardSession::snapshotRead);
    connect(&m_session, &ManagerSession::workersChanged, this, &DashboardSession::workersChanged);
    connect(&m_session, &ManagerSession::poolsChanged, this,
            [this](const QList<PoolInfo> &pools) { Q_EMIT poolsChanged(pools + m_control.otherPools()); });
    connect(&m_control, &PoolControl::failed, this, &DashboardSession::errorHappened);
    connect(&m_session, &ManagerSession::eventHappened, this, &DashboardSession::eventHappened);
    connect(&m_session, &ManagerSession::stopped, this, [this] {
        m_stopped = true;
        emitEndedWhenDone();
    });
}

DashboardSession::~DashboardSession() = default;

void DashboardSession::open()
{
    m_mayWork = true;
    m_session.open();
}

void DashboardSession::prepare()
{
    m_session.open();
}

void DashboardSession::onReady()
{
    Q_EMIT readinessChanged();
    if (m_mayWork) {
        work();
    }
}

void DashboardSession::begin()
{
    m_mayWork = true;
    if (isReady()) {
        work();
    }
}

void DashboardSession::work()
{
    if (!m_options.configProblem.isEmpty()) {
        Q_EMIT errorHappened({ErrorCode::InvalidArgument, m_options.configProblem, {}});
    }
    if (m_options.readOnly || m_ending) {
        return;
    }
    if (lockConfig()) {
        serveMetrics();
        startConfig();
    }
    submitInitialPaths();
}

void DashboardSession::onFailed(const Error &error)
{
    if (isDatabaseReplaced()) {
        m_replacedError = error;
        Q_EMIT databaseReplaced(error);
    } else {
        Q_EMIT errorHappened(error);
    }
    Q_EMIT readinessChanged();
}

void DashboardSession::republish()
{
    if (!isOpen()) {
        return;
    }
    Q_EMIT snapshotRead(snapshot());
    Q_EMIT poolsChanged(manager()->pools() + m_control.otherPools());
    Q_EMIT workersChanged(manager()->workers());
    Q_EMIT lockedChanged(isLocked());
    if (isDatabaseReplaced()) {
        Q_EMIT databaseReplaced(m_replacedError);
    }
}

QString DashboardSession::disabledReason() const
{
    if (hasFailed()) {
        return isDatabaseReplaced() ? tr("the database was replaced") : tr("the database cannot be used");
    }
    if (!isReady()) {
        return isLocked() ? m_session.lockedText() : tr("the database is not open yet");
    }
    if (m_options.readOnly) {
        return tr("the database is open read-only");
    }
    return m_ending ? tr("Lifeguard is closing") : QString();
}

Status DashboardSession::launch(const WorkerConfig &config)
{
    if (m_options.readOnly) {
        return failure(ErrorCode::ReadOnly, tr("No pool can be launched because the database is open read-only."));
    }
    const Result<QString> name = m_session.launch(config);
    return name ? Status() : Status(failure(name.error()));
}

/// Returns false if another program runs the configuration file: its pools are not started twice.
bool DashboardSession::lockConfig()
{
    if (!m_options.config) {
        return true;
    }
    Result<std::unique_ptr<ConfigLock>> lock = ConfigLock::acquire(m_options.config->selection.found.path);
    if (!lock) {
        Q_EMIT noticed(tr("The pools of the configuration file are not started here. %1").arg(lock.error().message));
        return false;
    }
    m_configLock = std::move(*lock);
    return true;
}

void DashboardSession::serveMetrics()
{
    if (m_options.metrics.isEmpty()) {
        return;
    }
    m_metrics = std::make_unique<MetricsServer>(m_session);
    if (const Status listening = m_metrics->listen(m_options.metrics); !listening) {
        m_metrics.reset();
        //: %1 is a sentence
        Q_EMIT errorHappened(
            {listening.error().code, tr("Metrics are not served. %1").arg(listening.error().message), {}});
    }
}

/// Starts the pools of the configuration file, and follows it.
void DashboardSession::startConfig()
{
    if (!m_options.config) {
        return;
    }
    m_follower = std::make_unique<ConfigFollower>(m_session, *m_options.config);
    connect(m_follower.get(), &ConfigFollower::applied, this, &DashboardSession::noticed);
    const auto report = [this](const QString &text) { Q_EMIT errorHappened({ErrorCode::InvalidArgument, text, {}}); };
    connect(m_follower.get(), &ConfigFollower::refused, this, report);
    connect(m_follower.get(), &ConfigFollower::failed, this, report);
    m_follower->start();
}

void DashboardSession::submitInitialPaths()
{
    if (m_options.submit.isEmpty()) {
        return;
    }
    PlanOptions options;
    options.workspace = m_options.workspace;
    m_planning = true;
    const auto planning = QtConcurrent::run([paths = m_options.submit, options] { return planJobs(paths, options); });
    whenFinished(planning, this, [this](const Result<JobPlan> &plan) {
        m_planning = false;
        if (!plan) {
            Q_EMIT errorHappened(plan.error());
        } else if (!m_discardsJobs) {
            reportSkippedPaths(*plan);
            m_adder.add(std::make_shared<const JobPlan>(*plan));
        }
        emitEndedWhenDone();
    });
}

void DashboardSession::reportSkippedPaths(const JobPlan &plan)
{
    if (plan.skipped.isEmpty()) {
        return;
    }
    QStringList paths;
    for (const SkippedPath &skipped : plan.skipped.first(std::min(skippedPathsShown, plan.skipped.size()))) {
        //: %1 is a path, %2 why it was skipped
        paths.append(tr("%1 (%2)").arg(skipped.path, skipped.reason));
    }
    const QString list = paths.join(QStringLiteral(", "));
    const int others = int(plan.skipped.size() - paths.size());
    Q_EMIT noticed(others > 0 ? tr("Skipped: %1, and %Ln more", nullptr, others).arg(list)
                              : tr("Skipped: %1").arg(list));
}

void DashboardSession::changeJobs(std::function<QFuture<Result<int>>()> command)
{
    retryWhileBusy(
        std::move(command), this, [this] { return !m_ending; },
        [this](const Result<int> &count) {
            if (!count) {
                Q_EMIT errorHappened(count.error());
            }
        });
}

void DashboardSession::consentToPruning()
{
    changeJobs([this] { return m_session.consentToPruning(); });
}

void DashboardSession::retryJobs(const QList<qint64> &ids)
{
    changeJobs([this, ids] { return store().retryJobs(ids); });
}

void DashboardSession::cancelJobs(const QList<qint64> &ids)
{
    changeJobs([this, ids] { return store().cancelJobs(ids, QStringLiteral("lifeguard")); });
}

void DashboardSession::retryMatching(const JobFilter &filter)
{
    changeJobs([this, filter] { return store().retryMatching(filter); });
}

void DashboardSession::cancelMatching(const JobFilter &filter)
{
    changeJobs([this, filter] { return store().cancelMatching(filter, QStringLiteral("lifeguard")); });
}

void DashboardSession::rerunJobs(const QList<qint64> &ids)
{
    changeJobs([this, ids] { return store().rerunJobs(ids, true); });
}

void DashboardSession::rerunMatching(const JobFilter &filter)
{
    changeJobs([this, filter] { return store().rerunMatching(filter, true); });
}

void DashboardSession::diagnose(const WorkerInfo &worker, QObject *context,
                                std::function<void(const Diagnosis &)> report)
{
    m_session.diagnose(worker, context, std::move(report));
}

void DashboardSession::end(std::optional<seconds> grace)
{
    m_ending = true;
    Q_EMIT readinessChanged();
    if (grace == seconds(0)) {
        m_discardsJobs = true;
        m_adder.cancel();
    }
    m_session.stop(grace);
    emitEndedWhenDone();
}

void DashboardSession::emitEndedWhenDone()
{
    if (!m_ending || m_ended || !m_stopped || (isAdding() && !m_discardsJobs)) {
        return;
    }
    m_ended = true;
    // Another session may run the same file, and listen at the same address, before this one is destroyed.
    m_follower.reset();
    m_metrics.reset();
    m_configLock.reset();
    Q_EMIT ended();
}

} // namespace lifeguard

// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session.h"

#include "core/base/future.h"
#include "core/health/diagnoser.h"
#include "core/pool/diagnosisrequests.h"
#include "ui/format.h"

#include <QTimer>
#include <QtConcurrent>

namespace lifeguard {

Session::Session(SessionOptions options, QObject *parent)
    : QObject(parent)
    , m_options(std::move(options))
    , m_store(std::make_unique<Store>())
    , m_adder(std::make_unique<JobAdder>([this](const QList<NewJob> &jobs) { return m_store->addJobs(jobs); }))
{
    connect(m_adder.get(), &JobAdder::errorHappened, this, &Session::errorHappened);
    connect(m_adder.get(), &JobAdder::stateChanged, this, &Session::endWhenDone);
    connect(m_store.get(), &Store::snapshotRead, this, [this](const StoreSnapshot &snapshot) {
        m_snapshot = snapshot;
        Q_EMIT snapshotRead(snapshot);
    });
    connect(m_store.get(), &Store::readFailed, this, &Session::errorHappened);
    connect(m_store.get(), &Store::lockedChanged, this, [this](bool locked) {
        m_locked = locked;
        Q_EMIT lockedChanged(locked);
    });
}

Session::~Session() = default;

void Session::open()
{
    const OpenMode mode = m_options.readOnly ? OpenMode::ReadOnly : OpenMode::Create;
    whenAnswered(m_store->open(m_options.database, mode), this, [this](const Result<DatabaseInfo> &info) {
        if (!info) {
            m_failed = true;
            Q_EMIT errorHappened(info.error());
            Q_EMIT readinessChanged();
            return;
        }
        onOpened();
        if (!info->notice.isEmpty())
            Q_EMIT noticed(info->notice);
    });
}

void Session::onOpened()
{
    ManagerPaths paths;
    paths.workspace = m_options.workspace;
    paths.workerProgram = m_options.workerProgram;
    m_manager = std::make_unique<WorkerPoolManager>(*m_store, m_clock, paths);
    connect(m_manager.get(), &WorkerPoolManager::workersChanged, this, &Session::workersChanged);
    connect(m_manager.get(), &WorkerPoolManager::poolsChanged, this, &Session::poolsChanged);
    connect(m_manager.get(), &WorkerPoolManager::eventHappened, this, &Session::eventHappened);
    connect(m_manager.get(), &WorkerPoolManager::ready, this, &Session::onReady);
    connect(m_manager.get(), &WorkerPoolManager::failed, this, [this](const Error &error) {
        m_failed = true;
        Q_EMIT errorHappened(error);
        Q_EMIT readinessChanged();
    });
    connect(m_manager.get(), &WorkerPoolManager::writeFailed, this, &Session::errorHappened);
    connect(m_manager.get(), &WorkerPoolManager::allStopped, this, [this] {
        m_stopping = false;
        endWhenDone();
    });
    m_manager->start();
    Q_EMIT opened();
    if (m_ending) {
        end({});
    }
}

void Session::republish()
{
    if (!isOpen()) {
        return;
    }
    Q_EMIT snapshotRead(m_snapshot);
    Q_EMIT poolsChanged(m_manager->pools());
    Q_EMIT workersChanged(m_manager->workers());
    Q_EMIT lockedChanged(m_locked);
}

void Session::onReady()
{
    m_ready = true;
    Q_EMIT readinessChanged();
    if (m_options.readOnly || m_ending) {
        return;
    }
    for (const WorkerConfig &config : std::as_const(m_options.pools)) {
        if (const Status launched = launch(config); !launched) {
            Q_EMIT errorHappened(launched.error());
        }
    }
    submit();
}

QString Session::disabledReason() const
{
    if (m_failed) {
        return tr("the database could not be opened");
    }
    if (!m_ready) {
        return m_locked ? tr("another program keeps the database locked") : tr("the database is not open yet");
    }
    if (m_options.readOnly) {
        return tr("the database is only watched (--read-only)");
    }
    return m_ending ? tr("Lifeguard is being closed") : QString();
}

Status Session::launch(const WorkerConfig &config)
{
    if (const QString reason = disabledReason(); !reason.isEmpty()) {
        return failure(ErrorCode::ReadOnly, tr("No pool can be launched: %1.").arg(reason));
    }
    const Result<QString> name = m_manager->startPool(config);
    return name ? Status() : Status(failure(name.error()));
}

void Session::submit()
{
    if (m_options.submit.isEmpty()) {
        return;
    }
    PlanOptions options;
    options.workspace = m_options.workspace;
    m_planning = true;
    whenAnswered(QtConcurrent::run([paths = m_options.submit, options] { return planJobs(paths, options); }), this, [this](const Result<JobPlan> &plan) {
            m_planning = false;
            if (!plan) {
                Q_EMIT errorHappened(plan.error());
            } else if (!m_givesUp) {
                tellOfSkipped(*plan);
                m_adder->add(std::make_shared<const JobPlan>(*plan));
            }
            endWhenDone();
        });
}

void Session::tellOfSkipped(const JobPlan &plan)
{
    QStringList skipped;
    for (const SkippedPath &path : plan.skipped) {
        if (skipped.size() == 3) {
            skipped.append(tr("and %1 more").arg(format::count(plan.skipped.size() - 3)));
            break;
        }
        skipped.append(tr("%1 (%2)").arg(path.path, path.reason));
    }
    if (!skipped.isEmpty()) {
        Q_EMIT noticed(tr("Skipped: %1").arg(skipped.join(QStringLiteral(", "))));
    }
}

void Session::change(std::function<QFuture<Result<int>>()> command)
{
    retryWhileBusy(std::move(command), this, [this] { return !m_ending; }, [this](const Result<int> &count) {
        if (!count) {
            Q_EMIT errorHappened(count.error());
        }
    });
}

void Session::retryJobs(const QList<qint64> &ids)
{
    change([this, ids] { return m_store->retryJobs(ids); });
}

void Session::cancelJobs(const QList<qint64> &ids)
{
    change([this, ids] { return m_store->cancelJobs(ids, QStringLiteral("lifeguard")); });
}

void Session::retryMatching(const JobFilter &filter)
{
    change([this, filter] { return m_store->retryMatching(filter); });
}

void Session::cancelMatching(const JobFilter &filter)
{
    change([this, filter] { return m_store->cancelMatching(filter, QStringLiteral("lifeguard")); });
}

void Session::end(std::optional<seconds> grace)
{
    m_ending = true;
    Q_EMIT readinessChanged();
    if (grace == seconds(0)) {
        m_givesUp = true;
        m_adder->cancel();
    }
    if (hasLiveWorkers()) {
        m_stopping = true;
        m_manager->stopAll(grace);
    }
    QTimer::singleShot(0, this, &Session::endWhenDone);
}

void Session::endWhenDone()
{
    if (!m_ending || m_ended || m_stopping || (isAdding() && !m_givesUp)) {
        return;
    }
    m_ended = true;
    Q_EMIT ended();
}

void Session::diagnose(const WorkerInfo &worker, QObject *context, std::function<void(const Diagnosis &)> tell)
{
    const auto known = m_store->read<DiagnosisRequest>(
        [id = worker.executorId, clock = &m_clock](Database &db) { return diagnosisRequestOf(db, *clock, id); });
    whenAnswered(known, context, [session = QPointer(this), worker, context, tell = std::move(tell)](const Result<DiagnosisRequest> &read) {
        DiagnosisRequest request = read.value_or(DiagnosisRequest());
        if (!read)
            request.problem = read.error().message;
        if (!read || worker.own)
            request.worker = worker; // the manager's own knowledge is newer than what it wrote down
        if (session && session->m_manager)
            request.history = session->m_manager->historyOf(worker.executorId);
        auto *diagnoser = new Diagnoser(request, context);
        connect(diagnoser, &Diagnoser::changed, context, tell);
        connect(diagnoser, &Diagnoser::finished, diagnoser, &QObject::deleteLater);
        diagnoser->start();
    });
}

} // namespace lifeguard

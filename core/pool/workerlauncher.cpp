// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pool/workerlauncher.h"

#include "core/config/poolspec.h"
#include "core/executor/workerexecutor.h"
#include "core/pool/beatslots.h"
#include "core/pool/pooljournal.h"
#include "core/pool/storeclock.h"
#include "core/pool/workerpool.h"
#include "core/pool/workertable.h"

#include <QTimer>
#include <QUuid>

#include <utility>

namespace lifeguard {

using Phase = ManagedWorker::Phase;

WorkerLauncher::WorkerLauncher(const Clock &clock, const StoreClock &storeClock, WorkerTable &workers,
                               WorkerExecutor &executor, PoolJournal &journal, BeatSlots &slots_,
                               LaunchSettings settings, QObject *parent)
    : QObject(parent)
    , m_clock(clock)
    , m_storeClock(storeClock)
    , m_workers(workers)
    , m_executor(executor)
    , m_journal(journal)
    , m_slots(slots_)
    , m_settings(std::move(settings))
{
    connect(&m_executor, &WorkerExecutor::workerPrepared, this, &WorkerLauncher::onPrepared);
    connect(&m_executor, &WorkerExecutor::workerStarted, this, &WorkerLauncher::onStarted);
}

void WorkerLauncher::launch(const WorkerPool &pool, int count)
{
    Q_ASSERT(pool.isSettled());
    const WorkerConfig &config = pool.config();
    QStringList added;
    for (const int index : m_workers.freeIndexes(pool.name(), count)) {
        ManagedWorker worker;
        worker.pool = pool.name();
        worker.index = index;
        worker.config = config;
        // For a container, the container id replaces this id when the container has been created.
        worker.executorId = QStringLiteral("%1-%2-%3-%4")
                                .arg(toString(config.mode), config.type, QString::number(index),
                                     QUuid::createUuid().toString(QUuid::WithoutBraces).left(8));
        worker.logPath = m_settings.logFolder + u'/' + worker.executorId + QStringLiteral(".log");
        worker.startedAt = m_clock.utcNow();
        if (config.mode == ExecutionMode::Direct && config.command.isEmpty())
            m_slots.assign(worker);
        added.append(worker.executorId);
        m_workers.add(std::move(worker));
    }
    for (const QString &executorId : std::as_const(added))
        m_executor.prepareWorker(requestFor(*m_workers.find(executorId)));
    Q_EMIT changed();
}

void WorkerLauncher::adopt(const ManagedWorker &worker)
{
    Q_ASSERT(worker.isAdopted && !worker.process.isNull());
    m_executor.adoptWorker(requestFor(worker), worker.process);
}

StartRequest WorkerLauncher::requestFor(const ManagedWorker &worker) const
{
    StartRequest request;
    request.executorId = worker.executorId;
    request.config = worker.config;
    request.index = worker.index;
    request.databasePath = m_settings.databasePath;
    request.databaseFile = m_settings.databaseFile;
    request.workspace = m_settings.workspace;
    request.logPath = worker.logPath;
    request.beatPath = worker.beats ? worker.beats->path() : QString();
    request.beatSlot = worker.beatSlot;
    request.pool = worker.pool;
    request.managerId = m_settings.managerId;
    return request;
}

void WorkerLauncher::onPrepared(const QString &preparedId, const QString &executorId)
{
    if (!m_workers.findLive(preparedId))
        return;
    ManagedWorker *worker = m_workers.rename(preparedId, executorId);
    Q_EMIT changed();
    // The end of the worker was requested while its container was being created. Killing it removes the container.
    if (worker->isEnding() && m_executor.isWorkerRunning(executorId)) {
        m_executor.killWorker(executorId);
        return;
    }
    worker->advanceTo(Phase::Recording);
    // All workers that are prepared in the same turn of the event loop are recorded in one transaction.
    if (m_prepared.isEmpty())
        QTimer::singleShot(0, this, &WorkerLauncher::recordPrepared);
    m_prepared.append(executorId);
}

QList<OwnedWorker> WorkerLauncher::rowsOf(const QStringList &executorIds)
{
    QList<OwnedWorker> rows;
    for (const QString &executorId : executorIds) {
        const ManagedWorker *worker = m_workers.findLive(executorId);
        if (!worker)
            continue;
        if (worker->isEnding()) {
            // The database may be locked for a long time, and nothing has to be stopped.
            QMetaObject::invokeMethod(
                this, [this, executorId] { reportNotStarted(executorId); }, Qt::QueuedConnection);
            continue;
        }
        OwnedWorker row;
        row.executorId = executorId;
        row.managerId = m_settings.managerId;
        row.pool = worker->pool;
        row.type = worker->config.type;
        row.mode = toString(worker->config.mode);
        row.index = worker->index;
        row.logPath = worker->logPath;
        row.beatPath = worker->beats ? worker->beats->path() : QString();
        row.beatSlot = worker->beatSlot;
        row.maxJobTime = worker->config.maxJobTime;
        row.spec = toStoredPoolSpec(worker->config);
        row.currentSpec = toMaskedPoolSpec(worker->config);
        rows.append(row);
    }
    return rows;
}

void WorkerLauncher::recordPrepared()
{
    const QStringList executorIds = std::exchange(m_prepared, {});
    const auto rows = [this, executorIds] { return rowsOf(executorIds); };
    m_journal.recordWorkers(rows, [this, executorIds] {
        const bool isIdle = m_recorded.isEmpty();
        for (const QString &executorId : executorIds) {
            if (ManagedWorker *worker = m_workers.findLive(executorId)) {
                worker->advanceTo(Phase::Starting);
                m_recorded.append(executorId);
            }
        }
        if (isIdle)
            startNext();
    });
}

/// Starts some of the recorded workers, then lets the event loop run: each start forks this process, and the window
/// must stay responsive while hundreds of workers are started.
void WorkerLauncher::startNext()
{
    for (int i = 0; i < startsPerTurn && !m_recorded.isEmpty(); ++i) {
        const QString executorId = m_recorded.takeFirst();
        ManagedWorker *worker = m_workers.findLive(executorId);
        if (!worker)
            continue;
        if (worker->isEnding()) {
            reportNotStarted(executorId);
            continue;
        }
        worker->signs.begin(m_storeClock.now());
        m_executor.startWorker(requestFor(*worker));
    }
    if (!m_recorded.isEmpty())
        QTimer::singleShot(0, this, &WorkerLauncher::startNext);
}

void WorkerLauncher::reportNotStarted(const QString &executorId)
{
    Q_EMIT notStarted({executorId, WorkerExit::Kind::Unknown, 0, Message("not_started"), {}});
}

void WorkerLauncher::onStarted(const QString &executorId, const ProcessIdentity &process)
{
    ManagedWorker *worker = m_workers.find(executorId);
    if (!worker)
        return;
    worker->process = process;
    worker->advanceTo(Phase::Running);
    m_journal.recordEvent(EventKind::WorkerStarting, Message("worker_starting", {worker->name(), process.pid}),
                          *worker);
    m_journal.setProcess(executorId, process);
    Q_EMIT changed();
}

} // namespace lifeguard

// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/poolsimulation.h"

#include "core/base/beatfile.h"
#include "tests/support/pooltest.h"
#include "tests/support/queuetest.h"

#include <QScopedValueRollback>
#include <QSignalSpy>
#include <QTest>

namespace lifeguard::test {

PoolSimulation::PoolSimulation() = default;

PoolSimulation::~PoolSimulation()
{
    manager.reset();
    store.reset();
}

bool PoolSimulation::open()
{
    store = std::make_unique<Store>();
    return answerOf(store->open(folder.filePath(QStringLiteral("q.db")), OpenMode::Create)).has_value();
}

void PoolSimulation::createManager()
{
    ManagerPaths paths;
    paths.workerProgram = QStringLiteral("/nonexistent/lifeguard-worker");
    paths.workspace = folder.path();
    paths.logFolder = folder.filePath(QStringLiteral("logs"));
    paths.runtimeFolder = folder.filePath(QStringLiteral("run"));
    auto ownScheduler = std::make_unique<ManualScheduler>(clock);
    scheduler = ownScheduler.get();
    const ExecutorFactory factory = [this](const ExecutorContext &) {
        auto fake = std::make_unique<FakeWorkerExecutor>();
        executor = fake.get();
        return ManagerExecutor{std::move(fake), executor};
    };
    manager = std::make_unique<WorkerPoolManager>(*store, clock, factory, paths, nullptr, std::move(ownScheduler));
    QObject::connect(manager.get(), &WorkerPoolManager::eventHappened, manager.get(), [this](const Event &event) {
        m_events.append(event.kind);
        m_eventTexts.append(event.message.englishText());
    });
    // The database has none of the rows that a test shows. The manager reads it at any time, and would take the shown
    // workers and jobs for ended.
    QObject::connect(store.get(), &Store::snapshotRead, manager.get(), [this] {
        if (!m_isShowing && !m_rows.isEmpty())
            showRows();
    });
}

bool PoolSimulation::start()
{
    if (!store && !open())
        return false;
    createManager();
    QSignalSpy ready(manager.get(), &WorkerPoolManager::ready);
    manager->start();
    return ready.wait(patience);
}

WorkerConfig PoolSimulation::config(int count)
{
    return PoolTest::noop(count);
}

bool PoolSimulation::launch(const WorkerConfig &config)
{
    const qsizetype before = executor->runningIds().size();
    return manager->startPool(config) && waitForRunning(before + config.count);
}

bool PoolSimulation::waitForRunning(qsizetype count)
{
    return waitUntil([&] { return executor->runningIds().size() == count; });
}

void PoolSimulation::waitForPostedTasks()
{
    for (int i = 0; i < 2; ++i) {
        QCoreApplication::processEvents();
        (void)answerOf(store->write<int>([](Database &) -> Result<int> { return 0; }));
        QCoreApplication::processEvents();
    }
}

void PoolSimulation::advance(milliseconds by)
{
    scheduler->advance(by);
}

bool PoolSimulation::isClosed(const QString &executorId) const
{
    RawSql raw(folder.filePath(s("q.db")));
    return !raw.value(s("SELECT ended_at FROM lifeguard_workers WHERE executor_id = ?"), {executorId}).isNull();
}

bool PoolSimulation::hasOpenRow(const QString &executorId) const
{
    RawSql raw(folder.filePath(s("q.db")));
    return raw.value(s("SELECT 1 FROM lifeguard_workers WHERE executor_id = ? AND ended_at IS NULL"), {executorId})
        .isValid();
}

void PoolSimulation::setRow(const QString &executorId, WorkerStatus status, qint64 jobsProcessed)
{
    WorkerRow &row = m_rows[executorId];
    if (row.id == 0)
        row.id = 1000 + m_rows.size();
    row.executorId = executorId;
    row.status = status;
    row.jobsProcessed = jobsProcessed;
    row.lastHeartbeat = clock.utcNow();
}

void PoolSimulation::showRows()
{
    StoreSnapshot snapshot;
    snapshot.workers = m_rows.values();
    snapshot.running = m_running;
    snapshot.counts = m_counts;
    const QScopedValueRollback showing(m_isShowing, true);
    Q_EMIT store->snapshotRead(snapshot);
}

bool PoolSimulation::showJobs(qint64 pending, qint64 running, const QString &type)
{
    m_counts[type].pending = pending;
    m_counts[type].processing = running;
    bool isShown = false;
    const auto connection = QObject::connect(store.get(), &Store::snapshotRead, manager.get(),
                                             [&](const StoreSnapshot &snapshot) {
                                                 const JobCounts shown = snapshot.counts.value(type);
                                                 isShown = shown.pending == pending && shown.processing == running;
                                             });
    RawSql raw(folder.filePath(s("q.db")));
    const auto write = [&] { // fails while the manager writes
        return raw.exec(s("INSERT OR REPLACE INTO lifeguard_job_counts (job_type, pending, processing, completed, "
                          "failed, cancelled) VALUES (?, ?, ?, 0, 0, 0)"),
                        {type, pending, running});
    };
    const bool isDone = waitUntil(write) && waitUntil([&] { return isShown; });
    QObject::disconnect(connection);
    return isDone;
}

QStringList PoolSimulation::eventTexts(EventKind kind) const
{
    QStringList texts;
    for (qsizetype i = 0; i < m_events.size(); ++i) {
        if (m_events.at(i) == kind)
            texts.append(m_eventTexts.at(i));
    }
    return texts;
}

void PoolSimulation::showRow(const QString &executorId, WorkerStatus status, qint64 jobsProcessed)
{
    setRow(executorId, status, jobsProcessed);
    showRows();
}

void PoolSimulation::showRunningJob(const QString &executorId, qint64 jobId, std::optional<seconds> maxJobTime)
{
    WorkerRow &row = m_rows[executorId];
    row.status = WorkerStatus::Busy;
    RunningJob job;
    job.id = jobId;
    job.workerId = row.id;
    job.attempt = 1;
    job.maxJobTime = maxJobTime;
    m_running.append(job);
    showRows();
}

void PoolSimulation::showReason(const QString &executorId, const Message &reason)
{
    m_rows[executorId].reason = reason;
    showRows();
}

bool PoolSimulation::isHeld(const QString &executorId) const
{
    const StartRequest request = executor->requestOf(executorId);
    const auto file = BeatFile::open(request.beatPath, false);
    if (!file)
        qFatal("worker %s has no beat channel", qPrintable(executorId));
    return (*file)->isHeld(request.beatSlot);
}

void PoolSimulation::showAllIdle()
{
    for (const QString &executorId : executor->runningIds())
        setRow(executorId, WorkerStatus::Idle, 0);
    showRows();
}

void PoolSimulation::beat(const QString &executorId, qint64 jobId, seconds jobLimit)
{
    const StartRequest request = executor->requestOf(executorId);
    const auto file = BeatFile::open(request.beatPath, true);
    if (!file)
        qFatal("worker %s has no beat channel", qPrintable(executorId));
    Beat beat = (*file)->read(request.beatSlot);
    if (beat.jobId != jobId) {
        beat.jobId = jobId;
        beat.attempt = 1;
        beat.jobStartedAt = clock.steadyNow();
        beat.jobLimit = jobLimit;
        beat.phase = jobId > 0 ? WorkerPhase::Working : WorkerPhase::Idle;
        (*file)->write(request.beatSlot, beat);
    }
    (*file)->beat(request.beatSlot);
}

void PoolSimulation::setPhase(const QString &executorId, WorkerPhase phase)
{
    const StartRequest request = executor->requestOf(executorId);
    const auto file = BeatFile::open(request.beatPath, true);
    if (!file)
        qFatal("worker %s has no beat channel", qPrintable(executorId));
    Beat beat = (*file)->read(request.beatSlot);
    beat.phase = phase;
    (*file)->write(request.beatSlot, beat);
}

WorkerInfo PoolSimulation::worker(const QString &executorId) const
{
    for (const WorkerInfo &worker : manager->workers()) {
        if (worker.executorId == executorId)
            return worker;
    }
    return {};
}

QList<WorkerInfo> PoolSimulation::workersIn(WorkerState state) const
{
    QList<WorkerInfo> found;
    for (const WorkerInfo &worker : manager->workers()) {
        if (worker.own && worker.state == state)
            found.append(worker);
    }
    return found;
}

QString PoolSimulation::idOf(int index) const
{
    for (const QString &executorId : executor->runningIds()) {
        if (executor->requestOf(executorId).index == index)
            return executorId;
    }
    return {};
}

} // namespace lifeguard::test

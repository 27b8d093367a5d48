// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/pooltest.h"

#include "core/base/processtree.h"
#include "core/model/job.h"
#include "core/model/workerinfo.h"
#include "core/model/workerstate.h"
#include "places.h"

#include <QSignalSpy>

#include <algorithm>
#include <tuple>

#include <sys/prctl.h>

namespace lifeguard::test {

PoolTest::PoolTest()
{
    prctl(PR_SET_CHILD_SUBREAPER, 1); // as the mains do
}

PoolTest::~PoolTest()
{
    manager.reset();
    store.reset();
}

bool PoolTest::begin(int patienceMs)
{
    store = std::make_unique<Store>();
    if (!answerOf(store->open(path(QStringLiteral("q.db")), OpenMode::Create)))
        return false;
    ManagerPaths paths;
    paths.workerProgram = QStringLiteral(LIFEGUARD_BIN_DIR "/lifeguard-worker");
    paths.workspace = folder.path();
    paths.logFolder = path(QStringLiteral("logs"));
    paths.runtimeFolder = path(QStringLiteral("run"));
    manager = std::make_unique<WorkerPoolManager>(*store, clock, localExecutorFactory(), paths);
    QObject::connect(manager.get(), &WorkerPoolManager::eventHappened, manager.get(),
                     [this](const Event &event) { lastEvent = event; });
    QSignalSpy ready(manager.get(), &WorkerPoolManager::ready);
    manager->start();
    return ready.wait(patienceMs);
}

bool PoolTest::stopAll()
{
    QSignalSpy stopped(manager.get(), &WorkerPoolManager::allStopped);
    manager->stopAll();
    return stopped.wait(patience) && !manager->hasLiveWorkers();
}

WorkerConfig PoolTest::noop(int count)
{
    WorkerConfig config;
    config.type = QStringLiteral("noop");
    config.count = count;
    config.mode = ExecutionMode::Direct;
    return config;
}

WorkerConfig PoolTest::quick(int count)
{
    WorkerConfig config = noop(count);
    config.staleAfter = seconds(3);
    config.hungAfter = seconds(6);
    config.stopGrace = seconds(1);
    return config;
}

QList<qint64> PoolTest::addNoop(int count, int sleepMs)
{
    QList<NewJob> jobs;
    for (int i = 0; i < count; ++i) {
        NewJob job;
        job.type = QStringLiteral("noop");
        job.payload = QStringLiteral("{\"sleep_ms\": %1}").arg(sleepMs).toUtf8();
        jobs.append(job);
    }
    return answerOf(store->addJobs(jobs)).value_or(QList<qint64>());
}

Job PoolTest::job(qint64 id)
{
    return answerOf(store->job(id)).value_or(Job());
}

QList<WorkerInfo> PoolTest::workersIn(WorkerState state) const
{
    QList<WorkerInfo> found;
    for (const WorkerInfo &worker : manager->workers()) {
        if (worker.state == state)
            found.append(worker);
    }
    return found;
}

QStringList PoolTest::eventKinds() const
{
    const auto events = [this] { return answerOf(store->events(10000)).value_or(QList<Event>()); };
    const auto isLast = [this](const Event &event) {
        return event.at == lastEvent->at && event.kind == lastEvent->kind && event.executorId == lastEvent->executorId;
    };
    QList<Event> all = events();
    // The manager writes events in the order in which they happen, some time later.
    std::ignore = waitUntil([&] {
        const bool isComplete = !lastEvent || std::any_of(all.cbegin(), all.cend(), isLast);
        if (!isComplete)
            all = events();
        return isComplete;
    });
    QStringList kinds;
    for (const Event &event : all)
        kinds.prepend(event.kindName());
    return kinds;
}

QList<qint64> PoolTest::leftovers(const QList<WorkerInfo> &workers)
{
    QSet<QString> ids;
    for (const WorkerInfo &worker : workers)
        ids.insert(worker.executorId);
    return processesWithExecutorId(ids);
}

} // namespace lifeguard::test

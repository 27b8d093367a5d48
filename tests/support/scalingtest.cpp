// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/scalingtest.h"

#include "core/pool/scalingpeers.h"
#include "tests/support/pooltest.h"
#include "tests/support/queuetest.h"

#include <QTest>

using namespace std::chrono_literals;

namespace lifeguard::test {

WorkerConfig withScaling(WorkerConfig config, int min, int max, int target, seconds down)
{
    config.scaling.emplace();
    config.scaling->min = min;
    config.scaling->max = max;
    config.scaling->targetPerWorker = target;
    config.scaling->scaleDownAfter = down;
    return config;
}

WorkerConfig scaledPool(int min, int max, int target, seconds down)
{
    return withScaling(PoolSimulation::config(1), min, max, target, down);
}

WorkerConfig inDocker(WorkerConfig config)
{
    config.mode = ExecutionMode::Docker;
    config.image = s("lifeguard-noop:latest");
    config.staleAfter = minStaleAfterInContainers;
    return config;
}

bool ScalingTest::launch(const WorkerConfig &config)
{
    return t->manager->startPool(config).has_value();
}

QList<int> ScalingTest::counts() const
{
    QList<int> counts;
    for (const PoolInfo &pool : t->manager->pools())
        counts.append(pool.config.count);
    return counts;
}

/// Adds a manager in another process of this machine.
void ScalingTest::addManager(const QString &id, int workers)
{
    RawSql raw(t->folder.filePath(s("q.db")));
    const ProcessIdentity process = ProcessIdentity::of(1).value_or(ProcessIdentity::self());
    QVERIFY2(raw.exec(s("INSERT INTO lifeguard_managers (id, kind, process, started_at, heartbeat_at) "
                        "VALUES (?, 'run', ?, '2026-01-01', '2026-01-01')"),
                      {id, process.toString()}),
             qPrintable(raw.error()));
    for (int i = 0; i < workers; ++i) {
        QVERIFY2(raw.exec(s("INSERT INTO lifeguard_workers (executor_id, manager_id, pool, worker_type, mode, idx, "
                            "max_job_time, started_at) VALUES (?, ?, 'x', 'x', 'direct', ?, 600, '2026-01-01')"),
                          {QString(id + QString::number(i)), id, i}),
                 qPrintable(raw.error()));
    }
}

void ScalingTest::publish(const QString &manager, int count, const QString &state, const QString &source)
{
    RawSql raw(t->folder.filePath(s("q.db")));
    QVERIFY2(raw.exec(s("INSERT OR REPLACE INTO lifeguard_pools (manager_id, name, worker_type, state, count, "
                        "count_source, mode, spec, updated_at) VALUES (?, 'noop', 'noop', ?, ?, ?, 'direct', '', '')"),
                      {manager, state, count, source}),
             qPrintable(raw.error()));
}

/// Lets the manager read the other managers again.
bool ScalingTest::waitForPeers()
{
    t->advance(1s);
    for (int i = 0; i < 3; ++i) {
        if (!answerOf(t->store->read<int>([](Database &) -> Result<int> { return 0; })))
            return false;
        t->waitForPostedTasks();
    }
    return true;
}

} // namespace lifeguard::test

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/support/poolsimulation.h"
#include "tests/support/testhelpers.h"

#include <QObject>

#include <memory>

namespace lifeguard::test {

/// Returns the pool with a number of workers that follows the pending jobs.
[[nodiscard]] WorkerConfig withScaling(WorkerConfig config, int min, int max, int target, seconds down);
/// Returns a simulated pool that follows the pending jobs.
[[nodiscard]] WorkerConfig scaledPool(int min, int max, int target = 4, seconds down = seconds(10));
/// Returns a pool with the same configuration in containers.
[[nodiscard]] WorkerConfig inDocker(WorkerConfig config);

/// Base class of tests of scaled pools: the whole manager with a fake executor and a manual clock, without processes
/// and without waiting.
class ScalingTest : public QObject
{
    Q_OBJECT

protected:
    [[nodiscard]] bool launch(const WorkerConfig &config);
    [[nodiscard]] QList<int> counts() const;
    [[nodiscard]] QStringList callsAfter(qsizetype count) const { return t->executor->calls.mid(count); }
    void addManager(const QString &id, int workers = 0);
    void publish(const QString &manager, int count, const QString &state = s("running"),
                 const QString &source = s("scaling"));
    bool waitForPeers();

    std::unique_ptr<PoolSimulation> t;

private Q_SLOTS:
    void init() { t = std::make_unique<PoolSimulation>(); }
    void cleanup() { t.reset(); }
};

} // namespace lifeguard::test

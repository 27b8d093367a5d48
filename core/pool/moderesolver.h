// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/pool/modechoice.h"

#include <QObject>
#include <QString>

namespace lifeguard {

class PoolJournal;
class PoolTable;
class Scheduler;
class WorkerPool;

/// Settles the execution mode of pools. Queries the container engine if necessary, and pulls a missing image. Direct
/// pools are settled at once and never wait for an engine. Outdated responses are ignored, because the pool may have
/// been stopped, launched again or removed in the meantime.
class ModeResolver : public QObject
{
    Q_OBJECT

public:
    static constexpr milliseconds autoTimeout{5000}; ///< the time that automatic pools wait for an engine to respond

    ModeResolver(Scheduler &scheduler, PoolTable &pools, ContainerEngine &engine, PoolJournal &journal,
                 QObject *parent = nullptr);

    /// Begins to settle the mode of the pool. Either settled() is emitted (before this function returns for direct
    /// pools), or the pool becomes crash-looping.
    void resolve(WorkerPool &pool);
    /// Shows the progress of preparing an image in the pools that wait for it.
    void showProgress(const QString &image, const Message &progress);

Q_SIGNALS:
    /// The state of a pool that the views show has changed.
    void changed();
    /// The mode of the pool is settled: its workers can be started.
    void settled(const QString &pool);

private:
    void onInspected(const QString &pool, int round, const ImageInspection &inspection);
    void apply(WorkerPool &pool, const ModeChoice &choice);
    /// Returns the pool if this round is its latest and has no result yet; null otherwise.
    [[nodiscard]] WorkerPool *findSettling(const QString &pool, int round);

    Scheduler &m_scheduler;
    PoolTable &m_pools;
    ContainerEngine &m_engine;
    PoolJournal &m_journal;
    int m_rounds = 0;
};

} // namespace lifeguard

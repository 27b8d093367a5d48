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

/// Settles the execution mode of pools: asks the container engine if necessary, and has it pull the image. Direct pools
/// are settled at once and never wait for an engine. The answer to an outdated question is ignored: the pool may have
/// been stopped, launched again or removed meanwhile.
class ModeResolver : public QObject
{
    Q_OBJECT

public:
    static constexpr milliseconds autoPatience{5000}; ///< automatic pools do not wait longer for an engine that does
                                                      ///< not respond

    ModeResolver(Scheduler &scheduler, PoolTable &pools, ContainerEngine &engine, PoolJournal &journal,
                 QObject *parent = nullptr);

    /// Begins to settle the mode of the pool. settled() follows, before this function returns for direct pools; or the
    /// pool becomes crash-looping.
    void resolve(WorkerPool &pool);
    /// Shows the progress of preparing an image in the pools that wait for it.
    void showProgress(const QString &image, const Message &progress);

Q_SIGNALS:
    /// Something changed that is shown.
    void changed();
    /// The mode of the pool is known: it can have workers.
    void settled(const QString &pool);

private:
    void onInspected(const QString &pool, int round, const ImageInspection &inspection);
    void apply(WorkerPool &pool, const ModeChoice &choice);
    /// Returns the pool if this is its latest question, and unanswered; null otherwise.
    [[nodiscard]] WorkerPool *findSettling(const QString &pool, int round);

    Scheduler &m_scheduler;
    PoolTable &m_pools;
    ContainerEngine &m_engine;
    PoolJournal &m_journal;
    int m_rounds = 0;
};

} // namespace lifeguard

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/base/processidentity.h"
#include "core/model/workerexit.h"
#include "core/store/workerregistry.h"

#include <QList>
#include <QObject>
#include <QString>
#include <QStringList>

namespace lifeguard {

class BeatSlots;
class PoolJournal;
class StoreClock;
class WorkerExecutor;
class WorkerPool;
class WorkerTable;
struct ManagedWorker;
struct StartRequest;

/// The settings that all workers of a manager have in common.
struct LaunchSettings
{
    QString managerId; ///< lifeguard_managers.id
    QString databasePath;
    FileIdentity databaseFile; ///< the file that this program has opened under this path
    QString workspace; ///< absolute
    QString logFolder;
};

/// Starts workers in three steps, so that every worker that may be running has a record, even after a crash:
/// - prepare: the executor creates the worker's environment and assigns its executor id
/// (ManagedWorker::Phase::Preparing),
/// - record: its row is written to lifeguard_workers (Recording),
/// - start: the executor starts it (Starting, then Running).
///
/// A worker whose end was requested before the last step is not started. notStarted() is emitted instead.
class WorkerLauncher : public QObject
{
    Q_OBJECT

public:
    static constexpr int startsPerTurn = 4; ///< starts per turn of the event loop: a fork takes a millisecond or two

    WorkerLauncher(const Clock &clock, const StoreClock &storeClock, WorkerTable &workers, WorkerExecutor &executor,
                   PoolJournal &journal, BeatSlots &slots_, LaunchSettings settings, QObject *parent = nullptr);

    /// Adds new workers of the pool to the table and begins to prepare them. The pool's mode must be settled.
    void launch(const WorkerPool &pool, int count);
    /// Makes the executor watch a worker that an earlier manager started. The worker must be in the table.
    void adopt(const ManagedWorker &worker);

Q_SIGNALS:
    /// The state that the views show has changed.
    void changed();
    /// The worker was recorded, but is not started because its end was requested in the meantime.
    void notStarted(const lifeguard::WorkerExit &exit);

private:
    void onPrepared(const QString &preparedId, const QString &executorId);
    void onStarted(const QString &executorId, const ProcessIdentity &process);
    void recordPrepared();
    void startNext();
    void reportNotStarted(const QString &executorId);
    [[nodiscard]] QList<OwnedWorker> rowsOf(const QStringList &executorIds);
    [[nodiscard]] StartRequest requestFor(const ManagedWorker &worker) const;

    const Clock &m_clock;
    const StoreClock &m_storeClock;
    WorkerTable &m_workers;
    WorkerExecutor &m_executor;
    PoolJournal &m_journal;
    BeatSlots &m_slots;
    const LaunchSettings m_settings;
    QStringList m_prepared; ///< to be recorded at the end of this turn of the event loop
    QStringList m_recorded; ///< to be started
};

} // namespace lifeguard

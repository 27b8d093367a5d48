// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/fileidentity.h"
#include "core/base/processidentity.h"
#include "core/config/workerconfig.h"
#include "core/model/workerexit.h"
#include "core/model/workerstats.h"

#include <QFuture>
#include <QHash>
#include <QObject>
#include <QStringList>

namespace lifeguard {

/// The parameters for starting a worker.
struct StartRequest
{
    QString executorId; ///< "direct-{type}-{index}-{uuid8}", or the short id of a container; before the container
                        ///< exists, a temporary name
    WorkerConfig config;
    int index = 0;
    QString databasePath;
    FileIdentity databaseFile; ///< the file that the manager has opened under this path
    QString workspace;
    QString logPath;
    QString beatPath; ///< empty if the worker has no beat channel (a custom command, or a container)
    int beatSlot = -1;
    QString pool;
    QString managerId; ///< in lifeguard_managers
};

/// Starts, stops and measures the workers of one execution mode. Asynchronous; all functions are called, and all
/// signals emitted, on the thread of the object. workerExited() is emitted exactly once for each prepared or adopted
/// worker, including those that fail to start.
class WorkerExecutor : public QObject
{
    Q_OBJECT

public:
    using QObject::QObject;

    /// Determines the executor id that the worker will register with, and creates its container in Docker mode. No
    /// process is started yet. workerPrepared() follows, possibly before this function returns; or workerExited(), with
    /// the executor id of the request.
    virtual void prepareWorker(const StartRequest &request) = 0;
    /// Starts a prepared worker. request: with the executor id of workerPrepared().
    virtual void startWorker(const StartRequest &request) = 0;
    /// Takes over a running worker that an earlier manager has started. Its exit code may be reported as unknown.
    /// request: the parameters that the worker was started with.
    virtual void adoptWorker(const StartRequest &request, const ProcessIdentity &process) = 0;
    /// Sends TERM to the worker only, and KILL to its whole process tree after the grace period.
    virtual void stopWorker(const QString &executorId, seconds grace) = 0;
    /// Sends TERM to the worker only, which then ends after its current job.
    virtual void drainWorker(const QString &executorId) = 0;
    /// Sends KILL to the whole process tree.
    virtual void killWorker(const QString &executorId) = 0;
    /// Returns whether this executor has the worker and has not reported its exit.
    [[nodiscard]] virtual bool isWorkerRunning(const QString &executorId) const = 0;
    /// Returns the measurements of running workers, by executor id.
    [[nodiscard]] virtual QFuture<QHash<QString, WorkerStats>> workerStats() = 0;
    /// Kills all remaining workers.
    virtual void cleanup() = 0;

Q_SIGNALS:
    void workerPrepared(const QString &preparedId, const QString &executorId);
    void workerStarted(const QString &executorId, const lifeguard::ProcessIdentity &process);
    void workerExited(const lifeguard::WorkerExit &exit);
    /// The preparation of an image, for workers that are not created yet, has made progress ("pulling image x: 12 of 40
    /// MB"). progress: empty when the preparation has ended.
    void imagePreparationChanged(const QString &image, const lifeguard::Message &progress);
    /// The container engine is reachable again. Pools that lost workers in the meantime can be refilled.
    void engineReconnected();
    /// A configured limit cannot be enforced on this machine, and the worker runs without it. Emitted once for each
    /// worker type.
    void limitIgnored(const QString &executorId, const lifeguard::Message &reason);
};

} // namespace lifeguard

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/processidentity.h"
#include "core/config/workerconfig.h"
#include "core/model/workerexit.h"
#include "core/model/workerstats.h"

#include <QFuture>
#include <QHash>
#include <QObject>
#include <QStringList>

namespace lifeguard {

/// All that is needed to start one worker.
struct StartRequest
{
    QString executorId; ///< "direct-{type}-{index}-{uuid8}"; of a container that is prepared: what it is called until it has an id
    WorkerConfig config;
    int index = 0;
    QString databasePath;
    QString workspace;
    QString logPath;
    QString beatPath; ///< empty: no beat channel (a command of the user's own, or a container)
    int beatSlot = -1;
    QString pool;
    QString managerId; ///< in lifeguard_managers
};

/// Starts, stops and measures workers in one mode. Asynchronous throughout, on the thread of the event loop that made it;
/// signals are facts. workerExited is emitted exactly once for each worker started, failed starts included.
class WorkerExecutor : public QObject
{
    Q_OBJECT

public:
    using QObject::QObject;

    /// Gives the worker the name under which it will register: workerPrepared follows (or workerExited, under the old name), before
    /// this returns where nothing has to be made. Needed before startWorker; nothing runs yet.
    virtual void prepareWorker(const StartRequest &request) = 0;
    /// request: with the name that workerPrepared told.
    virtual void startWorker(const StartRequest &request) = 0;
    /// Takes over a worker that an earlier manager started and that lives still; workerExited follows when it ends, with an
    /// unknown exit code. request: as it was started with.
    virtual void adoptWorker(const StartRequest &request, const ProcessIdentity &process) = 0;
    /// TERM to the worker alone; after the grace KILL to its whole tree.
    virtual void stopWorker(const QString &executorId, seconds grace) = 0;
    /// TERM to the worker alone; it ends when its job is done.
    virtual void drainWorker(const QString &executorId) = 0;
    /// KILL to its whole tree now.
    virtual void killWorker(const QString &executorId) = 0;
    [[nodiscard]] virtual bool isWorkerRunning(const QString &executorId) const = 0;
    /// By executor id; workers that ended meanwhile are missing.
    virtual QFuture<QHash<QString, WorkerStats>> workerStats() = 0;
    /// Kills everything of workers that is left. Called last.
    virtual void cleanup() = 0;

Q_SIGNALS:
    void workerPrepared(const QString &preparedId, const QString &executorId);
    void workerStarted(const QString &executorId, const lifeguard::ProcessIdentity &process);
    void workerExited(const lifeguard::WorkerExit &exit);
    /// The preparation of an image, for workers that are not created yet, has made progress ("pulling image x: 12 of 40 MB"). progress:
    /// empty when the preparation has ended.
    void imagePreparationChanged(const QString &image, const lifeguard::Message &progress);
    /// The container engine is reachable again. Pools that lost workers in the meantime can be refilled.
    void engineReconnected();
    /// A configured limit cannot be enforced on this machine, and the worker runs without it. Emitted once for each worker type.
    void limitIgnored(const QString &executorId, const lifeguard::Message &reason);
};

} // namespace lifeguard

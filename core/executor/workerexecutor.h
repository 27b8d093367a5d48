// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/processidentity.h"
#include "core/config/workerconfig.h"

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

/// How a worker ended.
struct WorkerExit
{
    enum class Kind { Exited, Signalled, FailedToStart, Unknown };

    QString executorId;
    Kind kind = Kind::Unknown;
    int code = 0; ///< exit code, or the signal's number
    QString message; ///< "exit code 3", "SIGKILL", "cannot start 'x': no such file"
    QStringList lastLines; ///< of its log, at most 10
    bool isBlameless = false; ///< what it ran in was taken away (Docker's engine was restarted): no fault of its own
    bool outOfMemory = false; ///< the kernel's out-of-memory killer took it, or a process of its tree before it ended

    [[nodiscard]] bool isClean() const { return kind == Kind::Exited && code == 0; }
};

/// What a worker's tree uses.
struct WorkerStats
{
    double cpuPercent = 0; ///< of one core, since the sample before; 0 for the first
    double cpuSeconds = 0; ///< used since its start, by processes that have ended meanwhile too; never falls
    qint64 memoryBytes = 0; ///< of the tree, what its processes share counted once
    qint64 outputBytes = -1; ///< size of its log; -1: unknown
    char state = '?'; ///< of the worker itself: R, S, D, T (stopped), t (held by a debugger), Z
    int processes = 0;
    bool beatsInDatabase = false; ///< a worker of ours in a container: its heartbeat is in its row, every 5 s, while it works too
    bool unhealthy = false; ///< a check of its own (a container's HEALTHCHECK) fails
    QString unknownWhy; ///< not empty: nothing can be learnt of it just now, and why; all else is of old
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
    /// What is being done for workers that are not there yet ("pulling image x: 12 of 40 MB"); empty: no more.
    void preparing(const QString &image, const QString &what);
    /// What workers run in was away, and is back: pools that lost workers by it are to be brought to their count.
    void restored();
    /// A limit of its configuration cannot be enforced here; the worker runs without it. what: a sentence that says why. Told
    /// once for each type of worker, with the first that runs so.
    void limitIgnored(const QString &executorId, const QString &what);
};

} // namespace lifeguard

Q_DECLARE_METATYPE(lifeguard::WorkerExit)

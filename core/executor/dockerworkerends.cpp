// SPDX-License-Identifier: GPL-3.0-or-later
// DockerWorkerExecutor: what the engine tells, and what follows the end of a container.
#include "core/base/filetail.h"
#include "core/executor/dockerworkerexecutor.h"

#include "core/base/futurecallbacks.h"
#include "core/base/logging.h"
#include "core/base/unixsignals.h"
#include "core/executor/containerspec.h"
#include "core/config/workerconfig.h"

#include <algorithm>
#include <csignal>
#include <tuple>

namespace lifeguard {
namespace {

using namespace std::chrono_literals;

constexpr int shownLines = 10;
constexpr seconds foreignGrace{10}; ///< as direct workers have by default
constexpr int signalBase = 128; ///< exit code of what a signal ended, less the signal (as shells say it)
constexpr int lastSignal = 64;
constexpr milliseconds outputWait = 300ms; ///< for the last output of a container that has ended
constexpr milliseconds lookPause = 2s;
constexpr milliseconds removalWait = 500ms; ///< so that nothing of it is left when its end is told

} // namespace

/// The engine is (again) there: what happened while it was not listened to is found in the list of containers.
void DockerWorkerExecutor::onFound()
{
    QSet<QString> asked; // what is made after this is in no list yet
    for (const auto &[id, running] : m_running) {
        if (running->step != Step::Making)
            asked.insert(id);
    }
    whenFinished(m_client.containers({dockerlabel::database + u'=' + m_databasePath}), this,
                 [this, asked](const Result<QList<DockerContainer>> &containers) {
        if (!containers) {
            lookAgain();
            return;
        }
        reconcile(*containers, asked);
        if (std::exchange(m_wasLost, false))
            Q_EMIT engineReconnected();
        removeStale(*containers);
        makeWaiting();
    });
}

/// Makes those that wait for the engine, once it is known whom they run as.
void DockerWorkerExecutor::makeWaiting()
{
    if (!m_isRootless) {
        whenFinished(m_client.isRootless(), this, [this](const Result<bool> &rootless) {
            if (!rootless) {
                lookAgain();
                return;
            }
            m_isRootless = *rootless;
            makeWaiting();
        });
        return;
    }
    const QSet<QString> waiting = std::exchange(m_waiting, {});
    for (const QString &id : waiting)
        make(id);
}

/// Something was asked of the engine and not answered, although it is listened to: the list of containers tells what came of it.
void DockerWorkerExecutor::lookAgain()
{
    if (!m_lookAgain.isActive())
        m_lookAgain.start(lookPause);
}

void DockerWorkerExecutor::setManagers(const QSet<QString> &managers)
{
    m_managers = managers;
    lookAgain();
}

void DockerWorkerExecutor::reconcile(const QList<DockerContainer> &containers, const QSet<QString> &asked)
{
    QHash<QString, DockerContainer> byId;
    for (const DockerContainer &container : containers)
        byId.insert(shortContainerId(container.id), container);
    QStringList ids;
    for (const auto &[id, running] : m_running)
        ids.append(id);
    for (const QString &id : std::as_const(ids)) {
        Running *running = find(id);
        if (!running || running->step == Step::Making)
            continue;
        const auto container = byId.constFind(id);
        running->wasSought = m_wasLost;
        if (container == byId.cend()) {
            if (!asked.contains(id))
                continue;
            running->isRemoved = true;
            running->wasAway = m_wasLost;
            finish(id, {});
        } else if (container->state == QLatin1String("created")) {
            if (running->step == Step::Starting && !running->isBeingStarted)
                startWorker(StartRequest(running->request)); // the engine was gone before it did
        } else if (running->step != Step::Made) {
            onStarted(id);
        }
    }
}

/// Containers on this database that nobody looks after any more. Of other databases, of managers that live, and not ours at all: never
/// touched.
void DockerWorkerExecutor::removeStale(const QList<DockerContainer> &containers)
{
    for (const DockerContainer &container : containers) {
        // Adopted ones are abandoned by their short id.
        if (m_abandoned.remove(container.id) || m_abandoned.remove(shortContainerId(container.id)))
            remove(container.id);
        else if (!find(shortContainerId(container.id)) && isStale(container))
            removeLost(container);
    }
}

/// Of a manager that is gone; or our own, and nobody knows of it (the answer to its making was lost).
bool DockerWorkerExecutor::isStale(const DockerContainer &container) const
{
    const QString managerId = container.labels.value(dockerlabel::manager);
    if (managerId.isEmpty())
        return false;
    if (managerId == m_managerId) {
        return std::none_of(m_running.cbegin(), m_running.cend(), [&container](const auto &entry) {
            return entry.second->step == Step::Making && containerName(entry.second->request) == container.name;
        });
    }
    const std::optional<ProcessIdentity> manager = ProcessIdentity::fromString(container.labels.value(dockerlabel::managerProcess));
    switch (manager ? presenceOf(*manager) : ProcessPresence::Unknown) {
    case ProcessPresence::Alive: return false;
    case ProcessPresence::Gone: return true;
    case ProcessPresence::Unknown: break;
    }
    // Of another boot, say: the database tells whether there is such a manager. Several machines may share an engine; so only what does
    // not run any more, on one that is here.
    return !container.isRunning() && m_client.endpoint().kind == DockerEndpoint::Kind::Local && m_managers && !m_managers->contains(managerId);
}

/// Removes it where it has ended; else it is told to end after its job, and removed if it does not.
void DockerWorkerExecutor::removeLost(const DockerContainer &container)
{
    if (!container.isRunning() || container.labels.value(dockerlabel::manager) == m_managerId) {
        remove(container.id);
        return;
    }
    if (container.labels.value(dockerlabel::detached) == QLatin1String("true") || m_leaving.contains(container.id))
        return;
    m_leaving.insert(container.id);
    std::ignore = m_client.signalContainer(container.id, QStringLiteral("TERM"));
    // Ours finishes its job; of a program of the user's nobody knows whether it has understood.
    const bool isOurs = container.labels.contains(dockerlabel::workerType);
    const seconds limit(container.labels.value(dockerlabel::maxJobTime).toLongLong());
    QTimer::singleShot(isOurs ? std::min<seconds>(limit + jobLimitSlack, maxDuration) : foreignGrace, this, [this, id = container.id] {
        if (m_leaving.remove(id))
            remove(id);
    });
}

void DockerWorkerExecutor::onEvent(const ContainerEvent &event)
{
    if (m_leaving.contains(event.id)) {
        if (event.action == QLatin1String("die")) {
            m_leaving.remove(event.id);
            remove(event.id);
        }
        return;
    }
    const QString executorId = shortContainerId(event.id);
    Running *running = find(executorId);
    if (!running)
        return;
    if (event.action == QLatin1String("oom")) {
        running->outOfMemory = true;
    } else if (event.action == QLatin1String("pause") || event.action == QLatin1String("unpause")) {
        running->paused = event.action == QLatin1String("pause");
    } else if (event.action.startsWith(QLatin1String("health_status"))) {
        running->health = event.action.section(u':', 1).trimmed();
    } else if (event.action == QLatin1String("die")) {
        bool isNumber = false;
        const int code = event.attributes.value(QStringLiteral("exitCode")).toInt(&isNumber);
        if (isNumber)
            running->exitCode = code;
        running->wasAway = m_wasLost || running->wasSought; // told of late
        if (running->step != Step::Starting) // else the answer to the start is waited for, which looks at it
            onEnded(executorId);
    } else if (event.action == QLatin1String("destroy") && running->step != Step::Ending) {
        running->isRemoved = true;
        finish(executorId, {});
    }
}

/// It has ended; its last output is waited for, shortly.
void DockerWorkerExecutor::onEnded(const QString &executorId)
{
    Running *running = find(executorId);
    if (!running || running->step == Step::Ending)
        return;
    running->step = Step::Ending;
    running->killTimer.stop();
    if (running->stats)
        running->stats.release()->deleteLater(); // this may be one of its signals
    if (running->log && running->log->isFollowing())
        QTimer::singleShot(outputWait, this, [this, executorId] { collect(executorId); });
    else
        collect(executorId);
}

void DockerWorkerExecutor::collect(const QString &executorId)
{
    Running *running = find(executorId);
    if (!running || std::exchange(running->isCollected, true))
        return;
    running->step = Step::Ending;
    whenFinished(m_client.inspectContainer(running->id), this, [this, executorId](const Result<DockerContainer> &container) {
        Running *found = find(executorId);
        if (!found)
            return;
        if (container && container->isRunning()) { // not this time: somebody has started it again
            found->isCollected = false;
            found->step = Step::Running;
            return;
        }
        found->isRemoved = !container && container.error().code == ErrorCode::NotFound;
        if (!container && (container.error().code == ErrorCode::Io || container.error().code == ErrorCode::TimedOut))
            found->wasAway = true; // an engine that is being stopped ends its containers, and answers nothing more
        finish(executorId, container ? std::optional(*container) : std::nullopt);
    });
}

/// Removes the container and tells of the worker's end, once.
void DockerWorkerExecutor::finish(const QString &executorId, const std::optional<DockerContainer> &container)
{
    Running *running = find(executorId);
    if (!running || std::exchange(running->isFinished, true))
        return;
    running->step = Step::Ending;
    const WorkerExit exit = exitOf(executorId, *running, container);
    const auto tell = [this, exit] {
        const auto found = m_running.find(exit.executorId);
        if (found == m_running.end())
            return;
        // Deleted later: this may be a signal of one of its parts.
        if (found->second->log)
            found->second->log.release()->deleteLater();
        if (found->second->stats)
            found->second->stats.release()->deleteLater();
        m_running.erase(found);
        Q_EMIT workerExited(exit);
    };
    if (running->isRemoved) {
        QMetaObject::invokeMethod(this, tell, Qt::QueuedConnection);
        return;
    }
    whenFinished(m_client.removeContainer(running->id), this, [this, tell, id = running->id](const Status &removed) {
        if (!removed)
            notRemoved(id, removed.error());
        tell();
    });
    QTimer::singleShot(removalWait, this, tell);
}

/// Killed while the engine does not answer: nobody is kept waiting for it; its container is killed when the engine is back.
void DockerWorkerExecutor::abandon(const QString &executorId)
{
    Running *running = find(executorId);
    if (!running || std::exchange(running->isFinished, true))
        return;
    m_abandoned.insert(running->id);
    lookAgain();
    WorkerExit exit;
    exit.executorId = executorId;
    exit.message = Message("killed_without_engine");
    exit.lastLines = lastLines(running->request.logPath, shownLines);
    QMetaObject::invokeMethod(this, [this, exit] {
        m_running.erase(exit.executorId);
        Q_EMIT workerExited(exit);
    }, Qt::QueuedConnection);
}

/// Of one that was not started: nothing of it has run. why: not looked at where it was killed before.
void DockerWorkerExecutor::failToStart(const QString &executorId, const Error &why)
{
    m_waiting.remove(executorId);
    // Queued, as callers may be in the middle of asking for it.
    QMetaObject::invokeMethod(this, [this, executorId, why] {
        const auto found = m_running.find(executorId);
        if (found == m_running.end())
            return;
        WorkerExit exit;
        exit.executorId = executorId;
        // What the engine itself could not do may work the next time; what it refuses will be refused again.
        exit.kind = why.code == ErrorCode::ToolFailed ? WorkerExit::Kind::Unknown : WorkerExit::Kind::FailedToStart;
        exit.code = -1;
        exit.message = found->second->killed ? Message("killed_before_start") : Message("cannot_start", {why.message});
        m_running.erase(found);
        Q_EMIT workerExited(exit);
    }, Qt::QueuedConnection);
}

void DockerWorkerExecutor::remove(const QString &id)
{
    whenFinished(m_client.removeContainer(id), this, [this, id](const Status &removed) {
        if (!removed)
            notRemoved(id, removed.error());
    });
}

/// It is tried again with the next list.
void DockerWorkerExecutor::notRemoved(const QString &id, const Error &error)
{
    qCWarning(lcExecutor).noquote() << "container" << id.left(12) << "is not removed yet:" << error.message;
    m_abandoned.insert(id);
    lookAgain();
}

WorkerExit DockerWorkerExecutor::exitOf(const QString &executorId, const Running &running, const std::optional<DockerContainer> &container) const
{
    WorkerExit exit;
    exit.executorId = executorId;
    exit.lastLines = lastLines(running.request.logPath, shownLines);
    if (running.wasAway && !running.killed && !running.stopping) {
        // Its exit code says nothing: the engine ends what it finds running, or has forgotten how it ended.
        exit.kind = WorkerExit::Kind::Unknown;
        exit.isBlameless = true;
        exit.message = Message("engine_restarted");
        return exit;
    }
    const std::optional<int> code = container ? std::optional(container->exitCode) : running.exitCode;
    if (!code) {
        exit.kind = WorkerExit::Kind::Unknown;
        exit.message = running.isRemoved ? Message("container_removed") : Message("container_exit_unknown");
        return exit;
    }
    const int signal = *code - signalBase;
    if (signal > 0 && signal <= lastSignal) {
        exit.kind = WorkerExit::Kind::Signalled;
        exit.code = signal;
        exit.message = Message::literal(signalName(signal));
    } else {
        exit.kind = WorkerExit::Kind::Exited;
        exit.code = *code;
        exit.message = Message("exit_code", {*code});
    }
    if (container && !container->error.isEmpty())
        exit.message = Message("ended_with_engine_error", {exit.message.asArgument(), container->error});
    if (running.isRemoved)
        exit.message = Message("ended_and_removed", {exit.message.asArgument()});
    const bool outOfMemory = running.outOfMemory || (container && container->outOfMemory);
    if (!outOfMemory || running.killed || exit.isClean())
        return exit;
    exit.outOfMemory = true;
    const qint64 limit = running.request.config.memoryLimitMb;
    const Message reason = limit > 0 ? Message("over_memory_limit", {limit}) : Message("machine_out_of_memory");
    if (exit.kind == WorkerExit::Kind::Signalled && exit.code == SIGKILL)
        exit.message = Message("killed_by_kernel", {reason.asArgument()});
    else
        exit.message = Message("ended_after_oom_kill", {exit.message.asArgument(), reason.asArgument()});
    return exit;
}

} // namespace lifeguard

// SPDX-License-Identifier: GPL-3.0-or-later
// DockerWorkerExecutor: what the engine tells, and what follows the end of a container.
#include "core/executor/dockerworkerexecutor.h"

#include "core/base/future.h"
#include "core/base/logging.h"
#include "core/base/paths.h"
#include "core/base/unixsignals.h"
#include "core/executor/containerspec.h"

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
constexpr milliseconds removalWait = 500ms; ///< so that nothing of it is left when its end is told

} // namespace

/// The engine is (again) there: what happened while it was not listened to is found in the list of containers.
void DockerWorkerExecutor::onFound()
{
    whenAnswered(m_client.containers({dockerlabel::database + u'=' + m_databasePath}), this, [this](const Result<QList<DockerContainer>> &containers) {
        if (!containers)
            return; // lost again; or refused, and then the next list tells
        reconcile(*containers);
        if (std::exchange(m_wasLost, false))
            Q_EMIT restored();
        removeStale(*containers);
        const QSet<QString> waiting = std::exchange(m_waiting, {});
        for (const QString &id : waiting)
            make(id);
    });
}

void DockerWorkerExecutor::reconcile(const QList<DockerContainer> &containers)
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
            running->isRemoved = true;
            running->wasAway = m_wasLost;
            finish(id, {});
        } else if (container->state == QLatin1String("created")) {
            if (running->step == Step::Starting)
                startWorker(StartRequest(running->request)); // the engine was gone before it did
        } else if (running->step != Step::Made) {
            onStarted(id);
        }
    }
}

/// Containers of managers that are gone, on this database, which nobody adopted: those that ended are removed, the others are told to end
/// after their job. Of other databases, of managers that live or cannot be seen, and not ours at all: never touched.
void DockerWorkerExecutor::removeStale(const QList<DockerContainer> &containers)
{
    for (const DockerContainer &container : containers) {
        // Adopted ones are abandoned by their short id.
        if (m_abandoned.remove(container.id) || m_abandoned.remove(shortContainerId(container.id)))
            remove(container.id);
        if (find(shortContainerId(container.id)) || container.labels.value(dockerlabel::manager) == m_managerId)
            continue;
        const std::optional<ProcessIdentity> manager = ProcessIdentity::fromString(container.labels.value(dockerlabel::managerProcess));
        if (!manager || presenceOf(*manager) != ProcessPresence::Gone)
            continue;
        if (!container.isRunning()) {
            remove(container.id);
        } else if (container.labels.value(dockerlabel::detached) != QLatin1String("true") && !m_leaving.contains(container.id)) {
            m_leaving.insert(container.id);
            std::ignore = m_client.signalContainer(container.id, QStringLiteral("TERM"));
            // Ours finishes its job; of a program of the user's nobody knows whether it has understood.
            if (!container.labels.contains(dockerlabel::workerType))
                QTimer::singleShot(foreignGrace, this, [this, id = container.id] { remove(id); });
        }
    }
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
    whenAnswered(m_client.inspectContainer(running->id), this, [this, executorId](const Result<DockerContainer> &container) {
        Running *found = find(executorId);
        if (!found)
            return;
        if (container && container->isRunning()) { // not this time: somebody has started it again
            found->isCollected = false;
            found->step = Step::Running;
            return;
        }
        found->isRemoved = !container && container.error().code == ErrorCode::NotFound;
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
    whenAnswered(m_client.removeContainer(running->id), this, [tell](const Status &) { tell(); });
    QTimer::singleShot(removalWait, this, tell);
}

/// Killed while the engine does not answer: nobody is kept waiting for it; its container is killed when the engine is back.
void DockerWorkerExecutor::abandon(const QString &executorId)
{
    Running *running = find(executorId);
    if (!running || std::exchange(running->isFinished, true))
        return;
    m_abandoned.insert(running->id);
    WorkerExit exit;
    exit.executorId = executorId;
    exit.message = tr("killed while Docker's engine did not answer");
    exit.lastLines = lastLines(running->request.logPath, shownLines);
    QMetaObject::invokeMethod(this, [this, exit] {
        m_running.erase(exit.executorId);
        Q_EMIT workerExited(exit);
    }, Qt::QueuedConnection);
}

/// Of one that was not started: nothing of it has run.
void DockerWorkerExecutor::failToStart(const QString &executorId, const QString &why)
{
    m_waiting.remove(executorId);
    // Queued, as callers may be in the middle of asking for it.
    QMetaObject::invokeMethod(this, [this, executorId, why] {
        const auto found = m_running.find(executorId);
        if (found == m_running.end())
            return;
        WorkerExit exit;
        exit.executorId = executorId;
        exit.kind = WorkerExit::Kind::FailedToStart;
        exit.code = -1;
        exit.message = found->second->killed ? why : tr("cannot start: %1").arg(why);
        m_running.erase(found);
        Q_EMIT workerExited(exit);
    }, Qt::QueuedConnection);
}

void DockerWorkerExecutor::remove(const QString &id)
{
    whenAnswered(m_client.removeContainer(id), this, [id](const Status &removed) {
        if (!removed)
            qCWarning(lcExecutor).noquote() << "container" << id.left(12) << "is not removed:" << removed.error().message;
    });
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
        exit.message = tr("its container ended when Docker's engine was restarted");
        return exit;
    }
    const std::optional<int> code = container ? std::optional(container->exitCode) : running.exitCode;
    if (!code) {
        exit.kind = WorkerExit::Kind::Unknown;
        exit.message = running.isRemoved ? tr("its container was removed by somebody else") : tr("its container has ended; the engine does not tell how");
        return exit;
    }
    const int signal = *code - signalBase;
    if (signal > 0 && signal <= lastSignal) {
        exit.kind = WorkerExit::Kind::Signalled;
        exit.code = signal;
        exit.message = signalName(signal);
    } else {
        exit.kind = WorkerExit::Kind::Exited;
        exit.code = *code;
        exit.message = tr("exit code %1").arg(*code);
    }
    if (container && !container->error.isEmpty())
        exit.message += tr("; the engine says: %1").arg(container->error);
    if (running.isRemoved)
        exit.message += tr("; its container was removed by somebody else");
    const bool outOfMemory = running.outOfMemory || (container && container->outOfMemory);
    if (!outOfMemory || running.killed || exit.isClean())
        return exit;
    exit.outOfMemory = true;
    const qint64 limit = running.request.config.memoryLimitMb;
    const QString why = limit > 0 ? tr("over its memory limit of %1 MB").arg(limit) : tr("the machine had run out of memory");
    if (exit.kind == WorkerExit::Kind::Signalled && exit.code == SIGKILL)
        exit.message = tr("SIGKILL by the kernel: %1").arg(why);
    else
        exit.message += tr("; the kernel had killed a process of it: %1").arg(why);
    return exit;
}

} // namespace lifeguard

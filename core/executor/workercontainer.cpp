// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/executor/workercontainer.h"

#include "core/base/filetail.h"
#include "core/base/futurecallbacks.h"
#include "core/base/logging.h"
#include "core/base/processtable.h"
#include "core/executor/clmcontainer.h"
#include "core/executor/containeradvice.h"
#include "core/executor/containerend.h"
#include "core/executor/containerspec.h"

#include <QFileInfo>

#include <tuple>

namespace lifeguard {
namespace {

using namespace std::chrono_literals;

constexpr int maxCreationAttempts = 40; ///< while another container with this name is being removed
constexpr milliseconds creationRetryDelay = 250ms;
constexpr milliseconds startupTime = 3s; ///< in which a program may not have installed its signal handlers yet
constexpr milliseconds termRetryDelay = 500ms;
constexpr milliseconds outputWait = 300ms; ///< for the last output of a container that has ended
constexpr milliseconds removalWait = 500ms; ///< so that the container is normally removed before its end is reported
constexpr int reportedLogLines = 10;

/// Returns whether the engine could not be reached or did not answer, so the effect of the request is unknown.
bool isUnreachable(const Error &error)
{
    return error.code == ErrorCode::Io || error.code == ErrorCode::TimedOut;
}

/// Returns the process of a container if it is visible on this machine. Otherwise returns an identity that is visible
/// on no machine, so that the heartbeat decides whether the worker is alive.
ProcessIdentity identityOf(const DockerContainer &container, const DockerEndpoint &endpoint)
{
    if (const auto process = processOfContainer(container))
        return *process;
    return {std::max<qint64>(1, container.pid), 0, QStringLiteral("docker:") + endpoint.toString(), {}};
}

} // namespace

WorkerContainer::WorkerContainer(const ContainerServices &services, const StartRequest &request)
    : m_services(services)
    , m_request(request)
{
    m_killTimer.setSingleShot(true);
    connect(&m_killTimer, &QTimer::timeout, this, &WorkerContainer::kill);
}

QString WorkerContainer::name() const
{
    return containerName(m_request);
}

/// Calls function(answer), unless the exit was reported in the meantime.
template<typename T, typename Function>
void WorkerContainer::whenFinishedUnlessEnded(const QFuture<T> &future, Function function)
{
    whenFinished(future, this, [this, function](const T &answer) {
        if (m_phase != Phase::Ended)
            function(answer);
    });
}

void WorkerContainer::create()
{
    if (isCreated())
        return;
    // Without events, the end of the container would not be detected.
    if (!m_services.monitor.isConnected() || !m_services.creator.isPrepared()) {
        m_phase = Phase::Waiting;
        if (m_isKillRequested)
            failToStart({});
        return;
    }
    m_phase = Phase::Creating;
    whenFinishedUnlessEnded(m_services.creator.create(m_request), [this](const Result<QString> &id) {
        if (id) {
            handleCreated(*id);
        } else if (id.error().code == ErrorCode::Busy) {
            retryCreation(id.error());
        } else if (isUnreachable(id.error()) && !m_isKillRequested) {
            m_phase = Phase::Waiting;
            Q_EMIT pollNeeded();
        } else {
            failToStart(id.error());
        }
    });
}

/// Tries again if the name is in use, either by the container of an earlier worker, which is being removed, or by a
/// container whose creation was never confirmed.
void WorkerContainer::retryCreation(const Error &conflict)
{
    if (++m_creationAttempts > maxCreationAttempts) {
        failToStart(conflict);
        return;
    }
    m_services.creator.releaseName(m_request);
    QTimer::singleShot(creationRetryDelay, this, &WorkerContainer::create);
}

void WorkerContainer::handleCreated(const QString &id)
{
    if (m_isKillRequested) {
        std::ignore = m_services.remover.remove(id);
        failToStart({});
        return;
    }
    const QString preparedId = std::exchange(m_request.executorId, shortContainerId(id));
    m_id = id;
    m_phase = Phase::Created;
    Q_EMIT created(preparedId, m_request.executorId);
}

void WorkerContainer::adopt()
{
    m_id = m_request.executorId; // the engine accepts a prefix of an id
    m_phase = Phase::Running;
    m_alreadyWritten = QFileInfo(m_request.logPath).size();
}

void WorkerContainer::start(const StartRequest &request)
{
    if (m_phase != Phase::Created && m_phase != Phase::Starting) {
        qCWarning(lcExecutor) << request.executorId << "cannot be started in its current state";
        return;
    }
    m_request = request;
    m_phase = Phase::Starting;
    m_isStartPending = true;
    whenFinishedUnlessEnded(m_services.client.startContainer(m_id), [this](const Status &started) {
        m_isStartPending = false;
        if (started) {
            inspectStarted();
        } else if (isUnreachable(started.error())) {
            Q_EMIT pollNeeded(); // the list shows whether the container runs
        } else {
            std::ignore = m_services.remover.remove(m_id);
            failToStart(started.error());
        }
    });
}

void WorkerContainer::inspectStarted()
{
    whenFinishedUnlessEnded(m_services.client.inspectContainer(m_id), [this](const Result<DockerContainer> &container) {
        if (container)
            handleInspection(*container);
        else if (isUnreachable(container.error()))
            Q_EMIT pollNeeded(); // after any other error, an event reports the end of the container
    });
}

void WorkerContainer::handleInspection(const DockerContainer &container)
{
    m_id = container.id;
    m_hasTty = container.hasTty;
    m_beatsInDatabase = m_request.config.command.isEmpty()
                     && container.labels.contains(dockerlabel::workerType); // a label of its image
    m_isPaused = container.state == QLatin1String("paused");
    m_health = container.health;
    const std::optional<ProcessIdentity> process = processOfContainer(container);
    m_pid = process ? process->pid : 0;
    if (m_phase == Phase::Starting) {
        m_phase = Phase::Running;
        m_runTime.start();
        Q_EMIT started(identityOf(container, m_services.client.endpoint()));
    }
    if (m_phase == Phase::Running || m_phase == Phase::Ending)
        observe();
    if (!container.isRunning()) {
        m_wasEngineLost = m_isMissing;
        handleEnd();
        return;
    }
    m_isMissing = false;
    // Carry out requests from the time when the engine was unreachable or the container did not run yet.
    if (m_isKillRequested)
        sendSignal(QStringLiteral("KILL"));
    else if (m_isStopRequested)
        terminate();
}

/// Opens those streams of the container that are not open: all of them after the start, and interrupted ones later.
void WorkerContainer::observe()
{
    if (!m_observer) {
        m_observer = std::make_unique<ContainerObserver>(m_services.client, m_id, m_request.logPath, m_alreadyWritten);
        connect(m_observer.get(), &ContainerObserver::outputEnded, this, [this] {
            if (m_phase == Phase::Ending)
                inspectEnd();
        });
    }
    m_observer->followOutput(m_hasTty);
    if (m_phase == Phase::Running)
        m_observer->followUsage();
}

void WorkerContainer::stop(seconds grace)
{
    if (grace <= 0s || m_phase < Phase::Starting) {
        kill();
        return;
    }
    m_isStopRequested = true;
    m_killTimer.start(grace);
    terminate();
}

void WorkerContainer::drain()
{
    if (m_phase < Phase::Starting) {
        kill(); // there is no job to finish
        return;
    }
    m_isStopRequested = true;
    terminate();
}

void WorkerContainer::kill()
{
    m_killTimer.stop();
    m_isKillRequested = true;
    switch (m_phase) {
    case Phase::Waiting:
        failToStart({});
        break;
    case Phase::Creating: // handled when the engine answers
    case Phase::Ending:
    case Phase::Ended:
        break;
    case Phase::Created:
        std::ignore = m_services.remover.remove(m_id);
        failToStart({});
        break;
    case Phase::Starting:
    case Phase::Running:
        if (m_services.monitor.isConnected())
            sendSignal(QStringLiteral("KILL"));
        else
            abandon();
        break;
    }
}

/// Sends TERM, and repeats it shortly after the start: the kernel discards signals for which the first process of a
/// container has no handler.
void WorkerContainer::terminate()
{
    if (!isStartedOrRunning())
        return;
    sendSignal(QStringLiteral("TERM"));
    if (m_phase == Phase::Starting || (m_runTime.isValid() && !m_runTime.hasExpired(startupTime.count())))
        QTimer::singleShot(termRetryDelay, this, &WorkerContainer::terminate);
}

void WorkerContainer::sendSignal(const QString &signal)
{
    whenFinishedUnlessEnded(m_services.client.signalContainer(m_id, signal),
                            [this, isKill = signal == QLatin1String("KILL")](const Status &sent) {
                                if (!sent)
                                    handleSignalError(sent.error(), isKill);
                            });
}

/// Handles a failure to send a signal. The error Busy, which means that the container does not run, needs no handling:
/// an event or the next list reports its end, and handleInspection() sends the signal again to a container that is
/// being started.
void WorkerContainer::handleSignalError(const Error &error, bool isKill)
{
    if (m_phase == Phase::Running && error.code == ErrorCode::NotFound)
        inspectEnd();
    else if (isUnreachable(error) && isKill && isStartedOrRunning())
        abandon();
    else if (isUnreachable(error))
        Q_EMIT pollNeeded(); // handleInspection() then sends the signal again
}

void WorkerContainer::reconcile(const DockerContainer *listed, bool wasEngineLost)
{
    m_isMissing = wasEngineLost;
    if (!listed) {
        m_wasRemoved = true;
        m_wasEngineLost = wasEngineLost;
        finish({});
    } else if (listed->state == QLatin1String("created")) {
        if (m_phase == Phase::Starting && !m_isStartPending)
            start(StartRequest(m_request)); // the engine ended before it started the container
    } else if (m_phase != Phase::Created) {
        inspectStarted();
    }
}

void WorkerContainer::handleEvent(const ContainerEvent &event, bool wasEngineLost)
{
    if (event.action == QLatin1String("oom")) {
        m_hadOomEvent = true;
    } else if (event.action == QLatin1String("pause") || event.action == QLatin1String("unpause")) {
        m_isPaused = event.action == QLatin1String("pause");
    } else if (event.action.startsWith(QLatin1String("health_status"))) {
        m_health = event.action.section(u':', 1).trimmed();
    } else if (event.action == QLatin1String("die")) {
        bool isNumber = false;
        const int code = event.attributes.value(QStringLiteral("exitCode")).toInt(&isNumber);
        if (isNumber)
            m_eventExitCode = code;
        m_wasEngineLost = wasEngineLost || m_isMissing; // the event may be from the time of the outage
        if (m_phase != Phase::Starting) // otherwise the inspection after the start detects the end
            handleEnd();
    } else if (event.action == QLatin1String("destroy") && m_phase != Phase::Ending) {
        m_wasRemoved = true;
        finish({});
    }
}

/// Waits a short time for the last output, then inspects the container.
void WorkerContainer::handleEnd()
{
    if (m_phase >= Phase::Ending)
        return;
    m_phase = Phase::Ending;
    m_killTimer.stop();
    if (m_observer)
        m_observer->stopUsage();
    if (m_observer && m_observer->isFollowingOutput())
        QTimer::singleShot(outputWait, this, &WorkerContainer::inspectEnd);
    else
        inspectEnd();
}

void WorkerContainer::inspectEnd()
{
    if (m_phase == Phase::Ended || std::exchange(m_isEndInspected, true))
        return;
    m_phase = Phase::Ending;
    whenFinishedUnlessEnded(m_services.client.inspectContainer(m_id), [this](const Result<DockerContainer> &container) {
        if (container && container->isRunning()) { // another program has restarted the container
            m_isEndInspected = false;
            m_phase = Phase::Running;
            return;
        }
        m_wasRemoved = !container && container.error().code == ErrorCode::NotFound;
        if (!container && isUnreachable(container.error()))
            m_wasEngineLost = true; // an engine that is shut down ends its containers and answers no more requests
        finish(container ? std::optional(*container) : std::nullopt);
    });
}

/// Removes the container and reports the exit of the worker.
void WorkerContainer::finish(const std::optional<DockerContainer> &container)
{
    if (m_phase == Phase::Ended || std::exchange(m_isFinished, true))
        return;
    m_phase = Phase::Ending;
    WorkerExit exit = workerExitOf({container, m_eventExitCode, m_hadOomEvent, m_wasRemoved, m_isStopRequested,
                                    m_isKillRequested, m_wasEngineLost, m_request.config.memoryLimitMb});
    exit.lastLines = lastLines(m_request.logPath, reportedLogLines);
    exit = explainedClmExit(exit);
    if (container)
        exit.advice = containerAdvice(m_request.config, *container, exit);
    if (m_wasRemoved) {
        QMetaObject::invokeMethod(
            this, [this, exit] { reportExit(exit); }, Qt::QueuedConnection);
        return;
    }
    whenFinished(m_services.remover.remove(m_id), this, [this, exit](const Status &) { reportExit(exit); });
    QTimer::singleShot(removalWait, this, [this, exit] { reportExit(exit); });
}

/// Reports the end of a worker that is killed while the engine does not respond. Its container is removed when the
/// engine responds again.
void WorkerContainer::abandon()
{
    if (std::exchange(m_isFinished, true))
        return;
    m_services.remover.removeLater(m_id);
    WorkerExit exit;
    exit.message = Message("killed_without_engine");
    exit.lastLines = lastLines(m_request.logPath, reportedLogLines);
    QMetaObject::invokeMethod(
        this, [this, exit] { reportExit(exit); }, Qt::QueuedConnection);
}

/// Reports the end of a worker that has never run. error: not used if the worker was killed.
void WorkerContainer::failToStart(const Error &error)
{
    const bool wasStarting = m_phase == Phase::Starting;
    m_phase = Phase::Ending;
    WorkerExit exit;
    // A failure of the engine itself may not happen again. A request that the engine rejects will be rejected again.
    exit.kind = error.code == ErrorCode::ToolFailed ? WorkerExit::Kind::Unknown : WorkerExit::Kind::FailedToStart;
    exit.code = -1;
    exit.message = m_isKillRequested ? Message("killed_before_start") : Message("cannot_start", {error.message});
    if (wasStarting && !m_isKillRequested) {
        DockerContainer container;
        container.user = m_services.creator.userFor(m_request.config).toString();
        container.error = error.message;
        exit.advice = containerAdvice(m_request.config, container, exit);
    }
    QMetaObject::invokeMethod(
        this, [this, exit] { reportExit(exit); }, Qt::QueuedConnection);
}

void WorkerContainer::reportExit(WorkerExit exit)
{
    if (m_phase == Phase::Ended)
        return;
    m_phase = Phase::Ended;
    m_killTimer.stop();
    exit.executorId = m_request.executorId;
    Q_EMIT exited(exit);
}

std::optional<WorkerStats> WorkerContainer::stats()
{
    if (m_phase != Phase::Running)
        return {};
    WorkerStats stats;
    if (m_services.monitor.isConnected()) {
        observe();
    } else {
        const QString error = m_services.monitor.lastError().message;
        stats.unknownReason = error.isEmpty() ? Message("engine_not_answered") : Message::literal(error);
    }
    const ContainerSample sample = m_observer ? m_observer->lastSample() : ContainerSample();
    stats.cpuPercent = sample.cpuPercent;
    stats.cpuSeconds = sample.cpuSeconds;
    stats.memoryBytes = sample.memoryBytes;
    stats.processes = sample.processes;
    stats.outputBytes = m_observer ? m_observer->outputBytes() : -1;
    stats.beatsInDatabase = m_beatsInDatabase;
    stats.unhealthy = m_health == QLatin1String("unhealthy");
    if (m_isPaused)
        stats.state = 'T';
    else if (const auto entry = processEntry(m_pid))
        stats.state = entry->state;
    return stats;
}

} // namespace lifeguard

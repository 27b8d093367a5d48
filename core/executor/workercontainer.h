// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/docker/dockerclient.h"
#include "core/docker/enginemonitor.h"
#include "core/executor/containercreator.h"
#include "core/executor/containerobserver.h"
#include "core/executor/containerremover.h"
#include "core/executor/workerexecutor.h"

#include <QElapsedTimer>
#include <QTimer>

#include <memory>
#include <optional>

namespace lifeguard {

/// The services of DockerWorkerExecutor that its containers use. They must outlive the containers.
struct ContainerServices
{
    DockerClient &client;
    const EngineMonitor &monitor;
    ContainerCreator &creator;
    ContainerRemover &remover;
};

/// Manages one container of a worker, from its creation to its removal. The owner of this object passes on the events
/// of the engine and the entries of each list of containers. Signals may be emitted from within the functions; exited()
/// is always emitted from the event loop.
class WorkerContainer : public QObject
{
    Q_OBJECT

public:
    enum class Phase {
        Waiting, ///< waits for the engine, in order to be created
        Creating,
        Created, ///< waits for start()
        Starting,
        Running,
        Ending, ///< has ended, and the details of its end are being collected; or was killed before it ran
        Ended, ///< exited() was emitted
    };

    WorkerContainer(const ContainerServices &services, const StartRequest &request);

    [[nodiscard]] Phase phase() const { return m_phase; }
    /// Returns whether the engine has created the container, as far as is known.
    [[nodiscard]] bool isCreated() const { return m_phase > Phase::Creating; }
    [[nodiscard]] QString executorId() const { return m_request.executorId; }
    /// Returns the name of the container.
    [[nodiscard]] QString name() const;

    /// Creates the container. If the engine is not available, the container remains in the phase Waiting until this
    /// function is called again.
    void create();
    /// Takes over the running container whose short id is the executor id.
    void adopt();
    /// Starts the container. request: as for the constructor, with the executor id of created().
    void start(const StartRequest &request);
    void stop(seconds grace); ///< see WorkerExecutor::stopWorker()
    void drain(); ///< see WorkerExecutor::drainWorker()
    void kill(); ///< see WorkerExecutor::killWorker()

    /// Handles an event of this container. wasEngineLost: whether the engine was unreachable since the last list of
    /// containers.
    void handleEvent(const ContainerEvent &event, bool wasEngineLost);
    /// Handles the entry of this container in a list of containers; null if the list does not contain it.
    void reconcile(const DockerContainer *listed, bool wasEngineLost);

    /// Returns the latest measurements, and reopens interrupted streams. Returns nothing before the container runs.
    [[nodiscard]] std::optional<WorkerStats> stats();

Q_SIGNALS:
    /// The container was created; executorId() has changed to its short id.
    void created(const QString &preparedId, const QString &executorId);
    void started(const lifeguard::ProcessIdentity &process);
    /// Emitted once when the worker has ended, as the last signal.
    void exited(const lifeguard::WorkerExit &exit);
    /// The engine did not answer a request: the list of containers should be requested soon.
    void pollNeeded();

private:
    void handleCreated(const QString &id);
    void retryCreation(const Error &conflict);
    void inspectStarted();
    void handleInspection(const DockerContainer &container);
    void observe();
    void terminate();
    void sendSignal(const QString &signal);
    void handleSignalError(const Error &error, bool isKill);
    void handleEnd();
    void inspectEnd();
    void finish(const std::optional<DockerContainer> &container);
    void abandon();
    void failToStart(const Error &error);
    void reportExit(WorkerExit exit);
    [[nodiscard]] bool isStartedOrRunning() const { return m_phase == Phase::Starting || m_phase == Phase::Running; }
    template<typename T, typename Function>
    void whenFinishedUnlessEnded(const QFuture<T> &future, Function function);

    ContainerServices m_services;
    StartRequest m_request;
    Phase m_phase = Phase::Waiting;
    QString m_id; ///< 64 characters; of an adopted container the short id until its first inspection; empty before its
                  ///< creation
    int m_creationAttempts = 0;
    bool m_isStartPending = false; ///< the engine has not answered the request to start yet
    bool m_isStopRequested = false; ///< TERM was sent, or will be sent
    bool m_isKillRequested = false;
    bool m_isEndInspected = false;
    bool m_isFinished = false; ///< the exit is about to be reported
    bool m_isPaused = false; ///< by `docker pause`
    bool m_hadOomEvent = false;
    bool m_isMissing = false; ///< not confirmed to be running since the engine was unreachable
    bool m_wasEngineLost = false; ///< its end was discovered after the engine had been unreachable
    bool m_wasRemoved = false; ///< by another program
    bool m_hasTty = false;
    bool m_beatsInDatabase = false; ///< whether the container runs lifeguard-worker
    qint64 m_pid = 0; ///< 0 if it cannot be seen from here
    qint64 m_alreadyWritten = 0; ///< bytes of the log that an earlier manager has written
    std::optional<int> m_eventExitCode;
    QString m_health; ///< "healthy", "unhealthy"; empty if the container has no health check
    QElapsedTimer m_runTime; ///< invalid before the start, and if adopted
    QTimer m_killTimer;
    std::unique_ptr<ContainerObserver> m_observer; ///< null before the container runs
};

} // namespace lifeguard

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/docker/dockerclient.h"
#include "core/docker/enginewatch.h"
#include "core/executor/containerengine.h"
#include "core/executor/containerlog.h"
#include "core/executor/workerexecutor.h"

#include <QElapsedTimer>
#include <QPromise>
#include <QSet>
#include <QTimer>

#include <map>
#include <memory>

namespace lifeguard {

/// Workers as containers of a Docker Engine. Told, not polled: deaths come from /events, loads from a stream of /stats and output
/// from a stream of /logs for each container. An engine that goes away leaves workers unknown; when it is back they are found
/// again, or have ended. Containers are removed when they have ended, and never touched when they are not of this database.
///
/// A worker is known by the short id of its container (its HOSTNAME): prepareWorker() makes the container, startWorker() starts it.
class DockerWorkerExecutor final : public WorkerExecutor, public ContainerEngine
{
    Q_OBJECT

public:
    DockerWorkerExecutor(DockerEndpoint endpoint, QString databasePath, QString managerId, QObject *parent = nullptr);
    /// Containers that are left go on: cleanup() kills them. Without their manager's heartbeat they end after their job.
    ~DockerWorkerExecutor() override;

    void prepareWorker(const StartRequest &request) override;
    void startWorker(const StartRequest &request) override;
    void adoptWorker(const StartRequest &request, const ProcessIdentity &process) override;
    void stopWorker(const QString &executorId, seconds grace) override;
    void drainWorker(const QString &executorId) override;
    void killWorker(const QString &executorId) override;
    [[nodiscard]] bool isWorkerRunning(const QString &executorId) const override;
    QFuture<QHash<QString, WorkerStats>> workerStats() override;
    void cleanup() override;

    [[nodiscard]] QFuture<ImageInspection> inspectImage(const QString &image) override;
    [[nodiscard]] QFuture<Status> ensureImage(const QString &image) override;
    [[nodiscard]] QFuture<Result<QList<DockerImage>>> images() override;
    [[nodiscard]] QFuture<Result<QJsonObject>> inspectContainer(const QString &id) override;
    [[nodiscard]] Result<DockerEndpoint> endpoint() override { return m_client.endpoint(); }
    void setManagers(const QSet<QString> &managers) override;

private:
    enum class Step {
        Making, ///< create was sent
        Made, ///< waits for startWorker()
        Starting, ///< start was sent
        Running,
        Ending, ///< it has ended: what is known of its end is collected
    };

    struct Running
    {
        StartRequest request;
        QString id; ///< 64 characters; empty while it is made
        Step step = Step::Making;
        int tries = 0; ///< to make it
        qint64 pid = 0; ///< where it can be seen from here; else 0
        bool hasTty = false;
        bool beats = false; ///< our own worker is in it
        std::unique_ptr<ContainerLog> log;
        std::unique_ptr<DockerStream> stats;
        std::optional<ContainerSample> sample;
        QTimer killTimer;
        QElapsedTimer age; ///< since it runs; invalid before, and of adopted ones
        bool isBeingStarted = false; ///< the engine has not answered yet
        bool stopping = false; ///< TERM was asked for
        bool killed = false; ///< KILL was asked for
        qint64 alreadyWritten = 0; ///< of its log, by an earlier manager
        QString health; ///< what its own check says: "healthy", "unhealthy"; empty: it has none
        bool isCollected = false; ///< what the engine knows of its end was asked for
        bool isFinished = false; ///< its end is being told
        bool paused = false; ///< `docker pause`: all its processes stand still
        bool outOfMemory = false; ///< the engine told so
        bool wasSought = false; ///< the engine has been away, and it was not found again yet
        bool wasAway = false; ///< its end was found after the engine had been away
        bool isRemoved = false; ///< by somebody else
        std::optional<int> exitCode; ///< as the event told it
    };

    Running &enter(const StartRequest &request);
    Running *find(const QString &executorId);
    void make(const QString &executorId);
    void makeWaiting();
    void onMade(const QString &executorId, const QString &id);
    void freeName(const QString &executorId, const Error &conflict);
    void pull(const QString &image, const std::shared_ptr<QPromise<Status>> &promise);
    void onStarted(const QString &executorId);
    void onRunning(const QString &executorId, Running &running, const DockerContainer &container);
    void follow(const QString &executorId, Running &running);
    void askToEnd(const QString &executorId);
    void send(const QString &executorId, const QString &signal);
    void onFound();
    void lookAgain();
    void reconcile(const QList<DockerContainer> &containers, const QSet<QString> &asked);
    void onEvent(const ContainerEvent &event);
    void onEnded(const QString &executorId);
    void collect(const QString &executorId);
    void finish(const QString &executorId, const std::optional<DockerContainer> &container);
    void abandon(const QString &executorId);
    void failToStart(const QString &executorId, const Error &why);
    void remove(const QString &id);
    void notRemoved(const QString &id, const Error &error);
    void removeStale(const QList<DockerContainer> &containers);
    void removeLost(const DockerContainer &container);
    [[nodiscard]] bool isStale(const DockerContainer &container) const;
    [[nodiscard]] WorkerExit exitOf(const QString &executorId, const Running &running, const std::optional<DockerContainer> &container) const;

    DockerClient m_client;
    EngineWatch m_watch;
    QString m_databasePath;
    QString m_managerId;
    std::map<QString, std::unique_ptr<Running>> m_running;
    QSet<QString> m_waiting; ///< to be made when the engine is back
    std::optional<bool> m_isRootless; ///< nothing: not asked yet
    QTimer m_lookAgain; ///< at the list of containers, after something that was not answered
    bool m_wasLost = false;
    std::optional<QSet<QString>> m_managers; ///< that stand in the database; nothing: not known
    QSet<QString> m_abandoned; ///< ids of containers to be removed that could not be
    QSet<QString> m_leaving; ///< ids of containers of earlier managers: TERM was sent, they are removed when they have ended
    QHash<QString, QList<std::shared_ptr<QPromise<Status>>>> m_pulls; ///< by image
};

} // namespace lifeguard

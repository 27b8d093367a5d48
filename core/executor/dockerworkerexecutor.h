// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/docker/dockerclient.h"
#include "core/docker/enginemonitor.h"
#include "core/executor/containercreator.h"
#include "core/executor/containerengine.h"
#include "core/executor/containerremover.h"
#include "core/executor/imageprovider.h"
#include "core/executor/leftovercontainercleaner.h"
#include "core/executor/workercontainer.h"
#include "core/executor/workerexecutor.h"

#include <QSet>
#include <QTimer>

#include <map>
#include <memory>

namespace lifeguard {

/// Runs workers in containers of a Docker engine. Nothing is polled regularly: the ends of containers come from
/// /events, measurements from a stream of /stats and output from a stream of /logs for each container. While the engine
/// is unreachable, the state of its workers is unknown; afterwards, the list of containers shows which workers still
/// run. Ended containers are removed. Containers of other databases are never touched.
///
/// The executor id of a worker is the short id of its container, which is also the container's HOSTNAME.
/// prepareWorker() creates the container, startWorker() starts it.
class DockerWorkerExecutor final : public WorkerExecutor, public ContainerEngine
{
    Q_OBJECT

public:
    DockerWorkerExecutor(const DockerEndpoint &endpoint, const QString &databasePath, const QString &managerId,
                         QObject *parent = nullptr);
    /// Does not stop running containers; cleanup() kills them. Without the heartbeat of their manager, their workers
    /// end after the current job.
    ~DockerWorkerExecutor() override;

    void prepareWorker(const StartRequest &request) override;
    void startWorker(const StartRequest &request) override;
    void adoptWorker(const StartRequest &request, const ProcessIdentity &process) override;
    void stopWorker(const QString &executorId, seconds grace) override;
    void drainWorker(const QString &executorId) override;
    void killWorker(const QString &executorId) override;
    [[nodiscard]] bool isWorkerRunning(const QString &executorId) const override { return find(executorId); }
    [[nodiscard]] QFuture<QHash<QString, WorkerStats>> workerStats() override;
    void cleanup() override;

    [[nodiscard]] QFuture<ImageInspection> inspectImage(const QString &image) override
    {
        return m_images.inspect(image);
    }
    [[nodiscard]] QFuture<Status> ensureImage(const QString &image) override { return m_images.ensure(image); }
    [[nodiscard]] QFuture<Result<QList<DockerImage>>> images() override { return m_client.images(); }
    [[nodiscard]] QFuture<Result<QJsonObject>> inspectContainer(const QString &id) override
    {
        return m_client.inspectContainerJson(id);
    }
    [[nodiscard]] Result<DockerEndpoint> endpoint() override { return m_client.endpoint(); }
    void setManagers(const QSet<QString> &managers) override;
    void setJobLimits(const QHash<QString, seconds> &limits) override { m_cleaner.setJobLimits(limits); }

private:
    [[nodiscard]] WorkerContainer *find(const QString &executorId) const;
    WorkerContainer &add(const StartRequest &request);
    void rename(const QString &preparedId, const QString &executorId);
    void removeEnded(const WorkerExit &exit);
    void poll();
    void pollSoon();
    void reconcile(const QList<DockerContainer> &listed, const QSet<QString> &expected);
    void cleanLeftovers(const QList<DockerContainer> &listed);
    void createWaiting();
    void handleEvent(const ContainerEvent &event);

    DockerClient m_client;
    EngineMonitor m_monitor;
    ImageProvider m_images;
    ContainerRemover m_remover;
    LeftoverContainerCleaner m_cleaner;
    ContainerCreator m_creator;
    QString m_databaseLabel; ///< the filter for containers of this database
    QTimer m_pollTimer;
    bool m_wasEngineLost = false; ///< since the last list of containers
    std::map<QString, std::unique_ptr<WorkerContainer>> m_containers; ///< by executor id. Declared last: the containers
                                                                      ///< must be destroyed before the services that
                                                                      ///< they use
};

} // namespace lifeguard

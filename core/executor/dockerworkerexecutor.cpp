// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/executor/dockerworkerexecutor.h"

#include "core/base/futurecallbacks.h"
#include "core/base/logging.h"
#include "core/executor/containerspec.h"

#include <algorithm>

namespace lifeguard {
namespace {

using namespace std::chrono_literals;

constexpr milliseconds pollDelay = 2s;

} // namespace

DockerWorkerExecutor::DockerWorkerExecutor(const DockerEndpoint &endpoint, const QString &databasePath,
                                           const QString &managerId, QObject *parent)
    : WorkerExecutor(parent)
    , m_client(endpoint)
    , m_monitor(m_client, {dockerlabel::database + u'=' + databasePath})
    , m_images(m_client)
    , m_remover(m_client)
    , m_cleaner(m_client, m_remover, managerId)
    , m_creator(m_client, m_remover, managerId,
                [this](const QString &executorId) { return isWorkerRunning(executorId); })
    , m_databaseLabel(dockerlabel::database + u'=' + databasePath)
{
    connect(&m_monitor, &EngineMonitor::connected, this, &DockerWorkerExecutor::poll);
    connect(&m_monitor, &EngineMonitor::disconnected, this, [this] {
        m_wasEngineLost = true;
        m_creator.reset();
    });
    connect(&m_monitor, &EngineMonitor::eventReceived, this, &DockerWorkerExecutor::handleEvent);
    connect(&m_images, &ImageProvider::progressChanged, this, &WorkerExecutor::imagePreparationChanged);
    connect(&m_remover, &ContainerRemover::pollNeeded, this, &DockerWorkerExecutor::pollSoon);
    m_pollTimer.setSingleShot(true);
    connect(&m_pollTimer, &QTimer::timeout, this, [this] {
        if (m_monitor.isConnected()) // otherwise connected() starts a poll
            poll();
    });
}

DockerWorkerExecutor::~DockerWorkerExecutor() = default;

WorkerContainer *DockerWorkerExecutor::find(const QString &executorId) const
{
    const auto found = m_containers.find(executorId);
    return found == m_containers.end() ? nullptr : found->second.get();
}

WorkerContainer &DockerWorkerExecutor::add(const StartRequest &request)
{
    std::unique_ptr<WorkerContainer> &container = m_containers[request.executorId];
    container = std::make_unique<WorkerContainer>(ContainerServices{m_client, m_monitor, m_creator, m_remover},
                                                  request);
    connect(container.get(), &WorkerContainer::created, this, &DockerWorkerExecutor::rename);
    connect(container.get(), &WorkerContainer::started, this,
            [this, container = container.get()](const ProcessIdentity &process) {
                Q_EMIT workerStarted(container->executorId(), process);
            });
    connect(container.get(), &WorkerContainer::exited, this, &DockerWorkerExecutor::removeEnded);
    connect(container.get(), &WorkerContainer::pollNeeded, this, &DockerWorkerExecutor::pollSoon);
    return *container;
}

void DockerWorkerExecutor::rename(const QString &preparedId, const QString &executorId)
{
    auto entry = m_containers.extract(preparedId);
    Q_ASSERT(!entry.empty());
    entry.key() = executorId;
    m_containers.insert(std::move(entry));
    Q_EMIT workerPrepared(preparedId, executorId);
}

void DockerWorkerExecutor::removeEnded(const WorkerExit &exit)
{
    auto entry = m_containers.extract(exit.executorId);
    Q_ASSERT(!entry.empty());
    // Deleted later, because the container is emitting this signal. As a child of this object, it is destroyed soon
    // after the services that it uses at the latest.
    WorkerContainer *container = entry.mapped().release();
    container->setParent(this);
    container->deleteLater();
    Q_EMIT workerExited(exit);
}

void DockerWorkerExecutor::prepareWorker(const StartRequest &request)
{
    WorkerContainer &container = add(request);
    m_monitor.start();
    container.create();
}

void DockerWorkerExecutor::startWorker(const StartRequest &request)
{
    if (WorkerContainer *container = find(request.executorId))
        container->start(request);
    else
        qCWarning(lcExecutor) << request.executorId << "cannot be started, because it was not prepared";
}

void DockerWorkerExecutor::adoptWorker(const StartRequest &request, const ProcessIdentity &)
{
    if (find(request.executorId))
        return;
    add(request).adopt();
    if (m_monitor.isConnected())
        poll();
    m_monitor.start();
}

void DockerWorkerExecutor::stopWorker(const QString &executorId, seconds grace)
{
    if (WorkerContainer *container = find(executorId))
        container->stop(grace);
}

void DockerWorkerExecutor::drainWorker(const QString &executorId)
{
    if (WorkerContainer *container = find(executorId))
        container->drain();
}

void DockerWorkerExecutor::killWorker(const QString &executorId)
{
    if (WorkerContainer *container = find(executorId))
        container->kill();
}

void DockerWorkerExecutor::cleanup()
{
    for (const auto &[id, container] : m_containers)
        container->kill(); // its exit is reported from the event loop, so the map does not change here
}

QFuture<QHash<QString, WorkerStats>> DockerWorkerExecutor::workerStats()
{
    QHash<QString, WorkerStats> all;
    for (const auto &[id, container] : m_containers) {
        if (const std::optional<WorkerStats> stats = container->stats())
            all.insert(id, *stats);
    }
    return QtFuture::makeReadyFuture(all);
}

void DockerWorkerExecutor::setManagers(const QSet<QString> &managers)
{
    m_cleaner.setManagers(managers);
    pollSoon();
}

void DockerWorkerExecutor::pollSoon()
{
    if (!m_pollTimer.isActive())
        m_pollTimer.start(pollDelay);
}

/// Requests the list of containers, which shows what happened while the engine was unreachable or did not answer.
void DockerWorkerExecutor::poll()
{
    QSet<QString> expected; // a container that is created later may be missing in the list
    for (const auto &[id, container] : m_containers) {
        if (container->isCreated())
            expected.insert(id);
    }
    whenFinished(m_client.containers({m_databaseLabel}), this,
                 [this, expected](const Result<QList<DockerContainer>> &listed) {
                     if (!listed) {
                         pollSoon();
                         return;
                     }
                     reconcile(*listed, expected);
                     if (std::exchange(m_wasEngineLost, false))
                         Q_EMIT engineReconnected();
                     cleanLeftovers(*listed);
                     createWaiting();
                 });
}

void DockerWorkerExecutor::reconcile(const QList<DockerContainer> &listed, const QSet<QString> &expected)
{
    QHash<QString, const DockerContainer *> byId;
    for (const DockerContainer &container : listed)
        byId.insert(shortContainerId(container.id), &container);
    for (const auto &[id, container] : m_containers) {
        const DockerContainer *entry = byId.value(id);
        if (container->isCreated() && (entry || expected.contains(id)))
            container->reconcile(entry, m_wasEngineLost);
    }
}

void DockerWorkerExecutor::cleanLeftovers(const QList<DockerContainer> &listed)
{
    for (const DockerContainer &container : listed) {
        if (m_remover.removeIfRemembered(container) || find(shortContainerId(container.id)))
            continue;
        const bool isBeingCreated = std::any_of(m_containers.cbegin(), m_containers.cend(),
                                                [&container](const auto &entry) {
                                                    return !entry.second->isCreated()
                                                        && entry.second->name() == container.name;
                                                });
        m_cleaner.clean(container, isBeingCreated);
    }
}

void DockerWorkerExecutor::createWaiting()
{
    if (!m_creator.isPrepared()) {
        whenFinished(m_creator.prepare(), this, [this](const Status &prepared) {
            if (prepared)
                createWaiting();
            else
                pollSoon();
        });
        return;
    }
    for (const auto &[id, container] : m_containers) {
        if (container->phase() == WorkerContainer::Phase::Waiting)
            container->create(); // signals are emitted from the event loop, so the map does not change here
    }
}

void DockerWorkerExecutor::handleEvent(const ContainerEvent &event)
{
    if (m_cleaner.handleEvent(event))
        return;
    if (WorkerContainer *container = find(shortContainerId(event.id)))
        container->handleEvent(event, m_wasEngineLost);
}

} // namespace lifeguard

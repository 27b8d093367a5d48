// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/executor/dockerworkerexecutor.h"

#include "core/base/futurecallbacks.h"
#include "core/base/logging.h"
#include "core/base/processtable.h"
#include "core/executor/containerspec.h"

#include <QFileInfo>

namespace lifeguard {
namespace {

using namespace std::chrono_literals;

constexpr int mostTries = 40; ///< to make a container whose name is still taken by one that is being removed
constexpr milliseconds nameRetry = 250ms;
constexpr milliseconds youth = 3s; ///< in which a program that was started may not yet have got to its signals
constexpr milliseconds termRetry = 500ms;

/// Networks that every engine has.
bool isBuiltIn(const QString &network)
{
    return network == QLatin1String("none") || network == QLatin1String("bridge");
}

/// The engine was not reached, or did not answer: nothing is known of what it did.
bool isAway(const Error &error)
{
    return error.code == ErrorCode::Io || error.code == ErrorCode::TimedOut;
}

/// The process of a container, where it is one of this machine that can be seen from here; else a name that nobody can see, so that
/// its heartbeat decides whether it lives.
ProcessIdentity identityOf(const DockerContainer &container, const DockerEndpoint &endpoint)
{
    if (const auto seen = processOfContainer(container))
        return *seen;
    return {std::max<qint64>(1, container.pid), 0, QStringLiteral("docker:") + endpoint.toString(), {}};
}

} // namespace

DockerWorkerExecutor::DockerWorkerExecutor(DockerEndpoint endpoint, QString databasePath, QString managerId, QObject *parent)
    : WorkerExecutor(parent)
    , m_client(std::move(endpoint))
    , m_watch(m_client, {dockerlabel::database + u'=' + databasePath})
    , m_databasePath(std::move(databasePath))
    , m_managerId(std::move(managerId))
{
    connect(&m_watch, &EngineWatch::found, this, &DockerWorkerExecutor::onFound);
    connect(&m_watch, &EngineWatch::lost, this, [this] {
        m_wasLost = true;
        m_isRootless.reset(); // another engine may be there by the next time
    });
    m_lookAgain.setSingleShot(true);
    connect(&m_lookAgain, &QTimer::timeout, this, [this] {
        if (m_watch.isListening()) // else it is looked at when the engine is back
            onFound();
    });
    connect(&m_watch, &EngineWatch::happened, this, &DockerWorkerExecutor::onEvent);
}

DockerWorkerExecutor::~DockerWorkerExecutor() = default;

DockerWorkerExecutor::Running *DockerWorkerExecutor::find(const QString &executorId)
{
    const auto found = m_running.find(executorId);
    return found == m_running.end() ? nullptr : found->second.get();
}

DockerWorkerExecutor::Running &DockerWorkerExecutor::enter(const StartRequest &request)
{
    auto &slot = m_running[request.executorId];
    slot = std::make_unique<Running>();
    slot->request = request;
    slot->killTimer.setSingleShot(true);
    return *slot;
}

void DockerWorkerExecutor::prepareWorker(const StartRequest &request)
{
    enter(request);
    m_watch.start();
    make(request.executorId);
}

/// Image, network, container: one after the other; each answer may find the worker killed meanwhile.
void DockerWorkerExecutor::make(const QString &executorId)
{
    if (!m_watch.isListening() || !m_isRootless) { // an end that nobody tells must not happen
        m_waiting.insert(executorId);
        return;
    }
    const Running *running = find(executorId);
    if (!running)
        return;
    const StartRequest request = running->request;
    const auto refused = [this, executorId](const Error &error) {
        const Running *found = find(executorId);
        if (!isAway(error) || !found || found->killed) {
            failToStart(executorId, error);
            return;
        }
        m_waiting.insert(executorId);
        lookAgain();
    };
    const auto create = [this, executorId, request, refused](const DockerImage &image) {
        const QJsonObject spec = containerSpec(request, image, ContainerUser::of(m_isRootless.value_or(false)), ProcessIdentity::self());
        whenFinished(m_client.createContainer(containerName(request), spec), this, [this, executorId, refused](const Result<QString> &id) {
            if (id)
                onMade(executorId, *id);
            else if (id.error().code == ErrorCode::Busy)
                freeName(executorId, id.error());
            else
                refused(id.error());
        });
    };
    whenFinished(m_client.image(imageOf(request.config)), this, [this, request, refused, create](const Result<DockerImage> &image) {
        if (!image) {
            refused(image.error());
        } else if (isBuiltIn(request.config.network)) {
            create(*image);
        } else {
            const QJsonObject labels{{dockerlabel::network, QStringLiteral("true")}};
            whenFinished(m_client.ensureNetwork(request.config.network, labels), this, [refused, create, image = *image](const Status &ensured) {
                if (ensured)
                    create(image);
                else
                    refused(ensured.error());
            });
        }
    });
}

/// The name is taken by our own worker before, whose container is being removed; or by one that was made without our hearing of it.
void DockerWorkerExecutor::freeName(const QString &executorId, const Error &conflict)
{
    Running *running = find(executorId);
    if (!running)
        return;
    if (++running->tries > mostTries) {
        failToStart(executorId, conflict);
        return;
    }
    whenFinished(m_client.inspectContainer(containerName(running->request)), this, [this](const Result<DockerContainer> &taken) {
        const bool isOurs = taken && taken->labels.value(dockerlabel::manager) == m_managerId && !find(shortContainerId(taken->id));
        if (isOurs)
            remove(taken->id);
    });
    QTimer::singleShot(nameRetry, this, [this, executorId] { make(executorId); });
}

void DockerWorkerExecutor::onMade(const QString &executorId, const QString &id)
{
    const auto found = m_running.find(executorId);
    if (found == m_running.end() || found->second->killed) { // killed meanwhile
        remove(id);
        if (found != m_running.end())
            failToStart(executorId, {});
        return;
    }
    const QString name = shortContainerId(id);
    auto entry = m_running.extract(found);
    entry.key() = name;
    Running &running = *entry.mapped();
    running.id = id;
    running.step = Step::Made;
    running.request.executorId = name;
    m_running.insert(std::move(entry));
    connect(&running.killTimer, &QTimer::timeout, this, [this, name] { killWorker(name); });
    Q_EMIT workerPrepared(executorId, name);
}

void DockerWorkerExecutor::startWorker(const StartRequest &request)
{
    Running *running = find(request.executorId);
    if (!running || (running->step != Step::Made && running->step != Step::Starting)) {
        qCWarning(lcExecutor) << request.executorId << "cannot be started: it is not there, or runs already";
        return;
    }
    running->request = request;
    running->step = Step::Starting;
    running->isBeingStarted = true;
    whenFinished(m_client.startContainer(running->id), this, [this, id = request.executorId](const Status &started) {
        Running *found = find(id);
        if (!found)
            return;
        found->isBeingStarted = false;
        if (started) {
            onStarted(id);
        } else if (isAway(started.error())) {
            lookAgain(); // whether it runs
        } else {
            remove(found->id);
            failToStart(id, started.error());
        }
    });
}

void DockerWorkerExecutor::onStarted(const QString &executorId)
{
    const Running *running = find(executorId);
    if (!running)
        return;
    whenFinished(m_client.inspectContainer(running->id), this, [this, executorId](const Result<DockerContainer> &container) {
        if (Running *found = find(executorId); found && container)
            onRunning(executorId, *found, *container);
        else if (found && isAway(container.error()))
            lookAgain(); // otherwise events tell of its end
    });
}

void DockerWorkerExecutor::onRunning(const QString &executorId, Running &running, const DockerContainer &container)
{
    running.id = container.id;
    running.hasTty = container.hasTty;
    running.beats = running.request.config.command.isEmpty() && container.labels.contains(dockerlabel::workerType); // as its image's
    running.paused = container.state == QLatin1String("paused");
    running.health = container.health;
    const std::optional<ProcessIdentity> seen = processOfContainer(container);
    running.pid = seen ? seen->pid : 0;
    if (running.step == Step::Starting) {
        running.step = Step::Running;
        running.age.start();
        Q_EMIT workerStarted(executorId, identityOf(container, m_client.endpoint()));
        if (find(executorId) != &running)
            return;
    }
    if (running.step == Step::Running || running.step == Step::Ending)
        follow(executorId, running);
    if (!container.isRunning()) {
        running.wasAway = running.wasSought;
        onEnded(executorId);
        return;
    }
    running.wasSought = false;
    if (running.killed)
        send(executorId, QStringLiteral("KILL")); // asked for while the engine was away, or before it ran
    else if (running.stopping)
        askToEnd(executorId);
}

/// Its output and, while it runs, its load.
void DockerWorkerExecutor::follow(const QString &executorId, Running &running)
{
    if (!running.log) {
        running.log = std::make_unique<ContainerLog>(m_client, running.id, running.request.logPath);
        connect(running.log.get(), &ContainerLog::ended, this, [this, executorId] {
            if (const Running *found = find(executorId); found && found->step == Step::Ending)
                collect(executorId);
        });
        running.log->follow(running.hasTty, running.alreadyWritten);
    } else if (!running.log->isFollowing()) {
        running.log->follow(running.hasTty);
    }
    if (running.stats || running.step != Step::Running)
        return;
    running.stats.reset(m_client.stats(running.id, nullptr));
    connect(running.stats.get(), &DockerStream::object, this, [this, executorId](const QJsonObject &object) {
        Running *found = find(executorId);
        if (const auto sample = ContainerSample::fromJson(object); sample && found)
            found->sample = *sample;
    });
    connect(running.stats.get(), &DockerStream::ended, this, [this, executorId] {
        if (Running *found = find(executorId); found && found->stats)
            found->stats.release()->deleteLater(); // this is one of its signals
    });
}

void DockerWorkerExecutor::adoptWorker(const StartRequest &request, const ProcessIdentity &)
{
    if (find(request.executorId))
        return;
    Running &running = enter(request);
    running.id = request.executorId; // the engine takes the beginning of an id for the whole
    running.step = Step::Running;
    running.alreadyWritten = QFileInfo(request.logPath).size();
    connect(&running.killTimer, &QTimer::timeout, this, [this, id = request.executorId] { killWorker(id); });
    if (m_watch.isListening())
        onFound(); // else that follows
    m_watch.start();
}

void DockerWorkerExecutor::stopWorker(const QString &executorId, seconds grace)
{
    Running *running = find(executorId);
    if (!running)
        return;
    if (grace <= seconds(0) || running->step == Step::Making || running->step == Step::Made) {
        killWorker(executorId);
        return;
    }
    running->stopping = true;
    running->killTimer.start(grace);
    askToEnd(executorId);
}

void DockerWorkerExecutor::drainWorker(const QString &executorId)
{
    Running *running = find(executorId);
    if (!running)
        return;
    if (running->step == Step::Making || running->step == Step::Made) {
        killWorker(executorId); // it has nothing to finish
        return;
    }
    running->stopping = true;
    askToEnd(executorId);
}

void DockerWorkerExecutor::killWorker(const QString &executorId)
{
    Running *running = find(executorId);
    if (!running)
        return;
    running->killTimer.stop();
    running->killed = true;
    if (m_waiting.remove(executorId)) {
        failToStart(executorId, {});
    } else if (running->step == Step::Made) {
        remove(running->id);
        failToStart(executorId, {});
    } else if (running->step == Step::Starting || running->step == Step::Running) {
        if (m_watch.isListening())
            send(executorId, QStringLiteral("KILL"));
        else
            abandon(executorId);
    } // else onMade() sees it, or it has ended
}

/// TERM; again while it has just been started: the first process of a container does not get a signal that it does not handle yet.
void DockerWorkerExecutor::askToEnd(const QString &executorId)
{
    const Running *running = find(executorId);
    if (!running || (running->step != Step::Starting && running->step != Step::Running))
        return;
    send(executorId, QStringLiteral("TERM"));
    const bool isYoung = running->step == Step::Starting || (running->age.isValid() && !running->age.hasExpired(youth.count()));
    if (isYoung)
        QTimer::singleShot(termRetry, this, [this, executorId] { askToEnd(executorId); });
}

void DockerWorkerExecutor::send(const QString &executorId, const QString &signal)
{
    const Running *running = find(executorId);
    if (!running)
        return;
    whenFinished(m_client.signalContainer(running->id, signal), this, [this, executorId, isKill = signal == QLatin1String("KILL")](const Status &sent) {
        // What does not run (Busy) has ended, and what is not there was removed: both are told, or found by the next list. A container
        // that is just being started, and does not run yet, is signalled when it does (onRunning).
        const Running *found = find(executorId);
        if (sent || !found)
            return;
        if (found->step == Step::Running && sent.error().code == ErrorCode::NotFound)
            collect(executorId);
        else if (isAway(sent.error()) && isKill && (found->step == Step::Running || found->step == Step::Starting))
            abandon(executorId);
        else if (isAway(sent.error()))
            lookAgain(); // and it is sent again
    });
}

bool DockerWorkerExecutor::isWorkerRunning(const QString &executorId) const
{
    return m_running.count(executorId) > 0;
}

QFuture<QHash<QString, WorkerStats>> DockerWorkerExecutor::workerStats()
{
    QHash<QString, WorkerStats> all;
    for (auto &[id, running] : m_running) {
        if (running->step != Step::Running)
            continue;
        WorkerStats stats;
        if (m_watch.isListening())
            follow(id, *running); // a stream may have broken
        else
            stats.unknownReason = m_watch.lastError().message.isEmpty() ? Message("engine_not_answered") : Message::literal(m_watch.lastError().message);
        const ContainerSample sample = running->sample.value_or(ContainerSample());
        stats.cpuPercent = sample.cpuPercent;
        stats.cpuSeconds = sample.cpuSeconds;
        stats.memoryBytes = sample.memoryBytes;
        stats.processes = sample.processes;
        stats.outputBytes = running->log ? running->log->received() : -1;
        stats.beatsInDatabase = running->beats;
        stats.unhealthy = running->health == QLatin1String("unhealthy");
        if (running->paused)
            stats.state = 'T';
        else if (const auto entry = processEntry(running->pid))
            stats.state = entry->state;
        all.insert(id, stats);
    }
    return QtFuture::makeReadyFuture(all);
}

void DockerWorkerExecutor::cleanup()
{
    QStringList ids;
    for (const auto &[id, running] : m_running)
        ids.append(id);
    for (const QString &id : std::as_const(ids))
        killWorker(id);
}

} // namespace lifeguard

// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/executor/directworkerexecutor.h"

#include "core/base/clock.h"
#include "core/base/filetail.h"
#include "core/base/futurecallbacks.h"
#include "core/base/logging.h"
#include "core/base/processtree.h"
#include "core/base/unixsignals.h"

#include <QDir>
#include <QFileInfo>
#include <QProcessEnvironment>
#include <QPromise>
#include <QStandardPaths>
#include <QtConcurrent>

#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <tuple>

namespace lifeguard {
namespace {

constexpr int shownLines = 10;

/// The contract's environment (shared/PROTOCOL.md, "Starting, stopping, killing").
QProcessEnvironment environmentFor(const StartRequest &request)
{
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(QStringLiteral("WORKER_TYPE"), request.config.type);
    environment.insert(QStringLiteral("WORKER_ID"), request.executorId);
    environment.insert(QStringLiteral("DB_PATH"), request.databasePath);
    // CLM's programs look for the file under this name, and for a row made ahead of them under the other: there is none.
    environment.insert(QStringLiteral("CLM_JOBS_DB_PATH"), request.databasePath);
    environment.remove(QStringLiteral("CLM_WORKER_ID"));
    environment.insert(QStringLiteral("WORKSPACE_PATH"), request.workspace);
    if (!environment.contains(QStringLiteral("LOG_LEVEL")))
        environment.insert(QStringLiteral("LOG_LEVEL"), QStringLiteral("INFO"));
    environment.insert(QStringLiteral("USE_SQLITE_QUEUE"), QStringLiteral("true"));
    environment.insert(QStringLiteral("LIFEGUARD_EXECUTOR_ID"), request.executorId);
    environment.insert(QStringLiteral("LIFEGUARD_MANAGER"), ProcessIdentity::self().toString());
    environment.remove(QStringLiteral("LIFEGUARD_DETACH"));
    if (request.config.detach)
        environment.insert(QStringLiteral("LIFEGUARD_DETACH"), QStringLiteral("true"));
    environment.insert(QStringLiteral("LIFEGUARD_MAX_JOB_TIME"), QString::number(request.config.maxJobTime.count()));
    environment.remove(QStringLiteral("LIFEGUARD_BEATS"));
    if (!request.beatPath.isEmpty())
        environment.insert(QStringLiteral("LIFEGUARD_BEATS"), request.beatPath + u':' + QString::number(request.beatSlot));
    return environment;
}

} // namespace

DirectWorkerExecutor::DirectWorkerExecutor(QString workerProgram, QObject *parent)
    : WorkerExecutor(parent), m_workerProgram(std::move(workerProgram)),
      m_sampler(std::make_shared<WorkerSampler>()), m_cgroups(std::make_shared<Cgroups>())
{
    raiseOpenFiles();
}

DirectWorkerExecutor::~DirectWorkerExecutor()
{
    QList<qint64> roots;
    QSet<QString> ids;
    for (auto &[id, running] : m_running) {
        if (running->process)
            running->process->disconnect(this);
        if (running->pid > 0)
            roots.append(running->pid);
        ids.insert(id);
    }
    if (!ids.isEmpty())
        killTrees(roots, ids);
    for (auto &[id, running] : m_running) {
        if (running->cgroup)
            running->cgroup->kill();
    }
    QList<std::shared_ptr<WorkerCgroup>> cgroups;
    for (auto &[id, running] : m_running)
        cgroups.append(running->cgroup);
    // A QProcess that is destroyed while it runs waits for its end, which has just been brought about.
    m_running.clear();
    for (const auto &cgroup : std::as_const(cgroups))
        m_cgroups->dispose(cgroup);
}

DirectWorkerExecutor::Running &DirectWorkerExecutor::enter(const StartRequest &request)
{
    const QString id = request.executorId;
    auto &slot = m_running[id];
    slot = std::make_unique<Running>();
    Running &running = *slot;
    running.logPath = request.logPath;
    running.logStart = QFileInfo(request.logPath).size();
    running.type = request.config.type;
    running.isGuarded = !request.config.command.isEmpty();
    running.memoryLimitMb = request.config.memoryLimitMb;
    const qint64 mark = request.config.recycleAboveMb > 0 ? request.config.recycleAboveMb : request.config.memoryLimitMb;
    running.memoryMark = mark * 1024 * 1024; // recycling is below the limit: WorkerConfig::validate
    connect(&running.killTimer, &QTimer::timeout, this, [this, id] { killWorker(id); });
    running.killTimer.setSingleShot(true);
    return running;
}

void DirectWorkerExecutor::adoptWorker(const StartRequest &request, const ProcessIdentity &process)
{
    const QString id = request.executorId;
    if (m_running.count(id) > 0)
        return;
    Running &running = enter(request);
    running.pid = process.pid;
    running.watcher = std::make_unique<PidWatcher>(process);
    connect(running.watcher.get(), &PidWatcher::ended, this,
            [this, id] { finish(id, WorkerExit::Kind::Unknown, 0, Message("exit_code_lost")); });
}

void DirectWorkerExecutor::prepareWorker(const StartRequest &request)
{
    Q_EMIT workerPrepared(request.executorId, request.executorId);
}

void DirectWorkerExecutor::startWorker(const StartRequest &request)
{
    const QString id = request.executorId;
    if (m_running.count(id) > 0) {
        qCWarning(lcExecutor) << id << "runs already";
        return;
    }
    Running &running = enter(request);
    running.process = std::make_unique<QProcess>();
    QProcess &process = *running.process;
    process.setProcessEnvironment(environmentFor(request));
    process.setWorkingDirectory(request.workspace);
    process.setStandardInputFile(QProcess::nullDevice());
    // A file, not a pipe: nobody need read it, and it does not break when this manager dies.
    process.setProcessChannelMode(QProcess::MergedChannels);
    process.setStandardOutputFile(request.logPath, QIODevice::Append);

    connect(&process, &QProcess::started, this, [this, id] {
        const auto found = m_running.find(id);
        if (found == m_running.end())
            return;
        found->second->pid = found->second->process->processId();
        const auto identity = ProcessIdentity::of(found->second->pid);
        checkCgroup(id, *found->second, identity);
        Q_EMIT workerStarted(id, identity.value_or(ProcessIdentity{found->second->pid, 0, {}, {}}));
    });
    connect(&process, &QProcess::errorOccurred, this, [this, id](QProcess::ProcessError error) {
        const auto found = m_running.find(id);
        if (error == QProcess::FailedToStart && found != m_running.end())
            finish(id, WorkerExit::Kind::FailedToStart, -1, Message("cannot_start", {found->second->process->errorString()}));
    });
    connect(&process, &QProcess::finished, this, [this, id](int code, QProcess::ExitStatus status) {
        if (status == QProcess::CrashExit)
            finish(id, WorkerExit::Kind::Signalled, code, Message::literal(signalName(code)));
        else
            finish(id, WorkerExit::Kind::Exited, code, Message("exit_code", {code}));
    });
    const Result<QStringList> command = commandFor(request);
    if (!command) {
        QMetaObject::invokeMethod(
            this, [this, id, reason = command.error().message] { finish(id, WorkerExit::Kind::FailedToStart, -1, Message("cannot_start", {reason})); },
            Qt::QueuedConnection);
        return;
    }
    enterCgroup(request, running);
    prepareChild(request, running);
    process.start(command->first(), command->mid(1), QIODevice::NotOpen);
}

Result<QStringList> DirectWorkerExecutor::commandFor(const StartRequest &request) const
{
    QStringList all{m_workerProgram};
    if (!request.config.command.isEmpty()) {
        const QString command = request.config.command.first();
        const QString found = command.contains(u'/') ? QFileInfo(QDir(request.workspace), command).absoluteFilePath()
                                                     : QStandardPaths::findExecutable(command);
        if (found.isEmpty() || !QFileInfo(found).isExecutable() || QFileInfo(found).isDir())
            return failure(ErrorCode::NotFound, tr("'%1' is not a program that can be found and run").arg(command));
        all += {QStringLiteral("--guard"), QStringLiteral("--max-job-time"), QString::number(request.config.maxJobTime.count()),
                QStringLiteral("--grace"), QString::number(request.config.stopGrace.count()), QStringLiteral("--"), found};
        all += request.config.command.mid(1);
    }
    if (!QFileInfo(m_workerProgram).isExecutable())
        return failure(ErrorCode::NotFound, tr("the program lifeguard-worker is missing; install it beside this program"));
    return all;
}

void DirectWorkerExecutor::stopWorker(const QString &executorId, seconds grace)
{
    const auto found = m_running.find(executorId);
    if (found == m_running.end())
        return;
    if (grace <= seconds(0) || found->second->pid <= 0) {
        killWorker(executorId);
        return;
    }
    found->second->stopping = true;
    kill(static_cast<pid_t>(found->second->pid), SIGTERM);
    found->second->killTimer.start(grace);
}

void DirectWorkerExecutor::drainWorker(const QString &executorId)
{
    const auto found = m_running.find(executorId);
    if (found == m_running.end())
        return;
    if (found->second->pid > 0)
        kill(static_cast<pid_t>(found->second->pid), SIGTERM);
    else
        killWorker(executorId); // not even started: it has nothing to finish
}

void DirectWorkerExecutor::killWorker(const QString &executorId)
{
    const auto found = m_running.find(executorId);
    if (found == m_running.end())
        return;
    found->second->killTimer.stop();
    found->second->killed = true;
    if (found->second->pid > 0) {
        kill(static_cast<pid_t>(found->second->pid), SIGKILL);
        killTree(found->second->pid, executorId, found->second->cgroup, false);
    } else {
        found->second->process->kill();
    }
}

void DirectWorkerExecutor::killTree(qint64 pid, const QString &executorId, const std::shared_ptr<WorkerCgroup> &cgroup, bool ended)
{
    std::ignore = QtConcurrent::run([pid, executorId, cgroup, ended, cgroups = m_cgroups] {
        if (cgroup && !ended)
            cgroup->kill();
        killTrees({pid}, {executorId});
        if (ended)
            cgroups->dispose(cgroup); // catches what carries no tag and hangs below nobody of ours
    });
}

bool DirectWorkerExecutor::isWorkerRunning(const QString &executorId) const
{
    return m_running.count(executorId) > 0;
}

void DirectWorkerExecutor::finish(const QString &executorId, WorkerExit::Kind kind, int code, const Message &message)
{
    const auto found = m_running.find(executorId);
    if (found == m_running.end())
        return; // folded: FailedToStart and finished are one exit
    WorkerExit exit;
    exit.executorId = executorId;
    exit.kind = kind;
    exit.code = code;
    exit.message = message;
    if (QFileInfo(found->second->logPath).size() > found->second->logStart)
        exit.lastLines = lastLines(found->second->logPath, shownLines);
    explainMemory(*found->second, exit);
    const std::shared_ptr<WorkerCgroup> cgroup = found->second->cgroup;
    if (found->second->process)
        found->second->process.release()->deleteLater(); // this is one of its signals
    if (found->second->watcher)
        found->second->watcher.release()->deleteLater();
    m_running.erase(found);
    // A worker that ended by itself may have left something behind: kernels and browsers start sessions of their own.
    if (kind != WorkerExit::Kind::FailedToStart || cgroup)
        killTree(0, executorId, cgroup, true);
    Q_EMIT workerExited(exit);
}

QFuture<QHash<QString, WorkerStats>> DirectWorkerExecutor::workerStats()
{
    QHash<QString, SampleTarget> targets;
    QHash<QString, std::shared_ptr<WorkerCgroup>> limited;
    QSet<qint64> known;
    for (const auto &[id, running] : m_running) {
        if (running->cgroup && running->cgroup->limitsMemory())
            limited.insert(id, running->cgroup);
        if (running->pid > 0)
            targets.insert(id, {running->pid, running->logPath, running->memoryMark, running->isGuarded});
        known.insert(running->childPid());
    }
    if (m_sampling)
        return QtFuture::makeReadyFuture(QHash<QString, WorkerStats>());
    m_sampling = true;
    struct Sample
    {
        QHash<QString, WorkerStats> stats;
        quint64 machineKills = 0;
        QHash<QString, quint64> kills; ///< within the cgroups of those that have one
    };
    auto future = QtConcurrent::run([targets, limited, sampler = m_sampler, cgroups = m_cgroups] {
        Sample sample;
        sample.machineKills = machineOomKills();
        for (auto worker = limited.cbegin(); worker != limited.cend(); ++worker)
            sample.kills.insert(worker.key(), worker.value()->kills().kills);
        sample.stats = sampler->sample(targets);
        cgroups->sweep();
        return sample;
    });
    auto promise = std::make_shared<QPromise<QHash<QString, WorkerStats>>>();
    promise->start();
    whenFinished(future, this, [this, known, promise](const Sample &sample) {
        m_sampling = false;
        m_machineKills.observed(sample.machineKills);
        for (const auto &[id, running] : m_running) {
            if (sample.kills.contains(id))
                running->kills.observed(sample.kills.value(id));
        }
        // Orphans of dead workers come to this process, their subreaper, and must be collected.
        QSet<qint64> waitedFor = known;
        for (const auto &[id, running] : m_running)
            waitedFor.insert(running->childPid());
        m_reaper.reap(waitedFor);
        promise->addResult(sample.stats);
        promise->finish();
    });
    return promise->future();
}

void DirectWorkerExecutor::cleanup()
{
    QList<QString> ids;
    for (const auto &[id, running] : m_running)
        ids.append(id);
    for (const QString &id : ids)
        killWorker(id);
}

} // namespace lifeguard

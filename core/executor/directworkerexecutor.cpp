// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/executor/directworkerexecutor.h"

#include "core/base/filetail.h"
#include "core/base/futurecallbacks.h"
#include "core/base/logging.h"
#include "core/base/memorycgroup.h"
#include "core/base/privatefile.h"
#include "core/base/unixsignals.h"
#include "core/executor/processspec.h"
#include "core/executor/workersetup.h"

#include <QFileInfo>
#include <QPromise>
#include <QtConcurrent>

#include <signal.h>

namespace lifeguard {
namespace {

constexpr int reportedLogLines = 10;
constexpr qint64 bytesPerMb = 1024 * 1024;

} // namespace

SampleTarget DirectWorkerExecutor::Worker::sampleTarget() const
{
    const WorkerConfig &config = request.config;
    // WorkerConfig::validate() ensures that recycleAboveMb is below memoryLimitMb.
    const qint64 markMb = config.recycleAboveMb > 0 ? config.recycleAboveMb : config.memoryLimitMb;
    return {pid, request.logPath, markMb * bytesPerMb, !config.command.isEmpty()};
}

KillTarget DirectWorkerExecutor::Worker::killTarget(bool hasEnded) const
{
    return {request.executorId, hasEnded ? 0 : pid, hasEnded, members, startTime, cgroup};
}

DirectWorkerExecutor::DirectWorkerExecutor(QString workerProgram, QObject *parent)
    : WorkerExecutor(parent)
    , m_workerProgram(std::move(workerProgram))
    , m_sampler(std::make_shared<WorkerSampler>())
{
    connect(&m_limits, &ProcessLimits::limitIgnored, this, &WorkerExecutor::limitIgnored);
}

DirectWorkerExecutor::~DirectWorkerExecutor()
{
    QList<KillTarget> targets;
    QList<std::shared_ptr<WorkerCgroup>> cgroups;
    for (const auto &[id, worker] : m_workers) {
        if (worker->process)
            worker->process->disconnect(this);
        if (worker->cgroup)
            cgroups.append(worker->cgroup);
        targets.append(worker->killTarget(false));
    }
    m_killer.killNow(targets, m_limits.cgroups());
    // The destructor of QProcess waits for the end of its process, which has just been killed.
    m_workers.clear();
    for (const auto &cgroup : std::as_const(cgroups))
        m_limits.cgroups()->dispose(cgroup);
}

DirectWorkerExecutor::Worker *DirectWorkerExecutor::find(const QString &executorId) const
{
    const auto found = m_workers.find(executorId);
    return found == m_workers.end() ? nullptr : found->second.get();
}

DirectWorkerExecutor::Worker &DirectWorkerExecutor::add(const StartRequest &request)
{
    std::unique_ptr<Worker> &worker = m_workers[request.executorId];
    worker = std::make_unique<Worker>();
    worker->request = request;
    worker->logStart = QFileInfo(request.logPath).size();
    worker->killTimer.setSingleShot(true);
    connect(&worker->killTimer, &QTimer::timeout, this, [this, id = request.executorId] { killWorker(id); });
    return *worker;
}

void DirectWorkerExecutor::prepareWorker(const StartRequest &request)
{
    if (!needsSetup(request.config)) {
        Q_EMIT workerPrepared(request.executorId, request.executorId);
        return;
    }
    const QString id = request.executorId;
    whenFinished(QtConcurrent::run([request] { return setUpWorker(request); }), this,
                 [this, id](const Result<StartRequest> &ready) {
                     if (ready) {
                         m_variables.insert(id, ready->config.environment);
                         Q_EMIT workerPrepared(id, id);
                     } else {
                         WorkerExit exit;
                         exit.executorId = id;
                         exit.kind = WorkerExit::Kind::FailedToStart;
                         exit.code = -1;
                         exit.message = Message("cannot_start", {ready.error().message});
                         Q_EMIT workerExited(exit);
                     }
                 });
}

void DirectWorkerExecutor::startWorker(const StartRequest &request)
{
    const QString id = request.executorId;
    if (find(id)) {
        qCWarning(lcExecutor) << id << "is running already";
        return;
    }
    Worker &worker = add(request);
    if (m_variables.contains(id))
        worker.request.config.environment = m_variables.take(id);
    worker.process = std::make_unique<QProcess>();
    QProcess &process = *worker.process;
    process.setProcessEnvironment(
        workerEnvironment(worker.request, QProcessEnvironment::systemEnvironment(), ProcessIdentity::self()));
    process.setWorkingDirectory(workingFolder(request));
    process.setStandardInputFile(QProcess::nullDevice());
    // A file instead of a pipe: a file needs no reader, and survives the end of this manager.
    process.setProcessChannelMode(QProcess::MergedChannels);
    createPrivateFile(request.logPath);
    process.setStandardOutputFile(request.logPath, QIODevice::Append);
    connectProcess(id, process);

    const Result<QStringList> command = workerCommand(request, m_workerProgram);
    if (!command) {
        QMetaObject::invokeMethod(
            this,
            [this, id, reason = command.error().message] {
                handleExit(id, WorkerExit::Kind::FailedToStart, -1, Message("cannot_start", {reason}));
            },
            Qt::QueuedConnection);
        return;
    }
    worker.cgroup = m_limits.createCgroup(request);
    process.setChildProcessModifier(m_limits.childModifier(request.config, worker.cgroup.get()));
    process.start(command->first(), command->mid(1), QIODevice::NotOpen);
}

/// Connects to the signals of a worker process. QProcess emits only errorOccurred() if it cannot start the program, but
/// both errorOccurred() and finished() if the program crashes.
void DirectWorkerExecutor::connectProcess(const QString &executorId, QProcess &process)
{
    connect(&process, &QProcess::started, this, [this, executorId] { handleStarted(executorId); });
    connect(&process, &QProcess::errorOccurred, this, [this, executorId, &process](QProcess::ProcessError error) {
        if (error == QProcess::FailedToStart)
            handleExit(executorId, WorkerExit::Kind::FailedToStart, -1,
                       Message("cannot_start", {process.errorString()}));
    });
    connect(&process, &QProcess::finished, this, [this, executorId](int code, QProcess::ExitStatus status) {
        if (status == QProcess::CrashExit)
            handleExit(executorId, WorkerExit::Kind::Signalled, code, Message::literal(signalName(code)));
        else
            handleExit(executorId, WorkerExit::Kind::Exited, code, Message("exit_code", {code}));
    });
}

void DirectWorkerExecutor::handleStarted(const QString &executorId)
{
    Worker *worker = find(executorId);
    if (!worker)
        return;
    worker->pid = worker->process->processId();
    const auto process = ProcessIdentity::of(worker->pid);
    worker->startTime = process ? process->startTime : 0;
    if (worker->cgroup && !m_limits.verifyCgroup(worker->request, worker->pid, worker->cgroup))
        worker->cgroup.reset();
    worker->isMemoryLimited = worker->cgroup && worker->cgroup->limitsMemory();
    m_limits.verifyNice(worker->request, worker->pid);
    Q_EMIT workerStarted(executorId, process.value_or(ProcessIdentity{worker->pid, 0, {}, {}}));
}

void DirectWorkerExecutor::adoptWorker(const StartRequest &request, const ProcessIdentity &process)
{
    const QString id = request.executorId;
    if (find(id))
        return;
    Worker &worker = add(request);
    worker.pid = process.pid;
    // Its earlier manager may have put it into a cgroup with a limit.
    const qint64 limit = MemoryCgroup::of(process.pid).limit;
    worker.isMemoryLimited = limit > 0 && limit <= request.config.memoryLimitMb * bytesPerMb;
    worker.watcher = std::make_unique<PidWatcher>(process);
    connect(worker.watcher.get(), &PidWatcher::ended, this,
            [this, id] { handleExit(id, WorkerExit::Kind::Unknown, 0, Message("exit_code_lost")); });
}

void DirectWorkerExecutor::stopWorker(const QString &executorId, seconds grace)
{
    Worker *worker = find(executorId);
    if (!worker)
        return;
    if (grace <= seconds(0) || worker->pid <= 0) {
        killWorker(executorId);
        return;
    }
    worker->wasStopped = true;
    kill(static_cast<pid_t>(worker->pid), SIGTERM);
    worker->killTimer.start(grace);
}

void DirectWorkerExecutor::drainWorker(const QString &executorId)
{
    const Worker *worker = find(executorId);
    if (!worker)
        return;
    if (worker->pid > 0)
        kill(static_cast<pid_t>(worker->pid), SIGTERM);
    else
        killWorker(executorId); // the worker does not run yet, so there is no job to finish
}

void DirectWorkerExecutor::killWorker(const QString &executorId)
{
    Worker *worker = find(executorId);
    if (!worker)
        return;
    worker->killTimer.stop();
    worker->wasKilled = true;
    if (worker->pid > 0) {
        kill(static_cast<pid_t>(worker->pid), SIGKILL);
        m_killer.kill(worker->killTarget(false), m_limits.cgroups());
    } else {
        worker->process->kill();
    }
}

void DirectWorkerExecutor::handleExit(const QString &executorId, WorkerExit::Kind kind, int code,
                                      const Message &message)
{
    Worker *worker = find(executorId);
    if (!worker)
        return; // the exit was reported already
    WorkerExit exit;
    exit.executorId = executorId;
    exit.kind = kind;
    exit.code = code;
    exit.message = message;
    if (QFileInfo(worker->request.logPath).size() > worker->logStart)
        exit.lastLines = lastLines(worker->request.logPath, reportedLogLines);
    const std::shared_ptr<WorkerCgroup> cgroup = worker->cgroup;
    const CgroupKills kills = cgroup ? cgroup->kills() : CgroupKills();
    m_oomAttribution.explain(exit, {cgroup && cgroup->limitsMemory(), worker->cgroupKills.unexplained(kills.kills),
                                    kills.overOwnLimit, worker->request.config.memoryLimitMb, worker->wasStopped,
                                    worker->wasKilled});
    // Deleted later, because one of them may be emitting the signal that is being handled.
    if (worker->process)
        worker->process.release()->deleteLater();
    if (worker->watcher)
        worker->watcher.release()->deleteLater();
    const KillTarget rest = worker->killTarget(true);
    m_workers.erase(executorId);
    // A worker that has ended by itself may have left processes in sessions of their own, such as kernels and browsers.
    if (kind != WorkerExit::Kind::FailedToStart || cgroup)
        m_killer.kill(rest, m_limits.cgroups());
    Q_EMIT workerExited(exit);
}

QFuture<QHash<QString, WorkerStats>> DirectWorkerExecutor::workerStats()
{
    if (std::exchange(m_isSampling, true))
        return QtFuture::makeReadyFuture(QHash<QString, WorkerStats>());
    QHash<QString, SampleTarget> targets;
    QHash<QString, std::shared_ptr<WorkerCgroup>> memoryCgroups;
    QSet<QString> memoryLimited;
    QSet<qint64> children;
    for (const auto &[id, worker] : m_workers) {
        if (worker->isMemoryLimited)
            memoryLimited.insert(id);
        if (worker->pid > 0)
            targets.insert(id, worker->sampleTarget());
        if (worker->cgroup && worker->cgroup->limitsMemory())
            memoryCgroups.insert(id, worker->cgroup);
        children.insert(worker->childPid());
    }
    auto promise = std::make_shared<QPromise<QHash<QString, WorkerStats>>>();
    promise->start();
    const QFuture<Sample> sampling = QtConcurrent::run(
        [targets, memoryCgroups, memoryLimited, sampler = m_sampler, cgroups = m_limits.cgroups()] {
            Sample sample;
            sample.machineKills = machineOomKills();
            for (auto cgroup = memoryCgroups.cbegin(); cgroup != memoryCgroups.cend(); ++cgroup)
                sample.cgroupKills.insert(cgroup.key(), cgroup.value()->kills().kills);
            sample.stats = sampler->sample(targets);
            for (auto stats = sample.stats.begin(); stats != sample.stats.end(); ++stats)
                stats->isMemoryLimited = memoryLimited.contains(stats.key());
            sample.members = sampler->members();
            cgroups->sweep();
            return sample;
        });
    whenFinished(sampling, this, [this, children, promise](const Sample &sample) {
        addSample(sample, children);
        promise->addResult(sample.stats);
        promise->finish();
    });
    return promise->future();
}

/// Records the measurement of all workers. knownChildren: the child processes that QProcess waited for when the
/// measurement began.
void DirectWorkerExecutor::addSample(const Sample &sample, QSet<qint64> knownChildren)
{
    m_isSampling = false;
    m_oomAttribution.addSample(sample.machineKills);
    for (const auto &[id, worker] : m_workers) {
        if (sample.cgroupKills.contains(id))
            worker->cgroupKills.addSample(sample.cgroupKills.value(id));
        if (sample.members.contains(id))
            worker->members = sample.members.value(id);
        knownChildren.insert(worker->childPid());
    }
    // This process is the subreaper of its workers, so it must collect the exit status of their orphans.
    m_reaper.reap(knownChildren);
    m_killer.observeChildren(knownChildren);
}

void DirectWorkerExecutor::cleanup()
{
    for (const auto &[id, worker] : m_workers)
        killWorker(id); // the exit is reported from the event loop, so the map does not change here
}

} // namespace lifeguard

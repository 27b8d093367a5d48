// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/health/diagnosisconclusion.h"

#include "core/base/unixsignals.h"
#include "core/health/processmessages.h"
#include "core/model/durationtext.h"

#include <QCoreApplication>

#include <algorithm>
#include <csignal>

namespace lifeguard {
namespace {

constexpr double workingPercent = 5; ///< of one core; a waiting process that wakes up occasionally uses less
constexpr double spinningPercent = 50; ///< of one core; far too much for a worker without a job
constexpr double noisePercent = 0.5; ///< of one core

QString tr(const char *text, const char *comment = nullptr)
{
    return QCoreApplication::translate("lifeguard::Diagnosis", text, comment);
}

QString percentText(double value)
{
    return tr("%1 %").arg(QString::number(value, 'f', value < 10 ? 1 : 0));
}

QString processText(const ProcessFacts &process)
{
    return tr("%1 (pid %2)").arg(process.displayName()).arg(process.pid);
}

/// Returns the reason for the worker's state without a full stop, because the caller appends one.
QString reasonOf(const WorkerInfo &worker)
{
    QString reason = worker.reason.trimmed();
    if (reason.endsWith(QLatin1Char('.')))
        reason.chop(1);
    return reason;
}

/// Returns, for example, "It has been working on tides.ipynb (job 17) for 2 min."
QString jobSentence(const WorkerInfo &worker)
{
    const QString number = tr("job %1").arg(worker.jobId);
    const QString job = worker.jobName.isEmpty() || worker.jobName == number
                          ? number
                          : tr("%1 (job %2)", "name and number of a job").arg(worker.jobName).arg(worker.jobId);
    //: %1 is a job: "tides.ipynb (job 17)" or "job 17"
    return worker.jobAge ? tr("It has been working on %1 for %2.").arg(job, durationText(*worker.jobAge))
                         : tr("It is working on %1.").arg(job);
}

/// Returns, for example, "noop-0 is suspect: no beat for 38 s. It has been working on job 3 for 2 min."
QString stateSentences(const Diagnosis &diagnosis)
{
    const WorkerInfo &worker = diagnosis.request.worker;
    QString reason = reasonOf(worker);
    const bool judgedByBeat = diagnosis.request.judgedByBeat || worker.state == WorkerState::Idle;
    if (reason.isEmpty() && judgedByBeat && worker.beatAge && *worker.beatAge > worker.staleAfter)
        reason = Message("no_beat", {durationMessage(*worker.beatAge).asArgument()}).translatedText();
    QStringList sentences{reason.isEmpty()
                              ? tr("%1 is %2.", "worker and its state").arg(worker.name(), toString(worker.state))
                              : tr("%1 is %2: %3.", "worker, its state, and the reason")
                                    .arg(worker.name(), toString(worker.state), reason)};
    if (worker.jobId > 0)
        sentences.append(jobSentence(worker));
    return sentences.join(QLatin1Char(' '));
}

QString endSentences(const Diagnosis &diagnosis)
{
    const WorkerInfo &worker = diagnosis.request.worker;
    const QString state = toString(worker.state);
    const QString reason = reasonOf(worker);
    QStringList sentences;
    if (worker.endedAt.isValid()) {
        const milliseconds ago(std::max<qint64>(0, worker.endedAt.msecsTo(diagnosis.at)));
        const QString time = worker.endedAt.toLocalTime().toString(QStringLiteral("yyyy-MM-dd HH:mm:ss"));
        sentences.append(
            reason.isEmpty()
                ? tr("%1 ended %2 ago (%3) and is %4. The reason was not recorded.")
                      .arg(worker.name(), durationText(ago), time, state)
                : tr("%1 ended %2 ago (%3) and is %4: %5.").arg(worker.name(), durationText(ago), time, state, reason));
    } else {
        sentences.append(
            reason.isEmpty()
                ? tr("%1 is %2. The reason was not recorded.").arg(worker.name(), state)
                : tr("%1 is %2: %3.", "worker, its state, and the reason").arg(worker.name(), state, reason));
    }
    if (diagnosis.visibility == ProcessVisibility::Visible && diagnosis.worker())
        sentences.append(tr("However, its process %1 still exists.").arg(processText(*diagnosis.worker())));
    return sentences.join(QLatin1Char(' '));
}

QString stopSignalText(int signalNumber)
{
    switch (signalNumber) {
    case 0:
        return tr("a signal (SIGSTOP, or Ctrl+Z)");
    case SIGTSTP:
        return tr("a signal (SIGTSTP, as sent by Ctrl+Z)");
    case SIGTTIN:
        return tr("a signal (SIGTTIN, because it tried to read from a terminal in the background)");
    case SIGTTOU:
        return tr("a signal (SIGTTOU, because it tried to write to a terminal in the background)");
    default:
        return tr("a signal (%1)").arg(signalName(signalNumber));
    }
}

/// Returns `kill -CONT 12 13`, with the pids of all stopped processes of the tree.
QString resumeCommand(const Diagnosis &diagnosis)
{
    QStringList pids;
    for (const ProcessFacts &process : diagnosis.processes) {
        if (process.isStopped())
            pids.append(QString::number(process.pid));
    }
    return QStringLiteral("`kill -CONT %1`").arg(pids.join(QLatin1Char(' ')));
}

/// Returns, for example, "waiting for another thread (futex_wait_queue)".
QString activityText(const ProcessFacts &process)
{
    if (process.state == 'R')
        return tr("running", "what a process is doing");
    if (process.waitChannel.isEmpty())
        return tr("waiting", "what a process is doing");
    const QString reason = waitReasonText(process.waitChannel);
    return reason.isEmpty() ? tr("waiting in %1", "kernel function").arg(process.waitChannel)
                            : tr("waiting for %1 (%2)", "reason and kernel function").arg(reason, process.waitChannel);
}

/// Returns a sentence about what prevents this process from continuing, as far as its state shows; empty if nothing
/// does. subject begins the sentence: "Its process", "Its tool java (pid 12)".
QString obstacleOf(const Diagnosis &diagnosis, const ProcessFacts &process, const QString &subject)
{
    if (process.isStopped()) {
        const QString signal = stopSignalText(process.stopSignal);
        return process.otherUser
                 ? tr("%1 was stopped by %2. Run %3 as the user %4 or as root to resume it.")
                       .arg(subject, signal, resumeCommand(diagnosis), process.user)
                 : tr("%1 was stopped by %2. Run %3 to resume it.").arg(subject, signal, resumeCommand(diagnosis));
    }
    if (process.isTraced()) {
        if (process.tracer <= 0)
            return tr("%1 is stopped by a debugger (t). It continues when the debugger resumes it.").arg(subject);
        return process.tracerName.isEmpty()
                 ? tr("%1 is stopped by a debugger (t), pid %2. It continues when the debugger resumes it.")
                       .arg(subject)
                       .arg(process.tracer)
                 : tr("%1 is stopped by the debugger %2 (t), pid %3. It continues when the debugger resumes it.")
                       .arg(subject, process.tracerName)
                       .arg(process.tracer);
    }
    if (process.state == 'D') {
        const QString waiting = process.waitChannel.isEmpty()
                                  ? tr("%1 is waiting for I/O (D).").arg(subject)
                                  : tr("%1 is waiting for I/O (D): %2.", "%2: \"waiting for a disk (io_schedule)\"")
                                        .arg(subject, activityText(process));
        return waiting + QLatin1Char(' ')
             + tr("It can be neither stopped nor killed until the I/O completes. Check the disk or network drive that "
                  "holds its files.");
    }
    if (isFrozen(process.waitChannel)) {
        return tr("%1 is frozen together with its control group %2 (as by `docker pause`). It continues when the group "
                  "is thawed.")
            .arg(subject, process.controlGroup);
    }
    if (process.lockWait) {
        const LockWait &lock = *process.lockWait;
        const QString file = lock.file.isEmpty() ? tr("a file") : lock.file;
        const QString holder = lock.holderName.isEmpty() ? tr("another program") : lock.holderName;
        return lock.holder > 0
                 ? tr("%1 is waiting for the lock on %2, which is held by %3 (pid %4).")
                       .arg(subject, file, holder)
                       .arg(lock.holder)
                 : tr("%1 is waiting for the lock on %2, which is held by another process.").arg(subject, file);
    }
    if (isFileLockWait(process.waitChannel))
        return tr("%1 is waiting for a file lock that is held by another process (%2).")
            .arg(subject, process.waitChannel);
    return {};
}

/// Returns a sentence about what prevents the worker or one of its descendants from continuing; empty if nothing does.
QString firstObstacle(const Diagnosis &diagnosis)
{
    const ProcessFacts &worker = *diagnosis.worker();
    if (worker.hasEnded()) {
        return worker.parentName.isEmpty() ? tr("Its process has ended (Z), but the parent process, pid %1, has not "
                                                "collected its exit status yet.")
                                                 .arg(worker.parent)
                                           : tr("Its process has ended (Z), but the parent process, %1 (pid %2), has "
                                                "not collected its exit status yet.")
                                                 .arg(worker.parentName)
                                                 .arg(worker.parent);
    }
    //: Subject of a sentence such as "Its process is waiting for I/O (D)."
    if (const QString obstacle = obstacleOf(diagnosis, worker, tr("Its process")); !obstacle.isEmpty())
        return obstacle;
    const ProcessFacts *tool = diagnosis.tool();
    for (const ProcessFacts &process : diagnosis.processes) {
        if (process.depth == 0)
            continue;
        const QString name = processText(process);
        //: Subject of a sentence such as "Its tool java (pid 12) is waiting for I/O (D)."
        const QString subject = tool && process.pid == tool->pid ? tr("Its tool %1").arg(name)
                                                                 : tr("Its subprocess %1").arg(name);
        if (const QString obstacle = obstacleOf(diagnosis, process, subject); !obstacle.isEmpty())
            return obstacle;
    }
    // The job and the heartbeat run in different threads; one of them may hang alone.
    for (const ThreadFacts &thread : worker.threads) {
        if (thread.state == 'D' && thread.tid != worker.pid)
            return tr("Its thread %1 (%2) is waiting for I/O (D).").arg(thread.tid).arg(thread.name);
    }
    return {};
}

/// Returns a sentence about a worker that waits for its tool. A tool may delegate its work to a kernel or a browser, so
/// the sentence names the last process of the chain.
QString waitingForToolSentence(const Diagnosis &diagnosis, const ProcessFacts &tool, bool isIdle)
{
    const ProcessFacts *last = &tool;
    for (const ProcessFacts &process : diagnosis.processes) {
        if (process.parent == last->pid && process.depth == last->depth + 1 && process.state != 'Z')
            last = &process;
    }
    const QString activity = activityText(*last);
    if (last == &tool) {
        return isIdle
                 ? tr("It is waiting for its tool %1, which is %2 and uses no CPU.").arg(processText(tool), activity)
                 : tr("It is waiting for its tool %1, which is %2.").arg(processText(tool), activity);
    }
    return isIdle
             ? tr("It is waiting for its tool %1, which in turn is waiting for %2. The latter is %3 and uses no CPU.")
                   .arg(processText(tool), processText(*last), activity)
             : tr("It is waiting for its tool %1, which in turn is waiting for %2. The latter is %3.")
                   .arg(processText(tool), processText(*last), activity);
}

QString workingSentence(const Diagnosis &diagnosis, double cpuPercent)
{
    const auto usesLess = [](const ProcessFacts &a, const ProcessFacts &b) {
        return a.cpuPercent.value_or(0) < b.cpuPercent.value_or(0);
    };
    const auto busiest = std::max_element(diagnosis.processes.cbegin(), diagnosis.processes.cend(), usesLess);
    return busiest->depth > 0 && busiest->cpuPercent.value_or(0) >= workingPercent
             ? tr("It is working: its process tree uses %1 of a core, mostly %2.")
                   .arg(percentText(cpuPercent), processText(*busiest))
             : tr("It is working and uses %1 of a core.").arg(percentText(cpuPercent));
}

/// Returns a sentence about the activity of a worker if nothing prevents it from continuing.
QString activitySentence(const Diagnosis &diagnosis)
{
    const WorkerInfo &worker = diagnosis.request.worker;
    const ProcessFacts &process = *diagnosis.worker();
    const bool isMeasured = !diagnosis.samples.isEmpty();
    double cpuPercent = 0;
    for (const UsageSample &sample : diagnosis.samples)
        cpuPercent = std::max(cpuPercent, sample.cpuPercent);
    if (worker.state == WorkerState::Starting)
        return tr("Its process is running but has not registered in the database yet.");
    if (worker.state == WorkerState::Idle || (worker.state == WorkerState::Suspect && worker.jobId == 0)) {
        if (isMeasured && cpuPercent > spinningPercent)
            return tr("It has no job, but uses %1 of a core.").arg(percentText(cpuPercent));
        const bool isHealthy = worker.state == WorkerState::Idle && worker.reason.isEmpty()
                            && (!worker.beatAge || *worker.beatAge <= worker.staleAfter);
        //: %1 is a job type, for example "notebook"
        return isHealthy
                 ? tr("It is waiting for a %1 job. Nothing is wrong with it.").arg(worker.type)
                 : tr("Its process exists and is %1.", "%1: what it is doing, for example \"waiting for a timer\"")
                       .arg(activityText(process));
    }
    if (isMeasured && cpuPercent >= workingPercent)
        return workingSentence(diagnosis, cpuPercent);
    const bool isIdle = isMeasured && cpuPercent < noisePercent;
    if (const ProcessFacts *tool = diagnosis.tool())
        return waitingForToolSentence(diagnosis, *tool, isIdle);
    return isIdle ? tr("It is working without a tool. Its process is %1 and uses no CPU.").arg(activityText(process))
                  : tr("It is working without a tool. Its process is %1.").arg(activityText(process));
}

QString processSentence(const Diagnosis &diagnosis)
{
    const WorkerInfo &worker = diagnosis.request.worker;
    if (diagnosis.vanished)
        return tr("Its process %1 ended during the diagnosis. Diagnose the worker again to see its present state.")
            .arg(worker.pid);
    switch (diagnosis.visibility) {
    case ProcessVisibility::NotRead:
        return {};
    case ProcessVisibility::Gone:
        return tr("Its process %1 has ended, but the database does not show this yet. A manager will return its job to "
                  "the queue.")
            .arg(worker.pid);
    case ProcessVisibility::Elsewhere:
        return tr("Its process runs in another container or on another machine, or ran before the last boot of this "
                  "machine. Only the database has information about it.");
    case ProcessVisibility::Unresponsive:
        return tr("The system does not answer queries about its process %1: the process hangs in the kernel, for "
                  "example because a disk or network drive does not respond.")
            .arg(worker.pid);
    case ProcessVisibility::PidUnknown:
        if (worker.state == WorkerState::Starting && worker.own)
            return tr("Its process has not been started yet.");
        return worker.mode == QStringLiteral("docker")
                 ? tr("It runs in a container. Only the database has information about it.")
                 : tr("Its process is unknown here. Only the database has information about it.");
    case ProcessVisibility::Visible:
        break;
    }
    if (!diagnosis.worker())
        return {};
    const QString obstacle = firstObstacle(diagnosis);
    return obstacle.isEmpty() ? activitySentence(diagnosis) : obstacle;
}

} // namespace

QString diagnosisConclusion(const Diagnosis &diagnosis)
{
    if (!diagnosis.request.worker.isAlive())
        return endSentences(diagnosis);
    const QString state = stateSentences(diagnosis);
    const QString process = processSentence(diagnosis);
    return process.isEmpty() ? state : QString(state + QLatin1Char(' ') + process);
}

} // namespace lifeguard

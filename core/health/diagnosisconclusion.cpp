// SPDX-License-Identifier: GPL-3.0-or-later
// What follows from a diagnosis, in sentences: the worst first, as the process table beats the heartbeat.
#include "core/base/durationtext.h"
#include "core/base/unixsignals.h"
#include "core/health/diagnosis.h"
#include "core/health/processmessages.h"

#include <QCoreApplication>

#include <algorithm>
#include <csignal>

namespace lifeguard {
namespace {

constexpr double atWork = 5; ///< percent of a core: more than that is no mere waking up
constexpr double noise = 0.5; ///< percent of a core

QString tr(const char *text)
{
    return QCoreApplication::translate("lifeguard::Diagnosis", text);
}

QString percent(double value)
{
    return tr("%1 %").arg(QString::number(value, 'f', value < 10 ? 1 : 0));
}

QString called(const ProcessFacts &process)
{
    return tr("%1 (pid %2)").arg(process.shownName()).arg(process.pid);
}

QString jobOf(const WorkerInfo &worker)
{
    const QString plain = tr("job %1").arg(worker.jobId);
    const QString job = worker.jobName.isEmpty() || worker.jobName == plain ? plain : tr("%1 (job %2)").arg(worker.jobName).arg(worker.jobId);
    return worker.jobAge ? tr("%1 for %2").arg(job, durationText(*worker.jobAge)) : job;
}

QString sentence(QString text)
{
    text = text.trimmed();
    if (!text.isEmpty() && !text.endsWith(QLatin1Char('.')) && !text.endsWith(QLatin1Char('!')))
        text += QLatin1Char('.');
    return text;
}

/// "noop-0 is suspect: no beat for 38 s, at work on job 3 for 2 min."
QString headOf(const Diagnosis &diagnosis)
{
    const WorkerInfo &worker = diagnosis.asked.worker;
    QStringList facts;
    if (!worker.reason.isEmpty()) {
        facts.append(worker.reason);
    } else if (worker.beatAge && *worker.beatAge > worker.staleAfter && (diagnosis.asked.judgedByBeat || worker.state == WorkerState::Idle)) {
        facts.append(tr("no beat for %1").arg(durationText(*worker.beatAge)));
    }
    if (worker.jobId > 0)
        facts.append(tr("at work on %1").arg(jobOf(worker)));
    const QString head = tr("%1 is %2").arg(worker.name(), toString(worker.state));
    return sentence(facts.isEmpty() ? head : head + QStringLiteral(": ") + facts.join(QStringLiteral(", ")));
}

QString endOf(const Diagnosis &diagnosis)
{
    const WorkerInfo &worker = diagnosis.asked.worker;
    QString text = tr("%1 is %2").arg(worker.name(), toString(worker.state));
    if (worker.endedAt.isValid()) {
        const milliseconds ago(std::max<qint64>(0, worker.endedAt.msecsTo(diagnosis.at)));
        text = tr("%1 ended %2 ago (%3) and is %4")
                   .arg(worker.name(), durationText(ago), worker.endedAt.toLocalTime().toString(QStringLiteral("yyyy-MM-dd HH:mm:ss")), toString(worker.state));
    }
    text += worker.reason.isEmpty() ? tr("; nobody wrote down why.") : QStringLiteral(": ") + sentence(worker.reason);
    if (diagnosis.sight == ProcessSight::Seen && diagnosis.worker())
        text += QLatin1Char(' ') + tr("Yet its process %1 is still there.").arg(called(*diagnosis.worker()));
    return text;
}

QString stoppedBy(int signalNumber)
{
    switch (signalNumber) {
    case 0:
        return tr("a signal (SIGSTOP, or Ctrl+Z)");
    case SIGTSTP:
        return tr("a signal (SIGTSTP, as Ctrl+Z sends it)");
    case SIGTTIN:
        return tr("a signal (SIGTTIN: it wanted to read from a terminal that is not its own)");
    case SIGTTOU:
        return tr("a signal (SIGTTOU: it wanted to write to a terminal that is not its own)");
    default:
        return tr("a signal (%1)").arg(signalName(signalNumber));
    }
}

/// `kill -CONT 12 13`: the process and all that is stopped with it.
QString goOn(const Diagnosis &diagnosis, const ProcessFacts &process)
{
    QStringList pids;
    for (const ProcessFacts &each : diagnosis.processes) {
        if (each.isStopped())
            pids.append(QString::number(each.pid));
    }
    const QString command = QStringLiteral("`kill -CONT %1`").arg(pids.join(QLatin1Char(' ')));
    return process.otherUser ? tr("%1, as %2 or as root,").arg(command, process.user) : command;
}

QString inChannel(const ProcessFacts &process)
{
    const QString words = waitInWords(process.waitChannel);
    if (process.waitChannel.isEmpty())
        return {};
    return words.isEmpty() ? tr(" in %1").arg(process.waitChannel) : tr(" %1 (%2)").arg(words, process.waitChannel);
}

/// What keeps this process from going on; empty: nothing that its state tells. subject: "Its process", "Its tool java (pid 12)".
QString obstacle(const Diagnosis &diagnosis, const ProcessFacts &process, const QString &subject)
{
    switch (process.state) {
    case 'T':
        return tr("%1 was stopped by %2; %3 lets it go on.").arg(subject, stoppedBy(process.stopSignal), goOn(diagnosis, process));
    case 't':
        return process.tracer > 0 ? tr("%1 is held by a debugger (t): %2, pid %3; it goes on when that lets go of it.")
                                        .arg(subject, process.tracerName.isEmpty() ? tr("another program") : process.tracerName)
                                        .arg(process.tracer)
                                  : tr("%1 is held by a debugger (t); it goes on when that lets go of it.").arg(subject);
    case 'D':
        return tr("%1 waits for a device (D)%2. Until that answers it can be neither stopped nor killed: look at the disk or the network "
                  "drive that its files are on.").arg(subject, process.waitChannel.isEmpty() ? QString() : QLatin1Char(',') + inChannel(process));
    default:
        break;
    }
    if (process.waitChannel.contains(QStringLiteral("freezer")) || process.waitChannel.contains(QStringLiteral("refrigerator")))
        return tr("%1 is frozen together with its control group %2 (as `docker pause` does); it goes on when that is thawed.").arg(subject, process.controlGroup);
    if (process.lockWait) {
        const LockWait &lock = *process.lockWait;
        const QString file = lock.file.isEmpty() ? tr("a file") : lock.file;
        return lock.holder > 0 ? tr("%1 waits for the lock of %2, which %3 (pid %4) holds.")
                                     .arg(subject, file, lock.holderName.isEmpty() ? tr("another program") : lock.holderName)
                                     .arg(lock.holder)
                               : tr("%1 waits for the lock of %2, which somebody else holds.").arg(subject, file);
    }
    if (waitInWords(process.waitChannel) == waitInWords(QStringLiteral("fcntl_setlk")))
        return tr("%1 waits for a file lock that somebody else holds (%2).").arg(subject, process.waitChannel);
    return {};
}

QString obstacleOf(const Diagnosis &diagnosis)
{
    const ProcessFacts &worker = *diagnosis.worker();
    if (worker.state == 'Z' || worker.state == 'X') {
        return worker.parentName.isEmpty()
            ? tr("Its process has ended (Z); only its parent, pid %1, has not taken note of it yet. It does nothing any more.").arg(worker.parent)
            : tr("Its process has ended (Z); only its parent, %1 (pid %2), has not taken note of it yet. It does nothing any more.")
                  .arg(worker.parentName)
                  .arg(worker.parent);
    }
    if (const QString found = obstacle(diagnosis, worker, tr("Its process")); !found.isEmpty())
        return found;
    const ProcessFacts *tool = diagnosis.tool();
    for (const ProcessFacts &process : diagnosis.processes) {
        if (process.depth == 0)
            continue;
        const QString subject = tool && process.pid == tool->pid ? tr("Its tool %1").arg(called(process)) : tr("The process %1 that it started").arg(called(process));
        if (const QString found = obstacle(diagnosis, process, subject); !found.isEmpty())
            return found;
    }
    // The job runs in the first thread, the beat in another: one of them may be stuck alone.
    for (const ThreadFacts &thread : worker.threads) {
        if (thread.state == 'D' && thread.tid != worker.pid)
            return tr("Its thread %1 (%2) waits for a device (D).").arg(thread.tid).arg(thread.name);
    }
    return {};
}

/// What it does, where nothing keeps it from going on.
QString doingOf(const Diagnosis &diagnosis)
{
    const WorkerInfo &worker = diagnosis.asked.worker;
    const ProcessFacts &process = *diagnosis.worker();
    const ProcessFacts *tool = diagnosis.tool();
    const bool measured = !diagnosis.looks.isEmpty();
    double used = 0;
    for (const UsageSample &look : diagnosis.looks)
        used = std::max(used, look.cpuPercent);
    if (worker.state == WorkerState::Starting)
        return tr("Its process runs, and has not registered in the database yet.");
    if (worker.state == WorkerState::Idle || (worker.state == WorkerState::Suspect && worker.jobId == 0)) {
        if (measured && used > 10 * atWork)
            return tr("It has no job, and yet uses %1 of a core.").arg(percent(used));
        return worker.state == WorkerState::Idle && worker.reason.isEmpty() && (!worker.beatAge || *worker.beatAge <= worker.staleAfter)
            ? tr("It waits for a job of the type %1; nothing is wrong with it.").arg(worker.type)
            : tr("Its process is there, and waits%1.").arg(inChannel(process));
    }
    if (measured && used >= atWork) {
        const auto busiest = std::max_element(diagnosis.processes.cbegin(), diagnosis.processes.cend(), [](const ProcessFacts &a, const ProcessFacts &b) {
            return a.cpuPercent.value_or(0) < b.cpuPercent.value_or(0);
        });
        return busiest->depth > 0 && busiest->cpuPercent.value_or(0) >= atWork
            ? tr("It is at work: its tools use %1 of a core, most of it %2.").arg(percent(used), called(*busiest))
            : tr("It is at work: it uses %1 of a core.").arg(percent(used));
    }
    const QString idly = measured && used < noise ? tr(" and uses no CPU") : QString();
    const auto act = [](const ProcessFacts &each) { return each.state == 'R' ? tr("runs") : tr("waits%1").arg(inChannel(each)); };
    if (tool) {
        // A tool may hand its work on: to a kernel, a browser. The last one in the chain tells most.
        const ProcessFacts *last = tool;
        for (const ProcessFacts &each : diagnosis.processes) {
            if (each.parent == last->pid && each.depth == last->depth + 1 && each.state != 'Z')
                last = &each;
        }
        return last == tool ? tr("It waits on its tool %1, which itself %2%3.").arg(called(*tool), act(*tool), idly)
                            : tr("It waits on its tool %1, and that on %2, which itself %3%4.").arg(called(*tool), called(*last), act(*last), idly);
    }
    return process.state == 'R' ? tr("It works by itself.") : tr("It works by itself, and waits%1%2.").arg(inChannel(process), idly);
}

} // namespace

QString conclusionOf(const Diagnosis &diagnosis)
{
    const WorkerInfo &worker = diagnosis.asked.worker;
    if (!worker.isAlive())
        return endOf(diagnosis);
    const QString head = headOf(diagnosis) + QLatin1Char(' ');
    if (diagnosis.vanished)
        return head + tr("Its process %1 went while it was looked at; look again to see what became of the worker.").arg(worker.pid);
    switch (diagnosis.sight) {
    case ProcessSight::Unread:
        return head.trimmed();
    case ProcessSight::Gone:
        return head + tr("Its process %1 is gone: it has ended, and the database has not been told yet. A manager returns its job.").arg(worker.pid);
    case ProcessSight::Elsewhere:
        return head + tr("Its process runs in another container, on another machine, or ran before this machine was started: from here only the database tells of it.");
    case ProcessSight::Unanswered:
        return head + tr("The system does not answer questions about its process %1: the kernel holds it, as when a disk or a network drive hangs.").arg(worker.pid);
    case ProcessSight::Unnamed:
        if (worker.state == WorkerState::Starting && worker.own)
            return head + tr("Its process has not been started yet.");
        return head + (worker.mode == QStringLiteral("docker") ? tr("It runs in a container: from here only the database tells of it.")
                                                               : tr("Its process is not known here: only the database tells of it."));
    case ProcessSight::Seen:
        break;
    }
    if (!diagnosis.worker())
        return head.trimmed();
    const QString obstacle = obstacleOf(diagnosis);
    return head + (obstacle.isEmpty() ? doingOf(diagnosis) : obstacle);
}

const ProcessFacts *Diagnosis::tool() const
{
    const ProcessFacts *dead = nullptr;
    for (const ProcessFacts &process : processes) {
        if (process.depth != 1)
            continue;
        if (process.state != 'Z' && process.state != 'X')
            return &process;
        if (!dead)
            dead = &process;
    }
    return dead;
}

bool Diagnosis::isUnderWay() const
{
    return sight == ProcessSight::Unread || measuring || std::any_of(stacks.cbegin(), stacks.cend(), [](const StackTrace &stack) { return stack.underWay; });
}

bool hasNativeStack(const ProcessFacts &process)
{
    static const QStringList interpreters{QStringLiteral("java"), QStringLiteral("python"), QStringLiteral("node"), QStringLiteral("perl"),
                                          QStringLiteral("ruby"), QStringLiteral("pypy")};
    const QString name = process.shownName();
    return process.state != 'Z' && process.state != 'X' && !process.commandLine.isEmpty()
        && std::none_of(interpreters.cbegin(), interpreters.cend(), [&name](const QString &interpreter) { return name.startsWith(interpreter); });
}

} // namespace lifeguard

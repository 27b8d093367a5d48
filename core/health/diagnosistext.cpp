// SPDX-License-Identifier: GPL-3.0-or-later
// A diagnosis as text: the conclusion, then what is known, a heading a section.
#include "core/base/durationtext.h"
#include "core/base/unixsignals.h"
#include "core/health/diagnosis.h"
#include "core/health/processmessages.h"

#include <QCoreApplication>

namespace lifeguard {
namespace {

constexpr qsizetype nameWidth = 13;
constexpr qsizetype conclusionWidth = 100;

QString tr(const char *text)
{
    return QCoreApplication::translate("lifeguard::Diagnosis", text);
}

QString bytes(qint64 count)
{
    constexpr double mega = 1024.0 * 1024.0;
    const double size = double(count) / mega;
    return size < 10 ? tr("%1 MB").arg(QString::number(size, 'f', 1)) : tr("%1 MB").arg(qRound64(size));
}

QString percent(double value)
{
    return tr("%1 %").arg(QString::number(value, 'f', value < 9.95 ? 1 : 0));
}

QString cpuTime(milliseconds time)
{
    return time < std::chrono::minutes(2) ? tr("%1 s").arg(QString::number(double(time.count()) / 1000, 'f', 1)) : durationText(time);
}

QString localTime(const QDateTime &time)
{
    return time.toLocalTime().toString(QStringLiteral("yyyy-MM-dd HH:mm:ss"));
}

/// "2 threads"; 1 is told apart since English does.
QString counted(qint64 count, const QString &one, const QString &many)
{
    return count == 1 ? one : many.arg(count);
}

class Writer
{
public:
    void line(const QString &text = {}) { m_text += text + QLatin1Char('\n'); }
    void heading(const QString &text)
    {
        line();
        line(text);
        line(QString(text.size(), QLatin1Char('-')));
    }
    void row(const QString &name, const QString &value)
    {
        if (!value.isEmpty())
            line(name.leftJustified(nameWidth) + QString(value).replace(QLatin1Char('\n'), QLatin1Char('\n') + QString(nameWidth, QLatin1Char(' '))));
    }
    /// What stands between `` is a command, and stays on one line.
    void wrapped(const QString &text)
    {
        QStringList words;
        bool inCommand = false;
        for (const QString &word : text.split(QLatin1Char(' '))) {
            if (inCommand)
                words.last() += QLatin1Char(' ') + word;
            else
                words.append(word);
            inCommand = inCommand != (word.count(QLatin1Char('`')) % 2 == 1);
        }
        QString current;
        for (const QString &word : std::as_const(words)) {
            if (!current.isEmpty() && current.size() + 1 + word.size() > conclusionWidth) {
                line(current);
                current.clear();
            }
            current += current.isEmpty() ? word : QString(QLatin1Char(' ') + word);
        }
        line(current);
    }
    [[nodiscard]] QString text() const { return m_text; }

private:
    QString m_text;
};

void writeWorker(Writer &out, const Diagnosis &diagnosis)
{
    const WorkerInfo &worker = diagnosis.asked.worker;
    out.heading(tr("Worker"));
    QString name = worker.name();
    if (name != worker.executorId)
        name += QStringLiteral(", ") + worker.executorId;
    if (worker.workerId > 0)
        name += tr(", number %1 in the database").arg(worker.workerId);
    out.row(tr("name"), name);
    out.row(tr("type"), worker.mode.isEmpty() ? worker.type : tr("%1, mode %2").arg(worker.type, worker.mode));
    QString state = toString(worker.state);
    if (worker.storedStatus != WorkerStatus::None && toString(worker.storedStatus) != state)
        state += tr(" (in the database: %1)").arg(toString(worker.storedStatus));
    out.row(tr("state"), state);
    out.row(tr("why"), worker.reason);
    if (worker.startedAt.isValid())
        out.row(tr("started"), localTime(worker.startedAt));
    if (worker.endedAt.isValid())
        out.row(tr("ended"), localTime(worker.endedAt));
    if (worker.isAlive())
        out.row(tr("last beat"), worker.beatAge ? tr("%1 ago").arg(durationText(*worker.beatAge)) : tr("unknown"));
    if (worker.jobId > 0) {
        QString job = QString::number(worker.jobId);
        if (!worker.jobName.isEmpty() && worker.jobName != tr("job %1").arg(worker.jobId))
            job += QStringLiteral(", ") + worker.jobName;
        out.row(tr("job"), worker.jobAge ? tr("%1, begun %2 ago").arg(job, durationText(*worker.jobAge)) : job);
    } else if (worker.isAlive()) {
        out.row(tr("job"), tr("none"));
    }
    out.row(tr("jobs so far"), tr("%1 done, %2 failed").arg(worker.jobsDone).arg(worker.jobsFailed));
    out.row(tr("started by"), worker.own ? tr("this program") : worker.pool.isEmpty() ? tr("a program other than Lifeguard") : tr("another Lifeguard"));
    out.row(tr("unknown"), diagnosis.asked.problem);
}

void writeUsage(Writer &out, const Diagnosis &diagnosis)
{
    out.heading(tr("CPU and memory, with all that it started"));
    QStringList cpu;
    QStringList memory;
    for (const UsageSample &look : diagnosis.looks) {
        cpu.append(percent(look.cpuPercent));
        memory.append(bytes(look.memoryBytes));
    }
    const WorkerInfo &worker = diagnosis.asked.worker;
    if (!cpu.isEmpty()) {
        out.row(tr("CPU now"), tr("%1 of a core, measured for a second each").arg(cpu.join(QStringLiteral(", "))));
        out.row(tr("memory now"), memory.join(QStringLiteral(", ")));
    } else if (diagnosis.measuring) {
        out.row(tr("CPU now"), tr("being measured…"));
    } else if (worker.isAlive() && (worker.cpuPercent || worker.memoryBytes)) {
        out.row(tr("last known"), tr("%1 of a core, %2").arg(percent(worker.cpuPercent.value_or(0)), bytes(worker.memoryBytes.value_or(0))));
    }
    const UsageHistory &history = diagnosis.asked.history;
    if (history.isEmpty()) {
        out.line(tr("No history: only the program that started a worker keeps one."));
        return;
    }
    const auto row = [&out](const QString &name, const UsageLine &line, auto words) {
        out.row(name, tr("%1\nleast %2, mean %3, most %4, last %5").arg(line.graph, words(line.least), words(line.mean), words(line.most), words(line.now)));
    };
    out.line(tr("The last %1:").arg(durationText(history.span())));
    constexpr double wholeCore = 100;
    row(tr("CPU"), usageLine(history, [](const UsageSample &sample) { return sample.cpuPercent; }, wholeCore), percent);
    row(tr("memory"), usageLine(history, [](const UsageSample &sample) { return double(sample.memoryBytes); }, 1),
        [](double value) { return bytes(qint64(value)); });
}

QString waits(const QString &channel)
{
    if (channel.isEmpty())
        return {};
    const QString words = waitInWords(channel);
    return words.isEmpty() ? channel : tr("%1: %2").arg(channel, words);
}

void writeProcesses(Writer &out, const Diagnosis &diagnosis)
{
    out.heading(tr("Processes"));
    for (const ProcessFacts &process : diagnosis.processes) {
        const QString indent(qsizetype(process.depth) * 2, QLatin1Char(' '));
        const QString more = indent + QStringLiteral("    ");
        QStringList state{stateInWords(process.state)};
        if (process.stopSignal > 0)
            state.append(signalName(process.stopSignal));
        if (process.tracer > 0)
            state.append(tr("debugger: %1 (pid %2)").arg(process.tracerName).arg(process.tracer));
        if (process.otherUser)
            state.append(tr("user %1").arg(process.user));
        QStringList facts{counted(process.threadCount, tr("1 thread"), tr("%1 threads")),
                          process.fileCount < 0 ? tr("open files not to be seen") : counted(process.fileCount, tr("1 open file"), tr("%1 open files")),
                          bytes(process.residentBytes),
                          tr("CPU %1").arg(cpuTime(process.cpuTime)) + (process.cpuPercent ? tr(" (now %1)").arg(percent(*process.cpuPercent)) : QString())};
        if (process.oomScore >= 0)
            facts.append(tr("out-of-memory score %1").arg(process.oomScore));
        out.line(indent + QStringLiteral("%1 %2  ").arg(process.pid).arg(process.shownName()) + state.join(QStringLiteral(", ")));
        if (!process.commandLine.isEmpty())
            out.line(more + process.commandLine);
        if (!process.waitChannel.isEmpty())
            out.line(more + tr("waits in %1").arg(waits(process.waitChannel)));
        out.line(more + facts.join(QStringLiteral(", ")));
        if (process.lockWait) {
            out.line(more + tr("waits for the lock of %1, held by %2 (pid %3)")
                                .arg(process.lockWait->file.isEmpty() ? tr("a file") : process.lockWait->file, process.lockWait->holderName)
                                .arg(process.lockWait->holder));
        }
    }
    if (diagnosis.processes.size() >= ProcessFacts::processesRead)
        out.line(tr("… only the first %1 are listed.").arg(ProcessFacts::processesRead));
    if (!diagnosis.worker()->controlGroup.isEmpty())
        out.line(tr("Control group: %1").arg(diagnosis.worker()->controlGroup));
}

/// The worker, and its tool if it has one: of these two everything is listed.
QList<const ProcessFacts *> mainOnes(const Diagnosis &diagnosis)
{
    QList<const ProcessFacts *> processes{diagnosis.worker()};
    if (diagnosis.tool())
        processes.append(diagnosis.tool());
    return processes;
}

void writeThreads(Writer &out, const Diagnosis &diagnosis)
{
    out.heading(tr("Threads"));
    for (const ProcessFacts *process : mainOnes(diagnosis)) {
        out.line(QStringLiteral("%1 %2").arg(process->pid).arg(process->shownName()));
        for (const ThreadFacts &thread : process->threads) {
            const QString channel = waits(thread.waitChannel);
            out.line(QStringLiteral("  %1 %2  %3%4").arg(QString::number(thread.tid), thread.name, stateInWords(thread.state),
                                                        channel.isEmpty() ? QString() : QString(QStringLiteral(", ") + channel)));
        }
        if (process->threadCount > process->threads.size())
            out.line(tr("  … and %1 more").arg(process->threadCount - process->threads.size()));
    }
}

void writeFiles(Writer &out, const Diagnosis &diagnosis)
{
    out.heading(tr("Open files"));
    for (const ProcessFacts *process : mainOnes(diagnosis)) {
        out.line(QStringLiteral("%1 %2").arg(process->pid).arg(process->shownName()));
        if (process->fileCount < 0) {
            out.line(tr("  not to be seen: only its user (%1) and root may look").arg(process->user));
            continue;
        }
        for (const OpenFile &file : process->files)
            out.line(QStringLiteral("  %1 %2").arg(file.descriptor, 3).arg(file.target));
        if (process->fileCount > process->files.size())
            out.line(tr("  … and %1 more, %2 in all").arg(process->fileCount - process->files.size()).arg(process->fileCount));
    }
}

void writeStacks(Writer &out, const Diagnosis &diagnosis)
{
    for (const StackTrace &stack : diagnosis.stacks) {
        out.heading(stack.tool.isEmpty() ? tr("Stack of %1 (pid %2)").arg(stack.name).arg(stack.pid)
                                         : tr("Stack of %1 (pid %2), by %3").arg(stack.name).arg(stack.pid).arg(stack.tool));
        if (stack.underWay)
            out.line(tr("being made…"));
        if (!stack.text.isEmpty())
            out.line(stack.text);
        if (!stack.problem.isEmpty())
            out.wrapped(stack.problem);
    }
}

void writeLines(Writer &out, const QString &title, const QStringList &lines, const QString &otherwise)
{
    if (lines.isEmpty() && otherwise.isEmpty())
        return;
    out.heading(title);
    for (const QString &line : lines)
        out.line(line);
    if (lines.isEmpty())
        out.wrapped(otherwise);
}

} // namespace

QString textOf(const Diagnosis &diagnosis)
{
    Writer out;
    out.wrapped(conclusionOf(diagnosis));
    out.line();
    return out.text() + detailsOf(diagnosis);
}

QString detailsOf(const Diagnosis &diagnosis)
{
    const WorkerInfo &worker = diagnosis.asked.worker;
    Writer out;
    out.line(tr("Diagnosis of %1, %2 (%3)").arg(worker.name(), localTime(diagnosis.at), diagnosis.at.toLocalTime().timeZoneAbbreviation()));
    writeWorker(out, diagnosis);
    if (worker.isAlive() || !diagnosis.asked.history.isEmpty())
        writeUsage(out, diagnosis);
    if (diagnosis.worker()) {
        writeProcesses(out, diagnosis);
        writeThreads(out, diagnosis);
        writeFiles(out, diagnosis);
    }
    writeLines(out, worker.logPath.isEmpty() ? tr("Last lines of its log") : tr("Last lines of its log, %1").arg(worker.logPath), diagnosis.lastLines,
               diagnosis.logProblem);
    writeLines(out, tr("Its last jobs"), diagnosis.asked.jobs, {});
    writeLines(out, tr("What happened to it"), diagnosis.asked.events, {});
    writeStacks(out, diagnosis);
    return out.text();
}

} // namespace lifeguard

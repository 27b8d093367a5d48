// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/health/diagnosisreport.h"

#include "core/base/terminaltext.h"
#include "core/base/unixsignals.h"
#include "core/health/diagnosisconclusion.h"
#include "core/health/processmessages.h"
#include "core/health/usagesummary.h"
#include "core/model/durationtext.h"
#include "core/model/message.h"

#include <QCoreApplication>

namespace lifeguard {
namespace {

constexpr qsizetype nameWidth = 13;
constexpr qsizetype wrapWidth = 100;

QString tr(const char *text, const char *comment = nullptr)
{
    return QCoreApplication::translate("lifeguard::Diagnosis", text, comment);
}

QString bytesText(qint64 count)
{
    constexpr double mega = 1024.0 * 1024.0;
    const double size = double(count) / mega;
    return size < 10 ? tr("%1 MB").arg(QString::number(size, 'f', 1)) : tr("%1 MB").arg(qRound64(size));
}

QString percentText(double value)
{
    return tr("%1 %").arg(QString::number(value, 'f', value < 9.95 ? 1 : 0));
}

QString cpuTimeText(milliseconds time)
{
    return time < std::chrono::minutes(2) ? tr("%1 s").arg(QString::number(double(time.count()) / 1000, 'f', 1))
                                          : durationText(time);
}

QString localTime(const QDateTime &time)
{
    return time.toLocalTime().toString(QStringLiteral("yyyy-MM-dd HH:mm:ss"));
}

/// Builds the text of a report. Names, paths, reasons and events come from other programs and users: a line break in
/// one of them must not begin another row, which could look like a finding.
class ReportWriter
{
public:
    /// Appends one row.
    void line(const QString &text = {}) { lines(terminalRow(text)); }
    /// Appends the lines of a text as they are.
    void lines(const QString &text) { m_text += text + QLatin1Char('\n'); }
    void heading(const QString &text)
    {
        line();
        line(text);
        line(QString(displayWidth(terminalRow(text)), QLatin1Char('-')));
    }
    /// Appends a value next to its name. Appends nothing if the value is empty.
    void row(const QString &name, const QString &value)
    {
        if (!value.isEmpty())
            line(name.leftJustified(nameWidth) + value);
    }
    /// Appends a paragraph, wrapped at wrapWidth. A command between backticks stays on one line, so that it can be
    /// copied.
    void paragraph(const QString &text)
    {
        QStringList words;
        bool inCommand = false;
        for (const QString &word : terminalRow(text).split(QLatin1Char(' '))) {
            if (inCommand)
                words.last() += QLatin1Char(' ') + word;
            else
                words.append(word);
            inCommand = inCommand != (word.count(QLatin1Char('`')) % 2 == 1);
        }
        QString current;
        for (const QString &word : std::as_const(words)) {
            if (!current.isEmpty() && current.size() + 1 + word.size() > wrapWidth) {
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

void writeWorker(ReportWriter &out, const Diagnosis &diagnosis)
{
    const WorkerInfo &worker = diagnosis.request.worker;
    out.heading(tr("Worker"));
    QStringList names{worker.name()};
    if (worker.name() != worker.executorId)
        names.append(worker.executorId);
    if (worker.workerId > 0)
        names.append(tr("number %1 in the database").arg(worker.workerId));
    out.row(tr("name"), names.join(QStringLiteral(", ")));
    out.row(tr("type"), worker.mode.isEmpty() ? worker.type : tr("%1, mode %2").arg(worker.type, worker.mode));
    const QString state = toString(worker.state);
    const QString storedStatus = toString(worker.storedStatus);
    out.row(tr("state"), worker.storedStatus == WorkerStatus::None || storedStatus == state
                             ? state
                             : tr("%1 (in the database: %2)").arg(state, storedStatus));
    out.row(tr("reason"), worker.reason);
    if (worker.startedAt.isValid())
        out.row(tr("started"), localTime(worker.startedAt));
    if (worker.endedAt.isValid())
        out.row(tr("ended"), localTime(worker.endedAt));
    if (worker.isAlive())
        out.row(tr("last beat"), worker.beatAge ? tr("%1 ago").arg(durationText(*worker.beatAge)) : tr("unknown"));
    if (worker.jobId > 0) {
        QStringList job{QString::number(worker.jobId)};
        if (!worker.jobName.isEmpty() && worker.jobName != tr("job %1").arg(worker.jobId))
            job.append(worker.jobName);
        if (worker.jobAge)
            job.append(tr("started %1 ago").arg(durationText(*worker.jobAge)));
        out.row(tr("job"), job.join(QStringLiteral(", ")));
    } else if (worker.isAlive()) {
        out.row(tr("job"), tr("none"));
    }
    out.row(tr("jobs so far"), tr("%1 done, %2 failed").arg(worker.jobsDone).arg(worker.jobsFailed));
    out.row(tr("started by"), worker.own              ? tr("this program")
                              : worker.pool.isEmpty() ? tr("a program other than Lifeguard")
                                                      : tr("another instance of Lifeguard"));
    out.row(tr("not known"), diagnosis.request.problem);
}

void writeUsage(ReportWriter &out, const Diagnosis &diagnosis)
{
    out.heading(tr("CPU and memory of the process tree"));
    QStringList cpu;
    QStringList memory;
    for (const UsageSample &sample : diagnosis.samples) {
        cpu.append(percentText(sample.cpuPercent));
        memory.append(bytesText(sample.memoryBytes));
    }
    const WorkerInfo &worker = diagnosis.request.worker;
    if (!cpu.isEmpty()) {
        out.row(tr("CPU now"), tr("%1 of a core, each measured over one second").arg(cpu.join(QStringLiteral(", "))));
        out.row(tr("memory now"), memory.join(QStringLiteral(", ")));
    } else if (diagnosis.measuring) {
        out.row(tr("CPU now"), tr("being measured…"));
    } else if (worker.isAlive() && (worker.cpuPercent || worker.memoryBytes)) {
        out.row(tr("last known"),
                tr("%1 of a core, %2")
                    .arg(percentText(worker.cpuPercent.value_or(0)), bytesText(worker.memoryBytes.value_or(0))));
    }
    const UsageHistory &history = diagnosis.request.history;
    if (history.isEmpty()) {
        out.line(tr("No history is available: only the program that started a worker records it."));
        return;
    }
    const auto row = [&out](const QString &name, const UsageSummary &usage, const auto &text) {
        const QString values = tr("%1\nminimum %2, mean %3, maximum %4, latest %5")
                                   .arg(usage.graph, text(usage.minimum), text(usage.mean), text(usage.maximum),
                                        text(usage.latest));
        out.row(name, values.section(QLatin1Char('\n'), 0, 0));
        out.row({}, values.section(QLatin1Char('\n'), 1));
    };
    out.line(tr("The last %1:", "duration").arg(durationText(history.span())));
    constexpr double wholeCore = 100;
    row(tr("CPU"),
        summarizeUsage(
            history, [](const UsageSample &sample) { return sample.cpuPercent; }, wholeCore),
        percentText);
    row(tr("memory"),
        summarizeUsage(
            history, [](const UsageSample &sample) { return double(sample.memoryBytes); }, 1),
        [](double value) { return bytesText(qint64(value)); });
}

QString lockText(const LockWait &lock)
{
    const QString file = lock.file.isEmpty() ? tr("a file") : lock.file;
    return lock.holder > 0
             ? tr("waiting for the lock on %1, held by %2 (pid %3)").arg(file, lock.holderName).arg(lock.holder)
             : tr("waiting for the lock on %1").arg(file);
}

void writeProcess(ReportWriter &out, const ProcessFacts &process)
{
    const QString indent(qsizetype(process.depth) * 2, QLatin1Char(' '));
    const QString detailIndent = indent + QStringLiteral("    ");
    QStringList state{processStateText(process.state)};
    if (process.stopSignal > 0)
        state.append(signalName(process.stopSignal));
    if (process.tracer > 0)
        state.append(tr("debugger: %1 (pid %2)").arg(process.tracerName).arg(process.tracer));
    if (process.otherUser)
        state.append(tr("user %1").arg(process.user));
    out.line(indent
             + QStringLiteral("%1 %2  %3")
                   .arg(QString::number(process.pid), process.displayName(), state.join(QStringLiteral(", "))));
    if (!process.commandLine.isEmpty())
        out.line(detailIndent + process.commandLine);
    if (!process.waitChannel.isEmpty()) {
        const QString reason = waitReasonText(process.waitChannel);
        out.line(detailIndent
                 + (reason.isEmpty()
                        ? tr("waiting in %1", "kernel function").arg(process.waitChannel)
                        : tr("waiting for %1 (%2)", "reason and kernel function").arg(reason, process.waitChannel)));
    }
    const QString cpuTime = cpuTimeText(process.cpuTime);
    QStringList facts{
        Message("thread_count", process.threadCount, {}).translatedText(),
        process.fileCount < 0 ? tr("open files not readable")
                              : Message("open_file_count", process.fileCount, {}).translatedText(),
        bytesText(process.residentBytes),
        process.cpuPercent
            ? tr("CPU %1 (now %2)", "CPU time and percentage").arg(cpuTime, percentText(*process.cpuPercent))
            : tr("CPU %1", "CPU time").arg(cpuTime)};
    if (process.oomScore >= 0)
        facts.append(tr("out-of-memory score %1").arg(process.oomScore));
    out.line(detailIndent + facts.join(QStringLiteral(", ")));
    if (process.lockWait)
        out.line(detailIndent + lockText(*process.lockWait));
}

void writeProcesses(ReportWriter &out, const Diagnosis &diagnosis)
{
    out.heading(tr("Processes"));
    for (const ProcessFacts &process : diagnosis.processes)
        writeProcess(out, process);
    if (diagnosis.processes.size() >= ProcessFacts::maxProcesses)
        out.line(tr("Only the first %1 processes are listed.").arg(ProcessFacts::maxProcesses));
    if (!diagnosis.worker()->controlGroup.isEmpty())
        out.line(tr("Control group: %1").arg(diagnosis.worker()->controlGroup));
}

/// Returns the processes whose threads and files are listed: the worker and its tool, if any.
QList<const ProcessFacts *> mainProcesses(const Diagnosis &diagnosis)
{
    QList<const ProcessFacts *> processes{diagnosis.worker()};
    if (diagnosis.tool())
        processes.append(diagnosis.tool());
    return processes;
}

void writeThreads(ReportWriter &out, const Diagnosis &diagnosis)
{
    out.heading(tr("Threads"));
    for (const ProcessFacts *process : mainProcesses(diagnosis)) {
        out.line(QStringLiteral("%1 %2").arg(QString::number(process->pid), process->displayName()));
        for (const ThreadFacts &thread : process->threads) {
            const QString reason = waitReasonText(thread.waitChannel);
            QStringList details{processStateText(thread.state)};
            if (!thread.waitChannel.isEmpty())
                details.append(reason.isEmpty() ? thread.waitChannel : tr("%1: %2").arg(thread.waitChannel, reason));
            out.line(QStringLiteral("  %1 %2  %3")
                         .arg(QString::number(thread.tid), thread.name, details.join(QStringLiteral(", "))));
        }
        if (process->threadCount > process->threads.size())
            out.line(tr("  … and %1 more", "threads").arg(process->threadCount - process->threads.size()));
    }
}

void writeFiles(ReportWriter &out, const Diagnosis &diagnosis)
{
    out.heading(tr("Open files"));
    for (const ProcessFacts *process : mainProcesses(diagnosis)) {
        out.line(QStringLiteral("%1 %2").arg(QString::number(process->pid), process->displayName()));
        if (process->fileCount < 0) {
            out.line(tr("  not readable: only the user %1 and root have access").arg(process->user));
            continue;
        }
        for (const OpenFile &file : process->files)
            out.line(QStringLiteral("  %1 %2").arg(QString::number(file.descriptor).rightJustified(3), file.target));
        if (process->fileCount > process->files.size())
            out.line(tr("  … and %1 more, %2 in total", "files")
                         .arg(process->fileCount - process->files.size())
                         .arg(process->fileCount));
    }
}

void writeStacks(ReportWriter &out, const Diagnosis &diagnosis)
{
    for (const StackTrace &stack : diagnosis.stacks) {
        out.heading(stack.tool.isEmpty()
                        ? tr("Stack of %1 (pid %2)").arg(stack.name).arg(stack.pid)
                        : tr("Stack of %1 (pid %2), captured by %3").arg(stack.name).arg(stack.pid).arg(stack.tool));
        if (stack.inProgress)
            out.line(tr("in progress…"));
        if (!stack.text.isEmpty())
            out.lines(stack.text);
        if (!stack.problem.isEmpty())
            out.paragraph(stack.problem);
    }
}

/// Appends the end of the log, or the reason if there is none. Appends nothing if both are empty.
void writeLog(ReportWriter &out, const Diagnosis &diagnosis)
{
    if (diagnosis.lastLines.isEmpty() && diagnosis.logProblem.isEmpty())
        return;
    const QString path = diagnosis.request.worker.logPath;
    out.heading(path.isEmpty() ? tr("Last lines of the log") : tr("Last lines of the log %1").arg(path));
    if (diagnosis.lastLines.isEmpty())
        out.paragraph(diagnosis.logProblem);
    else
        out.lines(diagnosis.lastLines.join(QLatin1Char('\n')));
}

/// Appends a section with these rows. Appends nothing if there are none.
void writeRows(ReportWriter &out, const QString &title, const QStringList &rows)
{
    if (rows.isEmpty())
        return;
    out.heading(title);
    for (const QString &row : rows)
        out.line(row);
}

} // namespace

QString diagnosisReport(const Diagnosis &diagnosis)
{
    ReportWriter out;
    out.paragraph(diagnosisConclusion(diagnosis));
    out.line();
    return out.text() + diagnosisDetails(diagnosis);
}

QString diagnosisDetails(const Diagnosis &diagnosis)
{
    const WorkerInfo &worker = diagnosis.request.worker;
    ReportWriter out;
    out.line(tr("Diagnosis of %1, %2 (%3)", "worker, time, time zone")
                 .arg(worker.name(), localTime(diagnosis.at), diagnosis.at.toLocalTime().timeZoneAbbreviation()));
    writeWorker(out, diagnosis);
    if (worker.isAlive() || !diagnosis.request.history.isEmpty())
        writeUsage(out, diagnosis);
    if (diagnosis.worker()) {
        writeProcesses(out, diagnosis);
        writeThreads(out, diagnosis);
        writeFiles(out, diagnosis);
    }
    writeLog(out, diagnosis);
    writeRows(out, tr("Last jobs"), diagnosis.request.jobs);
    writeRows(out, tr("Events"), diagnosis.request.events);
    writeStacks(out, diagnosis);
    return out.text();
}

} // namespace lifeguard

// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/health/diagnoser.h"

#include "core/base/futurecallbacks.h"
#include "core/base/processtable.h"
#include "core/base/secretmasking.h"
#include "core/base/systemclock.h"
#include "core/base/textdecoding.h"
#include "core/health/stackreader.h"

#include <QFile>
#include <QHash>
#include <QThreadPool>
#include <QtConcurrent>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace lifeguard {
namespace {

constexpr qint64 maxTail = 64 * 1024; ///< bytes read from the end of a log
constexpr qsizetype maxLineLength = 500; ///< characters

/// Returns the threads that read /proc. They are never joined: a thread that hangs in the kernel must not prevent the
/// program from ending.
QThreadPool *threadPool()
{
    static QThreadPool *const pool = [] {
        auto *threads = new QThreadPool;
        threads->setMaxThreadCount(4);
        return threads;
    }();
    return pool;
}

/// Returns the last lines of a log, with secrets masked. Sets problem if there are none.
QStringList logTail(const QString &path, QString &problem)
{
    if (path.isEmpty()) {
        problem = Diagnoser::tr("The location of the log is unknown.");
        return {};
    }
    // The path comes from a database. Opening anything but a regular file could block or have side effects.
    const int fd = open(QFile::encodeName(path).constData(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    struct stat status = {};
    if (fd < 0 || fstat(fd, &status) != 0 || !S_ISREG(status.st_mode)) {
        problem = fd < 0 ? Diagnoser::tr("The log cannot be read: %1.").arg(qt_error_string(errno))
                         : Diagnoser::tr("The log is not a regular file.");
        if (fd >= 0)
            close(fd);
        return {};
    }
    const off_t from = std::max<off_t>(0, status.st_size - off_t(maxTail));
    QByteArray bytes(qsizetype(status.st_size - from), Qt::Uninitialized);
    const ssize_t length = pread(fd, bytes.data(), size_t(bytes.size()), from);
    close(fd);
    bytes.truncate(std::max<ssize_t>(0, length));
    QStringList lines = decodeText(bytes).split(QLatin1Char('\n'));
    while (!lines.isEmpty() && lines.last().trimmed().isEmpty())
        lines.removeLast();
    if (from > 0 && lines.size() > 1)
        lines.removeFirst(); // incomplete
    lines = lines.mid(std::max<qsizetype>(0, lines.size() - Diagnosis::maxLogLines));
    for (QString &line : lines) {
        line = maskSecrets(line);
        if (line.size() > maxLineLength)
            line = line.left(maxLineLength) + QStringLiteral("…");
    }
    if (lines.isEmpty())
        problem = Diagnoser::tr("The log is empty.");
    return lines;
}

} // namespace

/// The CPU and memory that the process tree has used up to one moment.
struct Diagnoser::TreeUsage
{
    milliseconds at{0};
    bool present = false;
    qint64 memory = 0;
    QHash<qint64, QPair<quint64, quint64>> ticks; ///< by pid: start time, and CPU time used
};

Diagnoser::Diagnoser(DiagnosisRequest request, QObject *parent) : QObject(parent)
{
    m_diagnosis.request = std::move(request);
    m_diagnosis.at = SystemClock().utcNow();
    m_factsTimer.setSingleShot(true);
    m_sampleTimer.setSingleShot(true);
    connect(&m_factsTimer, &QTimer::timeout, this, [this] {
        Facts none;
        none.visibility = ProcessVisibility::Unresponsive;
        none.logProblem = tr("The log was not read.");
        onFacts(none);
    });
    connect(&m_sampleTimer, &QTimer::timeout, this, &Diagnoser::measureUsage);
}

void Diagnoser::start()
{
    Q_ASSERT(m_diagnosis.visibility == ProcessVisibility::NotRead && !m_factsTimer.isActive()); // called once
    m_factsTimer.start(factsTimeout);
    const auto facts = QtConcurrent::run(threadPool(),
                                         [request = m_diagnosis.request] { return gatherFacts(request); });
    whenFinished(facts, this, [this](const Facts &result) { onFacts(result); });
}

Diagnoser::Facts Diagnoser::gatherFacts(const DiagnosisRequest &request)
{
    Facts facts;
    const qint64 pid = request.process.isNull() ? request.worker.pid : request.process.pid;
    ProcessPresence presence = ProcessPresence::Alive;
    if (!request.process.isNull())
        presence = presenceOf(request.process);
    if (pid <= 0) {
        facts.visibility = ProcessVisibility::PidUnknown;
    } else if (presence == ProcessPresence::Unknown) {
        facts.visibility = ProcessVisibility::Elsewhere;
    } else {
        // Read even if the process counts as gone: presenceOf() treats a zombie as gone, but the diagnosis must show
        // it.
        facts.processes = readProcessFacts(pid, request.process.startTime);
        facts.visibility = facts.processes.isEmpty() ? ProcessVisibility::Gone : ProcessVisibility::Visible;
        // Without a start time, the pid of an ended worker may have been reused by another process.
        if (!request.worker.isAlive() && request.process.isNull()) {
            facts.processes.clear();
            facts.visibility = ProcessVisibility::Gone;
        }
    }
    facts.lastLines = logTail(request.worker.logPath, facts.logProblem);
    facts.stackTool = findStackTool();
    return facts;
}

void Diagnoser::onFacts(const Facts &facts)
{
    if (m_diagnosis.visibility != ProcessVisibility::NotRead)
        return; // the time limit has passed, and the facts were reported as missing
    m_factsTimer.stop();
    m_diagnosis.visibility = facts.visibility;
    m_diagnosis.processes = facts.processes;
    m_diagnosis.lastLines = facts.lastLines;
    m_diagnosis.logProblem = facts.logProblem;
    if (!facts.processes.isEmpty()) {
        m_diagnosis.measuring = facts.processes.first().state != 'Z';
        startStacks(facts.stackTool);
    }
    if (m_diagnosis.measuring)
        measureUsage();
    report();
}

void Diagnoser::measureUsage()
{
    Q_ASSERT(m_diagnosis.worker());
    const ProcessFacts &worker = *m_diagnosis.worker();
    const auto measurement = QtConcurrent::run(threadPool(), [pid = worker.pid, start = worker.startTime] {
        TreeUsage usage;
        usage.at = SystemClock().steadyNow();
        const ProcessTable table = ProcessTable::read();
        const auto root = table.entries().constFind(pid);
        usage.present = root != table.entries().cend() && root->startTime == start;
        for (const ProcessEntry &entry : usage.present ? table.treeOf(pid) : QList<ProcessEntry>()) {
            usage.memory += entry.residentBytes;
            usage.ticks.insert(entry.pid, {entry.startTime, entry.cpuTicks});
        }
        return usage;
    });
    whenFinished(measurement, this, [this](const TreeUsage &usage) { onUsage(usage); });
}

void Diagnoser::onUsage(const TreeUsage &usage)
{
    if (!usage.present) {
        m_diagnosis.vanished = true;
        m_diagnosis.measuring = false;
        report();
        return;
    }
    if (m_previousUsage && usage.at > m_previousUsage->at) {
        static const auto ticksPerSecond = double(std::max<long>(1, sysconf(_SC_CLK_TCK)));
        const double elapsed = double((usage.at - m_previousUsage->at).count()) / 1000;
        const auto percentOf = [&](qint64 pid) {
            const auto now = usage.ticks.value(pid);
            const auto before = m_previousUsage->ticks.value(pid);
            // A process that started in the meantime has used all of its CPU time since.
            const quint64 used = before.first == now.first ? now.second - std::min(before.second, now.second)
                                                           : now.second;
            return double(used) / ticksPerSecond / elapsed * 100;
        };
        double sum = 0;
        for (auto entry = usage.ticks.cbegin(); entry != usage.ticks.cend(); ++entry)
            sum += percentOf(entry.key());
        for (ProcessFacts &process : m_diagnosis.processes) {
            if (usage.ticks.value(process.pid).first == process.startTime)
                process.cpuPercent = percentOf(process.pid);
        }
        m_diagnosis.samples.append({usage.at, sum, usage.memory});
    }
    m_previousUsage = std::make_shared<TreeUsage>(usage);
    m_diagnosis.measuring = m_diagnosis.samples.size() < sampleCount;
    if (m_diagnosis.measuring)
        m_sampleTimer.start(sampleInterval);
    if (!m_diagnosis.samples.isEmpty())
        report();
}

void Diagnoser::startStacks(const QString &tool)
{
    Q_ASSERT(m_diagnosis.worker() && m_diagnosis.stacks.isEmpty());
    m_stackTool = tool;
    QList<ProcessFacts> processes{*m_diagnosis.worker()};
    if (const ProcessFacts *child = m_diagnosis.tool())
        processes.append(*child);
    for (const ProcessFacts &process : processes) {
        StackTrace stack;
        if (process.hasEnded()) {
            stack = missingStack(process, tr("No stack: the process has ended."));
        } else if (!hasNativeStack(process)) {
            stack = missingStack(process, tr("No stack: the stack of %1 would only show the interpreter of its "
                                             "language. The list of threads above shows what each thread waits for.")
                                              .arg(process.displayName()));
        } else if (tool.isEmpty()) {
            stack = missingStack(process, missingStackToolText());
        } else if (process.state == 'D') {
            stack = missingStack(process, tr("No stack: a process that waits for I/O cannot be halted."));
        } else if (process.isTraced()) {
            stack = missingStack(process, stackFailureText(process, {}, {}, -1));
        } else {
            stack = missingStack(process, {});
            stack.inProgress = true;
            m_pendingStacks.append(process);
        }
        m_diagnosis.stacks.append(stack);
    }
    captureNextStack();
}

void Diagnoser::captureNextStack()
{
    if (m_pendingStacks.isEmpty())
        return;
    readStack({m_stackTool, m_pendingStacks.takeFirst()}, this, [this](const StackTrace &result) {
        for (StackTrace &stack : m_diagnosis.stacks) {
            if (stack.pid == result.pid)
                stack = result;
        }
        captureNextStack();
        report();
    });
}

void Diagnoser::report()
{
    if (m_done)
        return;
    Q_EMIT changed(m_diagnosis);
    if (!m_diagnosis.isInProgress()) {
        m_done = true;
        Q_EMIT finished(m_diagnosis);
    }
}

} // namespace lifeguard

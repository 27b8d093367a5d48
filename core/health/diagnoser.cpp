// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/health/diagnoser.h"

#include "core/base/future.h"
#include "core/base/processtree.h"
#include "core/base/secrets.h"
#include "core/base/text.h"
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

constexpr qint64 tailRead = 64 * 1024; ///< bytes of a log's end
constexpr qsizetype longestLine = 500; ///< characters

/// Never deleted: a thread that the kernel holds in /proc must not keep the program from ending.
QThreadPool *pool()
{
    static QThreadPool *const made = [] {
        auto *threads = new QThreadPool;
        threads->setMaxThreadCount(4);
        return threads;
    }();
    return made;
}

QStringList tailOf(const QString &path, QString &problem)
{
    if (path.isEmpty()) {
        problem = Diagnoser::tr("It is not known where it writes its log.");
        return {};
    }
    // The path comes out of a database: what is no plain file is left alone.
    const int fd = open(QFile::encodeName(path).constData(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    struct stat status{};
    if (fd < 0 || fstat(fd, &status) != 0 || !S_ISREG(status.st_mode)) {
        problem = fd < 0 ? Diagnoser::tr("It cannot be read: %1.").arg(qt_error_string(errno)) : Diagnoser::tr("It is no file.");
        if (fd >= 0)
            close(fd);
        return {};
    }
    const off_t from = std::max<off_t>(0, status.st_size - off_t(tailRead));
    QByteArray bytes(qsizetype(status.st_size - from), Qt::Uninitialized);
    const ssize_t length = pread(fd, bytes.data(), size_t(bytes.size()), from);
    close(fd);
    bytes.truncate(std::max<ssize_t>(0, length));
    QStringList lines = decodedText(bytes).split(QLatin1Char('\n'));
    while (!lines.isEmpty() && lines.last().trimmed().isEmpty())
        lines.removeLast();
    if (from > 0 && lines.size() > 1)
        lines.removeFirst(); // a part of one
    lines = lines.mid(std::max<qsizetype>(0, lines.size() - Diagnosis::linesShown));
    for (QString &line : lines) {
        line = maskedText(line);
        if (line.size() > longestLine)
            line = line.left(longestLine) + QStringLiteral("…");
    }
    if (lines.isEmpty())
        problem = Diagnoser::tr("It is empty.");
    return lines;
}

} // namespace

/// What the tree had used at one moment.
struct Diagnoser::Look
{
    milliseconds at{0};
    bool present = false;
    qint64 memory = 0;
    QHash<qint64, QPair<quint64, quint64>> ticks; ///< by pid: start time, and what it has used
};

Diagnoser::Diagnoser(DiagnosisRequest request, QObject *parent)
    : QObject(parent)
{
    m_diagnosis.asked = std::move(request);
    m_diagnosis.at = SystemClock().utcNow();
    m_factsTimer.setSingleShot(true);
    m_lookTimer.setSingleShot(true);
    connect(&m_factsTimer, &QTimer::timeout, this, [this] {
        Facts none;
        none.sight = ProcessSight::Unanswered;
        none.logProblem = tr("It was not read.");
        onFacts(none);
    });
    connect(&m_lookTimer, &QTimer::timeout, this, &Diagnoser::look);
}

void Diagnoser::start()
{
    m_factsTimer.start(factsLimit);
    const auto facts = QtConcurrent::run(pool(), [request = m_diagnosis.asked] { return gather(request); });
    whenAnswered(facts, this, [this](const Facts &read) { onFacts(read); });
}

Diagnoser::Facts Diagnoser::gather(const DiagnosisRequest &request)
{
    Facts facts;
    const qint64 pid = request.process.isNull() ? request.worker.pid : request.process.pid;
    ProcessPresence presence = ProcessPresence::Alive;
    if (!request.process.isNull())
        presence = presenceOf(request.process);
    if (pid <= 0) {
        facts.sight = ProcessSight::Unnamed;
    } else if (presence == ProcessPresence::Unknown) {
        facts.sight = ProcessSight::Elsewhere;
    } else {
        // Also where it is gone by that look: to it a zombie counts as none, and to a user it is something to see.
        facts.processes = readProcessFacts(pid, request.process.startTime);
        facts.sight = facts.processes.isEmpty() ? ProcessSight::Gone : ProcessSight::Seen;
        // A worker that ended left its pid to whoever came next, unless its start time says that it is still there.
        if (!request.worker.isAlive() && request.process.isNull()) {
            facts.processes.clear();
            facts.sight = ProcessSight::Gone;
        }
    }
    facts.lastLines = tailOf(request.worker.logPath, facts.logProblem);
    facts.stackTool = stackTool();
    return facts;
}

void Diagnoser::onFacts(const Facts &facts)
{
    if (m_diagnosis.sight != ProcessSight::Unread)
        return; // the limit was over
    m_factsTimer.stop();
    m_diagnosis.sight = facts.sight;
    m_diagnosis.processes = facts.processes;
    m_diagnosis.lastLines = facts.lastLines;
    m_diagnosis.logProblem = facts.logProblem;
    if (!facts.processes.isEmpty()) {
        m_diagnosis.measuring = facts.processes.first().state != 'Z';
        startStacks(facts.stackTool);
    }
    if (m_diagnosis.measuring)
        look();
    tell();
}

void Diagnoser::look()
{
    const ProcessFacts &worker = m_diagnosis.processes.first();
    const auto looking = QtConcurrent::run(pool(), [pid = worker.pid, start = worker.startTime] {
        Look look;
        look.at = SystemClock().steadyNow();
        const ProcessTable table = ProcessTable::read();
        const auto root = table.entries().constFind(pid);
        look.present = root != table.entries().cend() && root->startTime == start;
        for (const ProcessEntry &entry : look.present ? table.treeOf(pid) : QList<ProcessEntry>()) {
            look.memory += entry.residentBytes;
            look.ticks.insert(entry.pid, {entry.startTime, entry.cpuTicks});
        }
        return look;
    });
    whenAnswered(looking, this, [this](const Look &look) { onLook(look); });
}

void Diagnoser::onLook(const Look &look)
{
    if (!look.present) {
        m_diagnosis.vanished = true;
        m_diagnosis.measuring = false;
        tell();
        return;
    }
    if (m_before && look.at > m_before->at) {
        static const auto ticksPerSecond = double(std::max<long>(1, sysconf(_SC_CLK_TCK)));
        const double elapsed = double((look.at - m_before->at).count()) / 1000;
        const auto percentOf = [&](qint64 pid) {
            const auto now = look.ticks.value(pid);
            const auto before = m_before->ticks.value(pid);
            // One that began meanwhile has used all of it since.
            const quint64 used = before.first == now.first ? now.second - std::min(before.second, now.second) : now.second;
            return double(used) / ticksPerSecond / elapsed * 100;
        };
        double sum = 0;
        for (auto entry = look.ticks.cbegin(); entry != look.ticks.cend(); ++entry)
            sum += percentOf(entry.key());
        for (ProcessFacts &process : m_diagnosis.processes) {
            if (look.ticks.value(process.pid).first == process.startTime)
                process.cpuPercent = percentOf(process.pid);
        }
        m_diagnosis.looks.append({look.at, sum, look.memory});
    }
    m_before = std::make_shared<Look>(look);
    m_diagnosis.measuring = m_diagnosis.looks.size() < looks;
    if (m_diagnosis.measuring)
        m_lookTimer.start(betweenLooks);
    if (!m_diagnosis.looks.isEmpty())
        tell();
}

void Diagnoser::startStacks(const QString &tool)
{
    m_stackTool = tool;
    QList<ProcessFacts> wanted{*m_diagnosis.worker()};
    if (const ProcessFacts *child = m_diagnosis.tool())
        wanted.append(*child);
    for (const ProcessFacts &process : wanted) {
        StackTrace stack;
        if (process.state == 'Z' || process.state == 'X') {
            stack = noStack(process, tr("no stack: the process has ended"));
        } else if (!hasNativeStack(process)) {
            stack = noStack(process, tr("no stack: %1 runs programs of its own language, and only the interpreter would be seen; "
                                        "what its threads wait for stands above").arg(process.shownName()));
        } else if (tool.isEmpty()) {
            stack = noStack(process, noStackTool());
        } else if (process.state == 'D') {
            stack = noStack(process, tr("no stack: a process that waits for a device cannot be halted to be looked into"));
        } else if (process.isTraced()) {
            stack = noStack(process, stackRefusal(process, {}, {}, -1));
        } else {
            stack = noStack(process, {});
            stack.underWay = true;
            m_stackOf.append(process);
        }
        m_diagnosis.stacks.append(stack);
    }
    nextStack();
}

void Diagnoser::nextStack()
{
    if (m_stackOf.isEmpty())
        return;
    readStack({m_stackTool, m_stackOf.takeFirst()}, this, [this](const StackTrace &made) {
        for (StackTrace &stack : m_diagnosis.stacks) {
            if (stack.pid == made.pid)
                stack = made;
        }
        nextStack();
        tell();
    });
}

void Diagnoser::tell()
{
    if (m_done)
        return;
    Q_EMIT changed(m_diagnosis);
    if (!m_diagnosis.isUnderWay()) {
        m_done = true;
        Q_EMIT finished(m_diagnosis);
    }
}

} // namespace lifeguard
